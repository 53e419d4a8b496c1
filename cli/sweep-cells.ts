/**
 * Runs the cells of a sweep that have no results yet: simulated in worker threads, each handed a cell as soon as it is done
 * with the last, or as processes, one run at a time. A cell whose directory holds no result was cut off: it is begun anew.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import { refuseLive } from './live-run.ts';
import { runInProcesses } from './processes.ts';
import { writing } from './run-files.ts';
import { findRun, RESULT_FILE } from './stored-runs.ts';
import type { Cell } from './sweep-grid.ts';
import type { CellDone, CellTask } from './sweep-worker.ts';
import { keepTyped } from './typed.ts';

export interface CellsOptions {
  /** The sweep directory, absolute. */
  readonly directory: string;
  /** As typed. */
  readonly file: string;
  readonly cells: readonly Cell[];
  readonly mode: 'simulated' | 'processes';
  /** Runs at once, simulated. */
  readonly parallel: number;
  readonly onStart: (cell: Cell) => void;
  /** In any order. */
  readonly onCell: (done: CellDone) => void;
  /** Ends the sweep; finished cells stay. */
  readonly signal: AbortSignal;
}

/** Its result, where it is finished: not one that failed or was cancelled, which is run again. */
export function finishedResult(directory: string, { runId }: Cell): RunResult | undefined {
  const path = join(directory, runId, RESULT_FILE);
  if (!existsSync(path)) return undefined;
  const result = parsed(readFileSync(path, 'utf8'));
  return result?.status === 'completed' || result?.status === 'completed-with-missing' ? result : undefined;
}

/** Half a file is none. */
function parsed(text: string): RunResult | undefined {
  try {
    return JSON.parse(text) as RunResult;
  } catch {
    return undefined;
  }
}

export async function runCells(options: CellsOptions): Promise<void> {
  const { directory, cells, mode, parallel, signal } = options;
  const left = cells.filter((cell) => finishedResult(directory, cell) === undefined);
  const take = (): Cell | undefined => (signal.aborted ? undefined : left.shift());
  if (mode === 'processes') return runOneByOne(options, take);
  const giveUp = (error: unknown): never => {
    left.length = 0;
    throw error;
  };
  await Promise.all(Array.from({ length: Math.min(parallel, left.length) }, () => work(options, take).catch(giveUp)));
}

async function runOneByOne({ directory, file, onStart, onCell }: CellsOptions, take: () => Cell | undefined): Promise<void> {
  for (let cell = take(); cell !== undefined; cell = take()) {
    const place = join(directory, cell.runId);
    if (existsSync(place)) await refuseLive(findRun(place, directory));
    prepare(place, cell, file);
    onStart(cell);
    const { status, error } = await runInProcesses({ experiment: cell.experiment, run: { runId: cell.runId, directory: place }, onProgress: () => {} });
    onCell({ runId: cell.runId, status, ...(error !== undefined && { error: `${error.code} ${error.message}` }) });
    if (status === 'cancelled') return;
  }
}

/** One worker thread. */
function work({ directory, file, onStart, onCell, signal }: CellsOptions, take: () => Cell | undefined): Promise<void> {
  // Compiled, the worker stands beside this file; of a bundle it is a neighbour.
  const worker = new Worker(new URL('../cli/sweep-worker.js', import.meta.url));
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise<void>((resolve, reject) => {
    const handOut = (): void => {
      const cell = take();
      if (cell === undefined) return stop();
      const place = join(directory, cell.runId);
      prepare(place, cell, file);
      onStart(cell);
      worker.postMessage({ experiment: cell.experiment, runId: cell.runId, directory: place } satisfies CellTask);
    };
    worker.on('message', (done: CellDone) => {
      onCell(done);
      handOut();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    handOut();
  }).finally(() => signal.removeEventListener('abort', stop));
}

/** An empty directory that says what was typed. Only one that could be a cell's is ever emptied. */
function prepare(place: string, { runId, overrides }: Cell, file: string): void {
  if (!place.endsWith(runId)) throw new KindredError('INTERNAL', `${place} is not the directory of ${runId}`);
  writing(place, () => rmSync(place, { recursive: true, force: true }));
  keepTyped(place, { file, overrides: [...overrides] });
}
