/** What a table's task needs of a model of its rows, whatever the loss; parameters before `ownParameters` are the agent's own. */
import type { Rows } from './rows.ts';

export interface LocalModel {
  readonly rows: Rows;
  /** w <- argmin loss(w) + (coupling + tiny)/2 ||w_S||^2 - pull' w_S. */
  solve(coupling: number, pull: Float64Array, w: Float64Array): void;
  /** w's own parameters <- argmin loss with w_S held. */
  refitPrivate(w: Float64Array): void;
  /** Mean diagonal of the shared Hessian, the own parameters profiled out, before anything is learned. */
  meanCurvature(): number;
  /** Sum over rows of the loss of row i under the ridge solution without row i (exact for squares, else approximate). */
  leaveOneOutLoss(ridge: number): number;
  /** Mean over the shared parameters of the variance of the ridge solution, in units of the residual variance where it has one. */
  meanSpread(ridge: number): number;
  /** Residual sum of squares of the ridge solution and its degrees of freedom; 0, 0 where the loss knows none. */
  residualSums(ridge: number): { rss: number; dof: number };
}
