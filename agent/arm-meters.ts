/**
 * What an arm measures at one agent, and how its report is made. A meter's memory is part of the arm's snapshot: an arm
 * that was stopped reports the figures of all of its iterations.
 */
import { isCurvePoint, isSteady } from '../core/arm-schedule.ts';
import { KindredError } from '../core/errors.ts';
import type { GradientTask, SolveTask } from '../core/problem/problem.ts';
import { joined, overwrite, vectorOf } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { ArmRecorder } from './arm-runner.ts';
import { asksForGains } from './gain-work.ts';

export interface ArmMeter extends ArmRecorder {
  /** The error curve so far; a table knows its errors at the end only. */
  readonly curve?: readonly number[];
  /** Of the stage that ends here. */
  report(runs: readonly StrategyRun[], work: CooperateWork): Map<string, Float64Array>;
  /** What is told instead where a stage ends before the arm does; a meter without it reports. */
  look?(): Map<string, Float64Array>;
  /** Between two iterations; the vectors are copies. */
  snapshot(): Map<string, Float64Array>;
  restore(snapshot: Snapshot): void;
}

type Delivering = Pick<StrategyRun, 'output'>;

/** Squared deviation from the agent's own truth, or what the task evaluates: the curve, and its mean over the last third. */
export class DeviationMeter implements ArmMeter {
  readonly #task: GradientTask;
  readonly #work: CooperateWork;
  #curve: number[];
  #steadySum = 0;
  #steadyCount = 0;

  constructor(task: GradientTask, work: CooperateWork) {
    this.#task = task;
    this.#work = work;
    this.#curve = [task.squaredDeviation(new Float64Array(task.dimension), 0)];
  }

  get curve(): readonly number[] {
    return this.#curve;
  }

  recorded(iteration: number, [run]: readonly Delivering[]): void {
    const isPoint = isCurvePoint(iteration, this.#work);
    const steady = isSteady(iteration, this.#work) && (isPoint || this.#task.evaluates !== true);
    if (!isPoint && !steady) return;
    const error = this.#task.squaredDeviation(run.output(), iteration);
    if (!Number.isFinite(error)) {
      throw new KindredError('PARAMETERS_NOT_FINITE', `the error is ${error} at iteration ${iteration} of ${this.#work.strategy}`);
    }
    if (isPoint) this.#curve.push(error);
    if (!steady) return;
    this.#steadySum += error;
    this.#steadyCount++;
  }

  report([run]: readonly Delivering[]): Map<string, Float64Array> {
    return new Map([
      ['error', Float64Array.of(this.#steadySum / this.#steadyCount)],
      ['curve', Float64Array.from(this.#curve)],
      ['parameters', run.output().slice()],
    ]);
  }

  look(): Map<string, Float64Array> {
    return new Map();
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['curve', Float64Array.from(this.#curve)],
      ['steady', Float64Array.of(this.#steadySum, this.#steadyCount)],
    ]);
  }

  restore(snapshot: Snapshot): void {
    this.#curve = Array.from(vectorOf(snapshot, 'curve'));
    [this.#steadySum, this.#steadyCount] = vectorOf(snapshot, 'steady', 2);
  }
}

type RestOfReport = (outputs: readonly Float64Array[], work: CooperateWork) => Map<string, Float64Array>;

/** Change of the last iteration per candidate: ||w - w'||^2 and ||w||^2, for the coordinator's stopping rule. */
export class ChangeMeter implements ArmMeter {
  readonly #before: readonly Float64Array[];
  readonly #change: Float64Array;
  readonly #rest: RestOfReport;

  /** `rest` makes the rest of the report from the candidates' outputs. */
  constructor(task: SolveTask, candidates: number, rest: RestOfReport) {
    this.#before = Array.from({ length: candidates }, () => new Float64Array(task.dimension));
    this.#change = new Float64Array(2 * candidates);
    this.#rest = rest;
  }

  recorded(_iteration: number, runs: readonly StrategyRun[]): void {
    runs.forEach((run, candidate) => {
      const w = run.output();
      measureChange(this.#before[candidate], w, this.#change.subarray(2 * candidate));
      this.#before[candidate].set(w);
    });
  }

  report(runs: readonly StrategyRun[], work: CooperateWork): Map<string, Float64Array> {
    const outputs = runs.map((run) => run.output());
    const rest = this.#rest(outputs, work);
    // Learning together has a given end.
    return asksForGains(work) ? rest : new Map([['change', this.#change.slice()], ...rest]);
  }

  snapshot(): Map<string, Float64Array> {
    return new Map([
      ['before', joined(this.#before)],
      ['change', this.#change.slice()],
    ]);
  }

  restore(snapshot: Snapshot): void {
    overwrite(this.#before, snapshot, 'before');
    overwrite([this.#change], snapshot, 'change');
  }
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
