/** A symmetric matrix as its lower triangle, row by row: n (n + 1) / 2 numbers, every bit kept. */
import { assert } from '../errors.ts';
import { zeros, type Matrix } from './matrix.ts';

export function lowerTriangle(a: Matrix): Float64Array {
  const out = new Float64Array((a.rows * (a.rows + 1)) / 2);
  for (let i = 0, at = 0; i < a.rows; i++) for (let j = 0; j <= i; j++) out[at++] = a.data[i * a.cols + j];
  return out;
}

export function fromLowerTriangle(triangle: ArrayLike<number>, n: number): Matrix {
  assert(triangle.length === (n * (n + 1)) / 2, `${triangle.length} numbers are no triangle of ${n} rows`);
  const out = zeros(n, n);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++) out.data[i * n + j] = out.data[j * n + i] = triangle[at++];
  return out;
}
