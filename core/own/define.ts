/**
 * What somebody writes who brings a problem, a strategy or an estimator of their own: ONE file whose default export is what
 * one of these functions returns. It is named in the experiment by its path, which becomes its name.
 *
 * A module is pure: it gets rows, options and keys of random draws as arguments, and asks for nothing else.
 */
import { KindredError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { initEvidence, evidenceRows, evidenceScalars, observeEvidence } from '../relationship/evidence.ts';
import type { Estimator, EstimatorOptions, OptionSchema } from '../relationship/estimator.ts';
import type { Diagnostic } from '../relationship/relationship.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { OwnStream, StreamFacts } from './stream.ts';

/** Values of `options`, with their defaults filled in. */
export type OwnOptions = Readonly<Record<string, number | boolean | string>>;

/** A loss of one's own on the rows of a table: the platform reads, splits and standardises them, and learns by this. */
export interface OwnTable {
  /** Parameters of an agent. */
  readonly dimension: number;
  /** How many of them, the first ones, are the agent's own: never coupled, never penalised. 1 when left out: an intercept. */
  readonly ownParameters?: number;
  /** The loss of ONE row with features x and target y. Smooth in w; a sum of them is minimised. */
  loss(w: Float64Array, x: Float64Array, y: number): number;
  /** out <- the gradient of that loss in w, every entry written. */
  gradient(w: Float64Array, x: Float64Array, y: number, out: Float64Array): void;
  /** What is reported of one held-out row, averaged over them: a squared error, a deviance. The loss when left out. */
  error?(w: Float64Array, x: Float64Array, y: number): number;
  /** What is wrong with this target, in words: `must be a count`. Undefined where nothing is. */
  refuseTarget?(y: number): string | undefined;
}

export interface TableFacts {
  /** Columns to learn from. */
  readonly features: number;
  readonly options: OwnOptions;
}

interface ProblemCard {
  /** One line for help and reports. */
  readonly summary: string;
  /** What `problem.options` may hold, as JSON Schema; an option without a default is required. */
  readonly options?: Readonly<Record<string, OptionSchema>>;
  /** In words what is reported where no truth is known: `mean Poisson deviance`. */
  readonly measure?: string;
}

/** A loss on the rows of a table. */
export interface TableModule extends ProblemCard {
  /** The loss on rows of so many features. */
  table(facts: TableFacts): OwnTable;
  readonly stream?: undefined;
}

/** Mini-batches without end, and a loss on them. */
export interface StreamModule<Batch = unknown> extends ProblemCard {
  /** What one agent learns from. */
  stream(facts: StreamFacts): OwnStream<Batch>;
  readonly table?: undefined;
}

export type ProblemModule = TableModule | StreamModule;

export type StrategyModule = Omit<Strategy, 'name'>;

/** What the agents reported when they had learned alone: K agents, M coupled parameters. */
export interface Estimates {
  /** K x M: row k is the estimate of agent k. */
  readonly rows: Matrix;
  /** K: variance per coordinate of each estimate. */
  readonly noise: Float64Array;
  readonly options: OwnOptions;
}

export interface EstimatorModule {
  /** One line for help and reports. */
  readonly summary: string;
  /** Options beside the name in `relationship`. */
  readonly options?: Readonly<Record<string, OptionSchema>>;
  /** Laplacian of the task graph: K x K, symmetric, rows summing to 0, positive semidefinite. */
  estimate(estimates: Estimates): Matrix | { readonly laplacian: Matrix; readonly diagnostics: readonly Diagnostic[] };
}

/** Relative to the largest entry. */
const ROUNDING = 1e-9;

/** What a module exports by default. */
export type Own =
  | { readonly brings: 'problem'; readonly problem: ProblemModule }
  | { readonly brings: 'strategy'; readonly strategy: StrategyModule }
  | { readonly brings: 'estimator'; readonly estimator: EstimatorModule };

export function defineProblem<Batch>(problem: TableModule | StreamModule<Batch>): Own {
  return { brings: 'problem', problem: problem as ProblemModule };
}

export function defineStrategy(strategy: StrategyModule): Own {
  return { brings: 'strategy', strategy };
}

export function defineEstimator(estimator: EstimatorModule): Own {
  return { brings: 'estimator', estimator };
}

/** An estimator of one's own as the platform knows estimators: once, on complete reports. */
export function estimatorOfModule(name: string, module: EstimatorModule): Estimator {
  const { summary, options = {} } = module;
  return {
    name,
    summary,
    needs: ['average', 'noise'],
    yields: 'precision',
    host: 'coordinator',
    cadence: 'once',
    options,
    init: initEvidence,
    observe: observeEvidence,
    estimate: (state) => {
      const rows = evidenceRows(state, 'average');
      const given = module.estimate({ rows, noise: evidenceScalars(state, 'noise'), options: withDefaults(options, ownOptions(state.options)) });
      const { laplacian, diagnostics } = 'laplacian' in given ? given : { laplacian: given, diagnostics: [] };
      checkLaplacian(name, laplacian, rows.rows);
      return { relationship: { kind: 'precision', agents: rows.rows, laplacian: symmetrised(laplacian) }, diagnostics };
    },
  };
}

/** Of a module's estimator: only what is built in can declare an option that is a list. */
export function ownOptions(options: EstimatorOptions): OwnOptions {
  return options as OwnOptions;
}

/** Whatever a run is told by a module, it must be able to rely on. */
function checkLaplacian(name: string, { rows, cols, data }: Matrix, agents: number): void {
  const refuse = (what: string): never => {
    throw new KindredError('MODULE_FAILED', `its Laplacian ${what}`, { where: name });
  };
  if (rows !== agents || cols !== agents || data.length !== agents * agents) refuse(`is ${rows} x ${cols}; there are ${agents} agents`);
  const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!Number.isFinite(largest)) refuse('is not finite');
  for (let k = 0; k < agents; k++) {
    let sum = 0;
    for (let l = 0; l < agents; l++) {
      sum += data[k * agents + l];
      if (Math.abs(data[k * agents + l] - data[l * agents + k]) > ROUNDING * largest) refuse(`is not symmetric: entries [${k}, ${l}] and [${l}, ${k}] differ`);
    }
    if (Math.abs(sum) > ROUNDING * agents * largest) refuse(`has a row that does not sum to 0: row ${k} sums to ${sum}`);
  }
}

/** Exactly: what is left of a difference is rounding. */
function symmetrised({ rows, cols, data }: Matrix): Matrix {
  return { rows, cols, data: data.map((x, at) => 0.5 * (x + data[(at % cols) * cols + Math.floor(at / cols)])) };
}

/** Given values over the defaults of the schema. */
export function withDefaults(schema: Readonly<Record<string, OptionSchema>>, given: OwnOptions): OwnOptions {
  const defaults = Object.entries(schema).flatMap(([key, option]) => (option.default === undefined ? [] : [[key, option.default] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}
