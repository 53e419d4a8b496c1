/**
 * The files by which the processes of a run find one another, and other commands find a run that goes on:
 *   join-token, coordinator.json (the coordinator's job), supervisor.json (whose processes, and where the run answers).
 * Only their owner may read them. The first two stay when the run did not complete; supervisor.json goes with its writer.
 * A file that cannot be written is OUTPUT_UNWRITABLE.
 */
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { CoordinatorJob } from '../config/coordinator-job.ts';
import { newToken } from '../net/credentials.ts';
import type { ProcessNote } from './process-note.ts';
import type { Failure } from './result-without.ts';

/** What supervisor.json says. */
export interface LiveRun {
  /** Where the coordinator answers; empty before it listened. */
  readonly url: string;
  readonly tokenFile: string;
  readonly supervisor: ProcessNote;
  readonly processes: readonly ProcessNote[];
  /** 1 where it is not said. */
  readonly agentsPerProcess?: number;
}

export const EVENTS_FILE = 'events.jsonl';
const RESULT_FILE = 'run.json';
const LIVE_FILE = 'supervisor.json';
const OWNER_ONLY = 0o600;
/** Of a log, in an error. */
const LINES_TOLD = 5;

export class RunFiles {
  readonly directory: string;
  readonly tokenFile: string;
  readonly jobFile: string;
  /** Of an earlier try at this run. */
  readonly #staleResult: string | undefined;

  constructor(directory: string) {
    this.directory = directory;
    this.tokenFile = join(directory, 'join-token');
    this.jobFile = join(directory, 'coordinator.json');
    this.#staleResult = this.#resultText();
  }

  /** A new token each time: who had the old one is out. */
  prepare(): void {
    writing(this.directory, () => mkdirSync(join(this.directory, 'logs'), { recursive: true }));
    writing(this.tokenFile, () => replaceFile(this.tokenFile, newToken()));
  }

  job(job: CoordinatorJob): void {
    writing(this.jobFile, () => replaceFile(this.jobFile, JSON.stringify(job)));
  }

  token(): string {
    return readFileSync(this.tokenFile, 'utf8').trim();
  }

  live(live: LiveRun): void {
    writeLive(this.directory, live);
  }

  /** The checkpoints of one agent. */
  agentState(agent: number): string {
    return join(this.directory, 'agents', String(agent));
  }

  event(type: string, fields: Readonly<Record<string, unknown>>): void {
    appendEvent(this.directory, type, fields);
  }

  /** Calls `use` with a file to append to. */
  withLog<T>(name: string, use: (file: number) => T): T {
    const path = join(this.directory, 'logs', `${name}.log`);
    const file = writing(path, () => openSync(path, 'a'));
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  }

  /** What the coordinator wrote before it ended, should its message not have arrived; not what an earlier try left. */
  freshResult(): RunResult | undefined {
    const text = this.#resultText();
    return text === undefined || text === this.#staleResult ? undefined : (JSON.parse(text) as RunResult);
  }

  /** The last lines of it that say something. */
  endOfLog(name: string): string[] {
    const path = join(this.directory, 'logs', `${name}.log`);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return lines.filter((line) => line.trim() !== '').slice(-LINES_TOLD);
  }

  /** The code with which the coordinator said in its log that it cannot go on. */
  lastFailure(): Failure | undefined {
    const path = join(this.directory, 'logs', 'coordinator.log');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    const last = lines.findLast((line) => line.startsWith('{') && line.includes('"cannot go on"'));
    if (last === undefined) return undefined;
    const { code, err } = JSON.parse(last) as { readonly code: ErrorCode; readonly err: { readonly message: string } };
    return { code, detail: err.message };
  }

  result(result: RunResult): void {
    const path = join(this.directory, RESULT_FILE);
    writing(path, () => replaceFile(path, `${JSON.stringify(result, null, 1)}\n`, 0o644));
  }

  /** When no process of the run is left. */
  cleanUp(isCompleted: boolean): void {
    removeLive(this.directory);
    if (!isCompleted) return;
    for (const file of [this.tokenFile, this.jobFile, join(this.directory, 'agents')]) rmSync(file, { force: true, recursive: true });
  }

  #resultText(): string | undefined {
    const path = join(this.directory, RESULT_FILE);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
}

export function writeLive(directory: string, live: LiveRun): void {
  const path = join(directory, LIVE_FILE);
  writing(path, () => replaceFile(path, `${JSON.stringify(live)}\n`));
}

/** Undefined where no supervisor left it. */
export function readLive(directory: string): LiveRun | undefined {
  const path = join(directory, LIVE_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LiveRun) : undefined;
}

export function removeLive(directory: string): void {
  rmSync(join(directory, LIVE_FILE), { force: true });
}

/** The coordinator appends to the same file: lines are short and written whole. */
export function appendEvent(directory: string, type: string, fields: Readonly<Record<string, unknown>>): void {
  const path = join(directory, EVENTS_FILE);
  writing(path, () => appendFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), type, ...fields })}\n`));
}

export function writing<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new KindredError('OUTPUT_UNWRITABLE', writeFailure(cause), { where, cause });
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be written',
  ENOSPC: 'no space is left on its disk',
};

function writeFailure(cause: unknown): string {
  return FAILURES[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Whole or not at all, and with its mode from the first byte on. */
function replaceFile(path: string, text: string, mode = OWNER_ONLY): void {
  rmSync(`${path}.part`, { force: true });
  writeFileSync(`${path}.part`, text, { mode });
  renameSync(`${path}.part`, path);
}
