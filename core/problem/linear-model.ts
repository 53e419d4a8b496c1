/**
 * The seam between a loss and everything built on it: a linear model z_i = w_0 + x_i' w_S on one set of rows,
 *   loss(w) = sum over rows of l(z_i, y_i).
 * w_0 (coordinate 0) is the intercept: the agent's own, never penalised, never coupled. w_S are the d slopes.
 */
import type { LocalModel } from './local-model.ts';

/** Keeps an uncoupled local problem well posed; acts on the slopes only. */
export const TINY_RIDGE = 1e-9;

export interface LinearModel extends LocalModel {
  /** Upper bound of d2l/dz2. */
  readonly curvatureMax: number;
  /** l(z, y). */
  rowLoss(z: number, y: number): number;
  /** dl/dz. */
  rowSlope(z: number, y: number): number;
}

/** 1/2 (z - y)^2 */
export function squaredLoss(z: number, y: number): number {
  return 0.5 * (z - y) * (z - y);
}

/** log(1 + exp(-m)), m = z for label 1 and -z for label 0; no overflow. */
export function logLoss(z: number, y: number): number {
  const m = y > 0 ? z : -z;
  return m > 0 ? Math.log1p(Math.exp(-m)) : Math.log1p(Math.exp(m)) - m;
}

/** 1 / (1 + exp(-z)) */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
