import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentsPerProcessOf, groupsOf, refuseSharedFaults } from '../../../config/shared-process.ts';
import { smallExperiment } from '../../support/experiments.ts';

const planned = (faults: string) => smallExperiment([`faults=[${faults}]`]).faults;

test('neighbours by index share a process, and every agent has one', () => {
  assert.deepEqual(groupsOf(3, 1), [[0], [1], [2]]);
  assert.deepEqual(groupsOf(8, 3), [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ]);
  assert.deepEqual(groupsOf(2, 100), [[0, 1]]);
});

test('the option is a whole number, and of the mode processes', () => {
  assert.equal(agentsPerProcessOf('12', 'processes'), 12);
  assert.equal(agentsPerProcessOf('1', 'simulated'), 1);
  for (const text of ['0', '-1', '1.5', '', 'all']) assert.throws(() => agentsPerProcessOf(text, 'processes'), { code: 'USAGE' });
  assert.throws(() => agentsPerProcessOf('2', 'simulated'), { code: 'USAGE', where: '--agents-per-process' });
});

test('where agents share processes, a fault of one agent’s process is refused and every other is not', () => {
  for (const fault of ['{ kill: 3, at: 5 }', '{ pause: 3, at: 5, for: 1s }']) {
    assert.throws(() => refuseSharedFaults(planned(fault), 2), { code: 'PROCESS_SHARED' });
    refuseSharedFaults(planned(fault), 1);
  }
  refuseSharedFaults(planned('{ link: all, loss: 2% }, { kill: coordinator, at: 5, restartAfter: 1s }, { slowCpu: 3, factor: 2 }'), 8);
});
