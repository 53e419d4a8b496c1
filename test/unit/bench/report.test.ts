/** The bench's table: promises that are missed say so, what could not be measured says why, and the README holds the stored result. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchLines, withBenchTable } from '../../../bench/report.ts';
import type { BenchResult } from '../../../bench/report.ts';
import { holds, inTurn, medianErrorOf, spreadOf } from '../../../bench/row.ts';
import type { Row } from '../../../bench/row.ts';
import { textOf } from '../../support/documents.ts';

const row = (values: readonly number[], hold: Row['hold']): Row => ({
  id: 'T1',
  name: 'a | b',
  ratio: spreadOf(values),
  pairs: values.length,
  ...(hold && { hold }),
});

test('medians and ranges do not depend on the order', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 });
});

test('the standard error of a median', () => {
  // Of 1, 2, 3, 4: variance 5/3, so 1.2533 sqrt(5/12).
  assert.ok(Math.abs(medianErrorOf([4, 2, 1, 3]) - 0.809) < 1e-3);
  const text = benchLines({ rows: [{ ...row([0.9, 1], undefined), standardError: 0.05 }] }).join('\n');
  assert.match(text, /\| 1\.00 ± 0\.05 \|/);
});

test('a promise is held at its bound, from the right side', () => {
  assert.ok(holds(row([0.5], { atLeast: 0.5 })));
  assert.ok(!holds(row([0.49], { atLeast: 0.5 })));
  assert.ok(holds(row([1.35], { atMost: 1.35 })));
  assert.ok(!holds(row([1.36], { atMost: 1.35 })));
  assert.ok(holds(row([9], undefined)));
});

test('the two sides of a pair take turns', async () => {
  const order: string[] = [];
  const side = (name: string, value: number) => () => (order.push(name), value);
  assert.deepEqual(await inTurn(2, side('a', 6), side('b', 2)), [3, 3]);
  assert.deepEqual(order, ['a', 'b', 'a', 'b']);
});

test('what is missed and what is skipped stands in the table', () => {
  const rows = [row([0.4], { atLeast: 0.5 }), { id: 'T2', name: 'c', skipped: 'there is no mpicc here' }];
  const text = benchLines({ rows }).join('\n');
  assert.match(text, /\| T1 \| a \\\| b \| 0\.40 \| 0\.40 to 0\.40 \| at least 0\.5: MISSED \|/);
  assert.match(text, /\| T2 \| c \| not measured \| there is no mpicc here \|  \|/);
});

test('a README without markers is refused', () => {
  assert.throws(() => withBenchTable('# Title', { rows: [] }), /markers/);
});

test('the README shows the stored result', () => {
  const result = JSON.parse(textOf('bench/result.json')) as BenchResult;
  assert.equal(withBenchTable(textOf('README.md'), result), textOf('README.md'), 'npm run docs writes it');
});
