/** A run whose supervisor was killed or interrupted goes on, in its own directory, to the bits of a run without faults. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRun } from '../../cli/new-run.ts';
import type { ProcessChange } from '../../cli/processes.ts';
import { isAlive, type ProcessNote } from '../../cli/process-note.ts';
import { readLive } from '../../cli/run-files.ts';
import type { RunResult } from '../../core/run-result.ts';
import { experimentFile, kindred, onlyRun, type Ended } from '../support/command.ts';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';

const ROOM = ['explore.steps=2000', 'cooperate.steps=300', 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]'];
const expected = digests(simulated(smallExperiment(ROOM)));

interface Begun {
  readonly run: string;
  readonly ended: Ended;
  /** The supervisor first. */
  readonly processes: readonly ProcessNote[];
}

/** Starts a run and, when it is in `phase`, ends it. */
async function begin(phase: 'exploring' | 'cooperating', end: (processes: readonly ProcessNote[]) => void): Promise<Begun> {
  const { file, directory } = experimentFile(smallExperiment(ROOM));
  const command = kindred('run', file);
  await command.said(new RegExp(`^${phase}:`));
  const run = onlyRun(directory);
  const { supervisor, processes } = readLive(run)!;
  assert.equal(supervisor.pid, command.child.pid);
  assert.equal(processes.length, 7);
  end([supervisor, ...processes]);
  return { run, ended: await command.ended, processes: [supervisor, ...processes] };
}

async function resumed(run: string): Promise<RunResult> {
  const { code, stdout, stderr } = await kindred('resume', run, '--json').ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as RunResult;
}

async function assertGoesOn({ run, processes }: Begun): Promise<void> {
  const result = await resumed(run);
  assert.equal(result.status, 'completed');
  assert.deepEqual(digests(result), expected);
  assert.deepEqual(processes.filter(isAlive), []);
  assert.deepEqual(
    ['join-token', 'coordinator.json', 'supervisor.json', 'agents'].filter((name) => existsSync(join(run, name))),
    [],
  );
  const again = await kindred('resume', run).ended;
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^error RUN_COMPLETED/);
}

for (const phase of ['exploring', 'cooperating'] as const) {
  test(`kill -9 of everything while ${phase}, then resume`, async () => {
    const begun = await begin(phase, (processes) => processes.forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
    assert.equal(begun.ended.signal, 'SIGKILL');
    await assertGoesOn(begun);
  });
}

test('kill -9 of the supervisor alone: the others end by themselves, then resume', async () => {
  await assertGoesOn(await begin('cooperating', ([supervisor]) => process.kill(supervisor.pid, 'SIGKILL')));
});

test('Ctrl-C, then resume', async () => {
  const begun = await begin('cooperating', ([supervisor]) => process.kill(supervisor.pid, 'SIGINT'));
  assert.equal(begun.ended.code, 130);
  assert.match(begun.ended.stdout, /cancelled/);
  assert.match(begun.ended.stdout, /go on with it: .* resume /);
  assert.deepEqual(begun.processes.filter(isAlive), []);
  await assertGoesOn(begun);
});

test('Ctrl-C twice: at once, and nobody is left', async () => {
  const { ended, processes, run } = await begin('exploring', ([supervisor]) => {
    process.kill(supervisor.pid, 'SIGINT');
    process.kill(supervisor.pid, 'SIGTERM');
  });
  assert.equal(ended.code, 130);
  assert.deepEqual(processes.filter(isAlive), []);
  assert.equal(readLive(run), undefined);
});

test('a run that goes on is not resumed', async () => {
  // The pause keeps it going for as long as the second command may take to start.
  const { file, directory } = experimentFile(smallExperiment([...ROOM, 'faults=[{ at: 20, pause: 1, for: 6s }]']));
  const command = kindred('run', file, '--json');
  await command.said(/^exploring:/);
  const refused = await kindred('resume', onlyRun(directory), '--json').ended;
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /"code":"RUN_LIVE"/);
  const { stdout } = await command.ended;
  assert.deepEqual(digests(JSON.parse(stdout) as RunResult), expected);
});

test('a death that the plan wanted, and that ended the run, is not repeated by its resume', async () => {
  const experiment = smallExperiment([...ROOM, 'faults=[{ at: 50, kill: 3 }, { at: 400, restart: 2 }]']);
  const run = createRun(experiment);
  const starts: string[] = [];
  const onProcess = ({ event, party }: ProcessChange): void => void (event === 'started' && starts.push(String(party)));
  const failed = await inProcesses(experiment, { run, onProcess });
  assert.equal(failed.error?.code, 'AGENT_LOST');
  starts.length = 0;
  const result = await inProcesses(experiment, { run, onProcess });
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), expected);
  assert.deepEqual(starts.toSorted(), ['0', '1', '2', '2', '3', '4', '5', 'coordinator']);
});
