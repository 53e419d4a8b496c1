/**
 * The coordinator's process: `node coordinator/main.js RUN.json`, RUN.json = CoordinatorJob.
 * Tells its parent (if it has a channel to one) where agents join, how far the run is, and how it ended; or with which
 * code it cannot go on. Any other end of it is a crash, and another process may continue the run from its log.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { CoordinatorJob } from '../config/coordinator-job.ts';
import { dimensionOf } from '../config/experiment.ts';
import { ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { FaultPlan } from '../core/fault/plan.ts';
import type { RunResult } from '../core/run-result.ts';
import { systemClock } from '../net/clock.ts';
import { RunDriver } from './run-driver.ts';
import type { RunProgress } from './run-progress.ts';
import type { RunPhase } from './run-state.ts';
import { openEventLog } from './event-log.ts';
import { findGroups } from './groupings.ts';
import { controlOf } from './run-control.ts';
import { createRunStore } from './run-store.ts';
import type { RunStore } from './run-store.ts';
import { keptPageTokens } from './access.ts';
import { LiveSource } from './live-source.ts';
import { startServer } from './server.ts';
import type { Server } from './server.ts';

export type CoordinatorMessage =
  | { readonly type: 'listening'; readonly url: string; readonly joinUrl: string }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'phase'; readonly phase: RunPhase; readonly elapsedMs: number }
  /** The whole plan as it is now: before `listening`, and after every change. */
  | { readonly type: 'faults'; readonly plan: FaultPlan }
  /** It would be no use to start this process again. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'ended'; readonly result: RunResult };

/** From the supervisor: an agent's process ended and will not be started again. */
export interface AgentGone {
  readonly agentGone: number;
  readonly detail: string;
}

const PROGRESS_EVERY_MS = 200;
/** A sign of life to the supervisor, also when nothing moves. */
const ALIVE_EVERY_MS = 1_000;
const LOG_FILE = 'coordinator.log';
/** A bug, by convention of sysexits.h: unlike every exit of the error table. */
const EXIT_CRASHED = 70;

const log = pino({ base: { pid: process.pid } });
let server: Server | undefined;
let hasEnded = false;

async function main(): Promise<void> {
  const job = JSON.parse(readFileSync(process.argv[2], 'utf8')) as CoordinatorJob;
  const store = createRunStore(job.directory, job.experiment, job.hash);
  const token = readFileSync(job.tokenFile, 'utf8').trim();
  const driver = createDriver(job, store, token);
  if (job.unpause === true) driver.resume();
  tell({ type: 'faults', plan: driver.faults });
  // The log may have held the whole run: nobody is needed for it any more.
  if (hasEnded) return;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => driver.interrupt());
  process.on('disconnect', () => driver.interrupt());
  process.on('message', ({ agentGone, detail }: AgentGone) => driver.agentGone(agentGone, detail));
  setInterval(() => tell({ type: 'progress', progress: driver.progress }), ALIVE_EVERY_MS).unref();
  server = await listen(job, driver, store, token);
  log.info({ run: job.runId, url: server.url }, 'listening');
  tell({ type: 'listening', url: server.url, joinUrl: server.joinUrl });
  if (hasEnded) await server.close();
}

/** It stands where the log says. */
function createDriver(job: CoordinatorJob, store: RunStore, token: string): RunDriver {
  const { log: eventLog, records, droppedBytes } = openEventLog(join(job.directory, LOG_FILE));
  if (droppedBytes > 0) log.warn({ droppedBytes }, 'the log ended in a torn record, which was dropped');
  if (records.length > 0) log.info({ records: records.length }, 'goes on from its log');
  let toldAt = 0;
  let toldPhase = '';
  return new RunDriver({
    experiment: job.experiment,
    runId: job.runId,
    mode: job.mode,
    token,
    joinMs: job.joinMs,
    ...(job.engine === undefined ? {} : { engine: job.engine }),
    clock: systemClock,
    // Goes on over restarts: figures about speed only.
    stopwatch: () => performance.timeOrigin + performance.now(),
    store,
    log: eventLog,
    records,
    readFile: (path) => readFileSync(path, 'utf8'),
    findGroups,
    onPhase: (phase, elapsedMs) => tell({ type: 'phase', phase, elapsedMs }),
    onFaults: (plan) => tell({ type: 'faults', plan }),
    onProgress: (progress) => {
      // A phase may be shorter than that, and is news nevertheless.
      if (progress.phase === toldPhase && performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      toldPhase = progress.phase;
      tell({ type: 'progress', progress });
    },
    onEnd,
  });
}

function listen(job: CoordinatorJob, driver: RunDriver, store: RunStore, token: string): Promise<Server> {
  const { problem, agents } = job.experiment;
  let refused = 0;
  return startServer({
    host: job.host,
    port: job.port,
    token,
    agents,
    source: driver,
    runs: new LiveSource(driver, {
      runId: job.runId,
      directory: job.directory,
      clock: systemClock,
      now: () => Date.now(),
      control: controlOf(driver, job.experiment, job.agentsPerProcess ?? 1),
    }),
    tokens: keptPageTokens(job.directory),
    dimension: Math.max(LIMITS.curvePointsMax, dimensionOf(problem)),
    onLink: (link) => driver.accept(link),
    onRefused: (reason) => {
      refused++;
      store.event('refused', { reason, count: refused });
      log.warn({ reason, refused }, 'refused a connection');
    },
  });
}

function onEnd(result: RunResult): void {
  hasEnded = true;
  log.info({ run: result.runId, status: result.status, error: result.error }, 'the run is over');
  // Disconnect only once the parent has the whole result: it may be large.
  tell({ type: 'ended', result }, () => void closeAll());
}

async function closeAll(): Promise<void> {
  await server?.close();
  if (process.connected) process.disconnect();
}

/** A coded failure is told; anything else is a crash. */
function fail(error: unknown): void {
  const { code, detail } = failureOf(error);
  log.fatal({ err: error, code }, 'cannot go on');
  if (code === 'INTERNAL') process.exit(EXIT_CRASHED);
  tell({ type: 'failed', code, detail }, () => process.exit(ERRORS[code].exit));
}

function failureOf(error: unknown): { readonly code: ErrorCode; readonly detail: string } {
  if (error instanceof KindredError) return { code: error.code, detail: error.message };
  const { syscall, path, message } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' || syscall === 'getaddrinfo') return { code: 'PORT_IN_USE', detail: message };
  // What the store writes as it goes: a full disk, a directory that is gone.
  if (syscall !== undefined && path !== undefined) return { code: 'OUTPUT_UNWRITABLE', detail: message };
  return { code: 'INTERNAL', detail: String(message) };
}

/** `told` is called in any case: the parent may have ended. */
function tell(message: CoordinatorMessage, told = (): void => {}): void {
  if (process.connected) process.send?.(message, told);
  else told();
}

process.on('uncaughtException', fail);
void main().catch(fail);
