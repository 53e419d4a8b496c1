/**
 * A loss of somebody's own on the rows of one agent, known by its value and its gradient row by row.
 *
 * Solved by damped Newton steps; the Hessian comes from central differences of the gradient, D of them:
 *   H e_m = (g(w + h e_m) - g(w - h e_m)) / 2h.
 * A Hessian that is not positive definite (a loss that is not convex there) is shifted until it is, so that a step descends.
 *
 * With P = (H + ridge)^-1 at the ridge solution and g_i the gradient of row i (influence functions; White 1980):
 *   spread    mean shared diagonal of P (sum_i g_i g_i') P: no likelihood is assumed
 *   left out  loss_i at w + P g_i / (1 - h_i), h_i = g_i' H_i P g_i / g_i' g_i: exact to first order, and one Newton step
 *             for every loss of a linear score
 */
import { KindredError } from '../errors.ts';
import { cholesky, choleskySolve } from '../linalg/cholesky.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';
import type { OwnTable } from '../own/define.ts';
import { TINY_RIDGE } from './linear-model.ts';
import type { LocalModel } from './local-model.ts';
import type { Rows } from './rows.ts';

const STEPS_MAX = 100;
const HALVINGS_MAX = 40;
/** Squared Newton decrements, relative to 1 + |objective|: below NEAR the factor is kept; below the tolerance nothing moves. */
const NEAR = 1e-3;
const DECREMENT_TOLERANCE = 1e-13;
/** No parameter moves further in one step: far from the optimum of an exponential a full step overflows. */
const MOVE_MAX = 5;
const LEVERAGE_MAX = 1 - 1e-3;

/** The coordinates that are solved for, and what holds them. */
interface Subproblem {
  readonly from: number;
  readonly to: number;
  readonly ridge: number;
  readonly pull: Float64Array;
}

export class OwnModel implements LocalModel {
  readonly rows: Rows;
  readonly #table: OwnTable;
  readonly #shared: number;
  readonly #x: readonly Float64Array[];
  readonly #gradient: Float64Array;
  readonly #row: Float64Array;
  readonly #above: Float64Array;
  readonly #step: Float64Array;
  readonly #trial: Float64Array;
  readonly #noPull: Float64Array;

  constructor(rows: Rows, table: OwnTable) {
    const d = table.dimension;
    this.rows = rows;
    this.#table = table;
    this.#shared = sharedFrom(table);
    this.#x = Array.from({ length: rows.count }, (_, i) => rows.x.subarray(i * rows.features, (i + 1) * rows.features));
    [this.#gradient, this.#row, this.#above, this.#step, this.#trial] = Array.from({ length: 5 }, () => new Float64Array(d));
    this.#noPull = new Float64Array(d - this.#shared);
  }

  solve(coupling: number, pull: Float64Array, w: Float64Array): void {
    this.#minimise({ from: 0, to: w.length, ridge: coupling + TINY_RIDGE, pull }, w);
  }

  refitPrivate(w: Float64Array): void {
    if (this.#shared > 0) this.#minimise({ from: 0, to: this.#shared, ridge: 0, pull: this.#noPull }, w);
  }

  meanCurvature(): number {
    const w = new Float64Array(this.#table.dimension);
    this.refitPrivate(w);
    const whole = { from: 0, to: w.length, ridge: 0, pull: this.#noPull };
    const hessian = this.#hessian(whole, w);
    return meanProfiled(hessian, this.#shared);
  }

  leaveOneOutLoss(ridge: number): number {
    const { w, factor } = this.#ridgeSolution(ridge);
    const [u, without] = [new Float64Array(w.length), new Float64Array(w.length)];
    let total = 0;
    for (let i = 0; i < this.rows.count; i++) {
      this.#rowGradient(w, i, this.#row);
      choleskySolve(factor, this.#row, u);
      const scale = 1 / (1 - this.#leverage(w, i, this.#row, u));
      for (let m = 0; m < w.length; m++) without[m] = w[m] + scale * u[m];
      total += this.#table.loss(without, this.#x[i], this.rows.y[i]);
    }
    // A fold without which a loss is not even finite is as bad as can be.
    return Number.isFinite(total) ? total : Number.MAX_VALUE;
  }

  meanSpread(ridge: number): number {
    const { w, factor } = this.#ridgeSolution(ridge);
    const u = new Float64Array(w.length);
    let sum = 0;
    for (let i = 0; i < this.rows.count; i++) {
      this.#rowGradient(w, i, this.#row);
      choleskySolve(factor, this.#row, u);
      for (let m = this.#shared; m < u.length; m++) sum += u[m] * u[m];
    }
    return sum / (w.length - this.#shared);
  }

  residualSums(): { rss: number; dof: number } {
    return { rss: 0, dof: 0 };
  }

  #ridgeSolution(ridge: number): { w: Float64Array; factor: Matrix } {
    const w = new Float64Array(this.#table.dimension);
    const whole = { from: 0, to: w.length, ridge: ridge + TINY_RIDGE, pull: this.#noPull };
    this.#minimise(whole, w);
    return { w, factor: this.#factor(whole, w) };
  }

  /** h_i: how much of its own residual row i explains. */
  #leverage(w: Float64Array, i: number, g: Float64Array, u: Float64Array): number {
    const h = 1e-5 / Math.max(1e-300, largest(u));
    const [above, below] = [this.#above, this.#trial];
    this.#rowGradient(moved(w, h, u, this.#step), i, above);
    this.#rowGradient(moved(w, -h, u, this.#step), i, below);
    let product = 0;
    let square = 0;
    for (let m = 0; m < g.length; m++) {
      product += (g[m] * (above[m] - below[m])) / (2 * h);
      square += g[m] * g[m];
    }
    return square > 0 ? Math.min(LEVERAGE_MAX, Math.max(0, product / square)) : 0;
  }

  /** Newton steps, warm started at w. The factor of a Hessian serves as long as it shrinks the decrement tenfold. */
  #minimise(of: Subproblem, w: Float64Array): void {
    let factor: Matrix | undefined;
    let last = Infinity;
    for (let s = 0; s < STEPS_MAX; s++) {
      factor ??= this.#factor(of, w);
      const decrement = this.#newtonStep(of, factor, w);
      const before = this.#objective(of, w);
      const relative = decrement / (1 + Math.abs(before));
      // So little is left that rounding would hide whether the last step helps: it does.
      if (relative <= DECREMENT_TOLERANCE) return void moved(w, 1, this.#step, w);
      if (!this.#descend(of, w, before, decrement)) return;
      if (relative > NEAR || relative > 0.1 * last) factor = undefined;
      last = relative;
    }
  }

  /** step <- -(H + ridge)^-1 gradient on the coordinates solved for; returns -gradient' step. */
  #newtonStep(of: Subproblem, factor: Matrix, w: Float64Array): number {
    this.#gradientAt(of, w, this.#gradient);
    const g = this.#gradient.subarray(of.from, of.to);
    const step = this.#step.fill(0).subarray(of.from, of.to);
    choleskySolve(factor, g, step);
    const scale = -Math.min(1, MOVE_MAX / Math.max(MOVE_MAX, largest(step)));
    let decrement = 0;
    for (let m = 0; m < step.length; m++) decrement -= g[m] * (step[m] *= scale);
    return decrement;
  }

  /** Armijo backtracking along the step; false when no step lowers the objective any more. */
  #descend(of: Subproblem, w: Float64Array, before: number, decrement: number): boolean {
    for (let h = 0, length = 1; h < HALVINGS_MAX; h++, length /= 2) {
      const trial = moved(w, length, this.#step, this.#trial);
      if (!(this.#objective(of, trial) <= before - 1e-4 * length * decrement)) continue;
      w.set(trial);
      return true;
    }
    return false;
  }

  #objective({ to, ridge, pull }: Subproblem, w: Float64Array): number {
    let total = 0;
    for (let i = 0; i < this.rows.count; i++) total += this.#table.loss(w, this.#x[i], this.rows.y[i]);
    for (let m = this.#shared; m < to; m++) total += (0.5 * ridge * w[m] - pull[m - this.#shared]) * w[m];
    return total;
  }

  /** out <- the gradient of the objective, on all coordinates. */
  #gradientAt({ to, ridge, pull }: Subproblem, w: Float64Array, out: Float64Array): void {
    out.fill(0);
    for (let i = 0; i < this.rows.count; i++) {
      this.#rowGradient(w, i, this.#row);
      for (let m = 0; m < out.length; m++) out[m] += this.#row[m];
    }
    for (let m = this.#shared; m < to; m++) out[m] += ridge * w[m] - pull[m - this.#shared];
  }

  #rowGradient(w: Float64Array, i: number, out: Float64Array): void {
    this.#table.gradient(w, this.#x[i], this.rows.y[i], out);
  }

  /** Of the objective, in the coordinates solved for; exactly symmetric. */
  #hessian(of: Subproblem, w: Float64Array): Matrix {
    const n = of.to - of.from;
    const hessian = zeros(n, n);
    const at = w.slice();
    const below = new Float64Array(w.length);
    for (let j = 0; j < n; j++) {
      const m = of.from + j;
      const h = 1e-5 * (1 + Math.abs(w[m]));
      at[m] = w[m] + h;
      this.#gradientAt(of, at, this.#above);
      at[m] = w[m] - h;
      this.#gradientAt(of, at, below);
      at[m] = w[m];
      for (let i = 0; i < n; i++) hessian.data[i * n + j] = (this.#above[of.from + i] - below[of.from + i]) / (2 * h);
    }
    return symmetrised(hessian);
  }

  /** Of the Hessian, shifted by as little as makes it positive definite: tenfold more each time. */
  #factor(of: Subproblem, w: Float64Array): Matrix {
    const hessian = this.#hessian(of, w);
    const n = hessian.rows;
    let scale = 0;
    for (let m = 0; m < n; m++) scale = Math.max(scale, Math.abs(hessian.data[m * n + m]));
    if (!Number.isFinite(scale)) throw new KindredError('MODULE_FAILED', 'the gradient of its loss is not finite', { where: 'problem.kind' });
    for (let shift = 1e-12 * scale + TINY_RIDGE, added = 0; ; added = shift, shift *= 10) {
      for (let m = 0; m < n; m++) hessian.data[m * n + m] += shift - added;
      const factor = cholesky(hessian);
      if (factor !== undefined) return factor;
    }
  }
}

export function sharedFrom({ ownParameters = 1 }: OwnTable): number {
  return ownParameters;
}

/** out <- w + length step. */
function moved(w: Float64Array, length: number, step: Float64Array, out: Float64Array): Float64Array {
  for (let m = 0; m < w.length; m++) out[m] = w[m] + length * step[m];
  return out;
}

function largest(values: Float64Array): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function symmetrised(a: Matrix): Matrix {
  const n = a.rows;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[i * n + j] = a.data[j * n + i] = 0.5 * (a.data[i * n + j] + a.data[j * n + i]);
  return a;
}

/** Mean diagonal of H_SS - H_SP H_PP^-1 H_PS, P the first `own` coordinates; never below zero. */
function meanProfiled(hessian: Matrix, own: number): number {
  const n = hessian.rows;
  const block = zeros(own, own);
  for (let i = 0; i < own; i++) for (let j = 0; j < own; j++) block.data[i * own + j] = hessian.data[i * n + j] + (i === j ? TINY_RIDGE : 0);
  const factor = cholesky(block);
  const [column, solved] = [new Float64Array(own), new Float64Array(own)];
  let sum = 0;
  for (let m = own; m < n; m++) {
    let rest = hessian.data[m * n + m];
    for (let i = 0; i < own; i++) column[i] = hessian.data[i * n + m];
    if (factor !== undefined && own > 0) choleskySolve(factor, column, solved);
    for (let i = 0; i < own; i++) rest -= column[i] * solved[i];
    sum += Math.max(0, rest);
  }
  return Math.max(sum / (n - own), TINY_RIDGE);
}
