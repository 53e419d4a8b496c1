/**
 * How one agent's task follows from its neighbours': min over theta >= 0, 1'theta = 1 of var(w_k - sum_l theta_l w_l).
 *
 * With G_lm = cov(w_l - w_k, w_m - w_k) (d x d) the variance is theta' G theta, and theta = x / 1'x for the x of
 *   min over x >= 0 of  x' G x / 2 - 1'x,
 * whose least variance is 1 / 1'x. In a Gaussian Markov random field that variance is 1 / L_kk and theta_l = -L_kl / L_kk:
 * x_l IS the weight a_kl. Source: algorithms-1, section 3 (e).
 *
 * Exact, by active sets (Lawson and Hanson, Solving Least Squares Problems, chapter 23).
 */
import { assert } from '../errors.ts';
import { cholesky, choleskySolve } from '../linalg/cholesky.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';

/** Slope from which on a weight is let in, of 1, the slope of nothing at all. */
const SLOPE_MIN = 1e-10;

/** x (d) for a positive definite G: 1 - Gx = 0 where x > 0, <= SLOPE_MIN elsewhere. */
export function simplexWeights(gram: Matrix): Float64Array {
  const x = new Float64Array(gram.rows);
  const free: number[] = [];
  for (let next = steepest(gram, x, free); next !== undefined; next = steepest(gram, x, free)) {
    free.push(next);
    free.sort((a, b) => a - b);
    settle(gram, x, free);
    // Its slope was rounding: what is left is the optimum.
    if (x[next] === 0) break;
  }
  return x;
}

/** The weight at 0 whose rise lowers the variance most. */
function steepest({ rows: d, data }: Matrix, x: Float64Array, free: readonly number[]): number | undefined {
  let best: number | undefined;
  let slope = SLOPE_MIN;
  for (let l = 0; l < d; l++) {
    if (free.includes(l)) continue;
    let own = 1;
    for (const m of free) own -= data[l * d + m] * x[m];
    if (own > slope) [best, slope] = [l, own];
  }
  return best;
}

/** The optimum with weight on `free` only; who would become negative on the way there stops at 0 and is free no more. */
function settle(gram: Matrix, x: Float64Array, free: number[]): void {
  for (;;) {
    const wanted = optimumOn(gram, free);
    const shares = free.map((l, i) => (wanted[i] > 0 ? Infinity : x[l] / (x[l] - wanted[i]) || 0));
    const share = Math.min(1, ...shares);
    const stops = free.filter((_, i) => shares[i] <= share);
    free.forEach((l, i) => (x[l] += share * (wanted[i] - x[l])));
    if (stops.length === 0) return;
    for (const l of stops) {
      x[l] = 0;
      free.splice(free.indexOf(l), 1);
    }
  }
}

/** G_ff^-1 1. */
function optimumOn(gram: Matrix, free: readonly number[]): Float64Array {
  const part = zeros(free.length, free.length);
  free.forEach((l, i) => free.forEach((m, j) => (part.data[i * free.length + j] = gram.data[l * gram.cols + m])));
  const factor = cholesky(part);
  assert(factor, 'simplex regression needs a positive definite matrix');
  const wanted = new Float64Array(free.length).fill(1);
  choleskySolve(factor, wanted, wanted);
  return wanted;
}
