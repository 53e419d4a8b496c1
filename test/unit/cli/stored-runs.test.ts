/** `list` and `show` on run directories made here. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Command } from 'commander';
import { addListCommand, type RunSummary } from '../../../cli/list.ts';
import { noteOf } from '../../../cli/process-note.ts';
import { writeLive } from '../../../cli/run-files.ts';
import { addShowCommand } from '../../../cli/show.ts';
import { KindredError } from '../../../core/errors.ts';
import { GMRF_RESULT, TABLE_RESULT, storeRun, temporaryDirectory } from './fixture.ts';

function run(...args: string[]): string {
  let text = '';
  const program = new Command('kindred').exitOverride();
  addListCommand(program, (part) => (text += part));
  addShowCommand(program, (part) => (text += part));
  program.parse(args, { from: 'user' });
  return text;
}

/** Three runs: an old one, a newer one on a table, and the newest that never ended. */
function threeRuns(context: TestContext): string {
  const runs = temporaryDirectory(context);
  storeRun(runs, 'paper-7-aaaa', 1_000_000, GMRF_RESULT);
  storeRun(runs, 'wind-1-bbbb', 2_000_000, TABLE_RESULT);
  storeRun(runs, 'paper-7-cccc', 3_000_000, undefined);
  mkdirSync(join(runs, 'not-a-run'));
  return runs;
}

function refusal(...args: string[]): string {
  try {
    run(...args);
  } catch (error) {
    assert.ok(error instanceof KindredError && error.code === 'RUN_UNKNOWN', String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: 'the run was found' });
}

test('list: newest first, with what a person looks for', (context) => {
  const runs = threeRuns(context);
  assert.deepEqual(run('list', '--out', runs).split('\n'), [
    'run           status                  experiment  seed  agents  date (UTC)        arms',
    '------------  ----------------------  ----------  ----  ------  ----------------  -------------------------------------',
    'paper-7-cccc  unfinished              paper          7      10  1970-02-04 17:20  multitask',
    'wind-1-bbbb   completed-with-missing  wind           7       3  1970-01-24 03:33  non-cooperative, multitask x2',
    'paper-7-aaaa  completed               paper          7       2  1970-01-12 13:46  non-cooperative, consensus, multitask',
    '',
  ]);
  const listed = JSON.parse(run('list', '--out', runs, '--json')) as RunSummary[];
  assert.deepEqual(
    listed.map(({ runId, status }) => [runId, status]),
    [
      ['paper-7-cccc', 'unfinished'],
      ['wind-1-bbbb', 'completed-with-missing'],
      ['paper-7-aaaa', 'completed'],
    ],
  );
  assert.equal(listed[2]?.directory, join(runs, 'paper-7-aaaa'));
});

test('list: a run that goes on is running, whatever an earlier try of it came to', (context) => {
  const runs = threeRuns(context);
  writeLive(join(runs, 'wind-1-bbbb'), { url: '', supervisor: noteOf(process.pid), processes: [] });
  const listed = JSON.parse(run('list', '--out', runs, '--json')) as RunSummary[];
  assert.deepEqual(
    listed.map(({ status }) => status),
    ['unfinished', 'running', 'completed'],
  );
});

test('list: an empty or absent directory is no mistake', (context) => {
  const runs = join(temporaryDirectory(context), 'none');
  assert.equal(run('list', '--out', runs), `no runs in ${runs}\n`);
  assert.equal(run('list', '--out', runs, '--json'), '[]\n');
});

test('show: by id, by a unique beginning, by directory', (context) => {
  const runs = threeRuns(context);
  const byId = run('show', 'wind-1-bbbb', '--out', runs);
  assert.match(byId, /^wind \(seed 7, processes\)/);
  assert.match(byId, /multitask {8}learned {7}2\.250/);
  assert.equal(run('show', 'wi', '--out', runs), byId);
  assert.equal(run('show', join(runs, 'wind-1-bbbb')), byId);
  assert.deepEqual(JSON.parse(run('show', 'wi', '--out', runs, '--json')), { ...TABLE_RESULT, directory: join(runs, 'wind-1-bbbb') });
});

test('show: a run without results says so', (context) => {
  const runs = threeRuns(context);
  assert.match(run('show', 'paper-7-c', '--out', runs), /^paper \(seed 7\): unfinished, no results yet\nrun paper-7-cccc in /);
  assert.equal((JSON.parse(run('show', 'paper-7-c', '--out', runs, '--json')) as RunSummary).status, 'unfinished');
});

test('show: an unknown, ambiguous or damaged run is refused', (context) => {
  const runs = threeRuns(context);
  assert.equal(refusal('show', 'papre-7-aaaa', '--out', runs), `no run "papre-7-aaaa" in ${runs}; did you mean "paper-7-aaaa"?`);
  assert.equal(refusal('show', 'zzz', '--out', runs), `no run "zzz" in ${runs}`);
  assert.equal(refusal('show', 'paper', '--out', runs), '"paper" begins 2 runs: paper-7-cccc, paper-7-aaaa');
  for (let i = 0; i < 7; i++) storeRun(runs, `many-1-000${i}`, i, undefined);
  assert.match(refusal('show', 'many', '--out', runs), /^"many" begins 7 runs: (many-1-000\d, ){4}many-1-000\d and 2 more$/);
  const empty = join(runs, 'not-a-run');
  assert.equal(refusal('show', 'x', '--out', empty), `no run "x": there are none in ${empty}`);
  const broken = storeRun(runs, 'broken', 1, undefined);
  writeFileSync(join(broken, 'run.json'), '{');
  assert.equal(refusal('show', 'broken', '--out', runs), `${join(broken, 'run.json')} the file is damaged: it is not JSON`);
});

test('one damaged run keeps nobody from the others', (context) => {
  const runs = threeRuns(context);
  writeFileSync(join(storeRun(runs, 'zcut', 1, undefined), 'run.json'), '{"runId"');
  writeFileSync(join(storeRun(runs, 'zempty', 2, undefined), 'run.json'), '{}');
  const listed = JSON.parse(run('list', '--out', runs, '--json')) as RunSummary[];
  assert.deepEqual(listed.map(({ runId, status }) => [runId, status]).slice(-2), [
    ['zempty', 'unreadable'],
    ['zcut', 'unreadable'],
  ]);
  assert.match(run('show', 'wind-1-bbbb', '--out', runs), /^wind/);
  assert.match(refusal('show', 'zempty', '--out', runs), /run\.json the file is damaged: it holds no result$/);
});

test('list: a file is no directory of runs', (context) => {
  const file = join(temporaryDirectory(context), 'file');
  writeFileSync(file, '');
  assert.throws(() => run('list', '--out', file), { code: 'RUN_UNKNOWN' });
});

test('show: a run that was moved is where it was found', (context) => {
  const runs = threeRuns(context);
  const moved = join(temporaryDirectory(context), 'elsewhere');
  renameSync(join(runs, 'wind-1-bbbb'), moved);
  assert.match(run('show', moved), new RegExp(`\\nrun wind-1-bbbb in ${moved}\\n`));
});

test('show: a run that goes on again shows nothing of the try before', (context) => {
  const runs = threeRuns(context);
  writeLive(join(runs, 'wind-1-bbbb'), { url: '', supervisor: noteOf(process.pid), processes: [] });
  assert.match(run('show', 'wind-1-bbbb', '--out', runs), /^wind \(seed 7\): running, no results yet\n/);
});
