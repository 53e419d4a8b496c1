/**
 * Reading run directories: which there are, and which one a person means.
 * A run directory holds experiment.json from its start and run.json (a RunResult) from its end.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Experiment } from '../config/experiment.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { readFailure } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import { readLive } from './run-files.ts';

export const RESULT_FILE = 'run.json';
export const EXPERIMENT_FILE = 'experiment.json';

export interface StoredRun {
  readonly runId: string;
  /** Absolute. */
  readonly directory: string;
  readonly startedMs: number;
  readonly experiment: Experiment | undefined;
  /** Absent while the run goes on, and after a crash. */
  readonly result: RunResult | undefined;
  /** Why nothing is known of it: its files are damaged, or another user's. */
  readonly unreadable?: string;
}

/** Every run under `directory`, newest first; none where there is no such directory. One that cannot be read keeps nobody from the others. */
export function storedRuns(directory: string): StoredRun[] {
  if (!existsSync(directory)) return [];
  return foldersIn(directory)
    .map((name) => join(directory, name))
    .filter(isRunDirectory)
    .map((path) => readStoredRun(path, unreadRun))
    .sort((a, b) => b.startedMs - a.startedMs || (a.runId < b.runId ? 1 : -1));
}

/** The run named by a directory, a run id or a unique beginning of one. Throws RUN_UNKNOWN. */
export function findRun(name: string, directory: string): StoredRun {
  if (isRunDirectory(name)) return readStoredRun(name);
  const ids = storedRuns(directory).map((run) => run.runId);
  const matching = ids.includes(name) ? [name] : ids.filter((id) => id.startsWith(name));
  if (matching.length === 1) return readStoredRun(join(directory, matching[0]));
  throw new KindredError('RUN_UNKNOWN', matching.length === 0 ? unknownText(name, ids, directory) : ambiguousText(name, matching));
}

const NAMED_MAX = 5;

/** The newest ones are who a person most likely means. */
function ambiguousText(name: string, matching: readonly string[]): string {
  const more = matching.length - NAMED_MAX;
  return `"${name}" begins ${matching.length} runs: ${matching.slice(0, NAMED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function unknownText(name: string, ids: readonly string[], directory: string): string {
  if (ids.length === 0) return `no run "${name}": there are none in ${directory}`;
  return `no run "${name}" in ${directory}${didYouMean(name, ids)}`;
}

function isRunDirectory(directory: string): boolean {
  return existsSync(join(directory, RESULT_FILE)) || existsSync(join(directory, EXPERIMENT_FILE));
}

function foldersIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (cause) {
    throw new KindredError('RUN_UNKNOWN', readFailure(cause), { where: directory, cause });
  }
}

type Unread = (directory: string, error: KindredError) => StoredRun;

function readStoredRun(path: string, unread: Unread = refuse): StoredRun {
  const directory = resolve(path);
  try {
    const result = readResult(directory);
    const experiment = readJson<Experiment>(join(directory, EXPERIMENT_FILE));
    readLive(directory);
    return { runId: result?.runId ?? basename(directory), directory, startedMs: startOf(directory), experiment, result };
  } catch (error) {
    if (error instanceof KindredError) return unread(directory, error);
    throw error;
  }
}

function refuse(_directory: string, error: KindredError): never {
  throw error;
}

function unreadRun(directory: string, error: KindredError): StoredRun {
  const nothing = { experiment: undefined, result: undefined };
  return { runId: basename(directory), directory, startedMs: startOf(directory), ...nothing, unreadable: error.message };
}

/** Its directory is where it was found: a run may have been moved. */
function readResult(directory: string): RunResult | undefined {
  const path = join(directory, RESULT_FILE);
  const result = readJson<Partial<RunResult>>(path);
  if (result === undefined) return undefined;
  if (result?.agents === undefined || !Array.isArray(result.arms))
    throw new KindredError('RUN_UNKNOWN', 'the file is damaged: it holds no result', { where: path });
  return { ...(result as RunResult), directory };
}

/** experiment.json is written when the run begins, and again when it goes on after a crash: the directory is older then. */
function startOf(directory: string): number {
  const path = join(directory, EXPERIMENT_FILE);
  const writtenMs = statSync(existsSync(path) ? path : join(directory, RESULT_FILE)).mtimeMs;
  const madeMs = statSync(directory).birthtimeMs;
  return madeMs > 0 ? Math.min(madeMs, writtenMs) : writtenMs;
}

function readJson<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'the file is damaged: it is not JSON' : readFailure(cause);
    throw new KindredError('RUN_UNKNOWN', why, { where: path, cause });
  }
}
