/**
 * Every kind of fault changes the figure that it should, by at least what arithmetic says: measured against the same run
 * without it. In virtual time, where a round takes exactly what its links take; then on real processes, where arm after
 * arm meets another fault and the first meets none. Slicing changes no figure of a run: what it does to segments is shown
 * in test/unit/net/tcp-proxy.test.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../core/run-event.ts';
import { createRun } from '../../cli/new-run.ts';
import { createRunStore } from '../../coordinator/run-store.ts';
import type { ArmResult, RunResult } from '../../core/run-result.ts';
import { Simulation } from '../../sim/simulation.ts';
import { chaosExperiment, sightings } from '../support/chaos.ts';
import { digests, inProcesses } from '../support/experiments.ts';

/** One way, of every link of the simulated network. */
const LINK_MS = 1;
const ONE_ARM = ['cooperate.arms=[{strategy: multitask}]', 'cooperate.steps=60'];

interface Measured {
  readonly result: RunResult;
  readonly arm: ArmResult;
  readonly events: readonly RunEvent[];
  /** Virtual time of the arm. */
  readonly armMs: number;
}

/** In virtual time, its stopwatch included. */
function measured(faults: readonly string[] = [], overrides: readonly string[] = []): Measured {
  const experiment = chaosExperiment({ faults, overrides: [...ONE_ARM, ...overrides] });
  const { runId, directory } = createRun(experiment);
  const store = createRunStore(directory, experiment, 'test');
  const simulation: Simulation = new Simulation({
    experiment,
    runId,
    store,
    stopwatch: () => simulation.clock.now(),
    readFile: (path) => readFileSync(path, 'utf8'),
    delayMs: () => LINK_MS,
  });
  const result = simulation.run()!;
  const [arm] = result.arms;
  return { result, arm, events: readEvents(directory), armMs: (1000 * arm.rounds) / arm.roundsPerSecond };
}

const clean = measured();

/** Within the arm; a round is never faster than without the fault. */
function tookPerRound(context: TestContext, faults: readonly string[]): number {
  const faulty = measured(faults);
  const perRound = faulty.armMs / faulty.arm.rounds;
  context.diagnostic(`${perRound.toFixed(2)} ms per round; ${(clean.armMs / clean.arm.rounds).toFixed(2)} ms without`);
  assert.deepEqual(digests(faulty.result), digests(clean.result));
  return perRound;
}

describe('in virtual time', () => {
  test('without faults a round takes one way', () => {
    const perRound = clean.armMs / clean.arm.rounds;
    assert.ok(perRound >= LINK_MS && perRound < 1.5 * LINK_MS, `${perRound} ms`);
  });
  test('delay: a round takes it', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: all, delay: 20ms }']);
    assert.ok(perRound >= 20 && perRound < 24, `${perRound} ms`);
  });
  test('delay of one link: nobody is faster than its slowest neighbour', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: 3->4, delay: 20ms }']);
    assert.ok(perRound >= 20 / 2 && perRound < 24, `${perRound} ms`);
  });
  test('jitter: a round takes the worst of its links', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: all, jitter: 20ms }']);
    // Agents draw from two links each; order is kept, so that a late frame holds up those behind it.
    assert.ok(perRound >= 10 && perRound <= 21 + LINK_MS, `${perRound} ms`);
  });
  test('bandwidth: a round takes the bytes of a vector at that rate', (context) => {
    const vectorBytes = 16 * Float64Array.BYTES_PER_ELEMENT;
    const perRound = tookPerRound(context, ['{ at: cooperating, link: 3->4, bandwidth: 8kB/s }']);
    assert.ok(perRound >= vectorBytes / 8 / 2, `${perRound} ms`);
    assert.ok(perRound <= (3 * vectorBytes) / 8, `${perRound} ms`);
  });
  test('loss: what is lost is asked for again, and waited for', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: all, loss: 10% }']);
    // The chance that all of 16 vectors of a round arrive is 0.19; a vector is asked for after 25 ms.
    assert.ok(perRound >= 0.3 * 25, `${perRound} ms`);
  });
  test('corrupt: the same as loss', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: all, corrupt: 10% }']);
    assert.ok(perRound >= 0.3 * 25, `${perRound} ms`);
  });
  test('duplicate: twice the bytes', (context) => {
    const { arm } = measured(['{ at: cooperating, link: all, duplicate: 100% }']);
    context.diagnostic(`${arm.bytesSent} bytes; ${clean.arm.bytesSent} without`);
    assert.ok(Math.abs(arm.bytesSent / clean.arm.bytesSent - 2) < 0.1);
  });
  test('reorder: a frame waits for the next one, or 20 ms', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, link: all, reorder: 20% }']);
    assert.ok(perRound >= 4 * LINK_MS, `${perRound} ms`);
  });
  test('slow CPU: every iteration takes as much longer', (context) => {
    const perRound = tookPerRound(context, ['{ at: cooperating, slowCpu: 3, factor: 21 }']);
    assert.ok(perRound >= 20 && perRound < 24, `${perRound} ms`);
  });

  for (const [what, fault, ms] of [
    ['kill', '{ at: 30, kill: 3, restartAfter: 4s }', 4_000],
    ['pause', '{ at: 30, pause: 3, for: 4s }', 4_000],
    ['blackhole', '{ at: 30, link: 3->4, blackhole: true, for: 4s }', 4_000],
    ['partition', '{ at: 30, partition: [["0-3"], ["4-7"]], for: 4s }', 4_000],
    ['reset', '{ at: 30, link: 3<->4, reset: true, for: 4s }', 4_000],
  ] as const) {
    test(`${what}: the arm waits as long as it lasts, and somebody is named`, (context) => {
      const faulty = measured([fault]);
      const lost = faulty.events.filter(({ type }) => type === 'lost' || type === 'link-lost');
      context.diagnostic(`${faulty.armMs.toFixed(0)} ms; ${clean.armMs.toFixed(0)} ms without`);
      assert.ok(faulty.armMs - clean.armMs >= ms - 100, `${faulty.armMs} ms`);
      assert.ok(faulty.armMs - clean.armMs <= ms + 5_000, `${faulty.armMs} ms`);
      assert.ok(lost.some(({ agent, neighbour }) => agent === 3 || neighbour === 3));
      assert.deepEqual(
        clean.events.filter(({ type }) => type === 'lost' || type === 'link-lost'),
        [],
      );
    });
  }

  test('kill of the coordinator: the arm is as long as without, for agents do not wait for it', (context) => {
    const slow = '{ at: cooperating, link: all, delay: 100ms }';
    const [without, faulty] = [[slow], [slow, '{ at: 10, kill: coordinator, restartAfter: 3s }']].map((faults) => measured(faults));
    context.diagnostic(`${faulty.armMs.toFixed(0)} ms; ${without.armMs.toFixed(0)} ms without`);
    assert.deepEqual(digests(faulty.result), digests(clean.result));
    assert.equal(sightings(faulty.events, { type: 'resumed' }).length, 1);
    assert.ok(faulty.armMs < without.armMs + 300, `${faulty.armMs} ms; ${without.armMs} ms without`);
  });

  test('limitData: connections close again and again', (context) => {
    const { events } = measured(['{ at: cooperating, link: 3<->4, limitData: 2kB }']);
    const times = sightings(events, { type: 'link-lost', agent: 3, neighbour: 4 }).length;
    context.diagnostic(`${times} times`);
    // 60 vectors of 128 bytes and more each way.
    assert.ok(times >= 3, `${times} times`);
  });

  test('disk full: checkpoints fail, of that agent only', () => {
    const { events } = measured(['{ at: cooperating, diskFull: 3 }', '{ link: all, delay: 50ms }']);
    const failed = sightings(events, { type: 'checkpoint-failed' });
    assert.ok(failed.length >= 2, `${failed.length} times`);
    assert.ok(failed.every(({ agent }) => agent === 3));
    assert.equal(sightings(clean.events, { type: 'checkpoint-failed' }).length, 0);
  });

  test('bounded rounds under loss: little waiting, and another error', (context) => {
    const loss = ['{ at: cooperating, link: all, loss: 30% }'];
    const bounded = ['network.rounds={bounded: 3}'];
    const [without, faulty, waiting] = [measured([], bounded), measured(loss, bounded), measured(loss)];
    context.diagnostic(`steady error ${faulty.arm.steadyError}; ${without.arm.steadyError} without`);
    context.diagnostic(`${faulty.armMs.toFixed(0)} ms; ${waiting.armMs.toFixed(0)} ms in bsp`);
    assert.notEqual(faulty.arm.steadyError, without.arm.steadyError);
    assert.notDeepEqual(digests(faulty.result), digests(without.result));
    assert.ok(faulty.armMs < waiting.armMs / 2, `${faulty.armMs} ms; ${waiting.armMs} ms in bsp`);
  });
});

/** Arm by arm: what it meets, and what must come of it. */
interface Met {
  readonly what: string;
  readonly fault?: string;
  /** Rounds per second at most, whatever the machine. */
  readonly perSecondMost?: number;
  /** Bytes against those of the arm without faults. */
  readonly bytesRatio?: readonly [least: number, most: number];
}

const ROUNDS = 40;
/** The last round of an arm is left alone, or its report would be the fault's victim, and the next arm's time with it. */
const FAULTY_ROUNDS = ROUNDS - 1;
const VECTOR_BYTES = 16 * Float64Array.BYTES_PER_ELEMENT;
const ARMS: readonly Met[] = [
  { what: 'no fault' },
  { what: 'delay', fault: 'link: all, delay: 40ms', perSecondMost: 1000 / 40 },
  { what: 'jitter', fault: 'link: all, jitter: 80ms', perSecondMost: 1000 / 40 },
  { what: 'bandwidth', fault: 'link: 3->4, bandwidth: 2kB/s', perSecondMost: (2 * 2000) / VECTOR_BYTES },
  { what: 'slow CPU', fault: 'slowCpu: 3, factor: 41', perSecondMost: 1000 / 40 },
  { what: 'loss', fault: 'link: all, loss: 20%', perSecondMost: 1000 / 25 },
  { what: 'duplicate', fault: 'link: all, duplicate: 100%', bytesRatio: [1.8, 2.4] },
  { what: 'corrupt', fault: 'link: all, corrupt: 20%', perSecondMost: 1000 / 25, bytesRatio: [1.1, 3] },
];

test('on real processes: arm after arm meets another fault, and all end in the same bits', { timeout: 120_000 }, async (context) => {
  const faults = ARMS.flatMap(({ fault }, arm) => (fault === undefined ? [] : [`{ at: ${ROUNDS * arm + 1}, for: ${FAULTY_ROUNDS} rounds, ${fault} }`]));
  const arms = ARMS.map(() => '{strategy: multitask}').join(', ');
  const result = await inProcesses(chaosExperiment({ faults, overrides: [`cooperate.steps=${ROUNDS}`, `cooperate.arms=[${arms}]`] }));
  assert.equal(result.status, 'completed', result.error?.message);
  assert.equal(new Set(digests(result)).size, 1);
  const [first] = result.arms;
  result.arms.forEach((arm, i) => {
    const { what, perSecondMost = Infinity, bytesRatio = [0, Infinity] } = ARMS[i];
    const ratio = arm.bytesSent / first.bytesSent;
    context.diagnostic(`${what}: ${arm.roundsPerSecond.toFixed(1)} rounds/s, ${ratio.toFixed(2)} times the bytes`);
    assert.ok(arm.roundsPerSecond * (FAULTY_ROUNDS / ROUNDS) <= perSecondMost, `${what}: ${arm.roundsPerSecond} rounds/s`);
    assert.ok(ratio >= bytesRatio[0] && ratio <= bytesRatio[1], `${what}: ${ratio} times the bytes`);
  });
});
