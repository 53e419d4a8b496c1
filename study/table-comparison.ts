/**
 * Does multitask learning help on this table? The models' errors on the same splits, each against learning alone: the mean
 * change over the splits with the standard error of the paired differences, and one sentence of advice.
 */
import { mean, standardError } from '../core/statistics.ts';

/** Of one model on every split. */
export interface ModelErrors {
  readonly model: string;
  /** RMSE in standard deviations of the target (squared loss), or 1 - AUC (labels), by split. */
  readonly errors: readonly number[];
  /** Of the agents that can be compared, how many are better off than alone; a mean over the splits. undefined where nobody knows. */
  readonly betterOff?: number;
}

export interface Compared extends ModelErrors {
  readonly mean: number;
  /** Mean over the splits of error / error of alone - 1, in percent; null for alone itself. */
  readonly change: number | null;
  /** Of that mean; null with one split. */
  readonly standardError: number | null;
}

export const ALONE = 'alone';
export const POOLED = 'pooled';
export const COMPLETE = 'complete';
export const HIERARCHICAL = 'hierarchical';
export const LEARNED = 'learned';
export const PERMUTED = 'permuted';
export const SUBSPACE = 'subspace';
export const GROUPS = 'groups';

/** Standard errors that count as a difference. */
const CLEARLY = 2;

export function compared(models: readonly ModelErrors[]): Compared[] {
  const alone = named(models, ALONE).errors;
  return models.map((one) => {
    const changes = one.errors.map((error, split) => 100 * (error / alone[split] - 1));
    const isAlone = one.model === ALONE;
    return { ...one, mean: mean(one.errors), change: isAlone ? null : mean(changes), standardError: isAlone ? null : standardError(changes) };
  });
}

/** What to do with such a table, in one sentence. */
export function advice(models: readonly ModelErrors[]): string {
  const against = (better: string, worse: string): Difference => difference(named(models, better).errors, named(models, worse).errors);
  const best = [HIERARCHICAL, COMPLETE, LEARNED, POOLED].filter((model) => against(model, ALONE).isBetter);
  if (best.length === 0) return 'Learn alone: on these splits no way of learning together is clearly better.';
  if (against(LEARNED, HIERARCHICAL).isBetter && against(LEARNED, PERMUTED).isBetter)
    return `Use strategy multitask with a learned relationship: ${against(LEARNED, ALONE).text} than alone, and the graph itself matters: with its agents mixed up it is worse.`;
  if (!best.includes(HIERARCHICAL)) return `Use ${named(models, best[0]).model}: ${against(best[0], ALONE).text} than alone.`;
  const isOne = named(models, ALONE).errors.length === 1;
  const graph = isOne || against(LEARNED, PERMUTED).isBetter ? '' : '; a learned graph adds nothing that one with its agents mixed up does not';
  const pooled = !isOne && best.includes(POOLED) && !against(HIERARCHICAL, POOLED).isBetter ? ', though one model for all slopes does as well here' : '';
  return `Use strategy hierarchical: ${against(HIERARCHICAL, ALONE).text} than alone${pooled}${graph}.`;
}

interface Difference {
  readonly isBetter: boolean;
  readonly text: string;
}

/** Paired, in percent of the second; with a single split any difference counts, and the text says so. */
function difference(better: readonly number[], worse: readonly number[]): Difference {
  const changes = better.map((error, split) => 100 * (error / worse[split] - 1));
  const spread = standardError(changes);
  const change = mean(changes);
  const width = spread === null ? '% (on one split)' : `+- ${spread.toFixed(1)} %`;
  return { isBetter: change + CLEARLY * (spread ?? 0) < 0, text: `its error is ${Math.abs(change).toFixed(1)} ${width} ${change < 0 ? 'smaller' : 'larger'}` };
}

function named(models: readonly ModelErrors[], name: string): ModelErrors {
  return models.find(({ model }) => model === name)!;
}
