import assert from 'node:assert/strict';
import test from 'node:test';
import { draw } from '../../../core/random.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

test('events run in order of time, then of scheduling, whatever was cancelled', () => {
  const clock = new VirtualClock();
  const random = draw(1, 0, 'fault', 0);
  const ran: number[][] = [];
  const expected: number[][] = [];
  for (let n = 0; n < 5_000; n++) {
    const time = random.integer(200);
    const cancel = clock.setTimer(time, () => ran.push([clock.now(), n]));
    if (random.uniform() < 0.7) cancel();
    else expected.push([time, n]);
  }
  clock.run();
  assert.deepEqual(
    ran,
    expected.sort(([t1 = 0, n1 = 0], [t2 = 0, n2 = 0]) => t1 - t2 || n1 - n2),
  );
});

test('defer runs behind what already waits at this instant', () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.setTimer(5, () => {
    order.push('first');
    clock.defer(() => order.push('deferred'));
  });
  clock.setTimer(5, () => order.push('second'));
  clock.run();
  assert.deepEqual(order, ['first', 'second', 'deferred']);
  assert.equal(clock.now(), 5);
});

test('runUntil stops at once, and says when it never comes', () => {
  const clock = new VirtualClock();
  let beats = 0;
  const beat = (): void => {
    beats++;
    clock.setTimer(10, beat);
  };
  beat();
  assert.equal(
    clock.runUntil(() => beats === 4),
    true,
  );
  assert.deepEqual([beats, clock.now()], [4, 30]);
  assert.equal(
    new VirtualClock().runUntil(() => false),
    false,
  );
});

test('cancelling twice, or after the event, changes nothing', () => {
  const clock = new VirtualClock();
  let ran = 0;
  const cancel = clock.setTimer(1, () => ran++);
  clock.run();
  cancel();
  for (let n = 0; n < 200; n++) {
    const cancelOther = clock.setTimer(n, () => assert.fail('it was cancelled'));
    cancelOther();
    cancelOther();
  }
  clock.setTimer(1, () => ran++);
  clock.run();
  assert.equal(ran, 2);
});
