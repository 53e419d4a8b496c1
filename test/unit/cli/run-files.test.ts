import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readLive, RunFiles, type LiveRun } from '../../../cli/run-files.ts';
import type { CoordinatorJob } from '../../../config/coordinator-job.ts';
import { KindredError } from '../../../core/errors.ts';
import { begunFaults, readEvents, recordedMode } from '../../../cli/fault-record.ts';
import type { Fault } from '../../../core/fault/plan.ts';
import { GMRF_RESULT, temporaryDirectory } from './fixture.ts';

const LIVE: LiveRun = { url: 'http://127.0.0.1:1', supervisor: { pid: 1, born: '1' }, processes: [] };

function prepared(context: TestContext): RunFiles {
  const files = new RunFiles(temporaryDirectory(context));
  files.prepare();
  files.job({} as CoordinatorJob);
  files.live(LIVE);
  mkdirSync(files.agentState(3), { recursive: true });
  return files;
}

const leftOf = (files: RunFiles): boolean[] =>
  [files.tokenFile, files.jobFile, files.agentState(3), join(files.directory, 'supervisor.json')].map((path) => existsSync(path));

test('secrets are for their owner, a new token each time', (context) => {
  const files = prepared(context);
  for (const path of [files.tokenFile, files.jobFile, join(files.directory, 'page-tokens.json'), join(files.directory, 'supervisor.json')])
    assert.equal(statSync(path).mode & 0o777, 0o600, path);
  const [before, pageBefore] = [readFileSync(files.tokenFile, 'utf8'), files.pageTokens()];
  files.prepare();
  assert.notEqual(files.pageTokens().operate, pageBefore.operate);
  assert.notEqual(readFileSync(files.tokenFile, 'utf8'), before);
  assert.deepEqual(readLive(files.directory), LIVE);
});

test('a completed run leaves none of it, any other one what it can go on from', (context) => {
  const [completed, failed] = [prepared(context), prepared(context)];
  completed.cleanUp(true);
  assert.deepEqual(leftOf(completed), [false, false, false, false]);
  failed.cleanUp(false);
  assert.deepEqual(leftOf(failed), [true, true, true, false]);
});

test('the result of an earlier try is not taken for this one', (context) => {
  const directory = temporaryDirectory(context);
  new RunFiles(directory).result({ ...GMRF_RESULT, status: 'failed' });
  const files = new RunFiles(directory);
  assert.equal(files.freshResult(), undefined);
  writeFileSync(join(directory, 'run.json'), JSON.stringify(GMRF_RESULT));
  assert.equal(files.freshResult()?.status, 'completed');
});

test('what cannot be written is refused by name', (context) => {
  const directory = temporaryDirectory(context);
  writeFileSync(join(directory, 'logs'), 'a file where a directory must be');
  const isUnwritable = (error: unknown): boolean => error instanceof KindredError && error.code === 'OUTPUT_UNWRITABLE' && error.where!.startsWith(directory);
  assert.throws(() => new RunFiles(directory).prepare(), isUnwritable);
  assert.throws(() => new RunFiles(join(directory, 'nowhere')).event('fault', {}), isUnwritable);
});

test('events are read as they were written, but for a torn last line', (context) => {
  const { directory } = prepared(context);
  const fault: Fault = { at: { unit: 'step', step: 3 }, for: { unit: 'run' }, action: { kind: 'kill', target: 1, restartAfterMs: 5 } };
  const files = new RunFiles(directory);
  files.event('started', { mode: 'processes' });
  files.event('fault', { order: 'kill', target: 1, of: fault });
  files.event('fault', { order: 'start', target: 1, of: fault });
  files.event('fault', { order: 'continue', target: 2 });
  writeFileSync(join(directory, 'events.jsonl'), '{"at":"2026', { flag: 'a' });
  assert.equal(readEvents(directory).length, 4);
  assert.deepEqual(begunFaults(directory), [fault]);
  assert.equal(recordedMode(directory), 'processes');
  assert.equal(recordedMode(join(directory, 'logs')), undefined);
});
