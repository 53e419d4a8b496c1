/** What a given relationship must fit: arms of its kind, as many agents where it is about agents, the same columns in the same units. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { givenStandard } from '../../../config/given-coordinates.ts';
import { parseRelationship, relationshipFile, type RelationshipAbout } from '../../../config/relationship-file.ts';
import { identity } from '../../../core/linalg/matrix.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';
import type { Relationship } from '../../../core/relationship/relationship.ts';
import { givenFile, load, refusal, TABLE } from './fixture.ts';

const COLUMNS = ['a', 'b'];
const CSV = ['task,y,a,b', ...Array.from({ length: 60 }, (_, i) => `t${i % 3},${i},${i * i},${i % 7}`)].join('\n');
const PROBLEM = { kind: 'csv-table', loss: 'squared', target: 'y', standardize: 'global', features: COLUMNS };
const STANDARD = { shift: [1, 2, 3], scale: [4, 5, 6] };
const HEADS = { covariance: identity(1), ridge: 0.1 };

const subspace = (agents: number, d = 2, heads: typeof HEADS | null = HEADS): Relationship => {
  const basis = { rows: d, cols: 1, data: Float64Array.from({ length: d }, (_, j) => Number(j === 0)) };
  return { kind: 'subspace', agents, basis, ...(heads && { heads }) };
};
const prior = (agents: number, d = 2): Relationship => ({ kind: 'prior', agents, prior: { mean: new Float64Array(d + 1), covariance: identity(d + 1) } });
const groups = (agents: number, all: readonly (readonly number[])[]): Relationship => ({
  kind: 'groups',
  agents,
  groups: all,
  servedBy: Array.from({ length: agents }, (_, k) => all.findIndex((group) => group.includes(k))),
  laplacian: blockLaplacian(agents, all),
});

type Inputs = Partial<RelationshipAbout['inputs']>;

function fileWith(relationship: Relationship, inputs: Inputs = {}): string {
  const { digest: _digest, kind: _kind, laplacian: _laplacian, ...about } = parseRelationship(givenFile(relationship.agents)).file;
  return JSON.stringify(relationshipFile(relationship, { ...about, inputs: { ...about.inputs, problem: PROBLEM, standardization: STANDARD, ...inputs } }));
}

const text = (more: string): string => `${TABLE}${more}relationship: { file: v0001.json }\n`;
const files = (file: string): Record<string, string> => ({ 'data.csv': CSV, 'v0001.json': file });
const given = (file: string, more = ''): Experiment => load(text(more), {}, files(file));
const refused = (file: string, more = ''): string => refusal(text(more), {}, files(file)).text;
const arms = (...names: string[]): string => `cooperate: { arms: [${names.map((strategy) => `{ strategy: ${strategy} }`).join(', ')}] }\n`;

test('where no arms are named the second is the strategy that goes by what is given, and takes it as it is', () => {
  const strategy = (file: string): [string, string | undefined] => {
    const { cooperate, relationship } = given(file);
    return [cooperate.arms[1].strategy, relationship.given?.kind];
  };
  assert.deepEqual(strategy(fileWith(groups(3, [[0, 2], [1]]))), ['grouped', 'groups']);
  assert.deepEqual(strategy(fileWith(subspace(3))), ['shared-representation', 'subspace']);
  assert.deepEqual(strategy(fileWith(prior(3))), ['hierarchical', 'prior']);
  assert.deepEqual(strategy(givenFile(3)), ['multitask', 'precision']);
});

test('arms over a graph take what it is converted to; beside an arm of its own kind it stays what it is', () => {
  assert.equal(given(fileWith(prior(3)), arms('multitask')).relationship.given?.kind, 'precision');
  assert.equal(given(fileWith(prior(3)), arms('multitask', 'hierarchical')).relationship.given?.kind, 'prior');
  assert.match(
    refused(fileWith(subspace(3)), arms('multitask', 'shared-representation')),
    /no formula makes a precision of a subspace.*without arms over a graph/,
  );
});

test('a prior and a subspace may be of another number of agents, groups and graphs may not', () => {
  assert.equal(given(fileWith(prior(7))).relationship.given?.agents, 7);
  assert.equal(given(fileWith(subspace(2))).relationship.given?.agents, 2);
  assert.match(refused(fileWith(groups(4, [[0, 1, 2, 3]]))), /relationship\.file: it is about 4 agents, the experiment has 3$/m);
  assert.match(refused(fileWith(prior(7)), arms('multitask')), /it is about 7 agents, the experiment has 3$/m);
});

describe('a file that no arm goes by is refused, whatever else is wrong with it, and the strategy that goes by it is named', () => {
  const unused = (held: string, strategy: string): RegExp =>
    new RegExp(`^\\S+ relationship\\.file: it holds ${held}, and no arm goes by a file of this kind; ${strategy} does$`);
  const cases: readonly [string, string, readonly string[], RegExp][] = [
    ['a subspace', fileWith(subspace(3)), ['non-cooperative', 'hierarchical'], unused('a subspace', 'shared-representation')],
    ['groups', fileWith(groups(3, [[0, 2], [1]])), ['non-cooperative', 'hierarchical'], unused('groups', 'grouped')],
    ['a prior of another number of agents', fileWith(prior(24)), ['non-cooperative', 'grouped'], unused('a prior', 'hierarchical')],
    ['a precision', givenFile(3), ['consensus', 'hierarchical'], unused('a precision', 'multitask')],
  ];
  for (const [name, file, strategies, message] of cases) test(name, () => assert.match(refused(file, arms(...strategies)), message));

  test('on a stream, a prior: what goes by it there is an arm over a graph', () => {
    const stream =
      'problem: { kind: gmrf-regression, graph: ring }\nagents: 4\nrelationship: { file: v0001.json }\ncooperate: { arms: [{ strategy: consensus }] }\n';
    assert.match(refusal(stream, {}, files(fileWith(prior(4)))).text, unused('a prior', 'multitask'));
  });

  test('groups, where networks learn in the true ones, or in none', () => {
    const nine = fileWith(groups(9, [[0, 1, 2, 3, 4, 5, 6, 7, 8]]));
    const networks = (strategies: string): string =>
      `problem: { kind: mlp, family: easy }\nrelationship: { file: v0001.json }\ncooperate: { arms: [${strategies}] }\n`;
    for (const strategies of ['{ strategy: non-cooperative }', '{ strategy: grouped, relationship: known }'])
      assert.match(refusal(networks(strategies), {}, files(nine)).text, unused('groups', 'grouped'));
    assert.equal(load(networks('{ strategy: grouped }'), {}, files(nine)).relationship.given?.kind, 'groups');
  });
});

test('links inside given groups are opened: network.open must not be false, and why is said', () => {
  const message = /arms\[1\]\.strategy: grouped opens links between the members of a given group; network\.open must not be false$/m;
  assert.match(refused(fileWith(groups(3, [[0, 2], [1]])), 'network: { open: false }\n'), message);
});

test('rows are standardised by a given prior only where an arm goes by it', () => {
  const experiment = given(fileWith(prior(7)));
  assert.deepEqual(givenStandard(experiment), { shift: Float64Array.from(STANDARD.shift), scale: Float64Array.from(STANDARD.scale) });
  const [alone] = experiment.cooperate.arms;
  assert.equal(givenStandard({ ...experiment, cooperate: { ...experiment.cooperate, arms: [alone] } }), undefined);
});

describe('a prior or a subspace in other coordinates is refused', () => {
  const withProblem = (problem: object): Inputs => ({ problem: { ...PROBLEM, ...problem } });
  const none: Inputs = withProblem({ standardize: 'none' });
  const cases: readonly [string, string, RegExp, string?][] = [
    [
      'another dimension',
      fileWith(subspace(3, 3)),
      /it is about 3 features, the table has 2 features; choose the columns that it was learned from by problem\.features$/m,
    ],
    ['a prior of another dimension', fileWith(prior(3, 1)), /it is about 1 feature, the table has 2 features; /],
    [
      'another order of columns',
      fileWith(prior(3), withProblem({ features: ['b', 'a'] })),
      /it is about the columns b, a, in this order \(got a, b\); write problem\.features: \[b, a\]$/m,
    ],
    [
      'other columns',
      fileWith(subspace(3), withProblem({ features: ['a', 'c'] })),
      /it is about the columns a, c, in this order \(got a, b\); name the columns alike$/m,
    ],
    ['no columns', fileWith(subspace(3), { problem: { kind: 'gmrf-regression' } }), /it does not say which columns it is about/],
    [
      'another target',
      fileWith(prior(3), withProblem({ target: 'z' })),
      /it was learned with problem\.target: z \(got y\); its numbers mean something else here$/m,
    ],
    ['another loss', fileWith(subspace(3), withProblem({ loss: 'logistic' })), /it was learned with problem\.loss: logistic \(got squared\)/],
    ['rows as they are', fileWith(prior(3), none), /it was learned with problem\.standardize: none \(got global\)/],
    ['no scales', fileWith(prior(3), { standardization: { shift: [], scale: [] } }), /it does not say by which shifts and scales its rows were standardised/],
    ['no way to shrink heads', fileWith(subspace(3, 2, null)), /it does not say how heads in its basis are shrunk/],
  ];
  for (const [name, file, message] of cases) test(name, () => assert.match(refused(file), message));

  test('which an arm over a graph does not mind', () => {
    assert.equal(given(fileWith(prior(3, 5), none), arms('multitask')).relationship.given?.kind, 'precision');
  });
});
