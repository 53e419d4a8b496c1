/** A sweep killed half-way goes on where it stopped, runs no finished cell again, and ends as one that was never killed. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Comparison } from '../../cli/compare.ts';
import type { SweepRecord } from '../../cli/sweep-record.ts';
import { experimentFile, kindred } from '../support/command.ts';
import { smallExperiment } from '../support/experiments.ts';

const { file, directory } = experimentFile(smallExperiment(['cooperate.arms=[{ strategy: non-cooperative }, { strategy: multitask }]']));
const GRID = ['--param', 'problem.dimension=24,36', '--seeds', '1..6'];
const CELLS = 12;

const sweep = (out: string, ...more: readonly string[]) => kindred('sweep', file, ...GRID, '--out', out, '--parallel', '1', ...more);
const recordIn = (out: string): SweepRecord => JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as SweepRecord;
const cellsIn = (out: string): string[] => recordIn(out).cells.map((cell) => join(out, cell.directory));
const isFinished = (cell: string): boolean => existsSync(join(cell, 'run.json'));
const bitsOf = (cell: string): string[] =>
  readdirSync(join(cell, 'parameters'))
    .sort()
    .map((name) => readFileSync(join(cell, 'parameters', name), 'utf8'));

/** When a result was written: it never is again. */
function written(cells: readonly string[]): string[] {
  return cells.map((cell) => {
    const { ino, mtimeMs } = statSync(join(cell, 'run.json'));
    return `${ino} ${mtimeMs}`;
  });
}

test('killed half-way, started again: nothing is run twice, and the end has equal bits', async () => {
  const [broken, whole] = [join(directory, 'broken'), join(directory, 'whole')];
  const first = sweep(broken);
  await first.said(/^sweep: [1-9] of 12 runs, .* left, now problem\.dimension=\d+, seed \d+$/);
  first.child.kill('SIGKILL');
  await first.ended;
  const finished = cellsIn(broken).filter(isFinished);
  assert.ok(finished.length > 0 && finished.length < CELLS, `${finished.length} of ${CELLS} cells were finished`);
  // One more as a crash in the middle of it leaves it.
  const half = cellsIn(broken).find((cell) => !isFinished(cell))!;
  cpSync(finished[0], half, { recursive: true });
  writeFileSync(join(half, 'run.json'), readFileSync(join(half, 'run.json'), 'utf8').slice(0, 99));
  const before = written(finished);

  const again = await sweep(broken).ended;
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, new RegExp(`^${finished.length} of ${CELLS} cells are finished`));
  assert.deepEqual(written(finished), before);

  const once = await sweep(whole, '--json').ended;
  assert.equal(once.code, 0, once.stderr);
  assert.deepEqual(JSON.parse(once.stdout), recordIn(whole));
  assert.equal(readFileSync(join(broken, 'sweep.json'), 'utf8'), readFileSync(join(whole, 'sweep.json'), 'utf8'));
  assert.deepEqual(cellsIn(broken).map(bitsOf), cellsIn(whole).map(bitsOf));
  assert.equal(existsSync(join(broken, 'sweep.lock')), false);

  const compared = await kindred('compare', whole, '--json').ended;
  const { experiments, rows } = JSON.parse(compared.stdout) as Comparison;
  assert.deepEqual(
    experiments.map(({ experiment, runs }) => [experiment, runs]),
    [
      ['problem.dimension=24', 6],
      ['problem.dimension=36', 6],
    ],
  );
  assert.deepEqual(
    rows.map(({ kind, pairs }) => [kind, pairs]),
    [
      ['arms', 6],
      ['arms', 6],
      ['experiments', 6],
      ['experiments', 6],
    ],
  );
});

test('as processes: one run at a time, to the bits of the simulator; a larger grid runs only what is new', async () => {
  const [simulated, real] = [join(directory, 'simulated'), join(directory, 'real')];
  const small = (out: string, seeds: string, ...more: readonly string[]) => kindred('sweep', file, '--seeds', seeds, '--out', out, ...more).ended;
  assert.equal((await small(simulated, '1..2')).code, 0);
  const asProcesses = await small(real, '1..2', '--mode', 'processes');
  assert.equal(asProcesses.code, 0, asProcesses.stderr);
  const digests = (out: string): string[] => recordIn(out).cells.flatMap(({ arms }) => arms.map(({ parametersSha256 }) => parametersSha256));
  assert.deepEqual(digests(real), digests(simulated));
  const before = written(cellsIn(simulated));
  const more = await small(simulated, '1..3');
  assert.match(more.stderr, /^2 of 3 cells are finished/);
  assert.deepEqual(written(cellsIn(simulated).slice(0, 2)), before);
});

test('a table that was edited is another one: its cells are run again, and those of the old one stay', async () => {
  const folder = mkdtempSync(join(directory, 'table-'));
  const [table, experiment, out] = ['table.csv', 'table.yaml', 'out'].map((name) => join(folder, name));
  const rows = (shift: number): string => 'task,x,y\n' + Array.from({ length: 24 }, (_, i) => `t${i % 2},${Math.sin(i)},${Math.cos(i) + shift * i}\n`).join('');
  writeFileSync(table, rows(0));
  writeFileSync(experiment, 'name: edited\nproblem: { kind: csv-table, path: table.csv, task: task, target: y, split: { train: 6 } }\n');
  const bits = async (): Promise<string[]> => {
    const { code, stderr } = await kindred('sweep', experiment, '--seeds', '1..1', '--out', out).ended;
    assert.equal(code, 0, stderr);
    return recordIn(out).cells.flatMap(({ arms }) => arms.map(({ parametersSha256 }) => parametersSha256));
  };
  const first = await bits();
  const before = written(cellsIn(out));
  const old = cellsIn(out);
  writeFileSync(table, rows(1));
  const edited = await bits();
  assert.ok(
    first.every((one, i) => one !== edited[i]),
    `${first} ${edited}`,
  );
  writeFileSync(table, rows(0));
  assert.deepEqual(await bits(), first);
  assert.deepEqual([cellsIn(out), written(old)], [old, before]);
});

test('a cell that fails is told with its error, the others are finished', async () => {
  const out = join(directory, 'failing');
  const faults = 'faults=[],[{ at: 10, kill: 1 }]';
  const { code, stdout } = await kindred('sweep', file, '--param', faults, '--seeds', '1..1', '--out', out).ended;
  assert.equal(code, 1, stdout);
  assert.match(stdout, /^1 of 2 cells have results/);
  assert.match(stdout, /failed: faults=\[\{"at":10,"kill":1\}\], seed 1 AGENT_LOST agent 1 /);
});
