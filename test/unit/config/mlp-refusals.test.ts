/** Networks in an experiment file: what is meant where nothing is said, and what makes no sense together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenFile, load, refusal, TABLE } from './fixture.ts';

const FAMILY = 'problem: { kind: mlp, family: easy }\n';
const NETWORKS = TABLE.replace('csv-table', 'mlp');
const arm = (text: string): string => `${FAMILY}cooperate: { arms: [{ ${text} }] }\n`;

test('a family has its agents, its layer, its steps', () => {
  const { agents, problem, cooperate } = load(FAMILY);
  assert.equal(agents, 9);
  assert.deepEqual(problem, { kind: 'mlp', family: 'easy', hidden: 3, batch: 20 });
  assert.deepEqual([cooperate.stepSize, cooperate.steps], [0.1, 400]);
  assert.deepEqual(
    cooperate.arms.map(({ strategy }) => strategy),
    ['non-cooperative', 'consensus', 'grouped'],
  );
  const hard = load('problem: { kind: mlp, family: hard, batch: 5 }\nagents: 6\ncooperate: { stepSize: .2, steps: auto }\n');
  assert.deepEqual([hard.agents, hard.problem], [6, { kind: 'mlp', family: 'hard', hidden: 4, batch: 5 }]);
  assert.deepEqual([hard.cooperate.stepSize, hard.cooperate.steps], [0.2, 400]);
});

test('on a table agents are its tasks, its columns the features', () => {
  const { agents, agentNames, problem } = load(NETWORKS);
  assert.deepEqual([agents, agentNames], [3, ['t0', 't1', 't2']]);
  assert.ok(problem.kind === 'mlp' && !('family' in problem));
  assert.deepEqual([problem.features, problem.standardize, problem.hidden, problem.split.train], [['x'], 'global', 3, 10]);
  assert.ok(!('ridge' in problem));
});

/** [file, text of the refusal without its line and column] */
const WRONG: readonly [string, string][] = [
  ['problem: { kind: mlp }\n', 'problem.path: is missing; give the table of all tasks, or sites with a table each, or a family'],
  ['problem: { kind: mlp, family: odd }\n', 'problem.family: must be easy or hard (got "odd")'],
  [FAMILY.replace('easy', 'easy, path: data.csv'), 'problem.path: is of a table, and agents of a family draw their own rows; leave it or family out'],
  [NETWORKS.replace('path', 'hidden: 0\n  path'), 'problem.hidden: must be >= 1 (got 0)'],
  [
    arm('strategy: multitask'),
    'cooperate.arms[0].strategy: multitask couples whole parameter vectors; on problem.kind: mlp use one of non-cooperative, consensus, grouped',
  ],
  [
    arm('strategy: hierarchical'),
    'cooperate.arms[0].strategy: hierarchical is not for networks; on problem.kind: mlp use one of non-cooperative, consensus, grouped',
  ],
  [arm('strategy: consensus, eta: 1'), 'cooperate.arms[0].eta: consensus has none on problem.kind: mlp; leave the key out'],
  [arm('strategy: consensus, relationship: known'), 'cooperate.arms[0].relationship: consensus has none on problem.kind: mlp; leave the key out'],
  [`${FAMILY}relationship: { estimator: cgl }\n`, 'relationship.estimator: cgl is not for networks; on problem.kind: mlp use task-grouping'],
  [`${FAMILY}relationship: { estimator: task-grouping, groups: 10 }\n`, 'relationship.groups: must be at most 9, the number of agents (got 10)'],
  [arm('strategy: grouped, relationship: permuted'), 'cooperate.arms[0].relationship: grouped has learned or known groups (got "permuted")'],
  [
    `${NETWORKS}cooperate: { arms: [{ strategy: grouped, relationship: known }] }\n`,
    'cooperate.arms[0].relationship: the true groups of a table are not known (got "known"); use learned',
  ],
  [`${FAMILY}network: { open: false }\n`, 'cooperate.arms[2].strategy: grouped opens links between all who may be in a group; network.open must not be false'],
  [`${FAMILY}explore: { steps: 10 }\n`, 'explore: nobody explores on problem.kind: mlp; leave the section out'],
];

for (const [file, message] of WRONG)
  test(message, () => {
    const { code, text } = refusal(file);
    assert.equal(code, 'CONFIG_INVALID');
    assert.equal(text.replace(/^\S+ /, '').split('\n')[0], message);
  });

test('of relationship files networks take groups only', () => {
  const { code, text } = refusal(`${FAMILY}relationship: { file: v0001.json }\n`, {}, { 'v0001.json': givenFile(9) });
  assert.equal(code, 'CONFIG_INVALID');
  assert.match(text, /relationship\.file: a precision is not for networks; on problem\.kind: mlp use task-grouping, or a file of groups$/m);
});
