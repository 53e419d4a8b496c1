/**
 * What an agent tells of its shadow at every look of an estimator that goes on learning: the mean of the shadow's iterates
 * since the last look, and by the energy identity n = mu G / 2, G = mean ||g||^2 / M, how noisy that mean is
 * (tailNoiseFactor). Of cooperating iterates nothing is told: they are shrunk towards the relationship in use.
 */
import { overwrite, vectorOf } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Shadow } from '../core/strategy/shadow.ts';
import { energyNoise, tailNoiseFactor } from '../core/theory.ts';

export class ShadowEvidence {
  readonly #shadow: Shadow;
  readonly #stepSize: number;
  readonly #sum: Float64Array;
  #energy = 0;
  #steps = 0;
  /** The next step begins a new mean. Not before: who restarts here tells the same again. */
  #told = false;

  constructor(shadow: Shadow, stepSize: number, dimension: number) {
    this.#shadow = shadow;
    this.#stepSize = stepSize;
    this.#sum = new Float64Array(dimension);
  }

  /** After every step of the shadow. */
  add(): void {
    if (this.#told) this.#begin();
    const w = this.#shadow.output();
    const { gradient } = this.#shadow;
    let squares = 0;
    for (let m = 0; m < w.length; m++) {
      this.#sum[m] += w[m];
      squares += gradient[m] * gradient[m];
    }
    this.#energy += squares / w.length;
    this.#steps++;
  }

  #begin(): void {
    this.#sum.fill(0);
    this.#energy = this.#steps = 0;
    this.#told = false;
  }

  /** What is asked for of it, since the last time. */
  take(needs: readonly string[]): Map<string, Float64Array> {
    const noise = energyNoise(this.#stepSize, this.#energy / this.#steps) * tailNoiseFactor(this.#steps * this.#stepSize);
    const known = new Map([
      ['iterate', this.#shadow.output().slice()],
      ['average', this.#sum.map((sum) => sum / this.#steps)],
      ['noise', Float64Array.of(noise)],
    ]);
    this.#told = true;
    return new Map([...known].filter(([name]) => needs.includes(name)));
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['sum', this.#sum.slice()],
      ['steps', Float64Array.of(this.#energy, this.#steps, this.#told ? 1 : 0)],
    ]);
  }

  restore(snapshot: Snapshot): void {
    overwrite([this.#sum], snapshot, 'sum');
    const [energy, steps, told] = vectorOf(snapshot, 'steps', 3);
    [this.#energy, this.#steps, this.#told] = [energy, steps, told === 1];
  }
}
