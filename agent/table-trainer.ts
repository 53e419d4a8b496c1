/**
 * A trainer for csv-table: what an agent does with its own rows. Rows never leave; moments, losses, estimates and
 * held-out sums do.
 */
import { KindredError } from '../core/errors.ts';
import { createTableTask } from '../core/problem/csv-table.ts';
import type { SplitRows, TableTask } from '../core/problem/csv-table.ts';
import { ETA_POINTS } from '../core/problem/ridge.ts';
import { moments, standardization } from '../core/problem/standardize.ts';
import type { Standardization } from '../core/problem/standardize.ts';
import { prefixed, vectorOf, withoutPrefix } from '../core/snapshot.ts';
import { solveLocally } from '../core/strategy/local-step.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { CooperateWork, Work } from '../proto/messages.ts';
import { ArmActivity, CurrentArm } from './arm-activity.ts';
import { ChangeMeter } from './arm-meters.ts';
import { immediately, inPieces } from './trainer.ts';
import type { Activity, Snapshot, Trainer } from './trainer.ts';

/** The standardised table: with every training row, and without those held out to choose eta. */
interface TableTasks {
  readonly standard: Standardization;
  readonly all: TableTask;
  readonly fitting: TableTask;
}

export class TableTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #problem: TableProblem;
  readonly #data: SplitRows;
  readonly #agent: number;
  readonly #agents: number;
  readonly #seed: number;
  readonly #arm = new CurrentArm();
  #tasks: TableTasks | undefined;

  constructor(problem: TableProblem, data: SplitRows, agent: number, agents: number, seed: number) {
    this.#problem = problem;
    this.#data = data;
    this.#agent = agent;
    this.#agents = agents;
    this.#seed = seed;
    this.vectorLengthMax = ETA_POINTS * data.training.features;
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'moments':
        return immediately(new Map([['moments', moments(this.#data.training)]]));
      case 'standardize':
        return inPieces(this.#standardize(work.shift, work.scale, work.ridges));
      case 'evidence':
        return inPieces(fitReports(this.#ready, work.ridge));
      case 'cooperate':
        return this.#arm.continue(work, () => this.#startArm(work));
      default:
        throw new KindredError('WIRE_UNEXPECTED', `a table has no work of kind "${work.kind}"`);
    }
  }

  /** Rows are at hand in every process: the standardisation in use is enough to have the tasks again. */
  snapshot(): Map<string, Float64Array> | undefined {
    const arm = this.#arm.snapshot();
    const { shift, scale } = this.#tasks?.standard ?? {};
    const standard: [string, Float64Array][] =
      shift === undefined || scale === undefined
        ? []
        : [
            ['table:shift', shift.slice()],
            ['table:scale', scale.slice()],
          ];
    return arm && new Map([...standard, ...prefixed('arm:', arm)]);
  }

  restore(snapshot: Snapshot): void {
    const columns = this.#data.training.features + 1;
    if (snapshot.has('table:shift')) {
      this.#tasks = this.#standardized({
        shift: vectorOf(snapshot, 'table:shift', columns).slice(),
        scale: vectorOf(snapshot, 'table:scale', columns).slice(),
      });
    }
    this.#arm.restore(withoutPrefix('arm:', snapshot));
  }

  get #ready(): TableTasks {
    if (this.#tasks === undefined) throw new KindredError('WIRE_UNEXPECTED', 'the table is not standardised yet');
    return this.#tasks;
  }

  /** No shift: this agent standardises by its own rows. */
  *#standardize(shift: readonly number[], scale: readonly number[], ridges: readonly number[]): Generator<void, Map<string, Float64Array>> {
    const standard: Standardization =
      shift.length === 0
        ? standardization(moments(this.#data.training), 'per-agent', this.#problem.loss)
        : { shift: Float64Array.from(shift), scale: Float64Array.from(scale) };
    const tasks = this.#standardized(standard);
    const losses: number[] = [];
    for (const ridge of ridges) {
      yield;
      losses.push(tasks.all.leaveOneOutLoss(ridge));
    }
    this.#tasks = tasks;
    return new Map([['leaveOneOut', Float64Array.from(losses)]]);
  }

  #standardized(standard: Standardization): TableTasks {
    const { loss, batch } = this.#problem;
    const options = { loss, seed: this.#seed, agent: this.#agent, ...(batch === undefined ? {} : { batch }) };
    const task = (subset: 'all' | 'fitting'): TableTask => createTableTask(this.#data, standard, { ...options, subset });
    return { standard, all: task('all'), fitting: task('fitting') };
  }

  #startArm(work: CooperateWork): ArmActivity {
    const task = work.heldOut ? this.#ready.fitting : this.#ready.all;
    const rest = work.heldOut ? heldOutReport : testReport;
    const meter = new ChangeMeter(task, Math.max(1, work.etas.length), (outputs) => rest(task, outputs));
    return new ArmActivity(task, work, this.#agent, this.#agents, meter);
  }
}

function* fitReports(tasks: TableTasks, ridge: number): Generator<void, Map<string, Float64Array>> {
  const all = fitReport(tasks.all, ridge, '');
  yield;
  return new Map([...all, ...fitReport(tasks.fitting, ridge, 'fitting:')]);
}

/** The local ridge solution's slopes and what the estimator must know of their noise. */
function fitReport(task: TableTask, ridge: number, prefix: string): [string, Float64Array][] {
  const w = new Float64Array(task.dimension);
  solveLocally(task, ridge, 0, w);
  const { rss, dof } = task.residualSums(ridge);
  return [
    [`${prefix}estimate`, w.slice(task.sharedFrom)],
    [`${prefix}residual`, Float64Array.of(rss, dof)],
    [`${prefix}spread`, Float64Array.of(task.noise(ridge, 1))],
    [`${prefix}curvature`, Float64Array.of(task.meanCurvature())],
  ];
}

function heldOutReport(task: TableTask, outputs: readonly Float64Array[]): Map<string, Float64Array> {
  return new Map([['heldOut', Float64Array.from(outputs, (w) => task.heldOutLoss(w))]]);
}

function testReport(task: TableTask, [w]: readonly Float64Array[]): Map<string, Float64Array> {
  const { rows, squaredErrorSum, errorCount, auc } = task.evaluate(w);
  const values = new Map([
    ['test', Float64Array.of(squaredErrorSum + errorCount, rows)],
    ['parameters', w.slice()],
  ]);
  if (auc !== undefined) values.set('auc', Float64Array.of(auc));
  return values;
}
