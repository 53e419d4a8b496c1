import assert from 'node:assert/strict';
import test from 'node:test';
import type { Clock } from '../../../net/clock.ts';
import { Heartbeat } from '../../../net/heartbeat.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

const limits = { heartbeatMs: 350, suspectMs: 700, lostMs: 1_750, loopLagMs: 50 };

/** A clock whose process can be stopped: its timers then fire late. */
class StoppableClock implements Clock {
  readonly events = new VirtualClock();
  #stoppedMs = 0;

  now(): number {
    return this.events.now() + this.#stoppedMs;
  }
  setTimer(delayMs: number, callback: () => void): () => void {
    return this.events.setTimer(delayMs, callback);
  }
  defer(callback: () => void): void {
    this.events.defer(callback);
  }
  stop(ms: number): void {
    this.#stoppedMs += ms;
  }
}

function watch(clock: StoppableClock) {
  const events: string[] = [];
  const note = (event: string) => () => void events.push(`${event} ${clock.now()}`);
  const link = { send: () => (note('beat')(), true) };
  const heartbeat = new Heartbeat({ link, clock, frame: Uint8Array.of(1), onSuspect: note('suspect'), onLost: note('lost'), onAlive: note('alive'), limits });
  return { heartbeat, events, without: (kind: string) => events.filter((event) => !event.startsWith(kind)) };
}

const at = (clock: StoppableClock, ms: number, action: () => void): void => void clock.setTimer(ms, action);

test('silence is suspect once, then lost, to the millisecond; then the watch is over', () => {
  const clock = new StoppableClock();
  const { events, without } = watch(clock);
  clock.events.run();
  assert.deepEqual(without('beat'), ['suspect 700', 'lost 1750']);
  assert.deepEqual(events.slice(0, 3), ['beat 350', 'beat 700', 'suspect 700']);
});

test('any frame is life, and a late one takes the suspicion back', () => {
  const clock = new StoppableClock();
  const { heartbeat, without } = watch(clock);
  for (const ms of [600, 1_200, 2_500]) at(clock, ms, () => heartbeat.received());
  at(clock, 3_000, () => heartbeat.stop());
  clock.events.run();
  assert.deepEqual(without('beat'), ['suspect 1900', 'alive 2500']);
});

test('nothing is sent while frames are sent anyway', () => {
  const clock = new StoppableClock();
  const { heartbeat, events } = watch(clock);
  for (let ms = 300; ms <= 1_200; ms += 300) {
    at(clock, ms, () => {
      heartbeat.sent();
      heartbeat.received();
    });
  }
  at(clock, 1_600, () => heartbeat.stop());
  clock.events.run();
  assert.deepEqual(events, ['beat 1550']);
});

test('a frame that already waits to be read counts before the verdict', () => {
  const clock = new StoppableClock();
  const { heartbeat, without } = watch(clock);
  clock.setTimer(350, () => clock.setTimer(350, () => heartbeat.received()));
  at(clock, 1_000, () => heartbeat.stop());
  clock.events.run();
  assert.deepEqual(without('beat'), []);
});

test('a process that was stopped itself accuses nobody', () => {
  const clock = new StoppableClock();
  const { heartbeat, without } = watch(clock);
  at(clock, 300, () => heartbeat.received());
  at(clock, 500, () => clock.stop(10_000));
  at(clock, 900, () => heartbeat.received());
  at(clock, 1_400, () => heartbeat.stop());
  clock.events.run();
  assert.deepEqual(without('beat'), []);
});

test('but its stop only postpones the verdict', () => {
  const clock = new StoppableClock();
  const { without } = watch(clock);
  at(clock, 500, () => clock.stop(10_000));
  clock.events.run();
  assert.deepEqual(without('beat'), ['suspect 10700', 'lost 11750']);
});
