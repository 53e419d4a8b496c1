/**
 * What agents must agree on before they cooperate by rows that they learned themselves, without anybody who sees all of L:
 * the strength eta, and the bound 1 + 2 max_k n_k L_kk of the spectrum of I + diag(n) L (Gershgorin; the filter needs it).
 *
 * Everybody floods its noise n_k and its degree L_kk = sum_l a_kl; then everybody computes the same numbers to the bit. Eta is
 * the eta rule's with the degrees, which have the same mean, in the place of the eigenvalues; it is bounded as usual, with
 * Gershgorin's 2 max_k L_kk for lambda_max, so that mu eta L_kk <= .45 at every agent.
 */
import { etaCap, etaRule } from '../theory.ts';
import type { Among, Conversation } from './among-agents.ts';
import { flood } from './flooding.ts';

/** By agent (2K): noise and degree; UNHEARD where the network does not reach. */
export type Figures = Float64Array;

const UNHEARD = -1;

/** `noise` at the cooperating step size, `weights` the agent's own. */
export function* agree({ agent, agents, rounds }: Among, noise: number, weights: Float64Array): Conversation<Figures> {
  const degree = weights.reduce((sum, weight) => sum + weight, 0);
  const own = new Map([[2 * agent, noise], [2 * agent + 1, degree]]); // prettier-ignore
  const figures = new Float64Array(2 * agents).fill(UNHEARD);
  for (const [key, value] of yield* flood(own, 2 * agents, rounds)) figures[key] = value;
  return figures;
}

interface Heard {
  readonly noise: number[];
  readonly degrees: number[];
}

function heardOf(figures: Figures): Heard {
  const known = Array.from({ length: figures.length / 2 }, (_, k) => k).filter((k) => figures[2 * k] !== UNHEARD);
  return { noise: known.map((k) => figures[2 * k]), degrees: known.map((k) => figures[2 * k + 1]) };
}

/** The given eta, or the eta rule's, as far as it is stable. */
export function agreedEta(figures: Figures, stepSize: number, given: number | undefined): number {
  const { noise, degrees } = heardOf(figures);
  const largest = Math.max(...degrees);
  const mean = noise.reduce((sum, one) => sum + one, 0) / noise.length;
  return Math.min(given ?? etaRule(degrees, mean, stepSize, largest).eta, etaCap(2 * largest, stepSize, largest));
}

export function agreedSpectrumMax(figures: Figures): number {
  const { noise, degrees } = heardOf(figures);
  return noise.reduce((bound, n, i) => Math.max(bound, 1 + 2 * n * degrees[i]), 1);
}
