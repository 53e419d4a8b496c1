/**
 * Every way to learn together, against learning alone on the same splits of one table. Differences are paired by split, in shares
 * of the error of alone; p values are adjusted for how many ways there are (Holm), and the advice follows from them alone.
 */
import { comparedRuns } from '../core/comparison.ts';
import type { ComparisonRow } from '../core/comparison.ts';
import { holmAdjusted, pairedMean } from '../core/statistics.ts';
import { ALONE, LEARNED, PERMUTED } from './table-comparison.ts';

/** One model on every split. */
export interface ModelErrors {
  readonly model: string;
  readonly errors: readonly number[];
  /** By split, then by agent; null for one that has nothing to be measured on. */
  readonly errorByAgent: readonly (readonly (number | null)[])[];
}

const LEVEL = 0.05;

/** Alone has no row; `difference` is error / error of alone - 1. */
export function againstAlone(models: readonly ModelErrors[], splits: readonly number[], agentNames: readonly string[]): ComparisonRow[] {
  const alone = models.find(({ model }) => model === ALONE)!;
  const runs = splits.map((split, i) => ({
    experiment: 'table',
    pair: `split ${split}`,
    agentNames,
    arms: models.map(({ model, errors, errorByAgent }) => ({ label: model, error: errors[i] / alone.errors[i], errorByAgent: errorByAgent[i] })),
  }));
  return comparedRuns(runs, () => ALONE);
}

/** What to do with such a table, in one sentence; a control is no advice. */
export function adviceAmong(rows: readonly ComparisonRow[], models: readonly ModelErrors[]): string {
  const real = rows.filter(({ arm }) => arm !== PERMUTED).sort((a, b) => a.difference - b.difference);
  const single = rows.some(({ pairs }) => pairs === 1);
  const [best] = single ? real.filter(({ difference }) => difference < 0) : real.filter(({ verdict }) => verdict === 'better');
  if (best === undefined)
    return `Learn alone: no way of learning together is ${single ? 'better on this split' : `surely better (p adjusted for ${rows.length})`}.`;
  const change = (100 * Math.abs(best.difference)).toFixed(1);
  if (single) return `On this one split ${best.arm} has the smallest error, ${change} % below alone; a single split makes nothing certain.`;
  const width = (100 * best.standardError!).toFixed(1);
  const rivals = real.filter((row) => row.verdict === 'better' && row !== best).map(({ arm }) => arm);
  const close = notToldApart(best.arm, rivals, models);
  const also = close.length === 0 ? '' : `, from which ${listed(close)} ${close.length === 1 ? 'is' : 'are'} not told apart`;
  const graph = [best.arm, ...close].includes(LEARNED) && notToldApart(LEARNED, [PERMUTED], models).length > 0;
  const control = graph ? '; the learned graph is not told apart from itself with its agents mixed up' : '';
  return `Use ${best.arm}${also}: its error is ${change} +- ${width} % smaller than alone (p adjusted for ${rows.length})${control}.`;
}

/** Which of the others differ from this one by no more than the splits explain; adjusted for how many they are. */
function notToldApart(model: string, others: readonly string[], models: readonly ModelErrors[]): string[] {
  const errorsOf = (name: string): readonly number[] => models.find((one) => one.model === name)?.errors ?? [];
  const own = errorsOf(model);
  const pairs = others.map((other) => pairedMean(errorsOf(other).map((error, i) => error / own[i] - 1)));
  const adjusted = holmAdjusted(pairs.map(({ p }) => p));
  return others.filter((_, i) => !((adjusted[i] ?? 1) < LEVEL));
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
