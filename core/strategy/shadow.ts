/**
 * An agent's shadow: its own iterate as it would be without any neighbour, on the very mini-batches of the arm it goes
 * beside. From w = 0, psi <- psi - mu g(psi): the bits of the arm `non-cooperative`.
 *
 * Evidence for an estimator may come from it: unlike the iterates of a cooperating arm it is not shrunk towards the
 * relationship in use (algorithms-1, section 3: re-estimating from those drifts away).
 */
import type { GradientTask } from '../problem/problem.ts';
import { gradientStep } from './local-step.ts';

export class Shadow {
  readonly #task: GradientTask;
  readonly #stepSize: number;
  readonly #w: Float64Array;
  readonly #gradient: Float64Array;
  /** All that outlives an iteration, live: copied, it is a snapshot; overwritten, the shadow continues from there. */
  readonly state: readonly Float64Array[];

  constructor(task: GradientTask, stepSize: number) {
    this.#task = task;
    this.#stepSize = stepSize;
    this.#w = new Float64Array(task.dimension);
    this.#gradient = new Float64Array(task.dimension);
    this.state = [this.#w];
  }

  /** One step on the mini-batch of this iteration (from 1). */
  advance(iteration: number): void {
    gradientStep(this.#task, this.#w, this.#stepSize, iteration, this.#gradient, this.#w);
  }

  /** The parameters after the last advance. Valid until the next one. */
  output(): Float64Array {
    return this.#w;
  }

  /** The gradient of the last advance, taken at the parameters before it. */
  get gradient(): Float64Array {
    return this.#gradient;
  }
}
