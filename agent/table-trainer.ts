/**
 * A trainer for csv-table: what an agent does with its own rows. Rows never leave; moments, losses, estimates and
 * held-out sums do.
 */
import { assert, KindredError } from '../core/errors.ts';
import type { OwnTable } from '../core/own/define.ts';
import { sharedFrom } from '../core/problem/own-model.ts';
import { createTableTask } from '../core/problem/csv-table.ts';
import type { SplitRows, TableLoss, TableTask } from '../core/problem/csv-table.ts';
import { lowerTriangle } from '../core/linalg/triangle.ts';
import { ETA_POINTS } from '../core/problem/ridge.ts';
import { moments, standardization } from '../core/problem/standardize.ts';
import type { Standardization } from '../core/problem/standardize.ts';
import { gossipLength } from '../core/subspace/gossip.ts';
import { prefixed, withoutPrefix } from '../core/snapshot.ts';
import { solveLocally } from '../core/strategy/local-step.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { TableJob } from '../config/job.ts';
import type { CooperateWork, PosteriorWork, Work } from '../proto/messages.ts';
import { ArmActivity, CurrentArm } from './arm-activity.ts';
import { asksForGains, gainReport, tableLearner } from './gain-work.ts';
import { gainReport as priorGainReport, posteriorReport, questionOf } from './prior-work.ts';
import { ChangeMeter } from './arm-meters.ts';
import { standardOf, standardVectors } from './standard-memory.ts';
import { basisReport, halvesReport } from './subspace-work.ts';
import { immediately, inPieces } from './trainer.ts';
import type { Activity, Snapshot, Trainer } from './trainer.ts';

/** The standardised table: with every training row, and without those held out to choose eta. */
interface TableTasks {
  readonly standard: Standardization;
  readonly all: TableTask;
  readonly fitting: TableTask;
}

/** The problem, and what stands beside strategies of one's own. */
type TableTerms = TableProblem & Pick<TableJob, 'armOptions' | 'gossipedRank'>;

export class TableTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #problem: TableTerms;
  readonly #data: SplitRows;
  readonly #agent: number;
  readonly #agents: number;
  readonly #seed: number;
  readonly #own: OwnTable | undefined;
  readonly #arm = new CurrentArm();
  #tasks: TableTasks | undefined;

  constructor(problem: TableTerms, data: SplitRows, agent: number, agents: number, seed: number, own?: OwnTable) {
    this.#problem = problem;
    this.#data = data;
    this.#agent = agent;
    this.#agents = agents;
    this.#seed = seed;
    this.#own = own;
    const shared = own === undefined ? data.training.features : own.dimension - sharedFrom(own);
    this.vectorLengthMax = Math.max(ETA_POINTS * shared, gossipLength(shared, problem.gossipedRank ?? 0));
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'moments':
        return immediately(new Map([['moments', moments(this.#data.training)]]));
      case 'standardize':
        return inPieces(this.#standardize(work.shift, work.scale, work.ridges));
      case 'evidence':
        return inPieces(fitReports(this.#ready, work.ridge, work.needs));
      case 'posterior':
        return immediately(priorReport(work.heldOut ? this.#ready.fitting : this.#ready.all, work));
      case 'heads':
        return immediately(basisReport(this.#ready.all, work));
      case 'cooperate':
        return this.#arm.continue(work, () => this.#startArm(work));
      default:
        throw new KindredError('WIRE_UNEXPECTED', `a table has no work of kind "${work.kind}"`);
    }
  }

  /** Rows are at hand in every process: the standardisation in use is enough to have the tasks again. */
  snapshot(): Map<string, Float64Array> | undefined {
    const arm = this.#arm.snapshot();
    return arm && new Map([...standardVectors(this.#tasks?.standard), ...prefixed('arm:', arm)]);
  }

  restore(snapshot: Snapshot): void {
    const standard = standardOf(snapshot, this.#data.training.features + 1);
    if (standard !== undefined) this.#tasks = this.#standardized(standard);
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
    const { batch } = this.#problem;
    const options = { loss: this.#loss, seed: this.#seed, agent: this.#agent, ...(batch === undefined ? {} : { batch }) };
    const task = (subset: 'all' | 'fitting'): TableTask => createTableTask(this.#data, standard, { ...options, subset });
    return { standard, all: task('all'), fitting: task('fitting') };
  }

  get #loss(): TableLoss {
    const { loss } = this.#problem;
    if (loss !== 'own') return loss;
    assert(this.#own !== undefined, "a loss of one's own without its module");
    return this.#own;
  }

  #startArm(work: CooperateWork): ArmActivity {
    const task = work.heldOut ? this.#ready.fitting : this.#ready.all;
    const meter = new ChangeMeter(task, Math.max(1, work.etas.length), (outputs, stage) => reportOf(task, outputs, stage));
    return new ArmActivity(task, work, this.#agent, this.#agents, meter, this.#problem.armOptions?.[work.arm] ?? {});
  }
}

function* fitReports(tasks: TableTasks, ridge: number, needs: readonly string[]): Generator<void, Map<string, Float64Array>> {
  const all = fitReport(tasks.all, ridge, '');
  yield;
  const reports = [...all, ...fitReport(tasks.fitting, ridge, 'fitting:')];
  if (needs.includes('information')) reports.push(...momentReport(tasks.all, ''), ...momentReport(tasks.fitting, 'fitting:'));
  if (needs.includes('halves')) reports.push(...halvesReport(tasks.all));
  return new Map(reports);
}

/** Everything the squared loss needs of the rows. */
function momentReport(task: TableTask, prefix: string): [string, Float64Array][] {
  const { matrix, moment, squares } = task.information();
  return [
    [`${prefix}matrix`, lowerTriangle(matrix)],
    [`${prefix}moment`, moment],
    [`${prefix}squares`, Float64Array.of(squares)],
  ];
}

function priorReport(task: TableTask, { prior, ridge, tell }: PosteriorWork): Map<string, Float64Array> {
  const question = questionOf(prior);
  const told = tell.includes('posterior') ? posteriorReport(task.posterior(question)) : new Map<string, Float64Array>();
  if (tell.includes('heldOut')) told.set('heldOut', Float64Array.of(task.heldOutLoss(task.posterior(question).mean), task.heldOutRows));
  if (tell.includes('gain')) told.set('gain', priorGainReport(task.rowGain(question, ridge)));
  return told;
}

/** The local ridge solution's slopes and what the estimator must know of their noise. */
function fitReport(task: TableTask, ridge: number, prefix: string): [string, Float64Array][] {
  const w = solvedAlone(task, ridge);
  const { rss, dof } = task.residualSums(ridge);
  return [
    [`${prefix}estimate`, w.slice(task.sharedFrom)],
    [`${prefix}rows`, Float64Array.of(task.model.rows.count, distinctTargets(task))],
    [`${prefix}residual`, Float64Array.of(rss, dof)],
    [`${prefix}spread`, Float64Array.of(task.noise(ridge, 1))],
    [`${prefix}curvature`, Float64Array.of(task.meanCurvature())],
  ];
}

function solvedAlone(task: TableTask, ridge: number): Float64Array {
  const w = new Float64Array(task.dimension);
  solveLocally(task, ridge, 0, w);
  return w;
}

/** Counted up to three: two are labels. */
function distinctTargets(task: TableTask): number {
  const seen = new Set<number>();
  for (const y of task.model.rows.y) if (seen.size < 3) seen.add(y);
  return seen.size;
}

function reportOf(task: TableTask, outputs: readonly Float64Array[], work: CooperateWork): Map<string, Float64Array> {
  if (asksForGains(work)) return gainReport(tableLearner(task, outputs[0], work.stepSize), work);
  return work.heldOut ? heldOutReport(task, outputs) : testReport(task, outputs, work);
}

function heldOutReport(task: TableTask, outputs: readonly Float64Array[]): Map<string, Float64Array> {
  return new Map([['heldOut', Float64Array.from(outputs, (w) => task.heldOutLoss(w))]]);
}

/** gain: whether the group that this agent is in helps its own rows. */
function testReport(task: TableTask, [cooperating]: readonly Float64Array[], { fallBack, needs, view, ridge }: CooperateWork): Map<string, Float64Array> {
  const w = fallBack ? solvedAlone(task, ridge) : cooperating;
  const { rows, squaredErrorSum, errorCount, ownErrorSum, auc } = task.evaluate(w);
  const values = new Map<string, Float64Array>([
    ['test', Float64Array.of(squaredErrorSum + errorCount + ownErrorSum, rows)],
    ['parameters', w.slice()],
  ]);
  if (auc !== undefined) values.set('auc', Float64Array.of(auc));
  if (needs.includes('gain')) values.set('gain', priorGainReport(task.groupGain(w, 1 + view.neighbours.length, ridge)));
  return values;
}
