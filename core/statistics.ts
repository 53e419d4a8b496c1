/** Means over seeds or splits, and how sure they are. Differences are of pairs: two measurements of one seed. */
import { studentQuantile, studentWithin } from './student.ts';

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean; null where there is one value only. */
export function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1) / values.length);
}

/** What n paired differences say of their mean. */
export interface PairedMean {
  readonly pairs: number;
  readonly mean: number;
  /** Null, as all below it: of one pair, or of pairs that do not differ from one another. */
  readonly standardError: number | null;
  /** mean -+ t s.e., t the 97.5 % quantile of Student's distribution with n - 1 degrees of freedom. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Of a mean of zero, two-sided. */
  readonly p: number | null;
}

const LEVEL = 0.95;

export function pairedMean(differences: readonly number[]): PairedMean {
  const centre = mean(differences);
  const error = standardError(differences);
  if (error === null || differences.every((one) => one === differences[0])) {
    return { pairs: differences.length, mean: centre, standardError: null, interval: null, p: null };
  }
  const degrees = differences.length - 1;
  const reach = studentQuantile(LEVEL, degrees) * error;
  const p = 1 - studentWithin(Math.abs(centre) / error, degrees);
  return { pairs: differences.length, mean: centre, standardError: error, interval: [centre - reach, centre + reach], p: Math.max(0, p) };
}

/**
 * p values adjusted for how many there are (Holm 1979): the smallest of m times m, the next times m - 1, ..., never below the
 * one before, at most 1. Calling those below .05 different is wrong anywhere in the family with probability at most .05.
 */
export function holmAdjusted(values: readonly (number | null)[]): (number | null)[] {
  const order = values.flatMap((p, i) => (p === null ? [] : [{ p, i }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = values.map(() => null);
  let least = 0;
  order.forEach(({ p, i }, rank) => {
    least = Math.max(least, Math.min(1, p * (order.length - rank)));
    adjusted[i] = least;
  });
  return adjusted;
}
