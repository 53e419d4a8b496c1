import type { LocalPosterior } from '../hierarchical/posterior.ts';
import type { Question } from '../hierarchical/question.ts';
import type { OwnRows } from '../subspace/gossip.ts';
import type { BasisQuestion } from '../subspace/local.ts';

/**
 * The problem seam: what ONE agent holds. A task hides its data; the strategies see only this.
 *
 * Parameters are a vector of `dimension` numbers. Coordinates from `sharedFrom` on may be coupled with
 * other agents; those before it (a table's intercept) are the agent's own and never leave it.
 *
 * A task learns in one of two ways:
 *   gradient  mini-batches, `gradient` at every step, adapt-then-combine: of a stream (gmrf-regression), or of rows (mlp).
 *   solve     a table: `solve` finds the local optimum under the pull of the neighbours (block Jacobi).
 */
export interface TaskBase {
  readonly dimension: number;
  readonly sharedFrom: number;
}

/** What strategies need of a task that learns by gradients. */
export interface DescentTask extends TaskBase {
  readonly learns: 'gradient';
  /** Where it starts, never written to; w = 0 where left out. */
  readonly initial?: Float64Array;
  /** out <- stochastic gradient at w with the draws keyed by `step`. w is not changed; nothing is allocated. */
  gradient(w: Float64Array, step: number, out: Float64Array): void;
}

/** A stream of mini-batches. */
export interface GradientTask extends DescentTask {
  /**
   * Mean loss at w minus mean loss at `other` over the rows of one mini-batch, the one `gradient` draws at w at this step:
   * rows that nobody has learned from yet, where it is asked before. It spreads as it does on real rows. Nothing is changed.
   */
  lossDifference(w: Float64Array, other: Float64Array, step: number): number;
  /** ||w - wo||^2 / M against the agent's own truth as it is at this step; where it `evaluates`, what it measures instead. */
  squaredDeviation(w: Float64Array, step: number): number;
  /** No truth is known, and what is measured instead may be dear: it is asked at the points of the curve only. */
  readonly evaluates?: boolean;
}

export interface SolveTask extends TaskBase {
  readonly learns: 'solve';
  /** Calls of `solve` that make a local solution from scratch: 1 when exact, more when it is a pass of stochastic gradients. */
  readonly passes: number;
  /**
   * w <- argmin loss(w) + coupling/2 ||w_S||^2 - pull' w_S, S the shared coordinates, loss the SUM over rows.
   * Warm start at w. coupling >= 0 (a tiny ridge keeps it well posed); `pull` has dimension - sharedFrom entries.
   * `step` keys the draws where the solver is stochastic.
   */
  solve(coupling: number, pull: Float64Array, step: number, w: Float64Array): void;
  /** Its posterior under a prior of all its parameters, private ones included; tables have it. */
  posterior?(question: Question): LocalPosterior;
  /** Its best model with slopes in the span of a basis; tables have it. */
  modelIn?(question: BasisQuestion): Float64Array;
  /** The mean loss at w over the agent's training rows, or those held out of them; out <- its gradient, private coordinates included. Tables have it. */
  lossGradient?(w: Float64Array, rows: 'training' | 'heldOut', out: Float64Array): number;
  /** What it tells of its rows while agents learn a basis among themselves; tables have it. */
  readonly ownRows?: OwnRows;
  /** Refit the private coordinates of w with the shared ones held fixed. */
  refitPrivate(w: Float64Array): void;
}

export type Task = DescentTask | SolveTask;
