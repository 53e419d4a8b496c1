/**
 * Early stopping: every so many iterations an arm's model is looked at on rows held out, and what the agent delivers is the
 * model that was best on them. The arm itself goes on as if nobody looked.
 */
import { KindredError } from '../core/errors.ts';
import { LOOK_EVERY, type MlpTask } from '../core/problem/mlp-task.ts';
import { vectorOf, type Snapshot } from '../core/snapshot.ts';
import type { StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { ArmMeter } from './arm-meters.ts';

export class StoppingMeter implements ArmMeter {
  readonly #task: MlpTask;
  readonly #work: CooperateWork;
  readonly #tell: (w: Float64Array) => Map<string, Float64Array>;
  readonly #best: Float64Array;
  #least = Infinity;

  /** `tell` makes the report of the best model. */
  constructor(task: MlpTask, work: CooperateWork, tell: (w: Float64Array) => Map<string, Float64Array>) {
    this.#task = task;
    this.#work = work;
    this.#tell = tell;
    this.#best = task.initial.slice();
  }

  recorded(iteration: number, [run]: readonly StrategyRun[]): void {
    if (iteration % LOOK_EVERY !== 0 && iteration !== this.#work.lastIteration) return;
    const w = run.output();
    const loss = this.#task.heldOut.loss(w);
    if (!Number.isFinite(loss)) throw new KindredError('PARAMETERS_NOT_FINITE', `the error is ${loss} at iteration ${iteration} of ${this.#work.strategy}`);
    if (loss >= this.#least) return;
    this.#least = loss;
    this.#best.set(w);
  }

  report(): Map<string, Float64Array> {
    return this.#tell(this.#best);
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['best', this.#best.slice()],
      ['least', Float64Array.of(this.#least)],
    ]);
  }

  restore(snapshot: Snapshot): void {
    this.#best.set(vectorOf(snapshot, 'best', this.#best.length));
    this.#least = vectorOf(snapshot, 'least', 1)[0];
  }
}
