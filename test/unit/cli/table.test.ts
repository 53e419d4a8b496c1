import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatDuration, formatGain, formatNumber, formatTable } from '../../../cli/table.ts';

test('words to the left, numbers to the right, no trailing blanks', () => {
  const text = formatTable(
    [{ title: 'a' }, { title: 'number', align: 'right' }, { title: 'b' }],
    [
      ['long', '1', ''],
      ['x', '12345678', 'y'],
    ],
  );
  assert.equal(text, 'a       number  b\n----  --------  -\nlong         1\nx     12345678  y');
});

test('numbers keep four digits', () => {
  assert.deepEqual(
    [0.25649, 12.3456, 123456, 1.5e-4, 1234567, 0, -0.5].map((x) => formatNumber(x)),
    ['0.2565', '12.35', '123456', '1.500e-4', '1.235e+6', '0', '-0.5000'],
  );
  assert.deepEqual(
    [null, undefined, NaN].map((x) => formatNumber(x)),
    ['-', '-', '-'],
  );
});

test('gains carry their sign', () => {
  assert.deepEqual([0.1234, -0.05, 0, -0.00001, null].map(formatGain), ['+12.3 %', '-5.0 %', '+0.0 %', '+0.0 %', '-']);
});

test('bytes and durations', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 9.996e11].map(formatBytes), ['0 B', '999 B', '1.00 kB', '1.23 MB', '1.00 TB']);
  assert.deepEqual([0.4, 59, 75, 3700].map(formatDuration), ['0s', '59s', '1m15s', '1h01m']);
});
