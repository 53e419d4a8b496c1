/**
 * An arm at one agent as an activity: runs the ArmRunner to the assigned iteration and makes the report.
 */
import { isCurvePoint, isSteady } from '../core/arm-schedule.ts';
import { KindredError } from '../core/errors.ts';
import type { GradientTask, SolveTask, Task } from '../core/problem/problem.ts';
import type { StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { ArmRunner } from './arm-runner.ts';
import type { ArmRecorder } from './arm-runner.ts';
import { iterationsPerBreath } from './trainer.ts';
import type { Activity, TrainerRequest } from './trainer.ts';

/** What an arm measures, and how its report is made. */
export interface ArmMeter extends ArmRecorder {
  report(runs: readonly StrategyRun[]): Map<string, Float64Array>;
}

/** An arm stays here between its stages: a table's arm is continued until it has settled. */
export class ArmActivity implements Activity {
  readonly #runner: ArmRunner;
  readonly #meter: ArmMeter;
  readonly #epoch: number;
  readonly #budget: number;
  #until = 0;

  constructor(task: Task, work: CooperateWork, agent: number, agents: number, meter: ArmMeter) {
    this.#meter = meter;
    this.#epoch = work.epoch;
    this.#budget = iterationsPerBreath(task);
    this.#runner = new ArmRunner(task, work, agent, agents, meter);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get iteration(): number {
    return this.#runner.iteration;
  }

  continueUntil(iteration: number): this {
    this.#until = iteration;
    return this;
  }

  advance(): TrainerRequest {
    const step = this.#runner.advance(this.#until, this.#budget);
    if (step === 'pause') return { kind: 'pause' };
    if (step === undefined) return { kind: 'report', values: this.#meter.report(this.#runner.runs) };
    return { kind: 'exchange', step, epoch: this.#epoch };
  }

  deliver(vectors: readonly Float64Array[]): void {
    this.#runner.deliver(vectors);
  }
}

/** Squared deviation from the agent's own truth: the curve, and its mean over the last third. */
export function deviationMeter(task: GradientTask, work: CooperateWork): ArmMeter {
  const curve: number[] = [task.squaredDeviation(new Float64Array(task.dimension))];
  let steadySum = 0;
  let steadyCount = 0;
  return {
    recorded(iteration, [run]) {
      const isPoint = isCurvePoint(iteration, work);
      const steady = isSteady(iteration, work);
      if (!isPoint && !steady) return;
      const error = task.squaredDeviation(run.output());
      if (!Number.isFinite(error)) throw new KindredError('PARAMETERS_NOT_FINITE', `the error is ${error} at iteration ${iteration} of ${work.strategy}`);
      if (isPoint) curve.push(error);
      if (!steady) return;
      steadySum += error;
      steadyCount++;
    },
    report: ([run]) =>
      new Map([
        ['error', Float64Array.of(steadySum / steadyCount)],
        ['curve', Float64Array.from(curve)],
        ['parameters', run.output().slice()],
      ]),
  };
}

/** Change of the last iteration per candidate: ||w - w'||^2 and ||w||^2, for the coordinator's stopping rule. */
export function changeMeter(task: SolveTask, candidates: number, rest: (outputs: readonly Float64Array[]) => Map<string, Float64Array>): ArmMeter {
  const before = Array.from({ length: candidates }, () => new Float64Array(task.dimension));
  const change = new Float64Array(2 * candidates);
  return {
    recorded(_iteration, runs) {
      runs.forEach((run, candidate) => {
        const w = run.output();
        measureChange(before[candidate], w, change.subarray(2 * candidate));
        before[candidate].set(w);
      });
    },
    report: (runs) => new Map([['change', change.slice()], ...rest(runs.map((run) => run.output()))]),
  };
}

function measureChange(before: Float64Array, now: Float64Array, out: Float64Array): void {
  let change = 0;
  let norm = 0;
  for (let m = 0; m < now.length; m++) {
    change += (now[m] - before[m]) ** 2;
    norm += now[m] ** 2;
  }
  out[0] = change;
  out[1] = norm;
}
