/** A run that was paused ends in the bits of the run that nobody touched, whatever happens to its processes meanwhile. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import type { RunResult } from '../../../core/run-result.ts';
import type { RunProgress } from '../../../coordinator/run-progress.ts';
import type { RunStore } from '../../../coordinator/run-store.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { digests, direct, smallExperiment } from '../../support/experiments.ts';

/** A round takes as long: the run has minutes. */
const DELAY_MS = 100;
const HORIZON_MS = 3_600_000;
const PAUSED_AT_MS = 6_000;
const ARMS = 'cooperate.arms=[{strategy: consensus}, {strategy: filter}]';
const SMALL = ['explore.steps=100', 'cooperate.steps=60', ARMS];

interface Outcome {
  readonly result: RunResult;
  readonly events: readonly { readonly type: string; readonly ms: number }[];
  /** While the run was paused, when everybody had time to hold. */
  readonly seen: readonly RunProgress[];
}

/** Paused for so long, in virtual time. */
function pausedFor(ms: number, settings: readonly string[] = []): Outcome {
  const experiment = smallExperiment([...SMALL, ...settings]);
  const events: { type: string; ms: number }[] = [];
  const seen: RunProgress[] = [];
  const nothing = (): void => {};
  const event = (type: string): void => void events.push({ type, ms: simulation.clock.now() });
  const store: RunStore = { directory: '', event, metrics: nothing, relationship: nothing, parameters: nothing, result: nothing };
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const simulation = new Simulation({
    experiment,
    runId: 'paused',
    store,
    readFile,
    stopwatch: () => simulation.clock.now(),
    delayMs: () => DELAY_MS,
    horizonMs: HORIZON_MS,
  });
  const look = (): void => void (simulation.progress && seen.push(simulation.progress));
  simulation.clock.setTimer(PAUSED_AT_MS, () => simulation.pause());
  simulation.clock.setTimer(PAUSED_AT_MS + 13_000, look);
  simulation.clock.setTimer(PAUSED_AT_MS + ms - 1, look);
  simulation.clock.setTimer(PAUSED_AT_MS + ms, () => simulation.resume());
  const result = simulation.run();
  assert.ok(result, `the run hangs: ${simulation.progress?.waitingFor}`);
  return { result, events, seen };
}

const undisturbed = digests(direct(smallExperiment(SMALL)));
const times = ({ events }: Outcome, type: string): number[] => events.filter((one) => one.type === type).map(({ ms }) => ms);

function assertUnharmed(outcome: Outcome): void {
  assert.equal(outcome.result.status, 'completed', outcome.result.error?.message);
  assert.deepEqual(digests(outcome.result), undisturbed);
  assert.deepEqual([times(outcome, 'paused'), times(outcome, 'unpaused').length], [[PAUSED_AT_MS], 1]);
}

describe('a run that is paused', () => {
  test('holds, says what it waits for, and ends in the same bits', () => {
    const outcome = pausedFor(20_000);
    assertUnharmed(outcome);
    const [first, last] = outcome.seen;
    assert.deepEqual([first.paused, first.waitingFor, first.waitSeconds], [true, 'the run to be resumed', 0]);
    assert.equal(last.iteration, first.iteration);
    assert.equal(last.bytesSent > 0, true);
    assert.equal(last.agentsUp, 6);
  });

  test('is not given up, however long: no deadline runs out', () => {
    assertUnharmed(pausedFor(10 * LIMITS.stallMs));
  });

  test('takes no time in the figures about speed', () => {
    const { result } = pausedFor(600_000);
    const { totalMs, startMs, exploreMs, estimateMs, cooperateMs } = result.timings;
    assert.ok(totalMs > 600_000 && startMs + exploreMs + estimateMs + cooperateMs < 60_000, JSON.stringify(result.timings));
    assert.ok(result.arms.every(({ roundsPerSecond }) => roundsPerSecond > 2));
  });

  for (const [what, fault] of [
    ['an agent dies and comes back', '{ at: 8s, kill: 2, restartAfter: 4s }'],
    ['an agent comes back after it was resumed', '{ at: 8s, kill: 2, restartAfter: 40s }'],
    ['the coordinator dies and comes back', '{ at: 8s, kill: coordinator, restartAfter: 4s }'],
    ['an agent and the coordinator die', '{ at: 8s, kill: 3, restartAfter: 6s }, { at: 9s, kill: coordinator, restartAfter: 4s }'],
    ['an agent is cut off from everybody when it is resumed', '{ at: 8s, isolate: 4, for: 25s }'],
    ['half of all messages are lost', '{ at: 5s, for: 40s, link: all, loss: 50% }'],
  ])
    test(`${what} meanwhile: it still holds, and the bits are the same`, () => {
      const outcome = pausedFor(20_000, [`faults=[${fault}]`]);
      assertUnharmed(outcome);
      const [first, last] = outcome.seen;
      assert.ok(first.paused && last.paused);
      assert.ok(last.iteration <= first.iteration, `it went on from ${first.iteration} to ${last.iteration}`);
    });

  test('while its agents join begins, and holds before the first step', () => {
    const experiment = smallExperiment(SMALL);
    const nothing = (): void => {};
    const store: RunStore = { directory: '', event: nothing, metrics: nothing, relationship: nothing, parameters: nothing, result: nothing };
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    const simulation: Simulation = new Simulation({ experiment, runId: 'early', store, readFile, stopwatch: () => 0, delayMs: () => DELAY_MS });
    let seen: RunProgress | undefined;
    simulation.clock.setTimer(1, () => simulation.pause());
    simulation.clock.setTimer(30_000, () => (seen = simulation.progress));
    simulation.clock.setTimer(30_001, () => simulation.resume());
    assert.deepEqual(digests(simulation.run()!), undisturbed);
    assert.ok(seen?.phase === 'exploring' && seen.iteration < seen.total, JSON.stringify(seen));
  });
});

for (const rounds of ['{ bounded: 2 }', 'async'])
  test(`rounds ${rounds}: a pause ends, and the run with it`, () => {
    const { result } = pausedFor(20_000, [`network.rounds=${rounds}`]);
    assert.equal(result.status, 'completed', result.error?.message);
  });
