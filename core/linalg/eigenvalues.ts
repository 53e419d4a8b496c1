/**
 * Eigenvalues of a symmetric matrix without its eigenvectors: a fraction of the time of eigen.ts where there are hundreds of rows.
 *
 * Householder reflections A <- (I - b v v') A (I - b v v'), b = 2 / v'v, leave a tridiagonal T; as many eigenvalues of T lie
 * below x as there are negative pivots in T - x I (Sturm), so each is found by halving (Golub and Van Loan, 8.3 and 8.4).
 */
import { copy, type Matrix } from './matrix.ts';

/** Ascending, to rounding of the largest; `a` (n x n) is not changed, and only its lower triangle is read. */
export function symmetricEigenvalues(a: Matrix): Float64Array {
  const { diagonal, beside } = tridiagonal(copy(a));
  const radius = diagonal.reduce((most, d, i) => Math.max(most, Math.abs(d) + Math.abs(beside[i] ?? 0) + Math.abs(beside[i - 1] ?? 0)), 0);
  const values = new Float64Array(diagonal.length);
  for (let k = 0; k < values.length; k++) {
    let [low, high] = [k === 0 ? -radius : values[k - 1], radius];
    while (high - low > 2 * Number.EPSILON * radius) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      if (countBelow(diagonal, beside, middle) > k) high = middle;
      else low = middle;
    }
    values[k] = (low + high) / 2;
  }
  return values;
}

/** How many eigenvalues are below x: negative pivots q_i = d_i - x - e_{i-1}^2 / q_{i-1}. */
function countBelow(diagonal: Float64Array, beside: Float64Array, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i] - x - (i === 0 ? 0 : (beside[i - 1] * beside[i - 1]) / (pivot === 0 ? Number.MIN_VALUE : pivot));
    if (pivot < 0) count++;
  }
  return count;
}

/** Overwrites the lower triangle of `a`. */
function tridiagonal({ rows: n, data }: Matrix): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(Math.max(0, n - 1));
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    let squares = 0;
    for (let i = k + 1; i < n; i++) squares += (v[i] = data[i * n + k]) ** 2;
    // The sign that does not cancel.
    beside[k] = v[k + 1] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    v[k + 1] -= beside[k];
    const length2 = squares - beside[k] * data[(k + 1) * n + k];
    if (length2 > 0) reflect(data, n, k + 1, v, 1 / length2, w);
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => data[i * n + i]), beside };
}

/** A <- H A H over the rows from `from` on, H = I - b v v', as A - v w' - w v' with p = b A v, w = p - (b / 2) (p'v) v. */
function reflect(data: Float64Array, n: number, from: number, v: Float64Array, b: number, w: Float64Array): void {
  w.fill(0, from);
  for (let i = from; i < n; i++) {
    let sum = 0;
    for (let j = from; j < i; j++) {
      sum += data[i * n + j] * v[j];
      w[j] += data[i * n + j] * v[i];
    }
    w[i] += sum + data[i * n + i] * v[i];
  }
  let inner = 0;
  for (let i = from; i < n; i++) inner += (w[i] *= b) * v[i];
  for (let i = from; i < n; i++) w[i] -= (b / 2) * inner * v[i];
  for (let i = from; i < n; i++) for (let j = from; j <= i; j++) data[i * n + j] -= v[i] * w[j] + w[i] * v[j];
}
