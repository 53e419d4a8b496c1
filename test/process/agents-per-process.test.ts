/** Agents that share a process are the same agents: equal bits, whatever their number in each, and after a crash of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Party } from '../../core/fault/plan.ts';
import { experimentFile, kindred } from '../support/command.ts';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';

const EIGHT = ['agents=8', 'relationship.estimator=cgl', 'cooperate.arms=[{ strategy: multitask }, { strategy: filter }]'];
const expected = digests(simulated(smallExperiment(EIGHT)));

for (const agentsPerProcess of [1, 3, 8])
  test(`eight agents, ${agentsPerProcess} in each process`, async () => {
    const pids = new Set<number>();
    const onStarted = ({ agents }: { readonly agents: readonly number[] }): void => agents.forEach((pid) => pids.add(pid));
    const result = await inProcesses(smallExperiment(EIGHT), { agentsPerProcess, onStarted });
    assert.equal(result.status, 'completed', result.error?.message);
    assert.equal(pids.size, Math.ceil(8 / agentsPerProcess));
    assert.deepEqual(digests(result), expected);
  });

test('faults of links stay those of one agent', async () => {
  const faulty = smallExperiment([...EIGHT, 'faults=[{ link: 0<->1, loss: 20%, at: 5, for: 20 rounds }]']);
  const result = await inProcesses(faulty, { agentsPerProcess: 4 });
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), expected);
});

test('a process that crashes takes its agents along, and brings all of them back', async () => {
  const longer = smallExperiment([...EIGHT, 'cooperate.steps=800']);
  const starts = new Map<Party, number>();
  let shared = 0;
  const result = await inProcesses(longer, {
    agentsPerProcess: 3,
    onProcess: ({ party, pid, starts: count, event }) => {
      starts.set(party, count);
      if (party === 4 && count === 1 && event === 'started') shared = pid;
    },
    onProgress: ({ phase, iteration }) => {
      if (phase !== 'cooperating' || iteration === 0 || shared === 0) return;
      process.kill(shared, 'SIGKILL');
      shared = 0;
    },
  });
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(
    [0, 2, 3, 4, 5, 6, 7].map((agent) => starts.get(agent)),
    [1, 1, 2, 2, 2, 1, 1],
  );
  assert.deepEqual(digests(result), digests(simulated(longer)));
});

test('the command refuses to kill one agent of several in a process', async () => {
  const { file } = experimentFile(smallExperiment([...EIGHT, 'faults=[{ kill: 3, at: 5 }]']));
  const { code, stderr } = await kindred('run', file, '--quiet', '--agents-per-process', '2').ended;
  assert.equal(code, 2, stderr);
  assert.match(stderr, /PROCESS_SHARED[\s\S]*kill agent 3[\s\S]*--agents-per-process/);
});
