import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { isAlive, noteOf, processorTimeOf } from '../../../cli/process-note.ts';

test('a process is alive until it ended', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const note = noteOf(child.pid!);
  assert.equal(isAlive(note), true);
  child.stdin.end();
  await once(child, 'exit');
  assert.equal(isAlive(note), false);
});

test('another process under the same id is not taken for it', { skip: !existsSync('/proc/self/stat') }, () => {
  const note = noteOf(process.pid);
  assert.match(note.born, /^\d+$/);
  assert.equal(isAlive(note), true);
  assert.equal(isAlive({ ...note, born: String(Number(note.born) - 1) }), false);
});

test('where the system does not tell when it began, the id must do', () => {
  assert.equal(isAlive({ pid: process.pid, born: '' }), true);
});

test('processor time grows while a process computes', { skip: !existsSync('/proc/self/stat') }, () => {
  const before = processorTimeOf(process.pid)!;
  const enough = process.cpuUsage().user + 100_000;
  while (process.cpuUsage().user < enough);
  assert.ok(processorTimeOf(process.pid)! > before);
});
