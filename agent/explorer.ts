/**
 * Phase 1 at one agent: w <- w - mu g from w = 0, window means for the stopping test, and since the tail began the mean
 * of the iterates, the first of them, and G = mean ||g||^2 / M, from which the energy identity gives the noise n = mu G / 2.
 *
 * It stands between two steps whenever it is asked; what it found is kept afterwards, for the evidence.
 */
import { KindredError } from '../core/errors.ts';
import type { GradientTask } from '../core/problem/problem.ts';
import { overwrite, prefixed, vectorOf, withoutPrefix } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { energyNoise, noisePower, stability, tailNoiseFactor } from '../core/theory.ts';
import { WindowTest } from '../core/window-test.ts';
import type { Work } from '../proto/messages.ts';
import { iterationsPerBreath } from './trainer.ts';
import type { Activity, TrainerRequest } from './trainer.ts';

type ExploreWork = Extract<Work, { kind: 'explore' }>;

export class Explorer implements Activity {
  readonly #task: GradientTask;
  readonly #batch: number;
  readonly #stepSize: number;
  readonly #w: Float64Array;
  readonly #gradient: Float64Array;
  readonly #windows: WindowTest;
  readonly #windowEnergy = new RunningMean();
  #lastWindowEnergy = 0;
  readonly #tailSum: Float64Array;
  /** The iterate after the tail's first step. */
  readonly #earlier: Float64Array;
  readonly #tailEnergy = new RunningMean();
  #step = 0;
  #until = 0;
  #tailFrom = Infinity;

  constructor(task: GradientTask, batch: number, { stepSize, windowSteps }: Pick<ExploreWork, 'stepSize' | 'windowSteps'>) {
    this.#task = task;
    this.#batch = batch;
    this.#stepSize = stepSize;
    this.#w = new Float64Array(task.dimension);
    this.#gradient = new Float64Array(task.dimension);
    this.#tailSum = new Float64Array(task.dimension);
    this.#earlier = new Float64Array(task.dimension);
    this.#windows = new WindowTest(task.dimension, windowSteps);
  }

  /** One that was stopped. It needs no work to tell its evidence. */
  static restored(task: GradientTask, batch: number, snapshot: Snapshot): Explorer {
    const [stepSize, windowSteps] = vectorOf(snapshot, 'settings', 2);
    const explorer = new Explorer(task, batch, { stepSize, windowSteps });
    explorer.#restore(snapshot);
    return explorer;
  }

  get iteration(): number {
    return this.#step;
  }

  continueWith(work: ExploreWork): this {
    this.#until = work.untilStep;
    this.#tailFrom = work.tailFromStep;
    return this;
  }

  advance(): TrainerRequest {
    const breath = Math.min(this.#until, this.#step + iterationsPerBreath(this.#task));
    while (this.#step < breath) this.#advanceOne();
    if (this.#step < this.#until) return { kind: 'pause' };
    const noise = energyNoise(this.#stepSize, this.#lastWindowEnergy);
    return { kind: 'report', values: new Map([['change', Float64Array.of(this.#windows.change(noise) ?? Number.MAX_VALUE)]]) };
  }

  deliver(): void {}

  /** What an estimator asked for, and the noise per sample s_k / B for the eta rule. */
  evidence(needs: readonly string[]): Map<string, Float64Array> {
    const steps = Math.max(1, this.#tailEnergy.count);
    const noise = energyNoise(this.#stepSize, this.#tailEnergy.mean);
    const nu = stability(this.#stepSize, this.#batch, this.#task.dimension);
    const known = new Map([
      ['iterate', this.#w.slice()],
      ['average', this.#tailSum.map((sum) => sum / steps)],
      ['noise', Float64Array.of(noise * tailNoiseFactor(steps * this.#stepSize))],
      ['earlier', this.#earlier.slice()],
      ['lag', Float64Array.of((steps - 1) * this.#stepSize)],
    ]);
    const asked = [...known].filter(([name]) => needs.includes(name));
    return new Map([...asked, ['noisePower', Float64Array.of(noisePower(noise, this.#stepSize, nu))]]);
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['settings', Float64Array.of(this.#stepSize, this.#windows.steps)],
      ['step', Float64Array.of(this.#step)],
      ['w', this.#w.slice()],
      ['tailSum', this.#tailSum.slice()],
      ['earlier', this.#earlier.slice()],
      ['tailEnergy', this.#tailEnergy.snapshot()],
      ['windowEnergy', this.#windowEnergy.snapshot()],
      ['lastWindowEnergy', Float64Array.of(this.#lastWindowEnergy)],
      ...prefixed('windows:', this.#windows.snapshot()),
    ]);
  }

  #restore(snapshot: Snapshot): void {
    overwrite([this.#w], snapshot, 'w');
    overwrite([this.#tailSum], snapshot, 'tailSum');
    overwrite([this.#earlier], snapshot, 'earlier');
    this.#tailEnergy.restore(vectorOf(snapshot, 'tailEnergy', 2));
    this.#windowEnergy.restore(vectorOf(snapshot, 'windowEnergy', 2));
    this.#lastWindowEnergy = vectorOf(snapshot, 'lastWindowEnergy', 1)[0];
    this.#windows.restore(withoutPrefix('windows:', snapshot));
    this.#step = vectorOf(snapshot, 'step', 1)[0];
  }

  #advanceOne(): void {
    this.#step++;
    this.#task.gradient(this.#w, this.#step, this.#gradient);
    const energy = meanSquare(this.#gradient);
    if (!Number.isFinite(energy)) throw new KindredError('PARAMETERS_NOT_FINITE', `the gradient is not finite at step ${this.#step} of exploring`);
    for (let m = 0; m < this.#w.length; m++) this.#w[m] -= this.#stepSize * this.#gradient[m];
    this.#windowEnergy.add(energy);
    if (this.#windows.add(this.#w)) this.#lastWindowEnergy = this.#windowEnergy.restart();
    if (this.#step > this.#tailFrom) this.#addToTail(energy);
  }

  #addToTail(energy: number): void {
    if (this.#tailEnergy.count === 0) this.#earlier.set(this.#w);
    for (let m = 0; m < this.#w.length; m++) this.#tailSum[m] += this.#w[m];
    this.#tailEnergy.add(energy);
  }
}

class RunningMean {
  count = 0;
  #sum = 0;

  add(value: number): void {
    this.#sum += value;
    this.count++;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /** The mean so far; begins anew. */
  restart(): number {
    const { mean } = this;
    this.#sum = this.count = 0;
    return mean;
  }

  snapshot(): Float64Array {
    return Float64Array.of(this.#sum, this.count);
  }

  restore([sum, count]: Float64Array): void {
    this.#sum = sum;
    this.count = count;
  }
}

function meanSquare(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum / vector.length;
}
