import type { Matrix } from '../linalg/matrix.ts';

/**
 * HOW the tasks are related. Kinds still to come: covariance, prior, groups, subspace.
 *
 * precision: the Laplacian L (K x K, symmetric, L 1 = 0) of a Gaussian Markov random field:
 * column m of the K x M matrix of true parameters ~ N(0, pinv(L)). -L_kl >= 0 is the strength between agents k and l.
 */
export interface Relationship {
  readonly kind: 'precision';
  readonly agents: number;
  readonly laplacian: Matrix;
}

/** A figure the estimator noticed about its own answer, in plain words. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly value?: number;
}
