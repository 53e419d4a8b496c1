/** The split is relied upon outside this repository: goldens of algorithms-3, section 5. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KindredError } from '../../../../core/errors.ts';
import { heldOutRows, selectTasks, splitKey, splitOrder, trainingRows, type SplitSpec } from '../../../../core/problem/split.ts';

const SPEC: SplitSpec = { train: 6, seed: 0, order: 'random', tooFew: 'refuse' };

test('golden keys', () => {
  assert.equal(splitKey(0, 0, 0), 729816746);
  assert.equal(splitKey(5, 3, 2), 627589836);
});

test('golden training rows of us_productivity and irish_wind', () => {
  assert.deepEqual([...splitOrder(17, 0, SPEC).subarray(0, 6)], [3, 2, 0, 13, 5, 14]);
  assert.deepEqual([...splitOrder(730, 0, SPEC).subarray(0, 6)], [320, 150, 578, 102, 138, 527]);
});

test('a split order is a permutation that differs by agent and seed; file order is the identity', () => {
  const order = splitOrder(50, 3, SPEC);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...splitOrder(50, 3, { ...SPEC, order: 'file' })],
  );
  assert.notDeepEqual(order, splitOrder(50, 4, SPEC));
  assert.notDeepEqual(order, splitOrder(50, 3, { ...SPEC, seed: 1 }));
});

test('train is a count from 1 and a fraction below; a fifth of the training rows is held out, at least one', () => {
  assert.deepEqual([trainingRows(100, 40), trainingRows(10, 0.25), trainingRows(2, 0.1)], [40, 3, 1]);
  assert.deepEqual([1, 6, 8, 40, 60].map(heldOutRows), [1, 1, 2, 8, 12]);
});

test('tooFew: refuse names the task, drop lists it, and two tasks must remain', () => {
  const tasks = [
    { name: 'a', rows: 9 },
    { name: 'b', rows: 8 },
    { name: 'c', rows: 20 },
  ];
  assert.throws(() => selectTasks(tasks, SPEC, 'data.csv'), refusal(/task "b" has 8 rows; 9 are needed to train on 6/));
  assert.deepEqual(selectTasks(tasks, { ...SPEC, tooFew: 'drop' }), { kept: [0, 2], dropped: ['b'] });
  assert.throws(() => selectTasks(tasks, { ...SPEC, train: 10, tooFew: 'drop' }), refusal(/only one task/));
});

test('a fraction needs two rows to train on and one to test', () => {
  const tasks = [
    { name: 'a', rows: 4 },
    { name: 'b', rows: 10 },
    { name: 'c', rows: 2 },
  ];
  assert.deepEqual(selectTasks(tasks, { ...SPEC, train: 0.5, tooFew: 'drop' }).dropped, ['c']);
});

function refusal(detail: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof KindredError && error.code === 'TABLE_TOO_FEW_ROWS' && detail.test(error.detail);
}
