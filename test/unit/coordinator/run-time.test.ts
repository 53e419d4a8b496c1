import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RunTime } from '../../../coordinator/run-time.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

/** Both clocks by hand; the stopwatch began earlier. */
function account(): { readonly time: RunTime; readonly pass: (ms: number) => void } {
  let now = 0;
  const clock = { now: () => now, setTimer: () => () => {}, defer: () => {} } satisfies Pick<VirtualClock, 'now' | 'setTimer' | 'defer'>;
  return { time: new RunTime(clock, () => 1000 + now), pass: (ms) => void (now += ms) };
}

describe('the account of a run’s time', () => {
  test('adds up what passed between two calls, by phase', () => {
    const { time, pass } = account();
    pass(3);
    time.spend('assembling');
    pass(5);
    time.spend('exploring');
    time.spent('cooperating', 7);
    pass(2);
    time.spend('exploring');
    assert.deepEqual(time.timings, { startMs: 3, exploreMs: 7, estimateMs: 0, cooperateMs: 7, totalMs: 10 });
  });

  test('stands still for the fault plan until the run begins', () => {
    const { time, pass } = account();
    pass(4);
    assert.deepEqual([time.hasBegun, time.elapsedMs], [false, 0]);
    time.begin();
    pass(6);
    assert.deepEqual([time.hasBegun, time.elapsedMs], [true, 6]);
  });

  test('leaves a pause out of the stage and the phase, not out of the whole and of the plan', () => {
    const { time, pass } = account();
    time.begin();
    time.beginStage();
    pass(2);
    time.setPaused(true);
    pass(50);
    time.setPaused(false);
    pass(3);
    assert.equal(time.stageMs, 5);
    time.spend('cooperating');
    assert.deepEqual([time.timings.cooperateMs, time.timings.totalMs, time.elapsedMs], [5, 55, 55]);
  });

  test('of a pause only what fell into the stage counts', () => {
    const { time, pass } = account();
    time.setPaused(true);
    pass(10);
    time.beginStage();
    pass(10);
    time.setPaused(false);
    pass(1);
    assert.equal(time.stageMs, 1);
  });

  test('goes on with what was spent before a restart', () => {
    const { time, pass } = account();
    time.begin();
    time.spent('exploring', 30);
    time.spent('cooperating', 12);
    pass(1);
    time.takeUp();
    assert.deepEqual([time.elapsedMs, time.timings.totalMs], [42, 43]);
  });
});
