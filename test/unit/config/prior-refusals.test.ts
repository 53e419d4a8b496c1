/** Priors in an experiment file: what is learned where nothing is said, and what makes no sense together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnCommand } from '../../../cli/learn.ts';
import { load, PAPER, refusal, TABLE } from './fixture.ts';

const PRIOR = `${TABLE}relationship: { estimator: hierarchical }\n`;
const SUBSPACE = PRIOR.replace('hierarchical', 'shared-subspace');
const GROUPS = PRIOR.replace('hierarchical', 'task-grouping');
const arms = (list: string): string => `cooperate: { arms: [${list}] }\n`;

test('without a section each arm takes its own estimator', () => {
  const estimatorOf = (text: string): string => load(text).relationship.estimator;
  assert.equal(estimatorOf(TABLE), 'hierarchical');
  assert.equal(estimatorOf(`${TABLE}${arms('{ strategy: multitask }, { strategy: hierarchical }')}`), 'cgl');
  assert.equal(estimatorOf(`${TABLE}${arms('{ strategy: shared-representation }')}`), 'shared-subspace');
  assert.equal(estimatorOf(`${TABLE}${arms('{ strategy: hierarchical }, { strategy: shared-representation }')}`), 'hierarchical');
  assert.equal(estimatorOf(`${TABLE}${arms('{ strategy: grouped }')}`), 'task-grouping');
  assert.deepEqual(load(SUBSPACE.replace('shared-subspace', 'shared-subspace, rank: 1')).relationship.options, { rank: 1 });
  assert.equal(load(`${TABLE}relationship: { estimator: cgl }\n${arms('{ strategy: hierarchical }')}`).relationship.isDefault, undefined);
});

/** [file, text of the refusal without its line and column] */
const WRONG: readonly [string, string][] = [
  [
    PAPER.replace('strategy: filter', 'strategy: hierarchical'),
    'cooperate.arms[4].strategy: hierarchical is for tables; multitask is for streams (got "hierarchical")',
  ],
  [PAPER.replace('estimator: pinv', 'estimator: hierarchical'), 'relationship.estimator: hierarchical learns from the rows of a table; use cgl'],
  [
    `${PRIOR}${arms('{ strategy: hierarchical, relationship: permuted }')}`,
    'cooperate.arms[0].relationship: hierarchical has one prior for all; with relationship.graph: gated it has a graph on top',
  ],
  [`${PRIOR}${arms('{ strategy: hierarchical, eta: 1 }')}`, 'cooperate.arms[0].eta: hierarchical has no eta; leave the key out'],
  [
    PRIOR.replace('hierarchical', 'hierarchical, moments: gathered').replace('kind: csv-table', 'kind: csv-table\n  loss: logistic'),
    'relationship.moments: labels have no moments that could be gathered: with loss: logistic they stay at home (got "gathered"); use home',
  ],
  [
    PAPER.replace('strategy: filter', 'strategy: shared-representation'),
    'cooperate.arms[4].strategy: shared-representation is for tables; multitask is for streams (got "shared-representation")',
  ],
  [PAPER.replace('estimator: pinv', 'estimator: shared-subspace'), 'relationship.estimator: shared-subspace learns from the rows of a table; use cgl'],
  [
    `${SUBSPACE}${arms('{ strategy: shared-representation, relationship: permuted }')}`,
    'cooperate.arms[0].relationship: shared-representation has one subspace for all; leave the key out',
  ],
  [SUBSPACE.replace('shared-subspace', 'shared-subspace, rank: 2'), 'relationship.rank: must be at most 1, the number of features (got 2)'],
  [SUBSPACE.replace('shared-subspace', 'shared-subspace, rank: 0'), 'relationship.rank: must be >= 1 (got 0)'],
  [SUBSPACE.replace('shared-subspace', 'shared-subspace, rank: all'), 'relationship.rank: must be a whole number >= 1 or auto (got "all")'],
  [PAPER.replace('strategy: filter', 'strategy: grouped'), 'cooperate.arms[4].strategy: grouped is for tables; multitask is for streams (got "grouped")'],
  [PAPER.replace('estimator: pinv', 'estimator: task-grouping'), 'relationship.estimator: task-grouping learns from the rows of a table; use cgl'],
  [
    `${GROUPS}${arms('{ strategy: grouped, relationship: permuted }')}`,
    'cooperate.arms[0].relationship: grouped has one set of groups for all; leave the key out',
  ],
  [
    `${GROUPS.replace('kind: csv-table', 'kind: csv-table\n  loss: logistic')}${arms('{ strategy: grouped, guard: true }')}`,
    'cooperate.arms[0].guard: labels do not show harm on few rows: grouped has a guard for loss: squared only (got true)',
  ],
  [GROUPS.replace('task-grouping', 'task-grouping, groups: few'), 'relationship.groups: must be a whole number >= 1 or auto (got "few")'],
  [PRIOR.replace('hierarchical', 'hierarchical, graph: maybe'), 'relationship.graph: must be one of none, gated, always (got "maybe")'],
];

for (const [file, text] of WRONG)
  test(`refused: ${text}`, () => {
    const found = refusal(file);
    assert.equal(found.code, 'CONFIG_INVALID');
    assert.ok(
      found.text.split('\n').some((line) => line.endsWith(text)),
      found.text,
    );
  });

test('labels have no guard', () => {
  const csv = ['task,y,x', ...Array.from({ length: 60 }, (_, i) => `t${i % 3},${i % 2},${i * i}`)].join('\n');
  const file = TABLE.replace('kind: csv-table', 'kind: csv-table\n  loss: logistic');
  const { text } = refusal(`${file}${arms('{ strategy: hierarchical, guard: true }')}`, {}, { 'data.csv': csv });
  assert.match(text, /cooperate\.arms\[0\]\.guard: labels do not show harm on few rows: hierarchical has a guard for loss: squared only \(got true\)/);
  const other = refusal(`${file}${arms('{ strategy: shared-representation, guard: true }')}`, {}, { 'data.csv': csv });
  assert.match(other.text, /labels do not show harm on few rows: shared-representation has a guard for loss: squared only/);
});

test('a table of parameters has no rows to learn a prior from', () => {
  const request = { estimates: 'W.csv', estimator: 'hierarchical', options: [], readFile: () => '1,2\n3,4\n' };
  assert.throws(() => learnCommand({ ...request, estimator: 'shared-subspace' }), /shared-subspace learns from the rows of a table: run an experiment on it/);
  assert.throws(() => learnCommand(request), /hierarchical learns from the rows of a table: run an experiment on it/);
});

test('an inverse that needs more dimensions than the table has features is refused before the run, except where nobody uses it or by force', () => {
  const file = (section: string, list = '{ strategy: multitask }'): string => `${TABLE}relationship: { ${section} }\n${arms(list)}`;
  const few = 'the table has 1 features: pinv needs at least 9 dimensions for 3 agents (got 1); use cgl, or see the result anyway';
  assert.ok(refusal(file('estimator: pinv')).text.includes(`relationship.estimator: ${few}`));
  const { code, text } = refusal(file('estimator: signed'));
  assert.equal(code, 'CONFIG_INVALID');
  assert.match(text, /signed needs at least 9 dimensions for 3 agents \(got 1\); use cgl$/);
  for (const fine of [file('estimator: cgl'), file('estimator: pinv, force: true'), file('estimator: pinv', '{ strategy: consensus }')]) load(fine);
});
