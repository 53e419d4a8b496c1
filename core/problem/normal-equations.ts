/**
 * Small dense kernels of the local solves, flat and in place: nothing is allocated here.
 *
 * The intercept is never penalised nor coupled, so it is PROFILED OUT: with row weights v_i, V = sum v_i and
 * c = sum v_i x_i / V, the problem in the slopes alone has the centred Gram G = sum v_i (x_i - c)(x_i - c)'
 * (the Schur complement of the intercept). It is d x d and better conditioned than [1 X]'[1 X].
 */
import type { Rows } from './rows.ts';

/** centre <- c; returns V. No rows or no weight: c = 0. `weights` undefined means 1 each. */
export function weightedCentre(rows: Rows, weights: Float64Array | undefined, centre: Float64Array): number {
  const d = rows.features;
  centre.fill(0);
  let total = 0;
  for (let i = 0; i < rows.count; i++) {
    const v = weights === undefined ? 1 : weights[i];
    total += v;
    for (let j = 0; j < d; j++) centre[j] += v * rows.x[i * d + j];
  }
  if (total > 0) for (let j = 0; j < d; j++) centre[j] /= total;
  return total;
}

/** gram <- G (d x d, both triangles). `deviation` is scratch of d. */
export function centredGram(rows: Rows, weights: Float64Array | undefined, centre: Float64Array, gram: Float64Array, deviation: Float64Array): void {
  const d = rows.features;
  const x = rows.x;
  gram.fill(0);
  for (let i = 0; i < rows.count; i++) {
    const v = weights === undefined ? 1 : weights[i];
    if (v === 0) continue;
    for (let j = 0, at = i * d; j < d; j++) deviation[j] = x[at + j] - centre[j];
    addOuter(v, deviation, d, gram);
  }
  mirrorLower(gram, d);
}

/** Lower triangle of gram <- gram + v x x'. */
function addOuter(v: number, x: Float64Array, d: number, gram: Float64Array): void {
  for (let j = 0; j < d; j++) {
    const left = v * x[j];
    const at = j * d;
    for (let l = 0; l <= j; l++) gram[at + l] += left * x[l];
  }
}

function mirrorLower(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) for (let l = 0; l < j; l++) a[l * n + j] = a[j * n + l];
}

/**
 * factor <- lower Cholesky factor of gram + ridge I (d x d; the upper triangle is left alone).
 * Pivots are floored at 1e-14 of the largest diagonal entry: collinear features are regularised, never refused.
 */
export function factorize(gram: Float64Array, n: number, ridge: number, factor: Float64Array): void {
  const floor = 1e-14 * (largestDiagonal(gram, n) + ridge) + Number.MIN_VALUE;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * n + j] + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / factor[j * n + j];
    }
  }
}

function largestDiagonal(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]);
  return largest;
}

/** b[offset .. offset+n) <- (factor factor')^-1 of itself. */
export function solveInPlace(factor: Float64Array, n: number, b: Float64Array, offset: number): void {
  for (let i = 0; i < n; i++) {
    let sum = b[offset + i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[offset + k];
    b[offset + i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[offset + i];
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * b[offset + k];
    b[offset + i] = sum / factor[i * n + i];
  }
}

/** b' (factor factor')^-1 b; b is overwritten with factor^-1 b. */
export function inverseQuadratic(factor: Float64Array, n: number, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
    total += b[i] * b[i];
  }
  return total;
}

/**
 * Diagonals of P = (G + ridge I)^-1 and of P G P = P - ridge P^2, given the factor of G + ridge I, as their sums:
 * { trace: tr P, spread: tr P G P }. Column by column, O(n^3), not for the hot path.
 */
export function inverseTraces(factor: Float64Array, n: number, ridge: number): { trace: number; spread: number } {
  const column = new Float64Array(n);
  let trace = 0;
  let squares = 0;
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    solveInPlace(factor, n, column, 0);
    trace += column[j];
    for (let i = 0; i < n; i++) squares += column[i] * column[i];
  }
  return { trace, spread: trace - ridge * squares };
}
