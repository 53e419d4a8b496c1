/**
 * How long to wait before trying again: full jitter, uniform on [0, min(max, min 2^attempt)).
 * Keyed, so that agents spread out and a simulated run repeats. Source: Brooker, "Exponential Backoff And Jitter" (2015).
 */
import { LIMITS } from '../core/limits.ts';
import { draw } from '../core/random.ts';

/** `attempt` counts from 0. */
export function backoffMs(seed: number, agent: number, attempt: number): number {
  const capMs = Math.min(LIMITS.dialBackoffMaxMs, LIMITS.dialBackoffMinMs * 2 ** attempt);
  return capMs * draw(seed, agent, 'jitter', attempt).uniform();
}
