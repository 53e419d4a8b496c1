/**
 * The files by which the processes of a run find one another, and other commands find a run that goes on:
 *   join-token, coordinator.json (the coordinator's job), supervisor.json (whose processes, and where the run answers),
 *   page-tokens.json (who may see and steer it).
 * Only their owner may read them. The first two stay when the run did not complete; supervisor.json goes with its writer.
 * A file that cannot be written is OUTPUT_UNWRITABLE.
 */
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { CoordinatorJob } from '../config/coordinator-job.ts';
import type { OwnModule } from '../config/own-module.ts';
import { keptPageTokens, PAGE_TOKENS_FILE } from '../coordinator/access.ts';
import type { PageTokens } from '../coordinator/access.ts';
import { newToken } from '../net/credentials.ts';
import type { ProcessNote } from './process-note.ts';
import type { Failure } from './result-without.ts';

/** What supervisor.json says. */
export interface LiveRun {
  /** Where the coordinator answers; empty before it listened. */
  readonly url: string;
  readonly supervisor: ProcessNote;
  readonly processes: readonly ProcessNote[];
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
  /** Modules of one's own, for the agents; absent where there are none. */
  readonly modulesFile: string;
  readonly #pageTokensFile: string;
  /** Of an earlier try at this run. */
  readonly #staleResult: string | undefined;

  constructor(directory: string) {
    this.directory = directory;
    this.tokenFile = join(directory, 'join-token');
    this.jobFile = join(directory, 'coordinator.json');
    this.modulesFile = join(directory, 'modules.json');
    this.#pageTokensFile = join(directory, PAGE_TOKENS_FILE);
    this.#staleResult = this.#resultText();
  }

  /** New tokens each time: who had the old ones is out. */
  prepare(): void {
    rmSync(this.#pageTokensFile, { force: true });
    writing(this.directory, () => mkdirSync(join(this.directory, 'logs'), { recursive: true }));
    writing(this.tokenFile, () => replaceFile(this.tokenFile, newToken()));
    writing(this.#pageTokensFile, () => this.pageTokens());
  }

  pageTokens(): PageTokens {
    return keptPageTokens(this.directory);
  }

  job(job: CoordinatorJob): void {
    writing(this.jobFile, () => replaceFile(this.jobFile, JSON.stringify(job)));
  }

  modules(modules: readonly OwnModule[]): void {
    writing(this.modulesFile, () => replaceFile(this.modulesFile, JSON.stringify(modules)));
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
    const files = [this.tokenFile, this.#pageTokensFile, this.jobFile, this.modulesFile, join(this.directory, 'agents')];
    for (const file of files) rmSync(file, { force: true, recursive: true });
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

/** Undefined where no supervisor left it. Throws RUN_UNKNOWN where it is not for the asker's eyes. */
export function readLive(directory: string): LiveRun | undefined {
  const path = join(directory, LIVE_FILE);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LiveRun;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EACCES') throw cause;
    throw new KindredError('RUN_UNKNOWN', "it may not be read: the run is another user's", { where: path, cause });
  }
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
  ENOTDIR: 'a file stands where a directory is meant',
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
