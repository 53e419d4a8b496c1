/**
 * What ONE agent makes of a prior N(m, Sigma) and its own labels t in {0, 1}: Laplace's approximation.
 *   at w, p = sigmoid(X w):  A = X' diag(p (1-p)) X,  V = (A + P)^-1,  w <- w + V (X'(t - p) - P (w - m))
 * `steps` times from `start`; V is the one of the last step. With h = A w + X'(t - p) a step is mu = V (h + P m), the form
 * of the squared loss with noise 1 (algorithms-3, section 2). A step that raises the objective is halved: far from the
 * optimum, where all p are 0 or 1, Newton's overshoots.
 */
import { copy, type Matrix } from '../linalg/matrix.ts';
import { logLoss, sigmoid } from '../problem/linear-model.ts';
import { score, type Rows } from '../problem/rows.ts';
import { designRow } from './information.ts';
import { dot, inverse, timesVector, type Belief, type LocalPosterior } from './posterior.ts';

const HALVINGS_MAX = 30;
const ROUNDING = 1e-10;

export function laplacePosterior(rows: Rows, belief: Belief, start: Float64Array, steps: number): LocalPosterior {
  let w: Float64Array = start.slice();
  let covariance: Matrix = belief.precision;
  for (let step = 0; step < steps; step++) {
    const { objective, descent, curvature } = expansion(rows, belief, w);
    covariance = inverse(curvature);
    w = descended(rows, belief, w, timesVector(covariance, descent), objective);
  }
  return { mean: w, covariance, residual: 0 };
}

/** Of minus the log posterior at w: its value, minus its gradient, and A + P (the lower triangle). */
function expansion(rows: Rows, { mean, precision }: Belief, w: Float64Array): { objective: number; descent: Float64Array; curvature: Matrix } {
  const x = new Float64Array(w.length);
  const deviation = w.map((value, j) => value - mean[j]);
  const descent = timesVector(precision, deviation).map((value) => -value);
  const curvature = copy(precision);
  let objective = -0.5 * dot(deviation, descent);
  for (let i = 0; i < rows.count; i++) {
    const z = score(rows, i, w);
    const p = sigmoid(z);
    designRow(rows, i, x);
    addToLower(p * (1 - p), x, curvature);
    for (let j = 0; j < w.length; j++) descent[j] += (rows.y[i] - p) * x[j];
    objective += logLoss(z, rows.y[i]);
  }
  return { objective, descent, curvature };
}

function addToLower(factor: number, x: Float64Array, a: Matrix): void {
  const n = x.length;
  for (let i = 0; i < n; i++) for (let j = 0, left = factor * x[i], at = i * n; j <= i; j++) a.data[at + j] += left * x[j];
}

/** Rounding decides which of two objectives is the smaller where a step hardly moves anything: the full step counts there. */
function descended(rows: Rows, belief: Belief, w: Float64Array, step: Float64Array, before: number): Float64Array {
  for (let halving = 0, length = 1; halving < HALVINGS_MAX; halving++, length /= 2) {
    const next = w.map((value, j) => value + length * step[j]);
    if (objectiveAt(rows, belief, next) <= before + ROUNDING * (1 + Math.abs(before))) return next;
  }
  return w;
}

function objectiveAt(rows: Rows, { mean, precision }: Belief, w: Float64Array): number {
  const deviation = w.map((value, j) => value - mean[j]);
  let total = 0.5 * dot(deviation, timesVector(precision, deviation));
  for (let i = 0; i < rows.count; i++) total += logLoss(score(rows, i, w), rows.y[i]);
  return total;
}
