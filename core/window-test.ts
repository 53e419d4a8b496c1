/**
 * When to stop exploring: the window test (algorithms-1, section 1, "Stop of phase 1").
 *
 * The transient e^(-mu i) of an agent that starts at 0 inflates the learned Laplacian while noise deflates it,
 * so a plateau of the loss says nothing. Instead the means m1, m2 of the iterate over two successive windows of
 * h = 1/mu steps are compared:
 *   D = ||m2 - m1||^2 / (0.672 M n),
 * n the noise per coordinate. In steady state coordinates are AR(1) with time constant 1/mu and E D = 1:
 * 2 (2/e - (1 - 1/e)^2) = 0.672. The coordinator passes when max_k D_k <= 1.2, then asks for two more windows.
 */

import { overwrite, vectorOf } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Windows have passed when no agent's change exceeds this. */
export const PASS_CHANGE = 1.2;
/** How many more windows run after the test has passed; tail averages cover the time since then. */
export const EXTRA_WINDOWS = 2;
/** How many run instead where two snapshots are to tell the noise: their errors are then correlated by e^-4 only. */
export const LAG_WINDOWS = 4;
const STATIONARY_CHANGE = 0.672;

/** h = 1 / (mu r) steps, r the smallest feature variance that matters (1 on gmrf-regression). */
export function windowSteps(mu: number, featureVariance = 1): number {
  return Math.max(1, Math.round(1 / (mu * featureVariance)));
}

/** Window means of one agent's iterates. */
export class WindowTest {
  readonly steps: number;
  #current: Float64Array;
  #last: Float64Array;
  #filled = 0;
  #closed = 0;
  #squaredChange = 0;

  constructor(dimension: number, steps: number) {
    this.steps = steps;
    this.#current = new Float64Array(dimension);
    this.#last = new Float64Array(dimension);
  }

  /** How many windows are complete. */
  get windows(): number {
    return this.#closed;
  }

  /** Take in the iterate after one more step; true when this completes a window. */
  add(w: Float64Array): boolean {
    const sum = this.#current;
    for (let m = 0; m < sum.length; m++) sum[m] += w[m];
    if (++this.#filled < this.steps) return false;
    this.#close();
    return true;
  }

  #close(): void {
    const mean = this.#current;
    let squared = 0;
    for (let m = 0; m < mean.length; m++) {
      mean[m] /= this.steps;
      squared += (mean[m] - this.#last[m]) ** 2;
    }
    if (this.#closed > 0) this.#squaredChange = squared;
    this.#current = this.#last.fill(0);
    this.#last = mean;
    this.#filled = 0;
    this.#closed++;
  }

  /** D of the last two windows given the noise n per coordinate; undefined before there are two. */
  change(noise: number): number | undefined {
    if (this.#closed < 2) return undefined;
    return this.#squaredChange / (STATIONARY_CHANGE * this.#last.length * noise);
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['current', this.#current.slice()],
      ['last', this.#last.slice()],
      ['closed', Float64Array.of(this.#filled, this.#closed, this.#squaredChange)],
    ]);
  }

  restore(snapshot: Snapshot): void {
    overwrite([this.#current], snapshot, 'current');
    overwrite([this.#last], snapshot, 'last');
    [this.#filled, this.#closed, this.#squaredChange] = vectorOf(snapshot, 'closed', 3);
  }
}
