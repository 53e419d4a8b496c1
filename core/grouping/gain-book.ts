/**
 * Gains over the steps of learning together: which steps are looked at, and the mean over those in which a pair was seen.
 *
 * The first quarter, every tenth step: late gains are noise of overfitting, of either sign, and steps next to each other tell
 * the same (measured: docs/reproduce.md). Source: algorithms-2, sections B3 and B4.
 */
import { zeros, type Matrix } from '../linalg/matrix.ts';

const COLLECTED_SHARE = 4;
const COLLECTED_EVERY = 10;
/** A pair that was seen less often counts as nothing. */
export const SEEN_MIN = 3;

/** Whether gains are collected in step `step` (from 1) of `steps`. */
export function isCollected(step: number, steps: number): boolean {
  return step <= steps / COLLECTED_SHARE && step % COLLECTED_EVERY === 0;
}

/** Those of a training of `steps` steps; as many as are needed to see every pair often enough, where it has fewer. */
export function gainSteps(steps: number): number[] {
  const enough = Math.max(steps, COLLECTED_SHARE * COLLECTED_EVERY * SEEN_MIN);
  return Array.from({ length: enough }, (_, i) => i + 1).filter((step) => isCollected(step, enough));
}

export interface MeanGains {
  /** n x n; 0 for pairs seen less than SEEN_MIN times. */
  readonly gains: Matrix;
  /** Those pairs, [helper, helped]. */
  readonly unseen: readonly (readonly [number, number])[];
}

export class GainBook {
  readonly #sum: Matrix;
  readonly #seen: Matrix;

  constructor(tasks: number) {
    this.#sum = zeros(tasks, tasks);
    this.#seen = zeros(tasks, tasks);
  }

  /** Of one step; NaN where a pair was not seen in it. */
  add({ data }: Matrix): void {
    data.forEach((gain, at) => {
      if (Number.isNaN(gain)) return;
      this.#sum.data[at] += gain;
      this.#seen.data[at] += 1;
    });
  }

  mean(): MeanGains {
    const tasks = this.#sum.rows;
    const gains = zeros(tasks, tasks);
    const unseen: [number, number][] = [];
    this.#seen.data.forEach((seen, at) => {
      if (seen >= SEEN_MIN) gains.data[at] = this.#sum.data[at] / seen;
      else if (at % (tasks + 1) !== 0) unseen.push([Math.floor(at / tasks), at % tasks]);
    });
    return { gains, unseen };
  }
}
