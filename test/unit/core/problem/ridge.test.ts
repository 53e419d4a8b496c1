import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ETA_POINTS, chooseRidge, etaGrid, leastTotal, ridgeGrid } from '../../../../core/problem/ridge.ts';

test("one lambda for all: the least sum over agents, not any agent's own best", () => {
  const grid = [1, 10, 100];
  assert.equal(chooseRidge([Float64Array.of(0, 2, 9), Float64Array.of(9, 2, 0)], grid), 10);
  assert.equal(chooseRidge([Float64Array.of(0, 0, 1)], grid), 1);
});

test('a candidate whose loss is not a number is never chosen', () => {
  assert.equal(leastTotal([[Number.NaN, 3, 2]]), 2);
  assert.equal(leastTotal([[1, Number.NaN, 2]]), 0);
});

test('grids scale with the data', () => {
  const ridge = ridgeGrid(10, 2);
  assert.ok(Math.abs(ridge[0] / 2e-5 - 1) < 1e-12 && Math.abs(ridge.at(-1)! / 2e4 - 1) < 1e-12);
  const eta = etaGrid(30, 6);
  assert.equal(eta.length, ETA_POINTS);
  assert.ok(Math.abs(eta[0] * 6 - 0.03) < 1e-12 && Math.abs(eta.at(-1)! * 6 - 300) < 1e-9);
  assert.ok(eta.every((value, p) => p === 0 || value > eta[p - 1]));
});
