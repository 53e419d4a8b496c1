/** A thread that looks for the best groups of one programme, tells them, and ends. */
import { workerData } from 'node:worker_threads';
import { KindredError } from '../core/errors.ts';
import { bestGrouping } from '../core/grouping/grouping.ts';
import type { GroupingAnswer, GroupingTask } from './groupings.ts';
import { loadMixedIntegerSolver } from './mixed-integer.ts';

const { programme, port, flag } = workerData as GroupingTask;

async function answer(): Promise<GroupingAnswer> {
  try {
    return { grouping: bestGrouping(programme, await loadMixedIntegerSolver()) };
  } catch (error) {
    return error instanceof KindredError ? { refused: error.detail } : { failed: String(error) };
  }
}

port.postMessage(await answer());
// For whoever stands still meanwhile.
Atomics.store(flag, 0, 1);
Atomics.notify(flag, 0);
port.close();
