import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SilenceWatch } from '../../../cli/silence-watch.ts';
import { LIMITS } from '../../../core/limits.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import type { Clock } from '../../../net/clock.ts';

function watch(clock: VirtualClock, isExcused = (): boolean => false, own: Clock = clock) {
  const silences: number[] = [];
  const one = new SilenceWatch({ clock: own, isExcused, onSilent: () => silences.push(clock.now()) });
  one.start();
  return { one, silences, until: (ms: number) => clock.runUntil(() => clock.now() >= ms) };
}

test('silence is noticed, once per silence', () => {
  const { silences, until } = watch(new VirtualClock());
  until(2.5 * LIMITS.supervisorSilenceMs);
  assert.deepEqual(silences, [LIMITS.supervisorSilenceMs, 2 * LIMITS.supervisorSilenceMs]);
});

test('a word now and then is enough', () => {
  const clock = new VirtualClock();
  const { one, silences, until } = watch(clock);
  const speak = (): void => {
    one.heard();
    clock.setTimer(LIMITS.supervisorSilenceMs / 2, speak);
  };
  speak();
  until(10 * LIMITS.supervisorSilenceMs);
  assert.deepEqual(silences, []);
});

test('what is stopped on purpose, or not there, need not speak; its silence counts from then on', () => {
  let isExcused = true;
  const clock = new VirtualClock();
  const { silences, until } = watch(clock, () => isExcused);
  until(3 * LIMITS.supervisorSilenceMs);
  assert.deepEqual(silences, []);
  isExcused = false;
  until(4 * LIMITS.supervisorSilenceMs);
  assert.deepEqual(silences, [4 * LIMITS.supervisorSilenceMs - 1_000], 'the look before the last excuse');
});

test('the own process stood still: that is no silence of the other', () => {
  const clock = new VirtualClock();
  let leapMs = 0;
  const leaping: Clock = {
    now: () => clock.now() + leapMs,
    setTimer: (ms, callback) => clock.setTimer(ms, callback),
    defer: (callback) => clock.defer(callback),
  };
  const { silences, until } = watch(clock, undefined, leaping);
  until(10_000);
  leapMs = 10 * LIMITS.supervisorSilenceMs;
  until(20_000);
  assert.deepEqual(silences, []);
  until(LIMITS.supervisorSilenceMs + 5_000);
  assert.equal(silences.length, 1);
});

test('stopped, it says nothing', () => {
  const { one, silences, until } = watch(new VirtualClock());
  one.stop();
  until(2 * LIMITS.supervisorSilenceMs);
  assert.deepEqual(silences, []);
});
