/** What `data inspect` says of a table whatever models it compares. */
import { ALONE, COMPLETE, GROUPS, HIERARCHICAL, LEARNED, PERMUTED, POOLED, SUBSPACE } from '../study/table-comparison.ts';
import type { TableFacts } from './inspect-table.ts';
import { formatNumber } from './table.ts';

export const IN_WORDS: Readonly<Record<string, string>> = {
  [ALONE]: 'each agent its own ridge, tuned by leave-one-out',
  [POOLED]: 'one model for all, own intercepts',
  [COMPLETE]: 'pulled to the mean of all',
  [HIERARCHICAL]: 'a common prior, learned by evidence',
  [LEARNED]: 'pulled along a learned graph',
  [PERMUTED]: 'the same graph, agents mixed up: the control',
  [SUBSPACE]: 'own slopes in a subspace of all',
  [GROUPS]: 'common slopes in groups of agents, own intercepts',
};

export function factLines({ tasks, dropped, features, rows, skew, target, error }: TableFacts): string[] {
  const unequal = skew > 2 ? `; the largest has ${skew.toFixed(1)} times the median` : '';
  return [
    `${tasks} tasks, ${rows.total} rows: ${rows.min} to ${rows.max} a task, median ${rows.median}${unequal}`,
    `${features.length} features: ${features.join(', ')}`,
    error === '1 - AUC'
      ? `${(100 * target.mean).toFixed(1)} % of the labels are 1`
      : `target: mean ${formatNumber(target.mean)}, standard deviation ${formatNumber(target.sd)}`,
    ...(dropped.length === 0 ? [] : [`${dropped.length} tasks have too few rows and are left out: ${dropped.join(', ')}`]),
  ];
}

export function splitLines({ splits, split }: TableFacts): string[] {
  const rows = `${split.train} rows to learn from, ${split.test} to test`;
  if (splits.length === 1) return [`${rows}; one split`];
  return [`${rows}; means over ${splits.length} splits`, '+- is the standard error of the paired difference'];
}
