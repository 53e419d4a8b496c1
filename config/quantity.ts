/**
 * Numbers with a unit, as people write them: "5s", "2%", "64kB/s". For each the pattern and the words of the schema;
 * `quantityOf` reads what passed its pattern. Times stay below 2^31 ms, the longest a timer can wait.
 */

/** A pattern, and what is asked for in words: `must be ${words}`. */
export interface Form {
  readonly pattern: string;
  readonly words: string;
}

const NUMBER = String.raw`\d{1,6}(\.\d{1,6})?`;
const PERCENTAGE = String.raw`(100(\.0+)?|\d{1,2}(\.\d{1,6})?) ?%`;
const TIME = `${NUMBER} ?(ms|s)`;
/** Not zero: of a bandwidth or a size, 0 would mean that there is no limit. */
const ABOVE_ZERO = '(?=.*[1-9])';

export const DURATION: Form = { pattern: `^${TIME}$`, words: 'a time such as "5s" or "250ms"' };
export const PERCENT: Form = { pattern: `^${PERCENTAGE}$`, words: 'a percentage from 0% to 100%' };
export const SIZE: Form = { pattern: `^${ABOVE_ZERO}${NUMBER} ?[kMG]?B$`, words: 'a size such as "64kB"' };
export const RATE: Form = { pattern: `^${ABOVE_ZERO}${NUMBER} ?[kMG]?B/s$`, words: 'a rate such as "64kB/s" or "1MB/s"' };
export const LASTING: Form = { pattern: `^${ABOVE_ZERO}(\\d{1,9} rounds?|${TIME})$`, words: '"300 rounds", or a time above 0 such as "5s"' };
/** Of a trigger: a share of the cooperating steps, or a time. */
export const POINT: Form = { pattern: `^(${PERCENTAGE}|${TIME})$`, words: 'a percentage such as "30%", or a time such as "5s"' };

const FACTORS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, round: 1, rounds: 1 };

/** Milliseconds, bytes, bytes per second, rounds, or a fraction of 1. A plain number is taken as it is. */
export function quantityOf(value: number | string): number {
  if (typeof value === 'number') return value;
  if (value.endsWith('%')) return percentOf(value) / 100;
  const unit = /[A-Za-z]+/.exec(value)?.[0] ?? '';
  return Number.parseFloat(value) * (FACTORS[unit] ?? 1);
}

/** "30%" is 30: exact, which 100 times a fraction is not. */
export function percentOf(text: string): number {
  return Number.parseFloat(text);
}
