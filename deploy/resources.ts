/**
 * What one container may use, from the experiment alone: generous multiples of what was measured (docs/decisions), so that a
 * limit stops a leak or a bug and never a run. An agent and a coordinator are one thread each, so one processor each.
 */
import { dimensionOf, isStream, type Experiment } from '../config/experiment.ts';
import { LIMITS } from '../core/limits.ts';

export interface Resources {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly processes: number;
}

const MEBIBYTE = 1024 * 1024;
const BYTES_PER_NUMBER = 8;
/** Node itself, its code and heap, and the health check's own Node beside it. */
const PROGRAM_BYTES = 256 * MEBIBYTE;
/** Vectors of the problem's dimension that an agent holds at most beside its history: neighbours' slots, candidates, frames. */
const AGENT_VECTORS = 4 * LIMITS.etasMax;
/** The same for every agent in the coordinator: reports, windows of the exploration, parameters. */
const COORDINATOR_VECTORS = 4 * LIMITS.reportDimensionsMax;
/** K x K matrices that an estimate holds at once. */
const MATRICES = 64;
/** What a module keeps of its mini-batches is its own business: room for so many rows. */
const OWN_STREAM_ROWS = 1_024;
/** A table as text becomes records of strings first. */
const BYTES_PER_TEXT_BYTE = 20;
/** Threads: Node's own, the health check's, and the init that reaps them. */
const PROCESSES = 64;

/** `tableBytes`: of its own table's text. */
export function agentResources({ problem }: Experiment, tableBytes: number): Resources {
  const rows = problem.kind === 'gmrf-regression' ? problem.batch : OWN_STREAM_ROWS;
  const vectors = problem.kind === 'csv-table' ? 0 : (AGENT_VECTORS + (isStream(problem) ? rows : 0)) * dimensionOf(problem) * BYTES_PER_NUMBER;
  return resources(PROGRAM_BYTES + LIMITS.historyBytesMax + vectors + tableBytes * BYTES_PER_TEXT_BYTE);
}

export function coordinatorResources({ agents, problem }: Experiment): Resources {
  const numbers = agents * dimensionOf(problem) * COORDINATOR_VECTORS + agents * agents * MATRICES;
  return resources(2 * PROGRAM_BYTES + numbers * BYTES_PER_NUMBER);
}

/** Whole steps of 64 MiB: small changes of an experiment leave the files as they are. */
function resources(bytes: number): Resources {
  const step = 64 * MEBIBYTE;
  return { memoryBytes: Math.ceil(bytes / step) * step, cpus: 1, processes: PROCESSES };
}
