/** What a valid file means: defaults, overrides, the environment, paths, the hash. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Experiment, TableProblem } from '../../../config/experiment.ts';
import { experimentHash } from '../../../config/load.ts';
import { givenBy, givenFile, PAPER, TABLE, load } from './fixture.ts';

const arm = (strategy: string, relationship = 'learned', eta: number | 'auto' = 'auto', guard = true) => ({ strategy, relationship, eta, guard });
const PAPER_ARMS = [arm('non-cooperative'), arm('consensus'), arm('multitask'), arm('multitask', 'known'), arm('filter')];

test('the first example of the interface resolves to exactly this', () => {
  assert.deepEqual(load(PAPER), {
    name: 'paper',
    seed: 7,
    agents: 10,
    agentNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    problem: { kind: 'gmrf-regression', graph: 'reference', dimension: 200, batch: 20, noise: 200 },
    explore: { stepSize: 0.005, steps: 'auto' },
    relationship: { estimator: 'pinv', options: {} },
    cooperate: { stepSize: 0.04, steps: 300, arms: PAPER_ARMS },
    network: { graph: 'reference', rounds: { kind: 'bsp', staleness: 0 }, open: true },
    participation: { quorum: 10, waitMs: 30_000 },
    faults: [],
    output: { directory: resolve('dir/runs'), every: 10 },
  });
});

test('examples/paper.yaml is that experiment, but for where its runs go', () => {
  const root = ['.', '..', '../..', '../../..'].map((up) => resolve(import.meta.dirname, '../../..', up)).find(hasExample);
  assert.ok(root !== undefined, 'examples/paper.yaml is found');
  assert.deepEqual(load(readFileSync(resolve(root, 'examples/paper.yaml'), 'utf8')), load(PAPER.replace('directory: runs, ', '')));
});

function hasExample(root: string): boolean {
  try {
    return readFileSync(resolve(root, 'examples/paper.yaml'), 'utf8') !== '';
  } catch {
    return false;
  }
}

test('the second example of the interface resolves to exactly this', () => {
  const text = `problem:
  kind: csv-table
  path: \${DATA}/data.csv
  task: task
  target: y
  loss: squared
  split: { train: 10, test: rest, seed: 1, order: random, tooFew: refuse }
  standardize: global
  ridge: auto
`;
  assert.deepEqual(load(text, { environment: { DATA: 'tables' } }), {
    name: 'experiment',
    seed: 1,
    agents: 3,
    agentNames: ['t0', 't1', 't2'],
    problem: {
      kind: 'csv-table',
      path: resolve('dir/tables/data.csv'),
      task: 'task',
      target: 'y',
      loss: 'squared',
      split: { train: 10, test: 'rest', seed: 1, order: 'random', tooFew: 'refuse' },
      standardize: 'global',
      ridge: 'auto',
      features: ['x'],
    },
    explore: { stepSize: 'auto', steps: 'auto' },
    relationship: { estimator: 'hierarchical', options: {}, isDefault: true },
    cooperate: { stepSize: 'auto', steps: 'auto', arms: [arm('non-cooperative'), arm('hierarchical')] },
    network: { graph: 'complete', rounds: { kind: 'bsp', staleness: 0 }, open: true },
    participation: { quorum: 3, waitMs: 30_000 },
    faults: [],
    output: { directory: resolve('runs'), every: 10 },
  });
});

test('a file may say almost nothing', () => {
  const experiment = load('problem: { kind: gmrf-regression }');
  assert.deepEqual(experiment.problem, { kind: 'gmrf-regression', graph: 'reference', dimension: 200, batch: 20, noise: 200 });
  assert.deepEqual(experiment.cooperate.arms, PAPER_ARMS);
  assert.equal(experiment.relationship.estimator, 'cgl');
});

test('an arm is guarded unless its loss counts labels, or the file says otherwise', () => {
  const csv = ['task,y,x', ...Array.from({ length: 30 }, (_, i) => `${['a', 'b'][i % 2]},${i % 3 === 0 ? 1 : 0},${i}`)].join('\n');
  const guards = (text: string): boolean[] => load(text, {}, { 'data.csv': csv }).cooperate.arms.map(({ guard }) => guard);
  assert.ok(guards(TABLE).every((guard) => guard));
  assert.ok(guards(`${TABLE}  loss: logistic\n`).every((guard) => !guard));
  assert.deepEqual(guards('problem: { kind: gmrf-regression }\ncooperate: { arms: [{ strategy: filter, guard: false }, { strategy: multitask }] }'), [
    false,
    true,
  ]);
});

test('a given relationship is read where the file says, belongs to the experiment, and must fit it', () => {
  const given = (text: string, relationship = '{ file: v0001.json }'): Experiment => load(givenBy(relationship), {}, { 'v0001.json': text });
  const { relationship } = given(givenFile(4));
  assert.deepEqual([relationship.estimator, relationship.file, relationship.given?.agents], ['file', resolve('dir/v0001.json'), 4]);
  assert.ok(Object.isFrozen(relationship.given?.['laplacian']));
  const refused = (text: string, message: RegExp, section?: string): void => assert.throws(() => given(text, section), { message });
  refused(givenFile(5), /dir\/experiment\.yaml:3:17 relationship\.file: it is about 5 agents, the experiment has 4/);
  const converted = given(givenFile(4, 'prior')).relationship.given;
  assert.deepEqual([converted?.kind, converted?.diagnostics.map(({ code }) => code)], ['precision', ['RELATIONSHIP_CONVERTED']]);
  refused(givenFile(4, 'subspace'), /experiment\.yaml:3:17 no formula makes a precision of a subspace; there are covariance to precision,/);
  refused('{}', /v0001\.json it is no relationship/);
  refused(givenFile(4), /:3:33 relationship\.file: give file or estimator, not both \(beside it: estimator\)$/m, '{ estimator: cgl, file: v0001.json }');
  refused(givenFile(4), /relationship\.file: is missing/, '{ estimator: file }');
  refused(givenFile(4), /relationship\.file: give file or estimator, not both \(beside it: kkt\)$/m, '{ file: v0001.json, kkt: 1 }');
  const overridden = (): Experiment => load(givenBy('{ estimator: cgl }'), { overrides: ['relationship.file=v0001.json'] }, { 'v0001.json': givenFile(4) });
  assert.throws(overridden, { message: /relationship\.file=v0001\.json.*give file or estimator, not both/ });
});

test('sites are agents in their order, and none of their tables is read', () => {
  const sites = '[{ name: 2, file: two.csv }, { name: north, file: /far/away.csv }, { name: 1 }]'.replaceAll(/name: (\d)/g, 'name: "$1"');
  const experiment = load(`problem: { kind: csv-table, sites: ${sites}, features: [x2, x1] }`, {}, {});
  assert.deepEqual(experiment.agentNames, ['2', 'north', '1']);
  assert.deepEqual((experiment.problem as TableProblem).sites, [
    { name: '2', file: resolve('dir/two.csv') },
    { name: 'north', file: resolve('/far/away.csv') },
    { name: '1' },
  ]);
});

test('features choose columns, and their order', () => {
  const csv = ['task,y,a,b,c', ...Array.from({ length: 30 }, (_, i) => `${['p', 'q'][i % 2]},${i},1,2,3`)].join('\n');
  const features = (more: string): unknown => (load(`${TABLE}${more}`, {}, { 'data.csv': csv }).problem as TableProblem).features;
  assert.deepEqual(features(''), ['a', 'b', 'c']);
  assert.deepEqual(features('  features: [c, a]\n'), ['c', 'a']);
});

test('tasks that are dropped are no agents', () => {
  const rows = [...Array.from({ length: 30 }, (_, i) => `${['a', 'b'][i % 2]},${i},1`), 'rare,1,1'];
  const csv = ['task,y,x', ...rows].join('\n');
  const experiment = load(TABLE.replace('train: 10', 'train: 10, tooFew: drop'), {}, { 'data.csv': csv });
  assert.deepEqual(experiment.agentNames, ['a', 'b']);
  assert.equal(experiment.agents, 2);
});

test('an override with null takes a key out of the file', () => {
  assert.equal(load(PAPER, { overrides: ['explore.stepSize=null'] }).explore.stepSize, 'auto');
});

test('overrides: indices both ways, YAML values, sections made, the last one wins', () => {
  const overrides = ['cooperate.steps=100', 'cooperate.arms[2].eta=.1', 'cooperate.arms.4.strategy=consensus', 'network.open=false', 'seed=3', 'seed=4'];
  const { cooperate, network, seed } = load(PAPER, { overrides });
  assert.equal(cooperate.steps, 100);
  assert.deepEqual(cooperate.arms[2], arm('multitask', 'learned', 0.1));
  assert.deepEqual(cooperate.arms[4], arm('consensus'));
  assert.equal(network.open, false);
  assert.equal(seed, 4);
  assert.equal(load('problem: { kind: gmrf-regression }', { overrides: ['explore.steps=50'] }).explore.steps, 50);
});

test('rounds may wait for neighbours a little, or never', () => {
  const rounds = (text: string) => load(PAPER.replace('rounds: bsp', `rounds: ${text}`)).network.rounds;
  assert.deepEqual(rounds('{ bounded: 5 }'), { kind: 'bounded', staleness: 5 });
  assert.deepEqual(rounds('async'), { kind: 'async', staleness: 2 ** 32 - 1 });
});

test('participation: how many agents, and how long the run waits for the others', () => {
  const participation = (text: string) => load(`${PAPER}participation: ${text}\n`).participation;
  assert.deepEqual(participation('{}'), { quorum: 10, waitMs: 30_000 });
  assert.deepEqual(participation('{ quorum: all, wait: 5s }'), { quorum: 10, waitMs: 5_000 });
  assert.deepEqual(participation('{ quorum: 8, wait: 250ms }'), { quorum: 8, waitMs: 250 });
  assert.deepEqual(
    [70, 75, 80, 100].map((percent) => participation(`{ quorum: ${percent}% }`).quorum),
    [7, 8, 8, 10],
  );
  assert.deepEqual(load(`${TABLE}participation: { quorum: 60% }\n`).participation.quorum, 2);
});

test('--seed and --out win over the file and over -c', () => {
  const experiment = load(PAPER, { overrides: ['seed=3'], seed: 11, outputDirectory: 'elsewhere' });
  assert.equal(experiment.seed, 11);
  assert.equal(experiment.output.directory, resolve('elsewhere'));
});

test('options of the estimator stand beside its name', () => {
  const { relationship } = load(PAPER, { overrides: ['relationship={ noise: 0.5 }'] });
  assert.deepEqual(relationship, { estimator: 'cgl', options: { noise: 0.5 } });
});

test('an edge file is found beside the experiment file', () => {
  const edges = `source,target,weight\n${Array.from({ length: 9 }, (_, k) => `${k},${k + 1},1`).join('\n')}\n`;
  const { problem, network } = load(PAPER, { overrides: ['problem.graph={ file: edges.csv }'] }, { 'edges.csv': edges });
  assert.deepEqual(problem.kind === 'gmrf-regression' && problem.graph, { file: resolve('dir/edges.csv') });
  assert.deepEqual(network.graph, { file: resolve('dir/edges.csv') });
});

test('the result is frozen to the bottom', () => {
  const experiment = load(PAPER);
  assert.throws(() => Object.assign(experiment.cooperate.arms[0] as object, { eta: 1 }), TypeError);
  assert.throws(() => Object.assign(experiment.problem, { batch: 1 }), TypeError);
});

test('the hash follows what the experiment means, not how it is written', () => {
  const hash = experimentHash(load(PAPER));
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(experimentHash(load(`# a comment\n${PAPER.replace('seed: 7\nagents: 10', 'agents: 10\nseed: 7')}`)), hash);
  assert.notEqual(experimentHash(load(PAPER, { seed: 8 })), hash);
});
