/**
 * The coordinator's process: `node coordinator/main.js RUN.json`, RUN.json = CoordinatorJob.
 * Tells its parent (if it has a channel to one) where agents join, how far the run is, and how it ended.
 */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import type { Experiment } from '../config/experiment.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import { systemClock } from '../net/clock.ts';
import { RunDriver } from './run-driver.ts';
import type { RunProgress } from './run-driver.ts';
import { createRunStore } from './run-store.ts';
import { startServer } from './server.ts';

export interface CoordinatorJob {
  readonly experiment: Experiment;
  readonly hash: string;
  readonly runId: string;
  readonly mode: string;
  readonly directory: string;
  readonly tokenFile: string;
  readonly host: string;
  readonly port: number;
  readonly joinMs: number;
}

export type CoordinatorMessage =
  | { readonly type: 'listening'; readonly url: string; readonly joinUrl: string }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'ended'; readonly result: RunResult };

const PROGRESS_EVERY_MS = 200;

async function main(): Promise<void> {
  const job = JSON.parse(readFileSync(process.argv[2], 'utf8')) as CoordinatorJob;
  const log = pino({ base: { run: job.runId } });
  const store = createRunStore(job.directory, job.experiment, job.hash);
  const token = readFileSync(job.tokenFile, 'utf8').trim();
  let refused = 0;
  let toldAt = 0;
  const driver = new RunDriver({
    experiment: job.experiment,
    runId: job.runId,
    mode: job.mode,
    token,
    joinMs: job.joinMs,
    clock: systemClock,
    stopwatch: () => performance.now(),
    store,
    readFile: (path) => readFileSync(path, 'utf8'),
    onProgress: (progress) => {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      tell({ type: 'progress', progress });
    },
    onEnd: (result) => {
      log.info({ status: result.status, error: result.error, refused }, 'the run is over');
      // Disconnect only once the parent has the whole result: it may be large.
      const leave = (): void => void server.close().then(() => process.connected && process.disconnect());
      if (process.connected) process.send?.({ type: 'ended', result } satisfies CoordinatorMessage, leave);
      else leave();
    },
  });
  const { problem, agents } = job.experiment;
  const server = await startServer({
    host: job.host,
    port: job.port,
    token,
    agents,
    source: driver,
    dimension: Math.max(LIMITS.curvePointsMax, problem.kind === 'gmrf-regression' ? problem.dimension : LIMITS.exactSolveDimensionMax),
    onLink: (link) => driver.accept(link),
    onRefused: (reason) => {
      refused++;
      store.event('refused', { reason, count: refused });
      log.warn({ reason, refused }, 'refused a connection');
    },
  });
  log.info({ url: server.url }, 'listening');
  tell({ type: 'listening', url: server.url, joinUrl: server.joinUrl });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => driver.interrupt());
  process.on('disconnect', () => driver.interrupt());
  process.on('message', ({ agentExited }: { agentExited: number }) => driver.agentExited(agentExited));
}

function tell(message: CoordinatorMessage): void {
  if (process.connected) process.send?.(message);
}

await main();
