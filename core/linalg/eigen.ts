/**
 * Eigenpairs of symmetric matrices. The ONLY file that imports ml-matrix, and only estimation needs it:
 * nothing an agent process loads may import this file, directly or not.
 */
import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { assert } from '../errors.ts';
import { toRows, zeros, type Matrix } from './matrix.ts';

export interface Eigenpairs {
  /** Ascending. */
  readonly values: Float64Array;
  /** Column j belongs to values[j]; its entry of largest magnitude is positive. */
  readonly vectors: Matrix;
}

/** A = V diag(values) V' of a symmetric A (n x n), V orthogonal. */
export function symmetricEigen(a: Matrix): Eigenpairs {
  assert(a.data.every(Number.isFinite), 'eigenvalues of a matrix that is not finite');
  if (a.rows === 0) return { values: new Float64Array(0), vectors: zeros(0, 0) };
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Dense(toRows(a)), { assumeSymmetric: true });
  const order = realEigenvalues.map((_, j) => j).sort((p, q) => realEigenvalues[p] - realEigenvalues[q]);
  const vectors = zeros(a.rows, a.rows);
  order.forEach((source, target) => placeColumn(eigenvectorMatrix.getColumn(source), target, vectors));
  return { values: Float64Array.from(order, (j) => realEigenvalues[j]), vectors };
}

/** A solver is free to flip signs; we are not: results must not depend on it. */
function placeColumn(column: readonly number[], j: number, vectors: Matrix): void {
  const largest = column.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  const sign = largest < 0 ? -1 : 1;
  for (let i = 0; i < column.length; i++) vectors.data[i * vectors.cols + j] = sign * column[i];
}

/** V diag(values) V', exactly symmetric. */
export function recompose(values: ArrayLike<number>, vectors: Matrix): Matrix {
  const { rows, cols, data } = vectors;
  const out = zeros(rows, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < cols; k++) sum += data[i * cols + k] * values[k] * data[j * cols + k];
      out.data[i * rows + j] = sum;
      out.data[j * rows + i] = sum;
    }
  }
  return out;
}
