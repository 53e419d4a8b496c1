/**
 * What ONE agent makes of its rows for a shared linear representation: slopes w = B a, B (d x k) common to all, the head
 * a (k) and the intercept its own (algorithms-2, C1). Rows stay here; two products g (2d numbers) leave once, then in every
 * round the gradient u (d) and the head (k).
 *
 *   g_h = (1/n_h) sum over half h of y x     (intercept: centred by the half's means, 1/(n_h - 1))
 *   Z = X B, a = (Z'Z + ridge I)^-1 Z'y, u = X'(Z a - y) / N     (labels: ridge Newton steps, p - y for Z a - y)
 */
import { multiply, zeros, type Matrix } from '../linalg/matrix.ts';
import { sigmoid } from '../problem/linear-model.ts';
import { LogisticModel } from '../problem/logistic-model.ts';
import { centredGram, factorize, solveInPlace, weightedCentre } from '../problem/normal-equations.ts';
import type { Rows } from '../problem/rows.ts';
import { gatherRows, score } from '../problem/rows.ts';

export interface LocalLoss {
  readonly loss: 'squared' | 'logistic';
  /** Whether the model has an intercept, which is the agent's own. */
  readonly intercept: boolean;
}

/** Of y x over each half of the rows: independent of one another, so that the noise of their product has mean 0. */
export interface HalfMoments {
  readonly rows: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Sum of y^2, centred where there is an intercept. */
  readonly squares: number;
}

/** To one agent. `basis` need not be orthonormal; `ridge` acts on the head. */
export interface BasisQuestion {
  readonly basis: Matrix;
  readonly ridge: number;
}

export interface HeadAnswer {
  readonly gradient: Float64Array;
  readonly head: Float64Array;
}

/** Of the own rows as well: the sum of squares that the head leaves; of labels, of their probabilities. */
export interface OwnHead extends HeadAnswer {
  readonly residual: number;
}

/** Of the basis. Of labels: their curvature is at most 1/4. */
export const STEP_SIZE = { squared: 1, logistic: 4 } as const;
/** Of labels, on the mean of the losses: a separable task has no finite head. */
export const LOGISTIC_RIDGE = 0.05;
const RIDGE_RELATIVE = 1e-12;

/** Least squares of a head is ill-posed below 2k + 2 rows, and one more for an intercept; labels are always shrunk. */
export function rowsForHead(rank: number, { loss, intercept }: LocalLoss): number {
  return loss === 'logistic' ? 0 : 2 * rank + 2 + (intercept ? 1 : 0);
}

/** On the head in a white basis: where rows are too few it is shrunk, as noise over the heads' own variance says (`shrinking`). */
export function headRidge(rows: number, isShort: boolean, shrinking: number, { loss }: LocalLoss): number {
  if (loss === 'logistic') return LOGISTIC_RIDGE * rows;
  return isShort ? shrinking : 0;
}

/** Every other row belongs to the first half: rows in the order of time are halved alike. */
export function halfMoments(rows: Rows, intercept: boolean): HalfMoments {
  const order = Array.from({ length: rows.count }, (_, i) => i);
  const half = (parity: number): Float64Array =>
    product(
      gatherRows(
        rows,
        order.filter((i) => i % 2 === parity),
      ),
      intercept,
    );
  const mean = intercept ? rows.y.reduce((sum, y) => sum + y, 0) / Math.max(rows.count, 1) : 0;
  return { rows: rows.count, first: half(0), second: half(1), squares: rows.y.reduce((sum, y) => sum + (y - mean) ** 2, 0) };
}

function product(rows: Rows, intercept: boolean): Float64Array {
  const out = new Float64Array(rows.features);
  const centre = centreOf(rows, intercept);
  for (let i = 0; i < rows.count; i++) for (let j = 0; j < out.length; j++) out[j] += (rows.x[i * out.length + j] - centre[j]) * rows.y[i];
  const count = rows.count - (intercept ? 1 : 0);
  return count > 0 ? out.map((value) => value / count) : out.fill(0);
}

/** X'X (d x d), centred where there is an intercept: what the whitening is made of. */
export function scatterOf(rows: Rows, intercept: boolean): Matrix {
  const d = rows.features;
  const out = zeros(d, d);
  centredGram(rows, undefined, centreOf(rows, intercept), out.data, new Float64Array(d));
  return out;
}

export function headAnswer(rows: Rows, about: LocalLoss, question: BasisQuestion): OwnHead {
  const projected = projectedRows(rows, question.basis);
  const model = headModel(projected, about, question.ridge);
  const d = rows.features;
  const gradient = new Float64Array(d);
  let squares = 0;
  for (let i = 0; i < rows.count; i++) {
    const z = score(projected, i, model);
    const residual = (about.loss === 'squared' ? z : sigmoid(z)) - rows.y[i];
    squares += residual * residual;
    for (let j = 0; j < d; j++) gradient[j] += residual * rows.x[i * d + j];
  }
  for (let j = 0; j < d; j++) gradient[j] /= Math.max(rows.count, 1);
  return { gradient, head: model.slice(1), residual: squares };
}

/** The agent's model in all its parameters, the intercept first: (1 + d). */
export function modelIn(rows: Rows, about: LocalLoss, { basis, ridge }: BasisQuestion): Float64Array {
  const model = headModel(projectedRows(rows, basis), about, ridge);
  const out = new Float64Array(1 + basis.rows);
  out[0] = model[0];
  for (let j = 0; j < basis.rows; j++) for (let c = 0; c < basis.cols; c++) out[1 + j] += basis.data[j * basis.cols + c] * model[1 + c];
  return out;
}

/** Z = X B. */
export function projectedRows(rows: Rows, basis: Matrix): Rows {
  const z = multiply({ rows: rows.count, cols: rows.features, data: rows.x }, basis);
  return { count: rows.count, features: basis.cols, x: z.data, y: rows.y };
}

/** Intercept (0 where there is none) and head (k). */
function headModel(rows: Rows, { loss, intercept }: LocalLoss, ridge: number): Float64Array {
  const w = new Float64Array(1 + rows.features);
  if (loss === 'logistic') new LogisticModel(rows).solve(ridge, new Float64Array(rows.features), w);
  else leastSquares(rows, intercept, ridge, w);
  return w;
}

function leastSquares(rows: Rows, intercept: boolean, ridge: number, w: Float64Array): void {
  const k = rows.features;
  const centre = centreOf(rows, intercept);
  const gram = new Float64Array(k * k);
  centredGram(rows, undefined, centre, gram, new Float64Array(k));
  let total = 0;
  for (let c = 0; c < k; c++) total += gram[c * k + c];
  for (let i = 0; i < rows.count; i++) for (let c = 0; c < k; c++) w[1 + c] += (rows.x[i * k + c] - centre[c]) * rows.y[i];
  const factor = new Float64Array(k * k);
  factorize(gram, k, ridge + RIDGE_RELATIVE * total, factor);
  solveInPlace(factor, k, w, 1);
  if (!intercept || rows.count === 0) return;
  w[0] = rows.y.reduce((sum, y) => sum + y, 0) / rows.count;
  for (let c = 0; c < k; c++) w[0] -= centre[c] * w[1 + c];
}

function centreOf(rows: Rows, intercept: boolean): Float64Array {
  const centre = new Float64Array(rows.features);
  if (intercept) weightedCentre(rows, undefined, centre);
  return centre;
}
