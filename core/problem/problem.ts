/**
 * The problem seam: what ONE agent holds. A task hides its data; the strategies see only this.
 *
 * Parameters are a vector of `dimension` numbers. Coordinates from `sharedFrom` on may be coupled with
 * other agents; those before it (a table's intercept) are the agent's own and never leave it.
 *
 * A task learns in one of two ways:
 *   gradient  a stream of mini-batches (gmrf-regression): `gradient` at every step, adapt-then-combine.
 *   solve     a table: `solve` finds the local optimum under the pull of the neighbours (block Jacobi).
 */
export interface TaskBase {
  readonly dimension: number;
  readonly sharedFrom: number;
}

export interface GradientTask extends TaskBase {
  readonly learns: 'gradient';
  /** out <- stochastic gradient at w with the draws keyed by `step`. w is not changed; nothing is allocated. */
  gradient(w: Float64Array, step: number, out: Float64Array): void;
  /** ||w - wo||^2 / M against the agent's own truth. */
  squaredDeviation(w: Float64Array): number;
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
  /** Refit the private coordinates of w with the shared ones held fixed. */
  refitPrivate(w: Float64Array): void;
}

export type Task = GradientTask | SolveTask;
