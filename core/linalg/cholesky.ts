/**
 * Cholesky factors A = C C' of symmetric positive definite matrices, and what is solved with them.
 * Golub and Van Loan, Matrix Computations, 4.2. Only the lower triangle of A is read.
 */
import { zeros, type Matrix } from './matrix.ts';

/** The lower factor C (n x n) of A = C C', or undefined when A is not positive definite. */
export function cholesky(a: Matrix): Matrix | undefined {
  const n = a.rows;
  const c = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = a.data[i * n + j] - rowProduct(c, i, j, j);
      if (i !== j) c.data[i * n + j] = rest / c.data[j * n + j];
      else if (rest > 0 && rest < Infinity) c.data[i * n + i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return c;
}

/** sum over k < count of c_ik c_jk. */
function rowProduct(c: Matrix, i: number, j: number, count: number): number {
  const n = c.cols;
  let sum = 0;
  for (let k = 0; k < count; k++) sum += c.data[i * n + k] * c.data[j * n + k];
  return sum;
}

/** out <- C^-1 b; out may be b. */
export function solveLower(c: Matrix, b: Float64Array, out: Float64Array): void {
  const n = c.rows;
  for (let i = 0; i < n; i++) {
    let rest = b[i];
    for (let k = 0; k < i; k++) rest -= c.data[i * n + k] * out[k];
    out[i] = rest / c.data[i * n + i];
  }
}

/** out <- C'^-1 b; out may be b. With b ~ N(0, I) this samples N(0, A^-1). */
export function solveLowerTransposed(c: Matrix, b: Float64Array, out: Float64Array): void {
  const n = c.rows;
  for (let i = n - 1; i >= 0; i--) {
    let rest = b[i];
    for (let k = i + 1; k < n; k++) rest -= c.data[k * n + i] * out[k];
    out[i] = rest / c.data[i * n + i];
  }
}

/** out <- A^-1 b for A = C C'; out may be b. */
export function choleskySolve(factor: Matrix, b: Float64Array, out: Float64Array): void {
  solveLower(factor, b, out);
  solveLowerTransposed(factor, out, out);
}

/** A^-1 (n x n, exactly symmetric) for A = C C'. */
export function choleskyInverse(factor: Matrix): Matrix {
  const n = factor.rows;
  const inverse = zeros(n, n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0)[j] = 1;
    choleskySolve(factor, column, column);
    for (let i = j; i < n; i++) {
      inverse.data[i * n + j] = column[i];
      inverse.data[j * n + i] = column[i];
    }
  }
  return inverse;
}
