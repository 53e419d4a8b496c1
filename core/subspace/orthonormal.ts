/**
 * The orthonormal factor Q of A = Q R with diag R > 0, which makes it unique: everybody who computes it of the same A has the
 * same Q. Gram-Schmidt column by column, each twice (Parlett, The Symmetric Eigenvalue Problem, 6.9: twice is enough).
 */
import { copy, type Matrix } from '../linalg/matrix.ts';

/** What is left of a column that depends on those before it, relative to the column, is rounding. */
const DEPENDENT = 1e-13;

/** A (n x k), k <= n. A column that depends on those before it gives way to the first coordinate that does not. */
export function orthonormal(a: Matrix): Matrix {
  const q = copy(a);
  for (let c = 0; c < q.cols; c++) {
    const before = columnNorm(q, c);
    withoutEarlier(q, c);
    for (let j = 0; !(columnNorm(q, c) > DEPENDENT * before) && j < q.rows; j++) {
      for (let i = 0; i < q.rows; i++) q.data[i * q.cols + c] = i === j ? 1 : 0;
      withoutEarlier(q, c);
      // As long as it is: a coordinate that the earlier columns nearly span is no direction of its own.
      if (columnNorm(q, c) > 0.5 / Math.sqrt(q.rows)) break;
    }
    scale(q, c, 1 / columnNorm(q, c));
  }
  return q;
}

function withoutEarlier(q: Matrix, c: number): void {
  for (let pass = 0; pass < 2; pass++) for (let earlier = 0; earlier < c; earlier++) subtract(q, c, earlier, inner(q, c, earlier));
}

function inner({ rows, cols, data }: Matrix, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * cols + a] * data[i * cols + b];
  return sum;
}

function columnNorm(q: Matrix, c: number): number {
  return Math.sqrt(inner(q, c, c));
}

function subtract({ rows, cols, data }: Matrix, from: number, column: number, factor: number): void {
  for (let i = 0; i < rows; i++) data[i * cols + from] -= factor * data[i * cols + column];
}

function scale({ rows, cols, data }: Matrix, c: number, factor: number): void {
  for (let i = 0; i < rows; i++) data[i * cols + c] *= factor;
}
