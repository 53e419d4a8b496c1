/** The test error of one model for all (common slopes, own intercepts), on the very split that a run takes. */
import { createTableTask, splitRows } from '../core/problem/csv-table.ts';
import { pooledParameters } from '../core/problem/pooled.ts';
import type { Rows } from '../core/problem/rows.ts';
import type { SplitSpec } from '../core/problem/split.ts';
import { mergeMoments, moments, standardization, targetDeviation } from '../core/problem/standardize.ts';
import type { StandardizeMode } from '../core/problem/standardize.ts';
import { mean } from '../core/statistics.ts';

export interface PooledOptions {
  readonly split: SplitSpec;
  readonly loss: 'squared' | 'logistic';
  readonly standardize: StandardizeMode;
  readonly seed: number;
}

/** Of all agents together, and of each; null where its test rows are of one class. */
export interface PooledError {
  /** RMSE in standard deviations of the target, or 1 - mean AUC. */
  readonly error: number;
  /** RMSE in the target's own units, or 1 - AUC. */
  readonly errorByAgent: readonly (number | null)[];
}

export function pooledError(tasks: readonly Rows[], { split, loss, standardize, seed }: PooledOptions): PooledError {
  const parts = tasks.map((rows, agent) => splitRows(rows, agent, split));
  const merged = mergeMoments(parts.map(({ training }) => moments(training)));
  // Scales of an agent's own would make common slopes mean something else for everybody.
  const standard = standardization(merged, standardize === 'none' ? 'none' : 'global', loss);
  const all = parts.map((data, agent) => createTableTask(data, standard, { loss, subset: 'all', seed, agent }));
  const tests = pooledParameters(all.map(({ model }) => model)).map((w, k) => all[k].evaluate(w));
  if (loss === 'squared') {
    const rows = tests.reduce((sum, one) => sum + one.rows, 0);
    const error = Math.sqrt(tests.reduce((sum, one) => sum + one.squaredErrorSum, 0) / rows) / targetDeviation(merged);
    return { error, errorByAgent: tests.map((one) => Math.sqrt(one.squaredErrorSum / one.rows)) };
  }
  const known = tests.flatMap(({ auc }) => (auc === undefined ? [] : [auc]));
  return { error: 1 - mean(known), errorByAgent: tests.map(({ auc }) => (auc === undefined ? null : 1 - auc)) };
}
