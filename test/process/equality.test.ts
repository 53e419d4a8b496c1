/** One experiment, the same bits: real processes, the simulator, the simulator with a bad network, and a second time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';

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

for (const estimator of ['cgl-sparse', 'components', 'lagged', 'signed'])
  test(`${estimator}: processes, simulator, and processes that are killed learn the same relationship`, async () => {
    const arms = 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]';
    const settings = [`relationship.estimator=${estimator}`, 'problem.dimension=240', 'problem.batch=24', 'cooperate.steps=10', arms];
    const experiment = smallExperiment(settings);
    const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.deepEqual(real.relationship!.laplacian, virtual.relationship!.laplacian);
    assert.deepEqual(real.relationship!.diagnostics, virtual.relationship!.diagnostics);
    assert.deepEqual(digests(real), digests(virtual));
    // An agent that dies while it explores has its earlier snapshot in the checkpoint.
    const kills = '{ at: exploring, kill: 1, restartAfter: 100ms }, { at: 4, kill: 3, restartAfter: 100ms }, { at: 6, kill: coordinator, restartAfter: 100ms }';
    const broken = await inProcesses(smallExperiment([...settings, `faults=[${kills}]`]));
    assert.equal(broken.status, 'completed', broken.error?.message);
    assert.deepEqual(digests(broken), digests(virtual));
    assert.deepEqual(broken.relationship!.laplacian, virtual.relationship!.laplacian);
  });

for (const faults of ['{ link: all, duplicate: 2%, jitter: 50ms }', '{ link: all, reorder: 0.2, loss: 2% }'])
  test(`${faults} changes nothing, simulated`, () => {
    const faulty = smallExperiment(['relationship.estimator=cgl', `faults=[${faults}]`]);
    assert.deepEqual(digests(simulated(faulty)), digests(simulated(smallExperiment(['relationship.estimator=cgl']))));
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
