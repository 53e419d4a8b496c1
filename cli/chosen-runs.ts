/** The runs that a person names: run ids, their beginnings, run directories, and sweep directories for all that they hold. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import { findRun } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';
import { readSweep, sweepFile } from './sweep-record.ts';

export interface FinishedRun extends StoredRun {
  readonly result: RunResult;
}

export interface ChosenRuns {
  readonly runs: readonly FinishedRun[];
  /** Cells of sweeps that have no results, in words. */
  readonly notes: readonly string[];
}

/** In the order named, each once. Throws RUN_UNKNOWN, and RUN_UNFINISHED for a run named that has no results. */
export function chosenRuns(names: readonly string[], directory: string): ChosenRuns {
  const runs = new Map<string, FinishedRun>();
  const notes: string[] = [];
  for (const name of names) {
    if (sweepFile(name, directory) === undefined) add(runs, named(name, directory));
    else notes.push(...addSweep(runs, sweepFile(name, directory)!));
  }
  return { runs: [...runs.values()], notes };
}

function add(runs: Map<string, FinishedRun>, run: FinishedRun): void {
  runs.set(run.directory, run);
}

function named(name: string, directory: string): FinishedRun {
  const run = findRun(name, directory);
  if (isFinished(run)) return run;
  const status = run.result === undefined ? 'has no results yet' : `ended ${run.result.status}`;
  throw new KindredError('RUN_UNFINISHED', `${run.runId} ${status}`, { where: run.directory });
}

function addSweep(runs: Map<string, FinishedRun>, file: string): string[] {
  const folder = resolve(file, '..');
  const found = readSweep(readFileSync(file, 'utf8'), file).cells.map(({ directory }) => join(folder, directory));
  const stored = found.filter((path) => existsSync(path)).map((path) => findRun(path, folder));
  stored.filter(isFinished).forEach((run) => add(runs, run));
  const lacking = found.length - stored.filter(isFinished).length;
  return lacking === 0 ? [] : [`${lacking} of ${found.length} cells of ${folder} have no results and are left out`];
}

function isFinished(run: StoredRun): run is FinishedRun {
  return run.result !== undefined && (run.result.status === 'completed' || run.result.status === 'completed-with-missing');
}
