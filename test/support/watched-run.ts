/** A run as real processes, with a record of them, for tests that end or stop some of them on the way. */
import type { ProcessChange } from '../../cli/processes.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunProgress } from '../../coordinator/run-progress.ts';
import type { Party } from '../../core/fault/plan.ts';
import type { RunResult } from '../../core/run-result.ts';
import { createRun } from '../../cli/new-run.ts';
import { inProcesses } from './experiments.ts';

export interface Watched {
  readonly directory: string;
  /** The latest process of a party. */
  pid(party: Party): number;
  /** How many processes there have been of it. */
  starts(party: Party): number;
}

export interface Watching {
  readonly progress?: (progress: RunProgress, run: Watched) => void;
  readonly process?: (what: ProcessChange, run: Watched) => void;
}

export interface Outcome {
  readonly result: RunResult;
  readonly run: Watched;
  /** Everything that was told to people. */
  readonly notes: readonly string[];
  /** Processes that were left behind. */
  readonly alive: readonly number[];
}

export async function watchedRun(experiment: Experiment, watching: Watching): Promise<Outcome> {
  const changes: ProcessChange[] = [];
  const notes: string[] = [];
  const run = createRun(experiment);
  const latest = (party: Party): ProcessChange | undefined => changes.findLast((one) => one.party === party && one.event === 'started');
  const watched: Watched = { directory: run.directory, pid: (party) => latest(party)?.pid ?? 0, starts: (party) => latest(party)?.starts ?? 0 };
  const result = await inProcesses(experiment, {
    run,
    onProgress: (progress) => watching.progress?.(progress, watched),
    onNote: (line) => notes.push(line),
    onProcess: (what) => {
      changes.push(what);
      watching.process?.(what, watched);
    },
  });
  return { result, run: watched, notes, alive: changes.map(({ pid }) => pid).filter(isAlive) };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** For what is done when a progress is seen: a run that is over in less than the 200 ms between two of them is never seen on the way. */
export function slowed(delayMs: number): string {
  return `faults=[{ link: all, delay: ${delayMs}ms }]`;
}

/** Does it the first time that `when` holds. */
export function once<Args extends unknown[]>(when: (...args: Args) => boolean, action: (...args: Args) => void): ((...args: Args) => void) & { done: boolean } {
  const doIt = Object.assign(
    (...args: Args): void => {
      if (doIt.done || !when(...args)) return;
      doIt.done = true;
      action(...args);
    },
    { done: false },
  );
  return doIt;
}
