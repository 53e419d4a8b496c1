/** A thread of a sweep: simulates the cells it is handed, one after another, each into its run directory. */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { KindredError } from '../core/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { experimentHash } from '../config/load.ts';
import { createRunStore } from '../coordinator/run-store.ts';
import { simulate } from '../sim/simulate.ts';

export interface CellTask {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly directory: string;
}

export interface CellDone {
  readonly runId: string;
  readonly status: string;
  /** Of one that failed. */
  readonly error?: string;
}

function runCell({ experiment, runId, directory }: CellTask): CellDone {
  try {
    const store = createRunStore(directory, experiment, experimentHash(experiment));
    const { status, error } = simulate({ experiment, runId, store, stopwatch: () => performance.now(), readFile: (path) => readFileSync(path, 'utf8') });
    return { runId, status, ...(error !== undefined && { error: `${error.code} ${error.message}` }) };
  } catch (error) {
    // What a person can mend ends this cell, not the sweep.
    if (error instanceof KindredError) return { runId, status: 'failed', error: `${error.code} ${error.message}` };
    throw error;
  }
}

parentPort!.on('message', (task: CellTask) => parentPort!.postMessage(runCell(task)));
