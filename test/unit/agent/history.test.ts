import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { History } from '../../../agent/history.ts';
import { LIMITS } from '../../../core/limits.ts';
import { draw } from '../../../core/random.ts';

const frameOf = (step: number): Uint8Array => Uint8Array.of(step, step + 1);

/** Steps 1, 2, ... with one list of receivers each. */
function recorded(...receivers: readonly (readonly number[])[]): History {
  const history = new History();
  receivers.forEach((to, i) => history.record(i + 1, to, frameOf(i + 1)));
  return history;
}

const stepsOf = (history: History): number[] => history.all().map(({ step }) => step);

describe('what is kept', () => {
  test('is a copy: the writer uses its bytes again', () => {
    const history = new History();
    const frame = frameOf(7);
    history.record(7, [1], frame);
    frame.fill(0);
    assert.deepEqual(history.get(7), { step: 7, to: [1], frame: frameOf(7) });
  });
  test('is found by its step, whatever the gaps', () => {
    const history = new History();
    for (const step of [2, 3, 5, 9, 14]) history.record(step, [1], frameOf(step));
    for (let step = 0; step <= 15; step++) assert.equal(history.get(step)?.step, [2, 3, 5, 9, 14].includes(step) ? step : undefined);
    assert.deepEqual([history.oldestStep(99), history.last?.step], [2, 14]);
  });
  test('is nothing at first: the oldest step is the one that comes next', () => {
    const history = new History();
    assert.deepEqual([history.oldestStep(6), history.last, history.bytes, history.get(1)], [6, undefined, 0, undefined]);
  });
  test('is handed out as a list of its own', () => {
    const history = recorded([1]);
    history.all().length = 0;
    assert.deepEqual(stepsOf(history), [1]);
  });
});

describe('what is dropped', () => {
  test('a frame goes when every agent it went to has a checkpoint behind it, not before', () => {
    const history = recorded([1, 3], [1, 3], [1, 3]);
    history.durable(1, 2);
    assert.deepEqual(stepsOf(history), [1, 2, 3]);
    history.durable(3, 1);
    assert.deepEqual(stepsOf(history), [2, 3]);
    history.durable(3, 9);
    assert.deepEqual([stepsOf(history), history.bytes], [[3], 2]);
  });
  test('an agent it did not go to has no say', () => {
    const history = recorded([1], [3]);
    history.durable(3, 9);
    assert.deepEqual(stepsOf(history), [1, 2]);
    history.durable(1, 1);
    assert.deepEqual(stepsOf(history), []);
  });
  test('an older or a repeated word of a neighbour takes nothing back', () => {
    const history = recorded([1, 3], [1, 3]);
    for (const step of [2, 1, 2, 0]) history.durable(1, step);
    history.durable(3, 2);
    assert.deepEqual(stepsOf(history), []);
  });
  test('beyond the limit of bytes the oldest go, but never the last one', () => {
    const third = new Uint8Array(Math.floor(LIMITS.historyBytesMax / 3) + 1);
    const history = new History();
    for (let step = 1; step <= 4; step++) history.record(step, [1], third);
    assert.deepEqual(stepsOf(history), [3, 4]);
    assert.equal(history.bytes, 2 * third.length);
    history.record(5, [1], new Uint8Array(LIMITS.historyBytesMax + 1));
    assert.deepEqual(stepsOf(history), [5]);
    assert.equal(history.get(4), undefined);
  });
});

test('in whatever order and however often neighbours tell: what one of them may ask for is kept, and nothing older than that', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = draw(seed, 0, 'fault', 0);
    const steps = 30;
    const receivers = Array.from({ length: steps }, () => [1, 2, 3].filter((one) => one === 2 || random.uniform() < 0.5));
    const history = recorded(...receivers);
    const durable = [0, 0, 0, 0];
    for (let word = 0; word < 60; word++) {
      const agent = 1 + random.integer(3);
      const step = random.integer(steps + 1);
      durable[agent] = Math.max(durable[agent], step);
      history.durable(agent, step);
      const needed = receivers.flatMap((to, i) => (to.some((one) => durable[one] <= i) ? [i + 1] : []));
      assert.ok(
        needed.every((one) => history.get(one) !== undefined),
        `seed ${seed}`,
      );
      if (history.last !== undefined) assert.equal(history.oldestStep(0), needed[0], `seed ${seed}`);
    }
  }
});
