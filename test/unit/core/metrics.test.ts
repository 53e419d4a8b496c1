import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auc, errorCount, rmse } from '../../../core/metrics.ts';
import { draw } from '../../../core/random.ts';

test('auc equals the share of pairs in order, ties counting half', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = draw(seed, 0, 'truth', 0);
    const scores = Array.from({ length: 40 }, () => random.integer(8));
    const labels = Array.from(scores, () => random.integer(2));
    assert.ok(Math.abs(auc(scores, labels)! - pairwise(scores, labels)) < 1e-14);
  }
});

test('auc of one class, or of nothing, is undefined', () => {
  assert.equal(auc([1, 2], [1, 1]), undefined);
  assert.equal(auc([1, 2], [0, 0]), undefined);
  assert.equal(auc([], []), undefined);
});

test('errors are labels on the wrong side of 0; rmse is over all rows', () => {
  assert.equal(errorCount([-1, 2, 0, 0.5], [0, 0, 0, 1]), 1);
  assert.equal(rmse(32, 8), 2);
});

function pairwise(scores: number[], labels: number[]): number {
  let [won, pairs] = [0, 0];
  scores.forEach((positive, i) =>
    scores.forEach((negative, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs++;
      won += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    }),
  );
  return won / pairs;
}
