/** What an agent with a network tells where all learn together: gains of the step that comes next. It measures nothing on the way. */
import type { MlpTask } from '../core/problem/mlp-task.ts';
import type { StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { ArmMeter } from './arm-meters.ts';
import { gainReport, networkLearner } from './gain-work.ts';

export class GainMeter implements ArmMeter {
  readonly #task: MlpTask;

  constructor(task: MlpTask) {
    this.#task = task;
  }

  recorded(): void {}

  report([run]: readonly StrategyRun[], work: CooperateWork): Map<string, Float64Array> {
    return gainReport(networkLearner(this.#task, run.output(), work), work);
  }

  snapshot(): Map<string, Float64Array> {
    return new Map();
  }

  restore(): void {}
}
