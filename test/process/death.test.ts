/**
 * kill -9 of anybody, at any phase: it is started again, and the run ends with the bits of a run without faults. Who dies
 * again and again is given up, with a code; nobody is left behind.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Experiment } from '../../config/experiment.ts';
import type { RunPhase } from '../../coordinator/run-state.ts';
import type { KindredError } from '../../core/errors.ts';
import type { Party } from '../../core/fault/plan.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';
import { isAlive, once, slowed, watchedRun, type Outcome, type Watched } from '../support/watched-run.ts';

const GIVEN_UP_MS = 20_000;
/** Long enough for a blow and a recovery on the way. */
const ROOM = ['explore.steps=2000', 'cooperate.steps=150', 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]'];

const expected = digests(simulated(smallExperiment(ROOM)));

/** Kills `party` with SIGKILL as soon as the run is in `phase`, and is over it. */
async function strike(phase: RunPhase, party: Party): Promise<Outcome> {
  const blow = once<[Watched]>(
    () => true,
    (run) => process.kill(run.pid(party), 'SIGKILL'),
  );
  const outcome = await watchedRun(smallExperiment([...ROOM, slowed(5)]), {
    progress: (progress, run) => progress.phase === phase && (phase === 'exploring' || progress.iteration > 0) && blow(run),
    process: (what, run) => phase === 'assembling' && what.party === party && blow(run),
  });
  assert.ok(blow.done, `the run never was ${phase}: ${outcome.result.status} ${outcome.result.error?.message}`);
  return outcome;
}

function assertUnharmed({ result, alive }: Outcome): void {
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), expected);
  assert.deepEqual(alive, []);
}

describe('killed once, it is started again and the run ends with the same bits', () => {
  for (const phase of ['assembling', 'exploring', 'cooperating'] as const) {
    for (const party of [3, 'coordinator'] as const) {
      test(`${party === 3 ? 'an agent' : 'the coordinator'} while ${phase}`, async () => {
        const outcome = await strike(phase, party);
        assertUnharmed(outcome);
        assert.equal(outcome.run.starts(party), 2);
        assert.equal(outcome.run.starts(1), 1, 'somebody else was started again');
      });
    }
  }
});

test('everybody at once', async () => {
  const everybody = [0, 1, 2, 3, 4, 5, 'coordinator'] as const;
  const blow = once<[Watched]>(
    () => true,
    (run) => everybody.forEach((party) => process.kill(run.pid(party), 'SIGKILL')),
  );
  const outcome = await watchedRun(smallExperiment([...ROOM, slowed(5)]), {
    progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 0 && blow(run),
  });
  assertUnharmed(outcome);
  assert.deepEqual(
    everybody.map((party) => outcome.run.starts(party)),
    everybody.map(() => 2),
  );
});

describe('killed at every start, it is given up', () => {
  const dieAlways = (party: Party, experiment: Experiment): Promise<Outcome> =>
    watchedRun(experiment, {
      process: (what) => what.party === party && what.event === 'started' && process.kill(what.pid, 'SIGKILL'),
    });

  test('an agent: AGENT_LOST', async () => {
    const began = performance.now();
    const { result, run, alive } = await dieAlways(2, smallExperiment(ROOM));
    assert.equal(result.error?.code, 'AGENT_LOST');
    assert.match(result.error.message, /^agent 2 while assembling: it was ended by SIGKILL; it was started again 5 times/);
    assert.equal(run.starts(2), 6);
    assert.deepEqual(alive, []);
    assert.ok(performance.now() - began < GIVEN_UP_MS);
  });

  test('the coordinator: COORDINATOR_LOST', async () => {
    const began = performance.now();
    const { result, run, alive } = await dieAlways('coordinator', smallExperiment(ROOM));
    assert.equal(result.error?.code, 'COORDINATOR_LOST');
    assert.match(result.error.message, /started again 5 times/);
    assert.equal(run.starts('coordinator'), 6);
    assert.deepEqual(alive, []);
    assert.ok(performance.now() - began < GIVEN_UP_MS);
  });
});

test('an agent is stopped by somebody: it is waited for, by name and until a time, and then it is lost', async () => {
  const blow = once<[Watched]>(
    () => true,
    (run) => process.kill(run.pid(1), 'SIGSTOP'),
  );
  const { result, run, alive } = await watchedRun(smallExperiment([...ROOM, slowed(5), 'participation.wait=1s']), {
    progress: ({ phase, iteration }, watched) => phase === 'cooperating' && iteration > 0 && blow(watched),
  });
  assert.equal(result.error?.code, 'AGENT_LOST');
  assert.match(result.error.message, /^agent 1 while cooperating: did not come back within 1 s/);
  assert.equal(run.starts(1), 1);
  assert.deepEqual(alive, [], 'a stopped process was left behind');
});

describe('the fault plan', () => {
  test('kills, restarts and stops: the same bits', async () => {
    const faults = [
      '{ at: 20, kill: 2, restartAfter: 300ms }',
      '{ at: 100, restart: 4 }',
      '{ at: 150, pause: 0, for: 500ms }',
      '{ at: 170, kill: coordinator, restartAfter: 200ms }',
      '{ at: 220, pause: coordinator, for: 2s }',
      '{ at: estimating, restart: 5 }',
    ];
    const outcome = await watchedRun(smallExperiment([...ROOM, `faults=[${faults.join(', ')}]`]), {});
    assertUnharmed(outcome);
    assert.deepEqual(
      ([2, 4, 5, 'coordinator', 0] as const).map((party) => outcome.run.starts(party)),
      [2, 2, 2, 2, 1],
    );
    const orders = outcome.notes.filter((line) => /^(kill|start|stop|continue) /.test(line));
    assert.equal(orders.length, 12, orders.join('\n'));
  });

  test('kills an agent for good: the run decides at once', async () => {
    const { result, run, alive } = await watchedRun(smallExperiment([...ROOM, 'faults=[{ at: 50, kill: 3 }]']), {});
    assert.equal(result.error?.code, 'AGENT_LOST');
    assert.match(result.error.message, /^agent 3 while cooperating: killed by the fault plan/);
    assert.equal(run.starts(3), 1);
    assert.deepEqual(alive, []);
  });

  test('kills the coordinator for good: COORDINATOR_LOST', async () => {
    const { result, alive } = await watchedRun(smallExperiment([...ROOM, 'faults=[{ at: 50, kill: coordinator }]']), {});
    assert.equal(result.error?.code, 'COORDINATOR_LOST');
    assert.match(result.error.message, /killed by the fault plan/);
    assert.deepEqual(alive, []);
  });
});

test('the run directory cannot be written any more: a code, and nobody is left', async () => {
  const pids: number[] = [];
  const breakDisk = once<[Watched]>(
    () => true,
    (run) => {
      rmSync(join(run.directory, 'events.jsonl'));
      mkdirSync(join(run.directory, 'events.jsonl'));
      process.kill(run.pid(3), 'SIGKILL');
    },
  );
  // Whoever is to write first: the supervisor rejects, the coordinator fails the run.
  const code = await watchedRun(smallExperiment([...ROOM, slowed(5)]), {
    progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 0 && breakDisk(run),
    process: ({ pid }) => pids.push(pid),
  }).then(
    ({ result }) => result.error?.code,
    (error: KindredError) => error.code,
  );
  assert.equal(code, 'OUTPUT_UNWRITABLE');
  assert.equal(breakDisk.done, true);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('a large result arrives whole', async () => {
  const { result } = await watchedRun(smallExperiment(['cooperate.arms=[{strategy: multitask}]', 'cooperate.steps=3000', 'output.every=1']), {});
  assert.equal(result.status, 'completed', result.error?.message);
  assert.equal(result.arms[0].curve!.error.length, 3001);
});
