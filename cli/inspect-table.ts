/** The facts of a table, and the errors of every model of a comparison on the same splits. */
import { readTableFacts, readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import type { Rows } from '../core/problem/rows.ts';
import { trainingRows } from '../core/problem/split.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { runDirectly } from '../sim/direct-run.ts';
import { pooledError } from '../study/pooled-error.ts';
import { advice, compared, POOLED } from '../study/table-comparison.ts';
import type { Compared, ModelErrors } from '../study/table-comparison.ts';
import { inspectedExperiment, MODELS, tableOf } from './inspected-experiment.ts';
import type { LoadInspected, TableFlags } from './inspected-experiment.ts';
import { createProgress } from './progress.ts';
import { seedsOf } from './simulate.ts';
import { describeTerminal } from './terminal.ts';

export interface InspectFlags extends TableFlags {
  readonly seeds: string;
  readonly quiet?: boolean;
}

export interface TableFacts {
  readonly tasks: number;
  readonly dropped: readonly string[];
  readonly features: readonly string[];
  readonly rows: { readonly total: number; readonly min: number; readonly median: number; readonly max: number };
  /** The largest task's rows over the median: how unequal the tasks are. */
  readonly skew: number;
  /** Mean and standard deviation of the target over all rows; for labels the mean is the share of ones. */
  readonly target: { readonly mean: number; readonly sd: number };
  readonly error: 'RMSE / sd of the target' | '1 - AUC';
  readonly splits: readonly number[];
  /** Over all tasks, in every split. */
  readonly split: { readonly train: number; readonly test: number };
}

/** The JSON of `data inspect --json`. */
export interface Inspected extends TableFacts {
  readonly models: readonly Compared[];
  readonly advice: string;
}

export function inspect(file: string, flags: InspectFlags, readFile: ReadFile): Inspected {
  const load = inspectedExperiment(file, flags, readFile);
  const about = tableFacts(file, flags, load, readFile);
  const models = modelErrors(about.splits, load, readTasks(tableOf(load(undefined), file), readFile), readFile, flags.quiet === true);
  return { ...about, models: compared(models), advice: advice(models) };
}

export function tableFacts(file: string, flags: InspectFlags, load: LoadInspected, readFile: ReadFile): TableFacts {
  const [from, to] = seedsOf(flags.seeds);
  const splits = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const problem = tableOf(load(undefined), file);
  const { dropped, features } = readTableFacts(problem, readFile);
  const tasks = readTasks(problem, readFile);
  const error = problem.loss === 'squared' ? 'RMSE / sd of the target' : '1 - AUC';
  const train = tasks.reduce((sum, { count }) => sum + trainingRows(count, problem.split.train), 0);
  const about = facts(tasks);
  const split = { train, test: about.rows.total - train };
  return { tasks: tasks.length, dropped, features, ...about, error, splits, split };
}

function modelErrors(splits: readonly number[], load: LoadInspected, tasks: readonly Rows[], readFile: ReadFile, quiet: boolean): ModelErrors[] {
  const progress = createProgress({ terminal: describeTerminal({ environment: process.env, stream: process.stderr, quiet }), stream: process.stderr });
  try {
    const bySplit = splits.map((split, done) => {
      progress.show({ phase: 'splits', done, of: splits.length, running: [`split ${split}`] });
      const experiment = load({ split, models: MODELS });
      const result = runDirectly({ experiment, runId: 'inspect', readFile });
      const problem = tableOf(experiment, '');
      return { result, pooled: pooledError(tasks, { ...problem, seed: experiment.seed }).error };
    });
    const results = bySplit.map(({ result }) => result);
    const arms = MODELS.map((model, arm) => ({
      model,
      errors: results.map((result) => comparable(result, result.arms[arm])),
      ...(arm === 0 ? {} : { betterOff: betterOff(results, arm) }),
    }));
    return [arms[0], { model: POOLED, errors: bySplit.map(({ pooled }) => pooled) }, ...arms.slice(1)];
  } finally {
    progress.finish();
  }
}

/** The error that models are compared by. */
export function comparable({ problem }: RunResult, { auc, steadyError }: ArmResult): number {
  return problem?.targetSd === undefined ? 1 - auc! : steadyError / problem.targetSd;
}

/** Agents with a smaller error (a larger AUC) than alone, a mean over the splits. */
function betterOff(results: readonly RunResult[], arm: number): number {
  const counts = results.map(({ arms, problem }) => {
    const own = (one: ArmResult): readonly (number | null)[] =>
      problem?.targetSd === undefined ? one.aucByAgent!.map((auc) => auc && -auc) : one.errorByAgent;
    const [alone, together] = [own(arms[0]), own(arms[arm])];
    return together.filter((error, k) => error !== null && alone[k] !== null && error < alone[k]).length;
  });
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

function facts(tasks: readonly Rows[]): Pick<TableFacts, 'rows' | 'skew' | 'target'> {
  const counts = tasks.map(({ count }) => count).sort((a, b) => a - b);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const median = counts[counts.length >> 1];
  const targets = tasks.flatMap(({ y }) => Array.from(y));
  const mean = targets.reduce((sum, y) => sum + y, 0) / total;
  const sd = Math.sqrt(targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) / total);
  return { rows: { total, min: counts[0], median, max: counts.at(-1)! }, skew: counts.at(-1)! / median, target: { mean, sd } };
}
