import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherRows, sliceRows, type Rows } from '../../../../core/problem/rows.ts';
import { meanFeatureVariance, mergeMoments, moments, standardization, standardizeRows, targetDeviation } from '../../../../core/problem/standardize.ts';
import { relativeDifference, someRows } from './fixture.ts';

test('merged moments are those of the pooled rows, also far from zero', () => {
  const rows = shifted(someRows(90, 3, 1), 1e6);
  const merged = mergeMoments([sliceRows(rows, 0, 7), sliceRows(rows, 7, 7), sliceRows(rows, 7, 60), sliceRows(rows, 60, 90)].map(moments));
  const pooled = moments(rows);
  merged.forEach((value, m) => assert.ok(relativeDifference(value, pooled[m]) < 1e-9, `moment ${m}: ${value} against ${pooled[m]}`));
});

test('standardised rows have mean 0 and sd 1; a constant column keeps the scale 1', () => {
  const rows = someRows(40, 3, 2);
  for (let i = 0; i < 40; i++) rows.x[i * 3 + 1] = 5;
  const standard = standardization(moments(rows), 'global', 'squared');
  const after = moments(standardizeRows(rows, standard));
  assert.equal(standard.scale[1], 1);
  for (const c of [0, 2, 3]) {
    assert.ok(Math.abs(after[1 + 2 * c]) < 1e-12);
    assert.ok(Math.abs(after[2 + 2 * c] / 40 - 1) < 1e-12);
  }
  assert.ok(Math.abs(after[1 + 2]) < 1e-12 && after[2 + 2] < 1e-20);
});

test('labels keep their values; none keeps everything; targetSd is of the raw target either way', () => {
  const labelled = someRows(30, 2, 3, true);
  const labels = standardization(moments(labelled), 'global', 'logistic');
  assert.deepEqual(standardizeRows(labelled, labels).y, labelled.y);
  const rows = someRows(30, 2, 3);
  assert.deepEqual(standardizeRows(rows, standardization(moments(rows), 'none', 'squared')), rows);
  const mean = rows.y.reduce((a, b) => a + b) / 30;
  const sd = Math.sqrt(rows.y.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 30);
  assert.ok(relativeDifference(targetDeviation(moments(rows)), sd) < 1e-14);
});

test('the mean feature variance is 1 after standardising', () => {
  const merged = moments(someRows(30, 4, 4));
  assert.ok(relativeDifference(meanFeatureVariance(merged, standardization(merged, 'global', 'squared').scale), 1) < 1e-14);
});

test('gathering keeps rows and targets together', () => {
  const rows = someRows(5, 2, 5);
  const picked = gatherRows(rows, [4, 1]);
  assert.deepEqual([...picked.x], [...rows.x.subarray(8, 10), ...rows.x.subarray(2, 4)]);
  assert.deepEqual([...picked.y], [rows.y[4], rows.y[1]]);
});

function shifted(rows: Rows, by: number): Rows {
  return { ...rows, x: rows.x.map((value) => value + by) };
}
