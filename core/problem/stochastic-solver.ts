/**
 * Local SGD: one epoch of mini-batch steps instead of the exact local solve, warm started at w.
 *
 * For the m batches of the epoch, g_B the gradient of the batch's loss, step a, coupling c and pull p:
 *   w_S <- (w_S - a (m g_B - p)) / (1 + a c),   w_0 <- w_0 - a m g_B0.
 * The coupling is taken implicitly (a proximal step), so that no eta can make it unstable. Batches are a fresh
 * keyed shuffle at every step of the run: random reshuffling, whose error is of order a^2. The step starts at
 * 1/Lambda, Lambda the expected smoothness of a batch (Gower et al. 2019, Proposition 3.8), and falls as
 * 1/(1 + step/DECAY_STEPS).
 */
import { Random } from '../random.ts';
import { TINY_RIDGE, type LinearModel } from './linear-model.ts';
import { score, type Rows } from './rows.ts';

/** Epochs that make a local solution from scratch. */
export const LOCAL_PASSES = 300;
const DECAY_STEPS = 50;
const POWER_STEPS = 60;

export interface StochasticOptions {
  readonly batch: number;
  readonly seed: number;
  readonly agent: number;
}

export class StochasticSolver {
  private readonly model: LinearModel;
  private readonly batches: number;
  private readonly firstStep: number;
  private readonly seed: number;
  private readonly agent: number;
  private readonly random = new Random();
  private readonly order: Int32Array;
  private readonly gradient: Float64Array;
  private shuffledStep = -1;

  constructor(model: LinearModel, { batch, seed, agent }: StochasticOptions) {
    const { rows } = model;
    this.model = model;
    this.batches = Math.max(1, Math.ceil(rows.count / batch));
    this.firstStep = 1 / Math.max(model.curvatureMax * expectedSmoothness(rows, Math.min(batch, rows.count)), Number.MIN_VALUE);
    this.seed = seed;
    this.agent = agent;
    this.order = new Int32Array(rows.count);
    this.gradient = new Float64Array(1 + rows.features);
  }

  solve(coupling: number, pull: Float64Array, step: number, w: Float64Array): void {
    this.shuffleFor(step);
    const length = this.firstStep / (1 + step / DECAY_STEPS);
    const n = this.order.length;
    for (let b = 0; b < this.batches; b++) {
      this.batchGradient(Math.floor((b * n) / this.batches), Math.floor(((b + 1) * n) / this.batches), w);
      this.proximalStep(length, coupling + TINY_RIDGE, pull, w);
    }
  }

  /** Fisher and Yates, built up from nothing but its key; a bank of couplings asks for a step many times and gets one order. */
  private shuffleFor(step: number): void {
    if (step === this.shuffledStep) return;
    this.random.rekey(this.seed, this.agent, 'batch', step);
    for (let i = 0; i < this.order.length; i++) {
      const j = this.random.integer(i + 1);
      this.order[i] = this.order[j];
      this.order[j] = i;
    }
    this.shuffledStep = step;
  }

  /** this.gradient <- gradient of the loss of rows order[from .. to). */
  private batchGradient(from: number, to: number, w: Float64Array): void {
    const { rows } = this.model;
    const d = rows.features;
    const g = this.gradient.fill(0);
    for (let r = from; r < to; r++) {
      const i = this.order[r];
      const slope = this.model.rowSlope(score(rows, i, w), rows.y[i]);
      g[0] += slope;
      for (let j = 0, at = i * d; j < d; j++) g[1 + j] += slope * rows.x[at + j];
    }
  }

  private proximalStep(length: number, coupling: number, pull: Float64Array, w: Float64Array): void {
    const scaled = length * this.batches;
    const shrink = 1 / (1 + length * coupling);
    w[0] -= scaled * this.gradient[0];
    for (let j = 0; j < pull.length; j++) w[1 + j] = (w[1 + j] - scaled * this.gradient[1 + j] + length * pull[j]) * shrink;
  }
}

/** N(b-1)/(b(N-1)) lambda_max([1 X]'[1 X]) + N(N-b)/(b(N-1)) max_i ||(1, x_i)||^2 */
function expectedSmoothness(rows: Rows, batch: number): number {
  const n = rows.count;
  if (n <= 1) return largestRow(rows);
  const whole = (n * (batch - 1)) / (batch * (n - 1));
  const single = (n * (n - batch)) / (batch * (n - 1));
  return whole * largestEigenvalue(rows) + single * largestRow(rows);
}

function largestRow(rows: Rows): number {
  let largest = 0;
  for (let i = 0; i < rows.count; i++) {
    let norm = 1;
    for (let j = 0; j < rows.features; j++) norm += rows.x[i * rows.features + j] ** 2;
    largest = Math.max(largest, norm);
  }
  return largest;
}

/** lambda_max by power iteration on [1 X]'[1 X], which is never formed. A slow ratio errs low by little, which the step bears. */
function largestEigenvalue(rows: Rows): number {
  const d = rows.features;
  let v = Float64Array.from({ length: 1 + d }, (_, m) => 1 / (1 + m));
  let eigenvalue = 0;
  for (let s = 0; s < POWER_STEPS; s++) {
    const next = new Float64Array(1 + d);
    for (let i = 0; i < rows.count; i++) {
      const z = score(rows, i, v);
      next[0] += z;
      for (let j = 0; j < d; j++) next[1 + j] += z * rows.x[i * d + j];
    }
    eigenvalue = Math.sqrt(next.reduce((sum, x) => sum + x * x, 0));
    if (eigenvalue === 0) return 0;
    v = next.map((x) => x / eigenvalue);
  }
  return eigenvalue;
}
