import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combine, fromRows, toRows, trace, zeros } from '../../../../core/linalg/matrix.ts';
import { laplacianEdges, relativeError } from '../../../../core/relationship/compare.ts';
import { completeLaplacian, permutedLaplacian } from '../../../../core/relationship/controls.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { REF } from './golden-estimates.ts';

test('a permuted Laplacian is the same graph elsewhere', () => {
  const order = [3, 0, 1, 2, 9, 8, 7, 6, 5, 4];
  const permuted = permutedLaplacian(REF, order);
  assert.equal(permuted.data[0 * 10 + 1], REF.data[3 * 10 + 0]);
  symmetricEigen(permuted).values.forEach((value, i) => assert.ok(Math.abs(value - symmetricEigen(REF).values[i]) < 1e-12));
  assert.ok(relativeError(permuted, REF) > 0.2);
});

test("the complete Laplacian is I - 11'/K scaled to a trace", () => {
  const l = completeLaplacian(5, 12);
  assert.ok(Math.abs(trace(l) - 12) < 1e-14);
  const c = 12 / 4;
  toRows(l).forEach((row, k) => row.forEach((x, j) => assert.ok(Math.abs(x - c * ((k === j ? 1 : 0) - 1 / 5)) < 1e-15 * 10)));
});

test('the relative error is that of the Frobenius norm', () => {
  assert.equal(relativeError(REF, REF), 0);
  assert.ok(Math.abs(relativeError(combine(1.25, REF, 0, REF), REF) - 0.25) < 1e-15);
  assert.equal(relativeError(zeros(10, 10), REF), 1);
});

test("edges carry the weight -L_kl, negative where L is no graph's", () => {
  const l = fromRows([
    [3, -2, -1],
    [-2, 1.5, 0.5],
    [-1, 0.5, 0.5],
  ]);
  assert.deepEqual(laplacianEdges(l), [
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, -0.5],
  ]);
  assert.equal(laplacianEdges(REF).length, 13);
});
