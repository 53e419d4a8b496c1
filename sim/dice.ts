/** Draws in the words of whoever makes up schedules; a function of the seed alone. */
import { draw } from '../core/random.ts';

/** Apart from the agents and channels that draw faults under the same seed. */
const STREAM = 2 ** 31;

export class Dice {
  readonly #random;

  constructor(seed: number, throwOf = 0) {
    this.#random = draw(seed, STREAM, 'fault', throwOf);
  }

  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  /** 0 .. n-1. */
  below(n: number): number {
    return this.#random.integer(n);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform();
  }

  /** Log-uniform: every order of magnitude is as likely as the next. */
  scale(low: number, high: number): number {
    return low * Math.exp(this.#random.uniform() * Math.log(high / low));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  shuffled<T>(items: readonly T[]): T[] {
    return Array.from(this.#random.permutation(items.length), (i) => items[i]);
  }

  /** Each with the probability, in order; one at least. */
  some<T>(items: readonly T[], probability: number): T[] {
    const chosen = items.filter(() => this.chance(probability));
    return chosen.length > 0 ? chosen : [this.pick(items)];
  }
}

/** Never 0: nothing would happen. */
export const tenths = (value: number): number => Math.max(1, Math.round(10 * value)) / 10;
export const hundredths = (value: number): number => Math.max(1, Math.round(100 * value)) / 100;
