/**
 * A network with one hidden layer, for squared error: f(x) = b + a' tanh(U'x), U (features x hidden).
 *
 * Parameters are b and a (the head: 1 + hidden numbers, an agent's own), then U row by row, which agents share.
 * The loss is the mean of (f(x) - y)^2 over rows; its gradient, written by hand:
 *   e = 2 (f - y) / rows;  db = sum e,  da_k = sum e t_k,  dU_jk = sum e a_k (1 - t_k^2) x_j,  t = tanh(U'x).
 */
import { draw } from '../random.ts';
import type { Rows } from './rows.ts';

export class Mlp {
  readonly hidden: number;
  readonly features: number;
  readonly dimension: number;
  readonly sharedFrom: number;
  readonly #active: Float64Array;

  constructor(features: number, hidden: number) {
    this.hidden = hidden;
    this.features = features;
    this.sharedFrom = 1 + hidden;
    this.dimension = 1 + hidden + features * hidden;
    this.#active = new Float64Array(hidden);
  }

  /**
   * Where all tasks of a seed start: b = 0, a ~ N(0, I / hidden), entries of U ~ N(0, 1 / features). Heads are equal too: with
   * heads of their own, gradients of like tasks point in unlike directions until the heads have found each other.
   */
  start(seed: number): Float64Array {
    const { dimension, sharedFrom, features, hidden } = this;
    const random = draw(seed, 0, 'initial', 0);
    return Float64Array.from({ length: dimension }, (_, m) => {
      if (m === 0) return 0;
      return random.gaussian() / Math.sqrt(m < sharedFrom ? hidden : features);
    });
  }

  /** f of row i; leaves t in #active. */
  output(w: Float64Array, { x }: Rows, i: number): number {
    const { hidden, features, sharedFrom } = this;
    const active = this.#active.fill(0);
    for (let j = 0, at = sharedFrom; j < features; j++) {
      const value = x[i * features + j];
      for (let k = 0; k < hidden; k++) active[k] += value * w[at++];
    }
    let sum = w[0];
    for (let k = 0; k < hidden; k++) sum += w[1 + k] * (active[k] = Math.tanh(active[k]));
    return sum;
  }

  /** Mean squared error at w. */
  loss(w: Float64Array, rows: Rows): number {
    let sum = 0;
    for (let i = 0; i < rows.count; i++) sum += (this.output(w, rows, i) - rows.y[i]) ** 2;
    return sum / rows.count;
  }

  /** out <- the gradient of the loss at w over the rows that `batch` names, or all. Nothing is allocated. */
  gradient(w: Float64Array, rows: Rows, out: Float64Array, batch?: ArrayLike<number>): void {
    const count = batch?.length ?? rows.count;
    out.fill(0);
    for (let at = 0; at < count; at++) {
      const i = batch === undefined ? at : batch[at];
      const error = (2 * (this.output(w, rows, i) - rows.y[i])) / count;
      this.#addRow(w, rows, i, error, out);
    }
  }

  #addRow(w: Float64Array, { x }: Rows, i: number, error: number, out: Float64Array): void {
    const { hidden, features, sharedFrom } = this;
    const active = this.#active;
    out[0] += error;
    for (let k = 0; k < hidden; k++) {
      out[1 + k] += error * active[k];
      // Once read t is not needed: here stands what goes back through it.
      active[k] = error * w[1 + k] * (1 - active[k] ** 2);
    }
    for (let j = 0, at = sharedFrom; j < features; j++) {
      const value = x[i * features + j];
      for (let k = 0; k < hidden; k++) out[at++] += value * active[k];
    }
  }
}
