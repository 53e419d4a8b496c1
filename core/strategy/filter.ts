/**
 * Output filter: agents learn alone, and what they DELIVER is filtered by the relationship,
 *   x = (I + diag(n) L)^-1 psi   (n_k = noise variance of agent k's own estimate),
 * the posterior mean under the Gaussian Markov random field. It needs no eta. Solved by the Chebyshev semi-iteration on
 * the interval [1, spectrumMax]; two neighbour rounds suffice (design study: 1/2/3 rounds give .8524/.8518/.8519).
 * The exchanges run only where the output is looked at; psi keeps running alone.
 */
import { combine, identity, multiply } from '../linalg/matrix.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { Task } from '../problem/problem.ts';
import { neighbourDifference } from './coupling.ts';
import { gradientStep, solveLocally } from './local-step.ts';
import type { Inbox, Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const CHEBYSHEV_ROUNDS = 2;

export const filter: Strategy = {
  name: 'filter',
  summary: 'learn alone, filter what is delivered by the learned relationship (two neighbour rounds, no eta)',
  cooperatesOver: 'relationship',
  usesEta: false,
  start: filterRun,
};

function filterRun(context: StrategyContext): StrategyRun {
  const { task } = context;
  const psi = new Float64Array(task.dimension);
  const delivered = new Float64Array(task.dimension);
  const sharedPsi = psi.subarray(task.sharedFrom);
  const sharedDelivered = delivered.subarray(task.sharedFrom);
  const chebyshev = new ChebyshevSolve(context, sharedPsi.length);
  const gradient = new Float64Array(task.dimension);
  let hopsNow = 0;
  return {
    state: [psi, delivered],
    outgoing: chebyshev.direction,
    adapt: (iteration) => {
      hopsNow = hopsAt(context, iteration);
      if (task.learns === 'gradient') gradientStep(task, psi, context.stepSize, iteration, gradient, psi);
      else if (iteration === 1) solveLocally(task, context.ridge, 0, psi);
      if (hopsNow > 0) chebyshev.begin(sharedPsi, sharedDelivered);
    },
    hops: () => hopsNow,
    combine: (_hop, inbox) => chebyshev.round(inbox, sharedDelivered),
    output: () => deliver(task, psi, delivered),
  };
}

/** A table's local solution stands still: it is filtered once. */
function hopsAt(context: StrategyContext, iteration: number): number {
  const wanted = context.task.learns === 'gradient' ? context.isRecorded(iteration) : iteration === 1;
  return wanted ? CHEBYSHEV_ROUNDS : 0;
}

function deliver(task: Task, psi: Float64Array, delivered: Float64Array): Float64Array {
  for (let m = 0; m < task.sharedFrom; m++) delivered[m] = psi[m]!;
  if (task.learns === 'solve') task.refitPrivate(delivered);
  return delivered;
}

/** Chebyshev semi-iteration for A x = b, A = I + diag(n) L, spectrum in [1, top], from x = 0. Each round sends the direction. */
class ChebyshevSolve {
  readonly direction: Float64Array;
  readonly #residual: Float64Array;
  readonly #scratch: Float64Array;
  readonly #context: StrategyContext;
  readonly #centre: number;
  readonly #halfWidth: number;
  #rho = 0;

  constructor(context: StrategyContext, length: number) {
    this.#context = context;
    this.#centre = (context.spectrumMax + 1) / 2;
    this.#halfWidth = Math.max((context.spectrumMax - 1) / 2, 1e-12);
    this.direction = new Float64Array(length);
    this.#residual = new Float64Array(length);
    this.#scratch = new Float64Array(length);
  }

  begin(b: Float64Array, x: Float64Array): void {
    this.#rho = this.#halfWidth / this.#centre;
    for (let m = 0; m < b.length; m++) {
      this.#residual[m] = b[m]!;
      this.direction[m] = b[m] / this.#centre;
      x[m] = this.direction[m]!;
    }
  }

  round(inbox: Inbox, x: Float64Array): void {
    const { view, noise } = this.#context;
    neighbourDifference(view, this.direction, inbox, this.#scratch);
    const rhoNext = 1 / ((2 * this.#centre) / this.#halfWidth - this.#rho);
    const keep = rhoNext * this.#rho;
    const gain = (2 * rhoNext) / this.#halfWidth;
    for (let m = 0; m < x.length; m++) {
      this.#residual[m] -= this.direction[m] + noise * this.#scratch[m];
      this.direction[m] = keep * this.direction[m] + gain * this.#residual[m];
      x[m] += this.direction[m];
    }
    this.#rho = rhoNext;
  }
}

/** The K x K matrix that the rounds above apply: X = H Psi, H a polynomial of I + diag(n) L close to its inverse. */
export function filterMatrix(laplacian: Matrix, noise: readonly number[], spectrumMax: number): Matrix {
  const K = laplacian.rows;
  const operator = identity(K);
  for (let k = 0; k < K; k++) for (let l = 0; l < K; l++) operator.data[k * K + l] += noise[k] * laplacian.data[k * K + l];
  const centre = (spectrumMax + 1) / 2;
  const halfWidth = Math.max((spectrumMax - 1) / 2, 1e-12);
  let residual = identity(K);
  let direction = combine(1 / centre, residual, 0, residual);
  let x = direction;
  for (let round = 0, rho = halfWidth / centre; round < CHEBYSHEV_ROUNDS; round++) {
    residual = combine(1, residual, -1, multiply(operator, direction));
    const rhoNext = 1 / ((2 * centre) / halfWidth - rho);
    direction = combine(rhoNext * rho, direction, (2 * rhoNext) / halfWidth, residual);
    x = combine(1, x, 1, direction);
    rho = rhoNext;
  }
  return x;
}
