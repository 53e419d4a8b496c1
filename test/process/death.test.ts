/** kill -9 of anybody, at any phase: a named, coded failure within 10 s, no hang, no process left behind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunPhase } from '../../coordinator/run-machine.ts';
import type { RunResult } from '../../core/run-result.ts';
import { inProcesses, smallExperiment } from '../support/experiments.ts';

const DEADLINE_MS = 10_000;
/** Long enough that nobody finishes before the blow. */
const LONG = ['explore.steps=20000', 'cooperate.steps=200000', 'cooperate.arms=[{strategy: multitask, relationship: known}]'];

interface Blow {
  readonly result: RunResult;
  readonly tookMs: number;
  readonly alive: readonly number[];
}

/** Runs, kills `whom` with SIGKILL as soon as the run is in `phase`, and tells what came of it. */
async function strike(
  phase: RunPhase,
  whom: (pids: { coordinator: number; agents: readonly number[] }) => number,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<Blow> {
  let pids: { coordinator: number; agents: readonly number[] } | undefined;
  let struckAt = 0;
  const strikeNow = (): void => {
    if (struckAt > 0 || pids === undefined) return;
    struckAt = performance.now();
    process.kill(whom(pids), signal);
  };
  const result = await inProcesses(smallExperiment(LONG), {
    onStarted: (started) => {
      pids = started;
      if (phase === 'assembling') strikeNow();
    },
    onProgress: (progress) => {
      if (progress.phase === phase && phase !== 'assembling') strikeNow();
    },
  });
  assert.ok(struckAt > 0, `the run never was ${phase}: ${result.status} ${result.error?.message}`);
  return { result, tookMs: performance.now() - struckAt, alive: [pids!.coordinator, ...pids!.agents].filter(isAlive) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('an agent is killed', () => {
  for (const phase of ['exploring', 'cooperating'] as const) {
    test(`while ${phase}`, async () => {
      const { result, tookMs, alive } = await strike(phase, ({ agents }) => agents[3]);
      assert.equal(result.status, 'failed');
      assert.equal(result.error!.code, 'AGENT_LOST');
      assert.match(result.error!.message, new RegExp(`^agent 3 was lost while ${phase}`));
      assert.deepEqual(result.agents.missing, [3]);
      assert.ok(tookMs < DEADLINE_MS, `took ${tookMs} ms`);
      assert.deepEqual(alive, []);
    });
  }
});

test('an agent is stopped: its silence is noticed', async () => {
  const { result, tookMs } = await strike('cooperating', ({ agents }) => agents[1], 'SIGSTOP');
  assert.equal(result.error!.code, 'AGENT_LOST');
  assert.match(result.error!.message, /agent 1/);
  assert.ok(tookMs < DEADLINE_MS, `took ${tookMs} ms`);
});

test('an agent is killed before it joins', async () => {
  const { result, tookMs } = await strike('assembling', ({ agents }) => agents[2]);
  assert.equal(result.error!.code, 'AGENT_LOST');
  assert.match(result.error!.message, /^agent 2 was lost while assembling/);
  assert.ok(tookMs < DEADLINE_MS, `took ${tookMs} ms`);
});

test('a large result arrives whole', async () => {
  const result = await inProcesses(smallExperiment(['cooperate.steps=3000', 'output.every=1']));
  assert.equal(result.status, 'completed', result.error?.message);
  assert.equal(result.arms[0].curve!.error.length, 3001);
});

describe('the coordinator is killed', () => {
  for (const phase of ['exploring', 'cooperating'] as const) {
    test(`while ${phase}`, async () => {
      const { result, tookMs, alive } = await strike(phase, ({ coordinator }) => coordinator);
      assert.equal(result.status, 'failed');
      assert.equal(result.error!.code, 'COORDINATOR_LOST');
      assert.ok(tookMs < DEADLINE_MS, `took ${tookMs} ms`);
      assert.deepEqual(alive, []);
    });
  }
});
