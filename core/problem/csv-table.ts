/**
 * csv-table: agent = task, its data the rows of one task of a table.
 *
 * Parameters are D = 1 + d numbers in standardised coordinates: the intercept (private, coordinate 0), then one
 * slope per feature. Local steps are exact (Cholesky or Newton, D <= 512) unless `batch` asks for local SGD.
 * What is reported, errors and AUC, is in the target's own units and on test rows only.
 */
import { assert, KindredError } from '../errors.ts';
import { priorResiduals, rowGain, type RowGain } from '../hierarchical/guard.ts';
import { informationOf, type Information } from '../hierarchical/information.ts';
import { laplacePosterior } from '../hierarchical/laplace.ts';
import { squaredPosterior, type LocalPosterior } from '../hierarchical/posterior.ts';
import type { Question } from '../hierarchical/question.ts';
import { LIMITS } from '../limits.ts';
import { auc, errorCount } from '../metrics.ts';
import { TINY_RIDGE, logLoss, type LinearModel } from './linear-model.ts';
import type { LocalModel } from './local-model.ts';
import { LogisticModel } from './logistic-model.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { OwnTable } from '../own/define.ts';
import { OwnModel, sharedFrom } from './own-model.ts';
import type { SolveTask } from './problem.ts';
import { gatherRows, score, sliceRows, type Rows } from './rows.ts';
import { heldOutRows, splitOrder, trainingRows, type SplitSpec } from './split.ts';
import { SquaredModel } from './squared-model.ts';
import { standardizeRows, type Standardization } from './standardize.ts';
import {
  halfMoments,
  headAnswer,
  modelIn,
  projectedRows,
  scatterOf,
  type BasisQuestion,
  type HalfMoments,
  type LocalLoss,
  type OwnHead,
} from '../subspace/local.ts';
import { LOCAL_PASSES, StochasticSolver } from './stochastic-solver.ts';

/** One agent's rows as they stand in the file, split but not standardised. */
export interface SplitRows {
  /** In split order: the last `heldOut` of them are held out while eta is chosen. */
  readonly training: Rows;
  readonly heldOut: number;
  readonly test: Rows;
}

export function splitRows(rows: Rows, agent: number, spec: SplitSpec): SplitRows {
  const order = splitOrder(rows.count, agent, spec);
  const training = trainingRows(rows.count, spec.train);
  return {
    training: gatherRows(rows, order.subarray(0, training)),
    heldOut: heldOutRows(training),
    test: gatherRows(rows, order.subarray(training)),
  };
}

/** squared, logistic, or one of somebody's own. */
export type TableLoss = 'squared' | 'logistic' | OwnTable;

export interface TableTaskOptions {
  readonly loss: TableLoss;
  /** fitting: the training rows without the held-out fifth, to choose eta with. all: every training row. */
  readonly subset: 'fitting' | 'all';
  /** Present: local steps are mini-batch SGD. */
  readonly batch?: number;
  readonly seed: number;
  readonly agent: number;
}

export interface Evaluation {
  readonly rows: number;
  /** In the target's own units; 0 for labels. */
  readonly squaredErrorSum: number;
  /** Labels on the wrong side of log-odds 0; 0 for other losses. */
  readonly errorCount: number;
  /** By a module of somebody's own; else 0. */
  readonly ownErrorSum: number;
  /** undefined for the squared loss, and where the test rows hold one class only. */
  readonly auc: number | undefined;
}

export interface TableTask<Model extends LocalModel = LocalModel> extends SolveTask {
  readonly model: Model;
  evaluate(w: Float64Array): Evaluation;
  /** Over the held-out rows: squared errors in the target's own units, or log losses. */
  heldOutLoss(w: Float64Array): number;
  readonly heldOutRows: number;
  leaveOneOutLoss(ridge: number): number;
  residualSums(ridge: number): { rss: number; dof: number };
  /** n_k of the ridge solution: mean over slopes of diag(s P A P); for labels s = 1 and `residualVariance` is ignored. */
  noise(ridge: number, residualVariance: number): number;
  meanCurvature(): number;
  information(): Information;
  posterior(question: Question): LocalPosterior;
  /** Whether the prior helps on the own rows, against the ridge solution: squared loss only. */
  rowGain(question: Question, ridge: number): RowGain;
  /** What a shared basis begins with, and an agent's part of each round (core/subspace). */
  halfMoments(): HalfMoments;
  scatter(): Matrix;
  headAnswer(question: BasisQuestion): OwnHead;
  modelIn(question: BasisQuestion): Float64Array;
  /** Whether the basis helps on the own rows, against the ridge solution: squared loss only. */
  headGain(question: BasisQuestion, ridge: number): RowGain;
  /** Whether slopes in common with others help on the own rows, `members` agents with this one; none where these interpolate: squared loss only. */
  groupGain(w: Float64Array, members: number, ridge: number): RowGain;
}

export function createTableTask(
  data: SplitRows,
  standard: Standardization,
  options: TableTaskOptions & { loss: 'squared' | 'logistic' },
): TableTask<LinearModel>;
export function createTableTask(data: SplitRows, standard: Standardization, options: TableTaskOptions): TableTask;
export function createTableTask(data: SplitRows, standard: Standardization, options: TableTaskOptions): TableTask {
  const { loss } = options;
  const training = standardizeRows(data.training, standard);
  const fittingRows = training.count - data.heldOut;
  const model = createModel(loss, options.subset === 'all' ? training : sliceRows(training, 0, fittingRows));
  const heldOut = sliceRows(training, fittingRows, training.count);
  const test = standardizeRows(data.test, standard);
  const targetScale = standard.scale[training.features];
  return {
    learns: 'solve',
    dimension: typeof loss === 'object' ? loss.dimension : 1 + training.features,
    sharedFrom: typeof loss === 'object' ? sharedFrom(loss) : 1,
    passes: options.batch === undefined ? 1 : LOCAL_PASSES,
    model,
    solve: createSolve(model, options),
    ...(isLinear(model) ? { lossGradient: (w, rows, out) => lossGradient(model, rows === 'training' ? model.rows : heldOut, w, out) } : {}),
    refitPrivate: (w) => model.refitPrivate(w),
    evaluate: (w) => evaluateRows(test, loss, targetScale, w),
    heldOutLoss: (w) => heldOutLoss(heldOut, loss, targetScale, w),
    heldOutRows: heldOut.count,
    leaveOneOutLoss: (ridge) => model.leaveOneOutLoss(Math.max(ridge, TINY_RIDGE)),
    residualSums: (ridge) => model.residualSums(Math.max(ridge, TINY_RIDGE)),
    noise: (ridge, residualVariance) => (loss === 'squared' ? residualVariance : 1) * model.meanSpread(Math.max(ridge, TINY_RIDGE)),
    meanCurvature: () => model.meanCurvature(),
    ...createPosterior(model, loss),
    ...createHead(model, loss),
    groupGain: (w, members, ridge) => gainOver(model, ridge, (own, alone) => (own.isSaturated(members) ? alone : own.groupResiduals(w, members))),
  };
}

/** Mean over the rows of the model's loss, in standardised units; out <- its gradient. */
function lossGradient(model: LinearModel, rows: Rows, w: Float64Array, out: Float64Array): number {
  out.fill(0);
  let loss = 0;
  for (let i = 0; i < rows.count; i++) {
    const z = score(rows, i, w);
    loss += model.rowLoss(z, rows.y[i]) / rows.count;
    const slope = model.rowSlope(z, rows.y[i]) / rows.count;
    out[0] += slope;
    for (let j = 0; j < rows.features; j++) out[1 + j] += slope * rows.x[i * rows.features + j];
  }
  return loss;
}

/** The moments are made when they are first asked for. */
function createPosterior(model: LocalModel, loss: TableLoss): Pick<TableTask, 'information' | 'posterior' | 'rowGain'> {
  const { rows } = model;
  let made: Information | undefined;
  const information = (): Information => (made ??= informationOf(rows));
  const posterior = ({ belief, noise, start, steps }: Question): LocalPosterior => {
    assert(typeof loss !== 'object', "a loss of one's own has no posterior");
    return loss === 'squared' ? squaredPosterior(information(), belief, noise) : laplacePosterior(rows, belief, start, steps);
  };
  const gain = (question: Question, ridge: number): RowGain => gainOver(model, ridge, () => priorResiduals(rows, posterior(question), question.noise));
  return { information, posterior, rowGain: gain };
}

/** By leave-one-out residuals of the other model against those of the ridge solution. */
function gainOver(model: LocalModel, ridge: number, residuals: (own: SquaredModel, alone: Float64Array) => Float64Array): RowGain {
  assert(model instanceof SquaredModel, 'labels have no residuals to compare');
  const alone = model.leaveOneOutResiduals(Math.max(ridge, TINY_RIDGE));
  return rowGain(alone, residuals(model, alone));
}

/** The intercept is the agent's own. */
function createHead(model: LocalModel, loss: TableLoss): Pick<TableTask, 'halfMoments' | 'scatter' | 'headAnswer' | 'modelIn' | 'headGain' | 'ownRows'> {
  const { rows } = model;
  const about = (): LocalLoss => {
    assert(typeof loss !== 'object', "a loss of one's own has no head in a basis");
    return { loss, intercept: true };
  };
  const scatter = (): Matrix => scatterOf(rows, about().intercept);
  const answer = (question: BasisQuestion): OwnHead => headAnswer(rows, about(), question);
  return {
    ...(typeof loss === 'object' ? {} : { ownRows: { ...about(), rows: rows.count, scatter, headAnswer: answer } }),
    halfMoments: () => halfMoments(rows, about().intercept),
    scatter,
    headAnswer: answer,
    modelIn: (question) => modelIn(rows, about(), question),
    headGain: ({ basis, ridge: headRidge }, ridge) =>
      gainOver(model, ridge, () => new SquaredModel(projectedRows(rows, basis)).leaveOneOutResiduals(Math.max(headRidge, TINY_RIDGE))),
  };
}

function createModel(loss: TableLoss, rows: Rows): LocalModel {
  if (typeof loss === 'object') return new OwnModel(rows, loss);
  if (1 + rows.features > LIMITS.exactSolveDimensionMax) throw tooWide(rows.features);
  return loss === 'squared' ? new SquaredModel(rows) : new LogisticModel(rows);
}

function tooWide(features: number): KindredError {
  return new KindredError('CONFIG_UNSUPPORTED', `${features} features; tables are solved exactly up to ${LIMITS.exactSolveDimensionMax - 1}`);
}

function createSolve(model: LocalModel, { batch, seed, agent }: TableTaskOptions): SolveTask['solve'] {
  if (batch === undefined) return (coupling, pull, _step, w) => model.solve(coupling, pull, w);
  assert(isLinear(model), "a loss of one's own is solved exactly");
  const solver = new StochasticSolver(model, { batch, seed, agent });
  return (coupling, pull, step, w) => solver.solve(coupling, pull, step, w);
}

function isLinear(model: LocalModel): model is LinearModel {
  return !(model instanceof OwnModel);
}

function evaluateRows(rows: Rows, loss: TableLoss, targetScale: number, w: Float64Array): Evaluation {
  const none = { rows: rows.count, squaredErrorSum: 0, errorCount: 0, ownErrorSum: 0, auc: undefined };
  if (typeof loss === 'object') return { ...none, ownErrorSum: ownSum(rows, (x, y) => loss.error?.(w, x, y) ?? loss.loss(w, x, y)) };
  if (loss === 'squared') return { ...none, squaredErrorSum: heldOutLoss(rows, loss, targetScale, w) };
  const scores = Float64Array.from({ length: rows.count }, (_, i) => score(rows, i, w));
  return { ...none, errorCount: errorCount(scores, rows.y), auc: auc(scores, rows.y) };
}

/** In row order. */
function ownSum(rows: Rows, of: (x: Float64Array, y: number) => number): number {
  let total = 0;
  for (let i = 0; i < rows.count; i++) total += of(rows.x.subarray(i * rows.features, (i + 1) * rows.features), rows.y[i]);
  return total;
}

function heldOutLoss(rows: Rows, loss: TableLoss, targetScale: number, w: Float64Array): number {
  if (typeof loss === 'object') return ownSum(rows, (x, y) => loss.loss(w, x, y));
  let total = 0;
  for (let i = 0; i < rows.count; i++) {
    const z = score(rows, i, w);
    total += loss === 'squared' ? (targetScale * (z - rows.y[i])) ** 2 : logLoss(z, rows.y[i]);
  }
  return total;
}
