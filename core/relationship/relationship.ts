import { assert } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';

/**
 * HOW the tasks are related. One kind as another: convert.ts.
 *
 * precision: the Laplacian L (K x K, symmetric, L 1 = 0) of a Gaussian Markov random field:
 * column m of the K x M matrix of true parameters ~ N(0, pinv(L)). -L_kl >= 0 is the strength between agents k and l.
 *
 * covariance: the same field by its covariance Omega (K x K, positive semidefinite), what all agents have in common included.
 *
 * groups: who learns together; a task in several is served by one of them. As a graph: I - 11'/|A| in every group A.
 *
 * prior: every agent's parameters (D, a table's intercept included) ~ N(mean, covariance), all agents alike.
 *
 * subspace: every agent's slopes are B a, the basis B (d x k) common to all, the head a (k) its own.
 */
export type Relationship = PrecisionRelationship | CovarianceRelationship | PriorRelationship | SubspaceRelationship | GroupsRelationship;

export interface PrecisionRelationship {
  readonly kind: 'precision';
  readonly agents: number;
  readonly laplacian: Matrix;
}

export interface CovarianceRelationship {
  readonly kind: 'covariance';
  readonly agents: number;
  readonly covariance: Matrix;
  /** Its graph is that of its precision. */
  readonly laplacian?: never;
}

export interface PriorRelationship {
  readonly kind: 'prior';
  readonly agents: number;
  readonly prior: Prior;
  /** A graph on top, where one was adopted: L* (K x K), trace K - 1. */
  readonly laplacian?: Matrix;
}

export interface SubspaceRelationship {
  readonly kind: 'subspace';
  readonly agents: number;
  /** Orthonormal columns. */
  readonly basis: Matrix;
  /** Where it is known how heads are shrunk: to hold the basis in another run. */
  readonly heads?: SubspaceHeads;
  /** There is no graph. */
  readonly laplacian?: never;
}

/** A head a of few rows is shrunk by ridge a' C^-1 a, C = `covariance` (k x k) of heads in white features but for a factor. */
export interface SubspaceHeads {
  readonly covariance: Matrix;
  readonly ridge: number;
}

export interface GroupsRelationship {
  readonly kind: 'groups';
  readonly agents: number;
  /** Agents ascending. An agent that told nothing is in none. */
  readonly groups: readonly (readonly number[])[];
  /** By agent: the index of its group; -1 for one that is in none. */
  readonly servedBy: readonly number[];
  readonly laplacian: Matrix;
}

/** N(mean, covariance): D and D x D. */
export interface Prior {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** A figure the estimator noticed about its own answer, in plain words. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly value?: number;
}

/** The graph of a relationship that has one. */
export function laplacianOf(relationship: Relationship): Matrix {
  assert(relationship.kind === 'precision', `a relationship of kind ${relationship.kind} has no Laplacian`);
  return relationship.laplacian;
}
