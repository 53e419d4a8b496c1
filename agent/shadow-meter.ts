/**
 * Measures what cooperating is worth to one agent while it cooperates: its shadow goes beside the arm, and on every fresh
 * mini-batch of the steady part their losses are compared before either learns from it (core/transfer-gain.ts).
 *
 * The report carries the batch means of the gain; where an estimator looks on, every stage's end tells of the shadow. Asked to fall back, it delivers the shadow in place of the arm's model.
 */
import type { GradientTask } from '../core/problem/problem.ts';
import { overwrite, prefixed, vectorOf, withoutPrefix } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { Shadow } from '../core/strategy/shadow.ts';
import type { StrategyRun } from '../core/strategy/strategy.ts';
import { gainBatches } from '../core/transfer-gain.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { DeviationMeter } from './arm-meters.ts';
import type { ArmMeter } from './arm-meters.ts';
import { ShadowEvidence } from './shadow-evidence.ts';

export class ShadowMeter implements ArmMeter {
  readonly #task: GradientTask;
  readonly #shadow: Shadow;
  readonly #cooperating: DeviationMeter;
  readonly #alone: DeviationMeter;
  readonly #sums: Float64Array;
  readonly #length: number;
  readonly #needs: readonly string[];
  readonly #evidence: ShadowEvidence;
  /** Gains are measured after this iteration. */
  readonly #from: number;

  constructor(task: GradientTask, work: CooperateWork) {
    const { length, count } = gainBatches(work, work.stepSize);
    this.#task = task;
    this.#shadow = new Shadow(task, work.stepSize);
    this.#cooperating = new DeviationMeter(task, work);
    this.#alone = new DeviationMeter(task, work);
    this.#sums = new Float64Array(count);
    this.#length = length;
    this.#needs = work.needs;
    this.#evidence = new ShadowEvidence(this.#shadow, work.stepSize, task.dimension);
    this.#from = work.lastIteration - length * count;
  }

  get curve(): readonly number[] {
    return this.#cooperating.curve;
  }

  recorded(iteration: number, runs: readonly StrategyRun[]): void {
    this.#cooperating.recorded(iteration, runs);
    this.#shadow.advance(iteration);
    this.#alone.recorded(iteration, [this.#shadow]);
    if (this.#needs.length > 0) this.#evidence.add();
    if (iteration <= this.#from) return;
    const batch = Math.floor((iteration - this.#from - 1) / this.#length);
    this.#sums[batch] -= this.#task.lossDifference(runs[0].output(), this.#shadow.output(), iteration + 1);
  }

  report(runs: readonly StrategyRun[], { fallBack }: Pick<CooperateWork, 'fallBack'>): Map<string, Float64Array> {
    const delivered = fallBack ? this.#alone.report([this.#shadow]) : this.#cooperating.report(runs);
    return new Map([...delivered, ['gain', this.#sums.map((sum) => sum / this.#length)]]);
  }

  look(): Map<string, Float64Array> {
    return this.#needs.length > 0 ? this.#evidence.take(this.#needs) : new Map();
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ...this.#cooperating.snapshot(),
      ...prefixed('evidence:', this.#evidence.snapshot()),
      ...prefixed('alone:', this.#alone.snapshot()),
      ['shadow', this.#shadow.output().slice()],
      ['gain', this.#sums.slice()],
    ]);
  }

  restore(snapshot: Snapshot): void {
    this.#cooperating.restore(snapshot);
    this.#alone.restore(withoutPrefix('alone:', snapshot));
    this.#evidence.restore(withoutPrefix('evidence:', snapshot));
    overwrite(this.#shadow.state, snapshot, 'shadow');
    this.#sums.set(vectorOf(snapshot, 'gain', this.#sums.length));
  }
}
