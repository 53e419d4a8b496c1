/** Networks as real processes: the bits of the simulator, in groups too, an agent killed while gains are collected and the coordinator in an arm. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { networks } from '../support/networks.ts';

const SHORT = ['cooperate.steps=40'];

for (const faults of ['[]', '[{ at: estimating, kill: 1, restartAfter: 100ms }, { at: 60, kill: coordinator, restartAfter: 100ms }]'])
  test(`processes and simulator learn the same networks, faults: ${faults}`, async () => {
    const real = await inProcesses(networks([...SHORT, `faults=${faults}`]));
    assert.equal(real.status, 'completed', real.error?.message);
    const virtual = simulated(networks(SHORT));
    assert.deepEqual(real.relationship, virtual.relationship);
    assert.deepEqual(digests(real), digests(virtual));
    assert.deepEqual(
      real.arms.map(({ errorByAgent }) => errorByAgent),
      virtual.arms.map(({ errorByAgent }) => errorByAgent),
    );
  });
