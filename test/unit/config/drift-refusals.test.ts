/** Broken assumptions and drift in an experiment file: what they resolve to, and what makes no sense together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAPER, TABLE, load, refusal } from './fixture.ts';

const withKeys = (keys: string): string => PAPER.replace('  noise: 200\n', `  noise: 200\n  ${keys}\n`);

test('what is said is kept; what is not is left out', () => {
  const { problem } = load(withKeys('drift: { coherence: 1000, change: permutation, at: 100 }'));
  assert.deepEqual(problem.kind === 'gmrf-regression' && problem.drift, { coherence: 1000, change: 'permutation', at: 100 });
  assert.ok(!('tails' in problem));
});

test('copies of a graph can all talk to each other', () => {
  const { network } = load(withKeys('components: 2').replace('agents: 10', 'agents: 20'));
  assert.equal(network.graph, 'complete');
});

/** [keys, text of the refusal without its line and column] */
const WRONG: readonly [string, string][] = [
  ['tails: heavy', 'problem.tails: must be one of gaussian, laplace, t3, elliptical-t3 (got "heavy")'],
  ['rank: 9', 'problem.rank: must be below 9, the directions that the tasks have anyway (got 9)'],
  ['rank: 3', 'cooperate.arms[3].relationship: tasks of rank 3 have no known relationship: it would be infinite where they do not differ; leave the arm out'],
  ['outlier: 10', 'problem.outlier: must be below 10, the number of agents (got 10)'],
  ['components: 3', 'problem.components: must divide the number of agents, 10 (got 3)'],
  ['noiseSpread: 0.5', 'problem.noiseSpread: must be >= 1 (got 0.5)'],
  ['drift: {}', 'problem.drift: moves nothing: give coherence, change, or both'],
  ['drift: { coherence: 100, at: 5 }', 'problem.drift.at: says when the graph changes, and it does not: give change too (got 5)'],
  ['drift: { coherence: 100, over: 5 }', 'problem.drift.over: says how long the graph changes, and it does not: give change too (got 5)'],
  ['drift: { change: rewiring }', 'problem.drift.at: is missing: the step of every arm at which the graph changes'],
  ['drift: { change: rewiring, at: 250, over: 50 }', 'problem.drift.at: the change must end before step 300, the last one of an arm (it ends at 300)'],
  ['tails: t3\n  drift: { coherence: 9 }', 'problem.tails: tasks that drift become normal, whatever they were (got "t3"); leave coherence out'],
  ['signed: 0.2\n  drift: { change: rewiring, at: 9 }', 'problem.drift.change: negative edges cannot be rewired; use permutation'],
  [
    'outlier: 2\n  drift: { change: permutation, at: 9 }',
    'problem.drift.change: an outlier stays where it is, so the graph cannot change; leave one of them out',
  ],
];

for (const [keys, text] of WRONG)
  test(`${keys.replace('\n ', ',')} is refused`, () => {
    const { code, text: told } = refusal(withKeys(keys));
    assert.equal(code, 'CONFIG_INVALID');
    const first = told.split('\n')[0].replace(/^dir\/experiment.yaml:\d+:\d+ /, '');
    assert.equal(first, text);
  });

test('a graph that changes at a step needs to know how many there are', () => {
  const { text } = refusal(withKeys('drift: { change: permutation, at: 9 }').replace('steps: 300', 'steps: auto'));
  assert.match(text, /cooperate.steps: must be a number where the graph changes at a step/);
});

test('what is learned once cannot be frozen', () => {
  const { text } = refusal(PAPER.replace('relationship: known', 'relationship: frozen'));
  assert.match(text, /cooperate.arms\[3\].relationship: pinv learns once, so that learned is frozen/);
  assert.equal(
    load(PAPER.replace('relationship: known', 'relationship: frozen').replace('estimator: pinv', 'estimator: recursive')).cooperate.arms[3].relationship,
    'frozen',
  );
});

test('a table stands still: nobody learns on from it', () => {
  assert.match(refusal(`${TABLE}relationship: { estimator: recursive }\n`).text, /relationship.estimator: recursive learns on while tasks do/);
});
