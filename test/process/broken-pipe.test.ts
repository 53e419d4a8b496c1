/** Output that nobody reads to its end is no error: a pipe into `head` ends a command without a word. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { programOf } from '../../cli/programs.ts';

test('a command whose reader has gone says nothing and does not fail', () => {
  const line = 'set -o pipefail; "$0" "$1" schema | true';
  const { status, stderr } = spawnSync('bash', ['-c', line, process.execPath, programOf('cli')], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});
