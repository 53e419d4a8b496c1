/** Dialling with retries until a deadline, for an end that may not listen yet. A refusal is final at once. */
import { type ErrorCode, KindredError } from '../core/errors.ts';
import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { codeIn } from './close-reason.ts';
import type { DialOptions, Link, Transport } from './link.ts';

export interface DialUntilOptions extends Omit<DialOptions, 'onFailed'> {
  /** Called at most once, and never beside `onOpen`. */
  readonly onFailed: (error: KindredError) => void;
}

export interface DialPolicy {
  readonly clock: Clock;
  /** From now on. */
  readonly deadlineMs: number;
  /** Keys of the waits between attempts: different agents spread out when they have different ones. Default 0. */
  readonly seed?: number;
  readonly agent?: number;
  /** What it means when nobody answered until the deadline. Default LINK_UNREACHABLE. */
  readonly code?: 'COORDINATOR_UNREACHABLE' | 'LINK_UNREACHABLE';
}

/** The returned function gives up silently; a link that opens later is terminated. */
export function dialUntil(transport: Transport, endpoint: string, options: DialUntilOptions, policy: DialPolicy): () => void {
  const { clock, seed = 0, agent = 0, code: unreachable = 'LINK_UNREACHABLE' } = policy;
  let settled = false;
  let attempt = 0;
  let lastReason = 'no answer';
  let cancelRetry = (): void => undefined;
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    cancelDeadline();
    cancelRetry();
    return true;
  };
  const fail = (code: ErrorCode, detail: string): void => {
    if (settle()) options.onFailed(new KindredError(code, detail, { where: options.peer }));
  };
  const onOpen = (link: Link): void => (settle() ? options.onOpen(link) : link.terminate());
  const onFailed = (reason: string, refused: boolean): void => {
    if (settled) return;
    lastReason = reason;
    if (refused) return fail(codeIn(reason) ?? unreachable, reason);
    cancelRetry = clock.setTimer(backoffMs(seed, agent, attempt++), dial);
  };
  const dial = (): void => transport.dial(endpoint, { ...options, onOpen, onFailed });
  const cancelDeadline = clock.setTimer(policy.deadlineMs, () => fail(unreachable, `not reached within ${policy.deadlineMs} ms: ${lastReason}`));
  dial();
  return () => void settle();
}
