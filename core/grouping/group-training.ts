/**
 * Groups of tasks trained in one process: in each step every member takes a stochastic gradient step with its own head, and the
 * shared layer takes the MEAN of the members' gradients. What is delivered is each task's parameters when its loss on the
 * rows held out was least (early stopping). It is what agents do over a network, and the measure of studies.
 */
import { createMlpTask, LOOK_EVERY, type FittingRows, type MlpTask } from '../problem/mlp-task.ts';
import type { HeldOut, LearningStep } from './gains.ts';

export interface TrainingSetting {
  readonly hidden: number;
  readonly steps: number;
  readonly stepSize: number;
  readonly batch: number;
  readonly seed: number;
}

/** The parameters that each task delivers. `seen` is told of every step of a group with the tasks in it. */
export function trainGroups(
  tasks: readonly FittingRows[],
  groups: readonly (readonly number[])[],
  setting: TrainingSetting,
  seen?: (step: number, looked: LearningStep) => void,
): Float64Array[] {
  const out: Float64Array[] = [];
  for (const group of groups) trainGroup(tasks, group, setting, seen).forEach((w, i) => (out[group[i]] = w));
  return out;
}

function trainGroup(
  tasks: readonly FittingRows[],
  group: readonly number[],
  setting: TrainingSetting,
  seen?: (step: number, looked: LearningStep) => void,
): Float64Array[] {
  const members = group.map((task) => new Member(tasks[task], task, setting));
  for (let step = 1; step <= setting.steps; step++) {
    const before = seen && members.map(({ w }) => w.slice());
    const gradients = members.map((member) => member.adapt(step));
    if (seen && before) {
      const learners = members.map((heldOut, i) => ({ heldOut, before: before[i], head: heldOut.head.slice(), gradient: gradients[i].slice() }));
      seen(step, { learners, stepSize: setting.stepSize });
    }
    const mean = meanOf(gradients);
    for (const member of members) member.share(mean);
    if (step % LOOK_EVERY === 0) for (const member of members) member.look();
  }
  return members.map(({ best }) => best);
}

class Member implements HeldOut {
  readonly w: Float64Array;
  readonly best: Float64Array;
  #least = Infinity;
  readonly #task: MlpTask;
  readonly #gradient: Float64Array;
  readonly #stepSize: number;

  constructor(rows: FittingRows, agent: number, { hidden, batch, seed, stepSize }: TrainingSetting) {
    this.#task = createMlpTask(rows, { hidden, batch, seed, agent });
    this.#gradient = new Float64Array(this.#task.dimension);
    this.#stepSize = stepSize;
    this.w = this.#task.initial.slice();
    this.best = this.w.slice();
  }

  get head(): Float64Array {
    return this.w.subarray(0, this.#task.sharedFrom);
  }

  /** The head takes its step; the gradient of the shared layer is answered. */
  adapt(step: number): Float64Array {
    const { sharedFrom } = this.#task;
    this.#task.gradient(this.w, step, this.#gradient);
    for (let m = 0; m < sharedFrom; m++) this.w[m] -= this.#stepSize * this.#gradient[m];
    return this.#gradient.subarray(sharedFrom);
  }

  share(mean: Float64Array): void {
    const { sharedFrom } = this.#task;
    for (let m = 0; m < mean.length; m++) this.w[sharedFrom + m] -= this.#stepSize * mean[m];
  }

  look(): void {
    const loss = this.loss(this.w);
    if (loss >= this.#least) return;
    this.#least = loss;
    this.best.set(this.w);
  }

  loss(w: Float64Array): number {
    return this.#task.heldOut.loss(w);
  }

  gradient(w: Float64Array, out: Float64Array): void {
    this.#task.heldOut.gradient(w, out);
  }
}

function meanOf(gradients: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(gradients[0].length);
  for (const gradient of gradients) for (let m = 0; m < out.length; m++) out[m] += gradient[m] / gradients.length;
  return out;
}
