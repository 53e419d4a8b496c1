/**
 * csv-table: agent = task, its data the rows of one task of a table.
 *
 * Parameters are D = 1 + d numbers in standardised coordinates: the intercept (private, coordinate 0), then one
 * slope per feature. Local steps are exact (Cholesky or Newton, D <= 512) unless `batch` asks for local SGD.
 * What is reported, errors and AUC, is in the target's own units and on test rows only.
 */
import { KindredError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { auc, errorCount } from '../metrics.ts';
import { TINY_RIDGE, logLoss, type LinearModel } from './linear-model.ts';
import { LogisticModel } from './logistic-model.ts';
import type { SolveTask } from './problem.ts';
import { gatherRows, score, sliceRows, type Rows } from './rows.ts';
import { heldOutRows, splitOrder, trainingRows, type SplitSpec } from './split.ts';
import { SquaredModel } from './squared-model.ts';
import { standardizeRows, type Standardization } from './standardize.ts';
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

export interface TableTaskOptions {
  readonly loss: 'squared' | 'logistic';
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
  /** Labels on the wrong side of log-odds 0; 0 for the squared loss. */
  readonly errorCount: number;
  /** undefined for the squared loss, and where the test rows hold one class only. */
  readonly auc: number | undefined;
}

export interface TableTask extends SolveTask {
  readonly model: LinearModel;
  evaluate(w: Float64Array): Evaluation;
  /** Over the held-out rows: squared errors in the target's own units, or log losses. */
  heldOutLoss(w: Float64Array): number;
  leaveOneOutLoss(ridge: number): number;
  residualSums(ridge: number): { rss: number; dof: number };
  /** n_k of the ridge solution: mean over slopes of diag(s P A P); for labels s = 1 and `residualVariance` is ignored. */
  noise(ridge: number, residualVariance: number): number;
  meanCurvature(): number;
}

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
    dimension: 1 + training.features,
    sharedFrom: 1,
    passes: options.batch === undefined ? 1 : LOCAL_PASSES,
    model,
    solve: createSolve(model, options),
    refitPrivate: (w) => model.refitPrivate(w),
    evaluate: (w) => evaluateRows(test, loss, targetScale, w),
    heldOutLoss: (w) => heldOutLoss(heldOut, loss, targetScale, w),
    leaveOneOutLoss: (ridge) => model.leaveOneOutLoss(Math.max(ridge, TINY_RIDGE)),
    residualSums: (ridge) => model.residualSums(Math.max(ridge, TINY_RIDGE)),
    noise: (ridge, residualVariance) => (loss === 'squared' ? residualVariance : 1) * model.meanSpread(Math.max(ridge, TINY_RIDGE)),
    meanCurvature: () => model.meanCurvature(),
  };
}

function createModel(loss: 'squared' | 'logistic', rows: Rows): LinearModel {
  if (1 + rows.features > LIMITS.exactSolveDimensionMax) throw tooWide(rows.features);
  return loss === 'squared' ? new SquaredModel(rows) : new LogisticModel(rows);
}

function tooWide(features: number): KindredError {
  return new KindredError('CONFIG_UNSUPPORTED', `${features} features; tables are solved exactly up to ${LIMITS.exactSolveDimensionMax - 1}`);
}

function createSolve(model: LinearModel, { batch, seed, agent }: TableTaskOptions): SolveTask['solve'] {
  if (batch === undefined) return (coupling, pull, _step, w) => model.solve(coupling, pull, w);
  const solver = new StochasticSolver(model, { batch, seed, agent });
  return (coupling, pull, step, w) => solver.solve(coupling, pull, step, w);
}

function evaluateRows(rows: Rows, loss: 'squared' | 'logistic', targetScale: number, w: Float64Array): Evaluation {
  if (loss === 'squared') return { rows: rows.count, squaredErrorSum: heldOutLoss(rows, loss, targetScale, w), errorCount: 0, auc: undefined };
  const scores = Float64Array.from({ length: rows.count }, (_, i) => score(rows, i, w));
  return { rows: rows.count, squaredErrorSum: 0, errorCount: errorCount(scores, rows.y), auc: auc(scores, rows.y) };
}

function heldOutLoss(rows: Rows, loss: 'squared' | 'logistic', targetScale: number, w: Float64Array): number {
  let total = 0;
  for (let i = 0; i < rows.count; i++) {
    const z = score(rows, i, w);
    total += loss === 'squared' ? (targetScale * (z - rows.y[i])) ** 2 : logLoss(z, rows.y[i]);
  }
  return total;
}
