/** sweep.json: which cells a sweep has, where they are, and what came out. Nothing in it depends on when or how often it was started. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';

export const SWEEP_FILE = 'sweep.json';

export interface SweepRecord {
  /** As typed. */
  readonly file: string;
  readonly mode: string;
  readonly parameters: Readonly<Record<string, readonly unknown[]>>;
  readonly seeds: readonly number[];
  /** What the means of the table are of. */
  readonly errorName: string;
  readonly cells: readonly SweepCell[];
  readonly table: readonly SweepRow[];
}

export interface SweepCell {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Relative to sweep.json. */
  readonly directory: string;
  /** As in a result; unfinished where there is none. */
  readonly status: string;
  /** Of a run that failed. */
  readonly error?: string;
  readonly arms: readonly SweepArm[];
}

export interface SweepArm {
  readonly arm: string;
  readonly error: number | null;
  readonly parametersSha256: string;
}

/** Over the seeds of one cell of the grid. */
export interface SweepRow {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arm: string;
  readonly n: number;
  readonly mean: number | null;
  readonly standardError: number | null;
}

/** The sweep.json of a sweep directory, named by its path or by its name under `runs`. */
export function sweepFile(name: string, runs: string): string | undefined {
  return [join(name, SWEEP_FILE), join(runs, name, SWEEP_FILE)].find((path) => existsSync(path) && statSync(path).isFile());
}

export function readSweep(text: string, where: string): SweepRecord {
  try {
    return JSON.parse(text) as SweepRecord;
  } catch (cause) {
    throw new KindredError('RUN_UNKNOWN', 'the file is damaged: it is not JSON', { where, cause });
  }
}
