/**
 * What agents can measure between themselves: how far apart two tasks are, per coordinate, without the noise of either:
 *   s_kl = ||w_k - w_l||^2 / M - n_k - n_l,   w (M) an agent's average, n its noise per coordinate.
 *
 * Noise alone moves such a figure by (n_k + n_l) sqrt(2/M): it is raised to marchenkoPasturFloor of one vector at least.
 * Both ends find the same bits, so nobody needs to be told which figure counts.
 */
import { KindredError } from '../errors.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';
import { marchenkoPasturFloor } from '../theory.ts';
import type { Diagnostic } from './relationship.ts';

/** What one agent tells its neighbours. */
export interface Told {
  readonly average: Float64Array;
  readonly noise: number;
}

/** s_kl, symmetric in k and l to the bit. */
export function measuredDistance(k: Told, l: Told): number {
  const noise = k.noise + l.noise;
  const dimension = k.average.length;
  let sum = 0;
  for (let m = 0; m < dimension; m++) {
    const difference = k.average[m] - l.average[m];
    sum += difference * difference;
  }
  return Math.max(sum / dimension - noise, marchenkoPasturFloor(noise, 1, dimension));
}

/** s between all of them (K x K); 0 on the diagonal. */
export function measuredDistances(told: readonly Told[]): Matrix {
  const n = told.length;
  const out = zeros(n, n);
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < k; l++) out.data[k * n + l] = out.data[l * n + k] = measuredDistance(told[k], told[l]);
  }
  return out;
}

/** Two agents nearer than this share of the mean distance count as this far apart: no weight becomes infinite. */
export const DISTANCE_RELATIVE_MIN = 1e-6;

/** The least distance that counts, from those that are known. */
export function leastDistance(known: readonly number[]): number {
  const least = (DISTANCE_RELATIVE_MIN * known.reduce((sum, distance) => sum + distance, 0)) / known.length;
  if (known.length > 0 && !(least > 0)) throw new KindredError('ESTIMATE_ILL_POSED', 'all agents report the same estimates: nothing can be learned from them');
  return least;
}

const IDENTICAL_SHOWN_MAX = 5;

/** Which of these pairs are nearer than the least distance that counts. */
export function aboutIdentical(told: readonly Told[], pairs: readonly (readonly [number, number])[]): Diagnostic[] {
  const distances = pairs.map(([k, l]) => measuredDistance(told[k], told[l]));
  const least = leastDistance(distances);
  return describeIdentical(pairs.filter((_, i) => distances[i] < least));
}

export function describeIdentical(pairs: readonly (readonly [number, number])[]): Diagnostic[] {
  if (pairs.length === 0) return [];
  const shown = pairs.slice(0, IDENTICAL_SHOWN_MAX).map((pair) => pair.join(' and '));
  const list = [...shown, ...(pairs.length > IDENTICAL_SHOWN_MAX ? ['...'] : [])].join(', ');
  const message = `${pairs.length} ${pairs.length === 1 ? 'pair of agents reports' : 'pairs of agents report'} (nearly) the same estimates: ${list}; their weight is a lower bound`;
  return [{ code: 'AGENTS_IDENTICAL', message, value: pairs.length }];
}
