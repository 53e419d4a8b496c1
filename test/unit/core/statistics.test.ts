/** Means of pairs, their intervals, and p values of many comparisons. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from '../../../core/random.ts';
import { holmAdjusted, mean, pairedMean, standardError } from '../../../core/statistics.ts';

test('mean and standard error', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(standardError([1]), null);
  assert.ok(Math.abs(standardError([1, 2, 6])! - Math.sqrt(14 / 2 / 3)) < 1e-15);
});

test('Holm: the smallest times m, the next times m - 1, never below the one before, at most one', () => {
  const close = (a: number | null, b: number | null): boolean => a === b || Math.abs(a! - b!) < 1e-15;
  const adjusted = holmAdjusted([0.01, null, 0.04, 0.03, 0.005]);
  const expected = [0.03, null, 0.06, 0.06, 0.02];
  assert.ok(
    adjusted.every((p, i) => close(p, expected[i])),
    String(adjusted),
  );
  assert.deepEqual(holmAdjusted([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holmAdjusted([]), []);
});

test('95 % intervals hold the truth that often: 4,000 means of five draws', () => {
  const repetitions = 4_000;
  let held = 0;
  for (let r = 0; r < repetitions; r++) {
    const random = draw(1, 0, 'comparison', r);
    const { interval } = pairedMean(Array.from({ length: 5 }, () => 0.3 + random.gaussian()));
    if (interval![0] <= 0.3 && 0.3 <= interval![1]) held++;
  }
  // Four standard errors of a share of .95.
  const share = held / repetitions;
  assert.ok(Math.abs(share - 0.95) < 4 * Math.sqrt((0.95 * 0.05) / repetitions), `${share}`);
});
