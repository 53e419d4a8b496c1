/**
 * What an agent can check of a combination by itself, before it takes part: it knows its own row of the relationship only.
 *
 * multitask, gradient steps: mu eta sum_l |a_kl| <= .5. At every agent this bounds mu eta lmax by 1 (Gershgorin: an
 *   eigenvalue of L is at most 2 max_k sum_l |a_kl|), and with a_kl >= 0 each combination is convex.
 * Rounds that do not wait leave vectors out, and what is left of a signed row pushes further apart by 1 + 2 mu eta N_k,
 *   N_k = sum of |a_kl| over a_kl < 0, while a step of one's own contracts by 1 - mu: 2 eta N_k <= .5.
 * filter: the spectrum of I + diag(n) L ends at 1 + n_k (sum_l a_kl + |a_kl|), which the Chebyshev rounds must know.
 * Source: algorithms-1, section 1 ("Stability").
 */
import { KindredError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { LocalView } from '../relationship/local-view.ts';
import { COMBINE_DEGREE_MAX, STALE_PUSH_MAX } from '../theory.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

/** The caps are met with equality; rounding must not make a refusal of that. */
const TOLERANCE = 1 + 1e-9;

export interface Degrees {
  /** sum_l a_kl. */
  readonly net: number;
  /** sum_l |a_kl|. */
  readonly absolute: number;
  /** sum of |a_kl| over a_kl < 0. */
  readonly negative: number;
}

/** Of the weights one agent combines with. */
export function degreesOf(weights: ArrayLike<number>): Degrees {
  let [net, absolute, negative] = [0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    net += weights[i];
    absolute += Math.abs(weights[i]);
    if (weights[i] < 0) negative -= weights[i];
  }
  return { net, absolute, negative };
}

/** The largest of each over the rows of L (K x K), a_kl = -L_kl. */
export function largestDegrees({ rows, cols, data }: Matrix): Degrees {
  let [net, absolute, negative] = [0, 0, 0];
  for (let k = 0; k < rows; k++) {
    const own = degreesOf(Array.from({ length: cols }, (_, l) => (l === k ? 0 : -data[k * cols + l])));
    net = Math.max(net, own.net);
    absolute = Math.max(absolute, own.absolute);
    negative = Math.max(negative, own.negative);
  }
  return { net, absolute, negative };
}

export interface Combination extends Pick<StrategyContext, 'view' | 'agents' | 'stepSize' | 'eta' | 'noise' | 'spectrumMax'> {
  /** Gradient steps of `stepSize`, rather than exact solves, which any eta suits. */
  readonly steps: boolean;
  /** Every vector is waited for. */
  readonly waits: boolean;
}

/** COMBINATION_UNSTABLE, with the figure that is too large, unless this agent may combine so. */
export function refuseUnstable(strategy: Pick<Strategy, 'name' | 'cooperatesOver' | 'usesEta'>, combination: Combination): void {
  if (strategy.cooperatesOver !== 'relationship') return;
  const degrees = viewDegrees(combination.view, combination.agents);
  if (strategy.usesEta && combination.steps) refuseStep(strategy.name, combination, degrees);
  if (!strategy.usesEta) refuseSpectrum(strategy.name, combination, degrees);
}

function refuseStep(name: string, { stepSize, eta, waits }: Combination, { absolute, negative }: Degrees): void {
  const given = stepSize * eta * absolute;
  if (!(given <= COMBINE_DEGREE_MAX * TOLERANCE)) throw unstable(name, 'mu eta sum |a|', given, COMBINE_DEGREE_MAX);
  const push = 2 * eta * negative;
  if (!waits && !(push <= STALE_PUSH_MAX * TOLERANCE)) throw unstable(name, 'twice eta times its negative weights', push, STALE_PUSH_MAX);
}

function refuseSpectrum(name: string, { noise, spectrumMax }: Combination, { net, absolute }: Degrees): void {
  const top = 1 + noise * (net + absolute);
  if (!(top <= spectrumMax * TOLERANCE)) throw unstable(name, 'its bound of the spectrum', top, spectrumMax);
}

/** A mean: a_kl = strength / K for all others. */
function viewDegrees(view: LocalView, agents: number): Degrees {
  if (view.kind !== 'mean') return degreesOf(view.weights);
  const degree = view.strength * (1 - 1 / agents);
  return { net: degree, absolute: Math.abs(degree), negative: Math.max(0, -degree) };
}

function unstable(name: string, what: string, value: number, limit: number): KindredError {
  return new KindredError('COMBINATION_UNSTABLE', `${name}: ${what} is ${value.toPrecision(3)}, at most ${limit.toPrecision(3)} is stable`);
}
