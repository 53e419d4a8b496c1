/**
 * What an agent holds of one neighbour, and which of it an exchange takes: of (source, step) the first wins, and outside bsp
 * the last one known stands in while it is young enough, of the same epoch and of the same hop of an iteration.
 */
import type { RoundsKind, VectorHeader } from '../proto/messages.ts';

/** How an exchange ends. */
export interface ExchangeRules {
  readonly epoch: number;
  readonly rounds: RoundsKind;
  /** Exchanges a stand-in may be old. */
  readonly staleness: number;
  /** Exchanges per iteration: a stand-in must come from the same hop of an iteration. */
  readonly hops: number;
}

/** Two slots, by the parity of the step, as in the inbox. 0 is nothing. */
export interface Held {
  readonly steps: [number, number];
  readonly epochs: [number, number];
  /** The last step it is known to have published. */
  published: number;
}

export type Refusal = 'duplicate' | 'stale' | 'ahead';

export const NO_RULES: ExchangeRules = { epoch: 0, rounds: 'bsp', staleness: 0, hops: 1 };

/** Why a vector is not kept; undefined when it is. `current` is the step of the exchange under way, or the next one. */
export function refusal(held: Held, header: VectorHeader, rules: ExchangeRules, current: number): Refusal | undefined {
  return rules.rounds === 'bsp' ? refusedInBsp(held, header, current) : refusedAsOld(held, header, rules);
}

export function keep({ steps, epochs }: Held, { step, epoch }: VectorHeader): void {
  steps[step % 2] = step;
  epochs[step % 2] = epoch;
}

/** The step whose vector the exchange `step` takes; 0 when there is none. */
export function standIn({ steps, epochs }: Held, step: number, { rounds, epoch, staleness, hops }: ExchangeRules): number {
  if (rounds === 'bsp') return steps[step % 2] === step ? step : 0;
  const usable = (slot: number): number => (epochs[slot] === epoch && steps[slot] + staleness >= step && (step - steps[slot]) % hops === 0 ? steps[slot] : 0);
  return Math.max(usable(0), usable(1));
}

function refusedInBsp({ steps }: Held, { step }: VectorHeader, current: number): Refusal | undefined {
  if (steps[step % 2] === step) return 'duplicate';
  if (step < current) return 'stale';
  return step > current + 1 ? 'ahead' : undefined;
}

/** The last one known counts: only older ones are refused. */
function refusedAsOld({ steps }: Held, { step, epoch }: VectorHeader, rules: ExchangeRules): Refusal | undefined {
  if (epoch < rules.epoch) return 'stale';
  if (steps[step % 2] === step) return 'duplicate';
  return step < steps[step % 2] ? 'stale' : undefined;
}
