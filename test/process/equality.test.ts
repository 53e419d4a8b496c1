/** One experiment, the same bits: real processes, the simulator, the simulator with a bad network, and a second time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';

const FAULTS = { seed: 5, duplicateRate: 0.02, delayRate: 0.02, delayMaxMs: 50 };

test('all strategies: processes and simulator give the same parameters', async () => {
  const experiment = smallExperiment(['relationship.estimator=cgl']);
  const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
  assert.equal(real.status, 'completed', real.error?.message);
  assert.equal(virtual.arms.length, 5);
  assert.deepEqual(digests(real), digests(virtual));
  assert.deepEqual(real.relationship!.laplacian, virtual.relationship!.laplacian);
  assert.deepEqual(
    real.arms.map((arm) => arm.steadyError),
    virtual.arms.map((arm) => arm.steadyError),
  );
});

test('2 % duplicated and delayed frames on memory links change nothing', () => {
  const experiment = smallExperiment(['relationship.estimator=cgl']);
  assert.deepEqual(digests(simulated(experiment, { faults: FAULTS })), digests(simulated(experiment)));
});

test('reordered frames change nothing either', () => {
  const experiment = smallExperiment(['relationship.estimator=cgl']);
  assert.deepEqual(digests(simulated(experiment, { faults: { ...FAULTS, delayRate: 0.2, reorder: true } })), digests(simulated(experiment)));
});

test('a seed gives the same run twice, another seed another run', () => {
  const once = digests(simulated(smallExperiment()));
  assert.deepEqual(digests(simulated(smallExperiment())), once);
  const other = digests(simulated(smallExperiment(['seed=8'])));
  assert.ok(other.every((digest, arm) => digest !== once[arm]));
});

test('a complete relationship, computed as a mean at a hub, is the same in both modes', async () => {
  const experiment = smallExperiment(['cooperate.arms=[{strategy: multitask, relationship: complete}, {strategy: filter, relationship: complete}]']);
  const real = await inProcesses(experiment);
  assert.equal(real.status, 'completed', real.error?.message);
  assert.deepEqual(digests(real), digests(simulated(experiment)));
});
