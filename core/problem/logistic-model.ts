/**
 * Logistic regression with an own intercept, by damped Newton steps, warm started.
 *
 * With p = sigmoid(z) and weights v = p(1-p), the step in the slopes solves (G_v + c I) s = -(g_S - c_v g_0), g the
 * gradient, G_v and c_v the weighted centred Gram and centre; the intercept follows as -g_0/V - c_v's.
 *
 * Safe under separation: slopes are held by coupling + tiny ridge; a task of a single class has no finite
 * intercept and stops at log-odds +-40, where its loss is rounding.
 */
import { TINY_RIDGE, logLoss, sigmoid, type LinearModel } from './linear-model.ts';
import { centredGram, factorize, inverseQuadratic, inverseTraces, solveInPlace, weightedCentre } from './normal-equations.ts';
import { score, type Rows } from './rows.ts';

const STEPS_MAX = 100;
const HALVINGS_MAX = 30;
/** Squared Newton decrements: below NEAR a full step always helps; below the tolerance it moves nothing that matters. */
const NEAR = 1e-2;
const DECREMENT_TOLERANCE = 1e-11;
/** sigmoid(-40) = 4e-18: the loss and slope of a row there are rounding. */
const INTERCEPT_MAX = 40;

export class LogisticModel implements LinearModel {
  readonly rows: Rows;
  readonly curvatureMax = 0.25;
  readonly rowLoss = logLoss;
  private readonly weights: Float64Array;
  private readonly centre: Float64Array;
  private readonly gram: Float64Array;
  private readonly factor: Float64Array;
  private readonly slopes: Float64Array;
  private readonly step: Float64Array;
  private readonly trial: Float64Array;
  private readonly scratch: Float64Array;
  private weightSum = 0;

  constructor(rows: Rows) {
    const d = rows.features;
    this.rows = rows;
    this.weights = new Float64Array(rows.count);
    this.centre = new Float64Array(d);
    this.gram = new Float64Array(d * d);
    this.factor = new Float64Array(d * d);
    this.slopes = new Float64Array(1 + d);
    this.step = new Float64Array(1 + d);
    this.trial = new Float64Array(1 + d);
    this.scratch = new Float64Array(d);
  }

  rowSlope(z: number, y: number): number {
    return sigmoid(z) - y;
  }

  solve(coupling: number, pull: Float64Array, w: Float64Array): void {
    const ridge = coupling + TINY_RIDGE;
    for (let s = 0; s < STEPS_MAX; s++) {
      this.curvatureAt(ridge, w);
      const decrement = this.newtonStep(ridge, pull, w);
      if (decrement <= NEAR) {
        if (this.polish(ridge, pull, w, decrement)) return;
      } else if (!this.descend(ridge, pull, w, decrement)) return;
    }
  }

  /**
   * Near the optimum: full steps that keep the factor, each costing one gradient. False when they stop shrinking
   * the decrement tenfold, and a fresh Hessian is due.
   */
  private polish(ridge: number, pull: Float64Array, w: Float64Array, decrement: number): boolean {
    for (let last = decrement; ;) {
      this.move(w, 1, w);
      this.gradientAndWeights(w);
      const next = this.newtonStep(ridge, pull, w);
      if (next <= DECREMENT_TOLERANCE) return true;
      if (next > 0.1 * last) return false;
      last = next;
    }
  }

  /** this.step <- the step at w with the factor at hand; returns the squared decrement -gradient' step. */
  private newtonStep(ridge: number, pull: Float64Array, w: Float64Array): number {
    const d = this.rows.features;
    const { step, centre } = this;
    const g = this.slopes;
    for (let j = 0; j < d; j++) {
      g[1 + j] += ridge * w[1 + j] - pull[j];
      step[1 + j] = centre[j] * g[0] - g[1 + j];
    }
    solveInPlace(this.factor, d, step, 1);
    step[0] = this.weightSum > 0 ? -g[0] / this.weightSum : 0;
    for (let j = 0; j < d; j++) step[0] -= centre[j] * step[1 + j];
    return -dot(g, step);
  }

  /** Gradient of the loss, weights, centre, Gram and its factor at w. */
  private curvatureAt(ridge: number, w: Float64Array): void {
    this.gradientAndWeights(w);
    this.weightSum = weightedCentre(this.rows, this.weights, this.centre);
    centredGram(this.rows, this.weights, this.centre, this.gram, this.scratch);
    factorize(this.gram, this.rows.features, ridge, this.factor);
  }

  private gradientAndWeights(w: Float64Array): void {
    const { rows, weights } = this;
    const d = rows.features;
    const x = rows.x;
    const g = this.slopes.fill(0);
    for (let i = 0; i < rows.count; i++) {
      const p = sigmoid(score(rows, i, w));
      const error = p - rows.y[i];
      weights[i] = p * (1 - p);
      g[0] += error;
      for (let j = 0, at = i * d; j < d; j++) g[1 + j] += error * x[at + j];
    }
  }

  /** Armijo backtracking along the step; false when no step lowers the objective any more. */
  private descend(ridge: number, pull: Float64Array, w: Float64Array, decrement: number): boolean {
    const before = this.objective(ridge, pull, w);
    for (let h = 0, length = 1; h < HALVINGS_MAX; h++, length /= 2) {
      this.move(w, length, this.trial);
      if (this.objective(ridge, pull, this.trial) > before - 1e-4 * length * decrement) continue;
      w.set(this.trial);
      return true;
    }
    return false;
  }

  private move(w: Float64Array, length: number, out: Float64Array): void {
    for (let m = 0; m < out.length; m++) out[m] = w[m] + length * this.step[m];
    out[0] = clamp(out[0]);
  }

  private objective(ridge: number, pull: Float64Array, w: Float64Array): number {
    let total = 0;
    for (let i = 0; i < this.rows.count; i++) total += logLoss(score(this.rows, i, w), this.rows.y[i]);
    for (let j = 0; j < pull.length; j++) total += (0.5 * ridge * w[1 + j] - pull[j]) * w[1 + j];
    return total;
  }

  refitPrivate(w: Float64Array): void {
    for (let s = 0; s < STEPS_MAX; s++) {
      let gradient = 0;
      let curvature = 0;
      for (let i = 0; i < this.rows.count; i++) {
        const p = sigmoid(score(this.rows, i, w));
        gradient += p - this.rows.y[i];
        curvature += p * (1 - p);
      }
      const step = curvature > 0 ? Math.max(-1, Math.min(1, -gradient / curvature)) : -Math.sign(gradient);
      const next = clamp(w[0] + step);
      if (Math.abs(next - w[0]) < 1e-12) return;
      w[0] = next;
    }
  }

  /** At the constant model with the class share smoothed by half a row each way, so that one class is no zero. */
  meanCurvature(): number {
    const d = this.rows.features;
    const share = (this.rows.y.reduce((sum, y) => sum + y, 0) + 0.5) / (this.rows.count + 1);
    weightedCentre(this.rows, undefined, this.centre);
    centredGram(this.rows, undefined, this.centre, this.gram, this.scratch);
    let sum = 0;
    for (let j = 0; j < d; j++) sum += this.gram[j * d + j];
    return (share * (1 - share) * sum) / d;
  }

  /**
   * log loss at z_i + q_i g_i / (1 - q_i v_i), q_i = 1/V + (x_i - c_v)' (G_v + ridge)^-1 (x_i - c_v), g_i = p_i - y_i:
   * one Newton step from the full solution (Rad and Maleki 2020).
   */
  leaveOneOutLoss(ridge: number): number {
    const w = this.ridgeSolution(ridge);
    let total = 0;
    for (let i = 0; i < this.rows.count; i++) {
      const z = score(this.rows, i, w);
      const q = this.weightSum > 0 ? 1 / this.weightSum + this.slopeLeverage(i) : 0;
      const shift = (q * (sigmoid(z) - this.rows.y[i])) / Math.max(1 - q * this.weights[i], 1e-10);
      total += logLoss(clamp(z + shift), this.rows.y[i]);
    }
    return total;
  }

  private slopeLeverage(i: number): number {
    const d = this.rows.features;
    for (let j = 0; j < d; j++) this.scratch[j] = this.rows.x[i * d + j] - this.centre[j];
    return inverseQuadratic(this.factor, d, this.scratch);
  }

  /** The ridge solution from w = 0; leaves weights, centre, Gram and factor evaluated at it. */
  private ridgeSolution(ridge: number): Float64Array {
    const w = new Float64Array(1 + this.rows.features);
    this.solve(ridge - TINY_RIDGE, new Float64Array(this.rows.features), w);
    this.curvatureAt(ridge, w);
    return w;
  }

  meanSpread(ridge: number): number {
    const d = this.rows.features;
    this.ridgeSolution(ridge);
    return inverseTraces(this.factor, d, ridge).spread / d;
  }

  residualSums(): { rss: number; dof: number } {
    return { rss: 0, dof: 0 };
  }
}

function clamp(logOdds: number): number {
  return Math.max(-INTERCEPT_MAX, Math.min(INTERCEPT_MAX, logOdds));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m];
  return sum;
}
