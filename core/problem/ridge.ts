/**
 * The two strengths a table chooses for itself: the ridge of "alone" and the eta of the graph arms.
 *
 * ridge  ONE lambda for all agents: the grid point with the least leave-one-out loss summed over agents.
 * eta    the grid point with the least held-out loss summed over agents.
 * Both grids are relative to the data's own curvature, so that neither units nor row counts move the choice.
 */
const RIDGE_DECADES_MIN = -6;
const RIDGE_DECADES_MAX = 3;
const RIDGE_POINTS_PER_DECADE = 4;

/** lambda relative to (mean training rows per agent) x (mean variance of a feature): 37 points, 1e-6 to 1e3. */
export function ridgeGrid(meanRows: number, meanFeatureVariance: number): number[] {
  const unit = Math.max(meanRows * meanFeatureVariance, Number.MIN_VALUE);
  const points = (RIDGE_DECADES_MAX - RIDGE_DECADES_MIN) * RIDGE_POINTS_PER_DECADE;
  return Array.from({ length: points + 1 }, (_, p) => unit * 10 ** (RIDGE_DECADES_MIN + p / RIDGE_POINTS_PER_DECADE));
}

const ETA_DECADES_MIN = -3;
const ETA_DECADES_MAX = 1;
export const ETA_POINTS = 13;

/**
 * eta such that an agent's mean pull eta tr(L)/K is 1e-3 to 10 times the mean curvature of the local losses.
 * Above 10 the block Jacobi rounds, which shrink an error by coupling / (coupling + curvature), would not settle.
 */
export function etaGrid(meanCurvature: number, meanDegree: number): number[] {
  const unit = meanCurvature / meanDegree;
  const decades = (ETA_DECADES_MAX - ETA_DECADES_MIN) / (ETA_POINTS - 1);
  return Array.from({ length: ETA_POINTS }, (_, p) => unit * 10 ** (ETA_DECADES_MIN + p * decades));
}

/** Index of the least total over agents; the first of equals. losses[k][p]: agent k at grid point p. */
export function leastTotal(losses: readonly ArrayLike<number>[]): number {
  const totals = new Float64Array(losses[0]?.length ?? 0);
  for (const own of losses) for (let p = 0; p < totals.length; p++) totals[p] += own[p];
  let best = 0;
  for (let p = 1; p < totals.length; p++) if (totals[p] < totals[best] || Number.isNaN(totals[best])) best = p;
  return best;
}

/** The ridge of all agents: losses[k] is agent k's leave-one-out loss over the grid. */
export function chooseRidge(losses: readonly Float64Array[], grid: readonly number[]): number {
  return grid[leastTotal(losses)];
}
