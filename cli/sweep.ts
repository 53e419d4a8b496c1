/** `kindred sweep FILE`: a grid of settings times seeds. Started again, it goes on where it stopped. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import { seedsOf } from './simulate.ts';
import { isAlive, noteOf } from './process-note.ts';
import type { ProcessNote } from './process-note.ts';
import { collect } from './run.ts';
import { writing } from './run-files.ts';
import { shortName } from './new-run.ts';
import { finishedResult, runCells } from './sweep-cells.ts';
import { cellsOf, parseParameters } from './sweep-grid.ts';
import type { Cell, Parameter } from './sweep-grid.ts';
import { sweepProgress } from './sweep-progress.ts';
import { SWEEP_FILE } from './sweep-record.ts';
import type { SweepRecord } from './sweep-record.ts';
import { sweepRecord, sweepText } from './sweep-result.ts';
import type { CellDone } from './sweep-worker.ts';

interface SweepFlags {
  readonly param: readonly string[];
  readonly seeds: string;
  readonly set: readonly string[];
  readonly mode: string;
  readonly parallel?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface Sweep {
  readonly file: string;
  readonly mode: 'simulated' | 'processes';
  readonly parameters: readonly Parameter[];
  readonly seeds: readonly number[];
  readonly cells: readonly Cell[];
  readonly parallel: number;
  /** Absolute. */
  readonly directory: string;
  readonly quiet: boolean;
}

const LOCK_FILE = 'sweep.lock';
const HELP = `
A cell is a run directory named after its settings: the same command again runs only what has no results yet, and a
larger grid only what is new. On tables a seed is also that of the split, unless problem.split.seed is given.

Example:
  $ kindred sweep examples/paper.yaml --param problem.dimension=50,100,200 --seeds 1..10
  $ kindred compare runs/sweep-paper`;

export function addSweepCommand(program: Command): void {
  program
    .command('sweep')
    .summary('a grid of settings times seeds, resumable')
    .description('Run the experiment of FILE once per seed and combination of values; what is finished is never run again.')
    .argument('<file>', 'experiment file (YAML)')
    .option('--param <path=a,b,c>', 'a key of the file and its values (repeatable)', collect, [])
    .requiredOption('--seeds <a..b>', 'first and last seed')
    .option('-c, --set <path=value>', 'override a key of the file in every cell (repeatable)', collect, [])
    .option('--mode <mode>', 'simulated | processes, one run at a time', 'simulated')
    .option('--parallel <n>', 'simulated runs at once (default: as many as there are cores)')
    .option('--out <dir>', 'the sweep directory (default: sweep-NAME in output.directory)')
    .option('--json', 'print sweep.json')
    .option('--quiet', 'no progress')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: SweepFlags) => {
      const sweep = sweepOf(file, flags);
      const { record, isCancelled } = await runSweep(sweep);
      const fromHere = relative(process.cwd(), sweep.directory);
      process.stdout.write(
        flags.json ? `${JSON.stringify(record, null, 1)}\n` : `${sweepText(record, fromHere.startsWith('..') ? sweep.directory : fromHere)}\n`,
      );
      process.exitCode = isCancelled ? 130 : exitCodeOf(record);
    });
}

function sweepOf(file: string, flags: SweepFlags): Sweep {
  const mode = modeOf(flags.mode);
  const [from, to] = seedsOf(flags.seeds);
  const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const parameters = parseParameters(flags.param);
  const texts = new Map<string, string>();
  const readFile = (path: string): string => texts.get(path) ?? texts.set(path, readFileSync(path, 'utf8')).get(path)!;
  const cells = cellsOf({ file, set: flags.set, parameters, seeds, mode, environment: process.env, readFile });
  const { name, output } = cells[0].experiment;
  const directory = resolve(flags.out ?? join(output.directory, `sweep-${shortName(name)}`));
  const kept = cells.map((cell) => ({ ...cell, experiment: { ...cell.experiment, output: { ...cell.experiment.output, directory } } }));
  return { file, mode, parameters, seeds, cells: kept, parallel: parallelOf(flags.parallel, mode), directory, quiet: flags.quiet === true };
}

function modeOf(mode: string): Sweep['mode'] {
  if (mode === 'simulated' || mode === 'processes') return mode;
  throw new KindredError('USAGE', `must be simulated or processes (got "${mode}")`, { where: '--mode' });
}

function parallelOf(text: string | undefined, mode: Sweep['mode']): number {
  if (text === undefined) return availableParallelism();
  if (mode === 'processes') throw new KindredError('USAGE', 'is of simulated runs: as processes one run has the machine for itself', { where: '--parallel' });
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new KindredError('USAGE', `must be a whole number from 1 to 999 (got "${text}")`, { where: '--parallel' });
}

async function runSweep(sweep: Sweep): Promise<{ record: SweepRecord; isCancelled: boolean }> {
  const { directory, cells, mode } = sweep;
  const release = lock(directory);
  const failures = new Map<string, CellDone>();
  const record = (): SweepRecord =>
    sweepRecord({ ...sweep, cells: cells.map((cell) => ({ cell, result: finishedResult(directory, cell), ...failureOf(failures.get(cell.runId)) })) });
  const progress = sweepProgress(sweep);
  const onCell = (done: CellDone): void => {
    if (!done.status.startsWith('completed')) failures.set(done.runId, done);
    progress.ended(done);
  };
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  // Processes are ended in order by their own supervisor.
  if (mode === 'simulated') process.once('SIGINT', interrupt);
  try {
    keep(directory, record());
    await runCells({ ...sweep, onStart: (cell) => progress.started(cell), onCell, signal: stop.signal });
    const end = record();
    keep(directory, end);
    return { record: end, isCancelled: stop.signal.aborted || [...failures.values()].some(({ status }) => status === 'cancelled') };
  } finally {
    process.off('SIGINT', interrupt);
    progress.finish();
    release();
  }
}

function failureOf(done: CellDone | undefined): { failure?: CellDone } {
  return done === undefined ? {} : { failure: done };
}

function exitCodeOf({ cells }: SweepRecord): number {
  if (cells.some(({ arms }) => arms.length === 0)) return 1;
  return cells.some(({ status }) => status === 'completed-with-missing') ? 3 : 0;
}

/** Whole or not at all. */
function keep(directory: string, record: SweepRecord): void {
  const path = join(directory, SWEEP_FILE);
  writing(path, () => {
    writeFileSync(`${path}.part`, `${JSON.stringify(record, null, 1)}\n`);
    renameSync(`${path}.part`, path);
  });
}

/** Two sweeps in one directory would empty one another's cells. Throws RUN_LIVE. */
function lock(directory: string): () => void {
  const path = join(directory, LOCK_FILE);
  writing(directory, () => mkdirSync(directory, { recursive: true }));
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // Empty where its writer was killed over it.
  const other = text === '' ? undefined : (JSON.parse(text) as ProcessNote);
  if (other !== undefined && isAlive(other)) throw new KindredError('RUN_LIVE', `a sweep is running in it, process ${other.pid}`, { where: directory });
  writing(path, () => writeFileSync(path, JSON.stringify(noteOf(process.pid))));
  return () => rmSync(path, { force: true });
}
