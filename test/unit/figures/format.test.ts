import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from '../../../figures/format.ts';

test('numbers keep their significant digits', () => {
  const cases: [number, string][] = [
    [0.2565, '0.2565'],
    [0, '0'],
    [12.3456, '12.35'],
    [-0.5, '−0.5000'],
    [12345.6, '12,346'],
    [1.234e-7, '1.234e-7'],
    [2.5e12, '2.500e12'],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test('what is missing is a dash', () => {
  for (const value of [null, undefined, NaN, Infinity]) {
    for (const format of [formatNumber, formatCount, formatPercent, formatBytes, formatDuration]) assert.equal(format(value), '–');
  }
});

test('percentages carry their sign, zero has none', () => {
  assert.deepEqual(
    [24.64, -3, 0.01, -0.01].map((x) => formatPercent(x)),
    ['+24.6 %', '−3.0 %', '0.0 %', '0.0 %'],
  );
});

test('bytes and times have units', () => {
  assert.deepEqual([0, 999, 1000, 12_345_678].map(formatBytes), ['0 B', '999 B', '1.00 kB', '12.3 MB']);
  assert.deepEqual([41, 15_383, 61_000].map(formatDuration), ['41 ms', '15.4 s', '1 min 1 s']);
});
