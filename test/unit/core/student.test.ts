import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentQuantile, studentWithin } from '../../../core/student.ts';

test('the quantiles are those of the printed tables', () => {
  const printed: [number, number, number][] = [
    [0.95, 1, 12.7062],
    [0.95, 2, 4.3027],
    [0.95, 3, 3.1824],
    [0.95, 4, 2.7764],
    [0.95, 9, 2.2622],
    [0.95, 15, 2.1314],
    [0.99, 5, 4.0321],
    [0.995, 3, 7.4533],
    [0.95, 120, 1.9799],
  ];
  for (const [level, degrees, t] of printed) assert.ok(Math.abs(studentQuantile(level, degrees) - t) < 1e-4, `${level}, ${degrees}`);
});

test('quantile and distribution are inverse', () => {
  for (const degrees of [1, 2, 7, 16]) {
    for (const level of [0.1, 0.5, 0.9, 0.999]) assert.ok(Math.abs(studentWithin(studentQuantile(level, degrees), degrees) - level) < 1e-10);
  }
});
