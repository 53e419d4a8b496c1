/**
 * A shared basis that is held, not learned: what agents are asked about it, once.
 * Few rows shrink a head as where the basis was learned: there the penalty was r |a|^2 on heads in a white basis W = B R, B orthonormal.
 * In B that is r a' C^-1 a with C = R R'; and B C^1/2 is W but for a rotation of the heads, which changes neither penalty nor model.
 */
import { recompose, symmetricEigen } from '../linalg/eigen.ts';
import { multiply, transpose, type Matrix } from '../linalg/matrix.ts';
import type { SubspaceHeads } from '../relationship/relationship.ts';
import { headRidge, rowsForHead, type BasisQuestion, type LocalLoss } from './local.ts';

/** C (k x k) of a white basis and the orthonormal one of its span (both d x k), and r: what another run needs to shrink heads alike. */
export function headsOf(white: Matrix, basis: Matrix, ridge: number): SubspaceHeads {
  const R = multiply(transpose(basis), white);
  return { covariance: multiply(R, transpose(R)), ridge };
}

export interface HeldBasis {
  /** In the order of `rows`. */
  readonly questions: readonly BasisQuestion[];
  /** Agents with too few rows for least squares of a head. */
  readonly short: number;
}

/** `rows`: N by agent. */
export function heldBasis(basis: Matrix, { covariance, ridge }: SubspaceHeads, rows: readonly number[], about: LocalLoss): HeldBasis {
  const { values, vectors } = symmetricEigen(covariance);
  const root = recompose(
    values.map((value) => Math.sqrt(Math.max(value, 0))),
    vectors,
  );
  const white = multiply(basis, root);
  const isShort = rows.map((count) => count < rowsForHead(basis.cols, about));
  const questions = rows.map((count, t) => ({ basis: white, ridge: headRidge(count, isShort[t], ridge, about) }));
  return { questions, short: isShort.filter(Boolean).length };
}
