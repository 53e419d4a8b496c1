/** The result of a run whose coordinator could not write one. What it had learned stays in the run directory. */
import { ERRORS } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { NewRun } from './new-run.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

export function resultWithout(
  { name, seed, agents, agentNames }: Experiment,
  { runId, directory }: NewRun,
  failure: Failure,
  totalMs: number,
  mode = 'processes',
): RunResult {
  const { code, detail } = failure;
  return {
    runId,
    status: code === 'RUN_INTERRUPTED' ? 'cancelled' : 'failed',
    error: { code, message: detail, hint: ERRORS[code].hint },
    experiment: name,
    seed,
    mode,
    agents: { expected: agents, completed: 0, missing: [], names: agentNames },
    relationship: null,
    arms: [],
    diagnostics: [],
    timings: { startMs: 0, exploreMs: 0, estimateMs: 0, cooperateMs: 0, totalMs },
    directory,
  };
}
