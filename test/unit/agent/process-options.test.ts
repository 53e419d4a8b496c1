import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processOptions } from '../../../agent/process-options.ts';

test('options are read by name, several of one in their order', () => {
  assert.deepEqual(processOptions(['--join', 'ws://a', '--index', '4', '--state', 'x', '--index', '5', '--state', 'y']), {
    join: ['ws://a'],
    index: ['4', '5'],
    state: ['x', 'y'],
  });
  assert.deepEqual(processOptions([]), {});
});

test('a name that nobody knows, or without a value, is a bug of the caller', () => {
  assert.throws(() => processOptions(['--jion', 'ws://a']), { code: 'INTERNAL' });
  assert.throws(() => processOptions(['--join']), { code: 'INTERNAL' });
});
