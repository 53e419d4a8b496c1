/** Whether a run goes on: as its supervisor noted down, whoever asks. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptPageTokens, PAGE_TOKENS_FILE } from '../coordinator/access.ts';
import type { Elsewhere } from '../coordinator/routes/forward.ts';
import { LIMITS } from '../core/limits.ts';
import { KindredError } from '../core/errors.ts';
import { isAlive } from './process-note.ts';
import { readLive } from './run-files.ts';
import type { LiveRun } from './run-files.ts';
import type { StoredRun } from './stored-runs.ts';

const LOOK_EVERY_MS = 100;

export function liveRun(directory: string): LiveRun | undefined {
  const live = readLive(directory);
  return live !== undefined && isAlive(live.supervisor) ? live : undefined;
}

/** Where its coordinator answers, and with which tokens; undefined where none answers for it. */
export function coordinatorOf(directory: string): Omit<Elsewhere, 'files'> | undefined {
  const url = liveRun(directory)?.url;
  if (url === undefined || url === '' || !existsSync(join(directory, PAGE_TOKENS_FILE))) return undefined;
  return { url, token: (role) => keptPageTokens(directory)[role] };
}

/**
 * Throws RUN_LIVE while a process of the run is left: two would write into one log. Those that a killed supervisor left
 * behind end by themselves within seconds, which is waited for.
 */
export async function refuseLive({ directory, runId }: StoredRun): Promise<void> {
  const live = readLive(directory);
  if (live === undefined) return;
  if (isAlive(live.supervisor)) throw new KindredError('RUN_LIVE', `${runId} is supervised by process ${live.supervisor.pid}`);
  const deadline = performance.now() + LIMITS.shutdownMs + LIMITS.closeMs;
  let left = live.processes.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS);
    left = left.filter(isAlive);
  }
  if (left.length === 0) return;
  throw new KindredError('RUN_LIVE', `${runId}: processes ${left.map(({ pid }) => pid).join(', ')} were left behind by a supervisor that is gone`);
}
