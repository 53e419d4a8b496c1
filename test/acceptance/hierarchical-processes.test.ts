/** The 48 states as processes of their own: the bits of the simulator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { tableExperiment } from '../support/hierarchical-demand.ts';

test('us_productivity (6), 48 processes', async (context) => {
  const experiment = tableExperiment('us_productivity', 6, 0);
  const real = await inProcesses(experiment);
  context.diagnostic(`${(real.timings.totalMs / 1000).toFixed(0)} s, of it learning the prior ${(real.timings.estimateMs / 1000).toFixed(1)} s`);
  assert.equal(real.status, 'completed', real.error?.message);
  const virtual = simulated(experiment);
  assert.deepEqual(real.relationship, virtual.relationship);
  assert.deepEqual(digests(real), digests(virtual));
});
