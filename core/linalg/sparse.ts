/**
 * Products with a matrix that is mostly zeros, such as a combine matrix of many agents with few neighbours each: only its
 * entries are visited, and nothing is allocated. Sums run in index order, so the bits are those of `multiply`.
 */
import type { Matrix } from './matrix.ts';

/** The entries of row i are at starts[i] .. starts[i + 1] - 1, by ascending column. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** The entries of `a` that are not zero. */
export function sparseRows(a: Matrix): SparseRows {
  const count = a.data.reduce((sum, x) => (x === 0 ? sum : sum + 1), 0);
  const sparse = { starts: new Int32Array(a.rows + 1), columns: new Int32Array(count), values: new Float64Array(count) };
  let at = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.cols; k++) {
      const x = a.data[i * a.cols + k];
      if (x === 0) continue;
      sparse.columns[at] = k;
      sparse.values[at++] = x;
    }
    sparse.starts[i + 1] = at;
  }
  return sparse;
}

/** out <- a b; out is not b. */
export function multiplySparse({ starts, columns, values }: SparseRows, b: Matrix, out: Matrix): void {
  const n = b.cols;
  out.data.fill(0);
  for (let i = 0; i < out.rows; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) addScaledRow(b.data, columns[at] * n, values[at], out.data, i * n, n);
  }
}

/** out[to ..] += factor source[from ..], n numbers. */
function addScaledRow(source: Float64Array, from: number, factor: number, out: Float64Array, to: number, n: number): void {
  for (let j = 0; j < n; j++) out[to + j] += factor * source[from + j];
}

/** out <- b a'; out is not b. */
export function multiplySparseTransposed(b: Matrix, { starts, columns, values }: SparseRows, out: Matrix): void {
  for (let i = 0; i < b.rows; i++) {
    const row = b.data.subarray(i * b.cols, (i + 1) * b.cols);
    for (let j = 0; j < out.cols; j++) {
      let sum = 0;
      for (let at = starts[j]; at < starts[j + 1]; at++) sum += values[at] * row[columns[at]];
      out.data[i * out.cols + j] = sum;
    }
  }
}
