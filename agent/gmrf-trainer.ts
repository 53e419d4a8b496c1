/**
 * A trainer for gmrf-regression: local SGD on a stream of mini-batches, with the statistics that phase 1 needs.
 */
import { KindredError } from '../core/errors.ts';
import type { GradientTask } from '../core/problem/problem.ts';
import { energyNoise, noisePower, stability, tailNoiseFactor } from '../core/theory.ts';
import { WindowTest } from '../core/window-test.ts';
import type { GmrfJob } from '../config/job.ts';
import type { CooperateWork, Work } from '../proto/messages.ts';
import { ArmActivity, deviationMeter } from './arm-activity.ts';
import { immediately, iterationsPerBreath } from './trainer.ts';
import type { Activity, Trainer, TrainerRequest } from './trainer.ts';

type ExploreWork = Extract<Work, { kind: 'explore' }>;

export class GmrfTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #task: GradientTask;
  readonly #batch: number;
  readonly #agent: number;
  readonly #agents: number;
  #explorer: Explorer | undefined;
  #arm: ArmActivity | undefined;

  constructor(task: GradientTask, job: GmrfJob, agent: number, agents: number) {
    this.vectorLengthMax = task.dimension;
    this.#task = task;
    this.#batch = job.batch;
    this.#agent = agent;
    this.#agents = agents;
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'explore':
        this.#explorer ??= new Explorer(this.#task, this.#batch, work);
        return this.#explorer.continueWith(work);
      case 'evidence':
        return immediately(this.#ready.evidence(work.needs));
      case 'cooperate':
        return this.#cooperate(work);
      default:
        throw new KindredError('WIRE_UNEXPECTED', `gmrf-regression has no work of kind "${work.kind}"`);
    }
  }

  get #ready(): Explorer {
    if (this.#explorer === undefined) throw new KindredError('WIRE_UNEXPECTED', 'nothing was explored yet');
    return this.#explorer;
  }

  #cooperate(work: CooperateWork): Activity {
    if (this.#arm?.epoch !== work.epoch) {
      this.#arm = new ArmActivity(this.#task, work, this.#agent, this.#agents, deviationMeter(this.#task, work));
    }
    return this.#arm.continueUntil(work.untilIteration);
  }
}

/**
 * Phase 1 at one agent: w <- w - mu g from w = 0, window means for the stopping test, and since the tail began the mean
 * of the iterates and G = mean ||g||^2 / M, from which the energy identity gives the noise n = mu G / 2.
 */
class Explorer implements Activity {
  readonly #task: GradientTask;
  readonly #batch: number;
  readonly #stepSize: number;
  readonly #w: Float64Array;
  readonly #gradient: Float64Array;
  readonly #windows: WindowTest;
  readonly #windowEnergy = new RunningMean();
  #lastWindowEnergy = 0;
  readonly #tailSum: Float64Array;
  readonly #tailEnergy = new RunningMean();
  #step = 0;
  #until = 0;
  #tailFrom = Infinity;

  constructor(task: GradientTask, batch: number, work: ExploreWork) {
    this.#task = task;
    this.#batch = batch;
    this.#stepSize = work.stepSize;
    this.#w = new Float64Array(task.dimension);
    this.#gradient = new Float64Array(task.dimension);
    this.#tailSum = new Float64Array(task.dimension);
    this.#windows = new WindowTest(task.dimension, work.windowSteps);
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
    ]);
    const asked = [...known].filter(([name]) => needs.includes(name));
    return new Map([...asked, ['noisePower', Float64Array.of(noisePower(noise, this.#stepSize, nu))]]);
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
}

function meanSquare(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum / vector.length;
}
