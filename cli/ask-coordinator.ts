/** What commands ask the coordinator of a run that goes on: over the page's own routes, with its operator's token, which only their user can read. */
import { ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { coordinatorOf } from './live-run.ts';
import type { StoredRun } from './stored-runs.ts';

export interface Question {
  readonly method: 'POST' | 'DELETE';
  /** Below the run: faults, pause, resume. */
  readonly path: string;
  readonly body?: unknown;
}

/** Its answer. Throws RUN_NOT_LIVE, COORDINATOR_UNREACHABLE and what the coordinator refuses. */
export async function askCoordinator(run: StoredRun, { method, path, body }: Question): Promise<unknown> {
  const coordinator = coordinatorOf(run.directory);
  if (coordinator === undefined) throw notLive(run);
  const { url } = coordinator;
  const authorization = `Bearer ${coordinator.token('operate')}`;
  const response = await fetch(`${url}/api/runs/${run.runId}/${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(LIMITS.commandMs),
  }).catch((cause: unknown) => {
    throw new KindredError('COORDINATOR_UNREACHABLE', `${run.runId}: no answer to ${method} ${path}`, { where: url, cause });
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { error = '', message = String(response.status) } = answer as { readonly error?: string; readonly message?: string };
  throw new KindredError(Object.hasOwn(ERRORS, error) ? (error as ErrorCode) : 'USAGE', `the coordinator refused: ${message}`, { where: url });
}

export function notLive(run: StoredRun): KindredError {
  return new KindredError('RUN_NOT_LIVE', `${run.runId} is ${run.result?.status ?? 'unfinished'}, and no process supervises it`);
}
