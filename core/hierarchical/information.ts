/**
 * Everything the squared loss needs of an agent's rows, X = [1, x] (N x D, the intercept first):
 *   matrix A = X'X (D x D), moment h = X'y (D), squares y'y, rows N.
 * Defined for N < D too, where the covariance of a local estimate is not: information travels, not covariance
 * (algorithms-3, section 2).
 */
import { zeros, type Matrix } from '../linalg/matrix.ts';
import type { Rows } from '../problem/rows.ts';

export interface Information {
  readonly rows: number;
  readonly matrix: Matrix;
  readonly moment: Float64Array;
  readonly squares: number;
}

export function informationOf(rows: Rows): Information {
  const D = 1 + rows.features;
  const matrix = zeros(D, D);
  const moment = new Float64Array(D);
  const x = new Float64Array(D);
  let squares = 0;
  for (let i = 0; i < rows.count; i++) {
    designRow(rows, i, x);
    addOuter(1, x, matrix);
    for (let j = 0; j < D; j++) moment[j] += x[j] * rows.y[i];
    squares += rows.y[i] ** 2;
  }
  return { rows: rows.count, matrix, moment, squares };
}

/** out <- (1, x_i). */
export function designRow(rows: Rows, i: number, out: Float64Array): void {
  const d = rows.features;
  out[0] = 1;
  for (let j = 0; j < d; j++) out[1 + j] = rows.x[i * d + j];
}

/** a += factor x x', exactly symmetric. */
export function addOuter(factor: number, x: Float64Array, a: Matrix): void {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    const left = factor * x[i];
    for (let j = 0; j <= i; j++) {
      a.data[i * n + j] += left * x[j];
      a.data[j * n + i] = a.data[i * n + j];
    }
  }
}
