/**
 * `processes` mode: a coordinator and processes of agents, one each by default, on this machine, kept alive by a supervisor in this one.
 * Who waits for whom is the coordinator's business.
 */
import type { Party } from '../core/fault/plan.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { RunProgress } from '../coordinator/run-progress.ts';
import type { NewRun } from './new-run.ts';
import { Supervisor } from './supervisor.ts';

export interface ProcessesOptions {
  readonly experiment: Experiment;
  /** Its directory may hold the beginning of the run: then the processes go on from there. */
  readonly run: NewRun;
  /** Default 1. Equal bits whatever it is; with more, the plan must not kill or stop single agents. */
  readonly agentsPerProcess?: number;
  readonly onProgress: (progress: RunProgress) => void;
  /** For people: what happened to the processes. */
  readonly onNote?: (line: string) => void;
  /** Where the coordinator answers, and the processes' ids, when the agents were started first: for tests that break things. */
  readonly onStarted?: (started: { readonly url: string; readonly coordinator: number; readonly agents: readonly number[] }) => void;
  readonly onProcess?: (what: ProcessChange) => void;
}

export interface ProcessChange {
  readonly party: Party;
  readonly pid: number;
  /** How many processes there have been of it, this one included. */
  readonly starts: number;
  readonly event: 'started' | 'ended';
  /** How it ended. */
  readonly how?: string;
}

/** Resolves with the result, also of a failed run. Ctrl-C once ends the run in order, twice at once. Rejects with OUTPUT_UNWRITABLE. */
export function runInProcesses(options: ProcessesOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => new Supervisor(options, { resolve, reject }).start());
}
