/** Which runs are refused, and with which code. That a run goes on to the same bits: test/process/resume.test.ts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { refuseLive } from '../../../cli/live-run.ts';
import { createRun } from '../../../cli/new-run.ts';
import { noteOf } from '../../../cli/process-note.ts';
import { resumable } from '../../../cli/resume.ts';
import { RunFiles } from '../../../cli/run-files.ts';
import { findRun } from '../../../cli/stored-runs.ts';
import { experimentHash } from '../../../config/load.ts';
import { createRunStore } from '../../../coordinator/run-store.ts';
import { KindredError, type ErrorCode } from '../../../core/errors.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { GMRF_RESULT, temporaryDirectory } from './fixture.ts';

const refusal = (code: ErrorCode, text: RegExp) => (error: unknown) => error instanceof KindredError && error.code === code && text.test(error.message);

/** A run directory as a coordinator leaves it. */
function stored(context: TestContext, result?: Partial<RunResult>, mode = 'processes'): RunFiles {
  const experiment = { ...smallExperiment(), output: { directory: temporaryDirectory(context), every: 10 } };
  const { directory } = createRun(experiment);
  createRunStore(directory, experiment, experimentHash(experiment));
  const files = new RunFiles(directory);
  files.event('started', { mode });
  if (result !== undefined) files.result({ ...GMRF_RESULT, ...result });
  return files;
}

test('a run that was killed or failed can go on, with the experiment it began with', (context) => {
  for (const result of [undefined, { status: 'failed' }, { status: 'cancelled' }] as const) {
    const { experiment } = resumable(stored(context, result).directory, '');
    const { output: _, ...rest } = experiment;
    assert.deepEqual(rest, (({ output: _output, ...own }) => own)(smallExperiment()));
    assert.equal('hash' in experiment, false);
  }
});

test('a completed run is refused', (context) => {
  for (const status of ['completed', 'completed-with-missing'] as const) {
    assert.throws(() => resumable(stored(context, { status }).directory, ''), refusal('RUN_COMPLETED', /paper/));
  }
});

test('a simulated run is refused, also one that was killed', (context) => {
  assert.throws(() => resumable(stored(context, undefined, 'simulated').directory, ''), refusal('RUN_NOT_RESUMABLE', /simulated/));
  assert.throws(() => resumable(stored(context, { status: 'failed', mode: 'simulated' }).directory, ''), refusal('RUN_NOT_RESUMABLE', /simulated/));
});

test('an experiment that was changed is refused: the log fits no other', (context) => {
  const { directory } = stored(context);
  const path = join(directory, 'experiment.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": 7', '"seed": 8'));
  assert.throws(() => resumable(directory, ''), refusal('RUN_NOT_RESUMABLE', /changed/));
});

test('an unknown run is refused', (context) => {
  assert.throws(() => resumable('nothing', temporaryDirectory(context)), refusal('RUN_UNKNOWN', /nothing/));
});

test('a run whose supervisor lives is refused', async (context) => {
  const files = stored(context);
  files.live({ url: '', supervisor: noteOf(process.pid), processes: [] });
  await assert.rejects(refuseLive(findRun(files.directory, '')), refusal('RUN_LIVE', new RegExp(`process ${process.pid}$`)));
});

test('processes that a killed supervisor left behind are waited for', async (context) => {
  const files = stored(context);
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const dead = { pid: process.pid, born: 'never' };
  files.live({ url: '', supervisor: dead, processes: [noteOf(child.pid!)] });
  const refused = refuseLive(findRun(files.directory, ''));
  child.stdin.end();
  await Promise.all([once(child, 'exit'), refused]);
});
