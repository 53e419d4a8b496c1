/** A run without a network ends with the bits of the simulated one: every strategy, both kinds of problem, a mean through the hub. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { digests, direct, example, simulated, smallExperiment } from '../../support/experiments.ts';

const EXPERIMENTS: Readonly<Record<string, () => Experiment>> = {
  'the paper, small': () => smallExperiment(),
  'eta by hand, complete and permuted relationships': () =>
    smallExperiment(['cooperate.arms=[{strategy: multitask, eta: 0.1, relationship: complete}, {strategy: filter, relationship: permuted}]']),
  'agents that learn by themselves': () => smallExperiment(['relationship={estimator: flooded}', 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]']),
  'a table': () =>
    example('us-states', [
      'problem.split.train=10',
      'cooperate.steps=12',
      'cooperate.arms=[{strategy: non-cooperative}, {strategy: consensus}, {strategy: multitask, relationship: complete}, {strategy: multitask}]',
    ]),
};

describe('the same bits as simulated', () => {
  for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
    test(name, () => {
      const [found, expected] = [direct(experiment()), simulated(experiment())];
      assert.equal(found.status, 'completed', found.error?.message);
      assert.deepEqual(digests(found), digests(expected));
      assert.deepEqual(
        found.arms.map(({ steadyError, errorByAgent, eta }) => ({ steadyError, errorByAgent, eta })),
        expected.arms.map(({ steadyError, errorByAgent, eta }) => ({ steadyError, errorByAgent, eta })),
      );
      assert.deepEqual(found.relationship?.laplacian, expected.relationship?.laplacian);
    });
  }
});
