/**
 * A study repeats what a paper or a theory claims: seeded runs or draws, and each figure beside what is expected of it.
 *
 * Findings are means over seeds with their standard error; they hold when the mean, give or take two standard errors,
 * touches the expected band. What no theory or source gives a value for is printed without one.
 */
import type { RunResult } from '../core/run-result.ts';
import { mean, standardError } from '../core/statistics.ts';

export interface Study {
  readonly name: string;
  /** One line for help and lists. */
  readonly title: string;
  /** What is claimed, by whom, and where the bands come from. */
  readonly claim: string;
  /** How many runs it makes of one seed; 0 for a study of draws. */
  readonly runsPerSeed: number;
  readonly findings: (seeds: readonly number[], run: RunOne) => Finding[];
}

/** One simulated run of an experiment file with overrides `path=value`. */
export type RunOne = (file: string, overrides: readonly string[], seed: number) => RunResult;

export interface Band {
  readonly expected: number;
  /** null: nothing is too small. */
  readonly low: number | null;
  /** null: nothing is too large. */
  readonly high: number | null;
}

export interface Finding {
  readonly setting: string;
  readonly quantity: string;
  readonly mean: number;
  /** null where there is one value only. */
  readonly standardError: number | null;
  readonly seeds: number;
  readonly band: Band | null;
  readonly holds: boolean | null;
}

/** Standard errors that a mean may lie outside its band. */
const ALLOWANCE = 2;

export function finding(setting: string, quantity: string, values: readonly number[], band: Band | null = null): Finding {
  const [centre, error] = [mean(values), standardError(values)];
  const allowance = ALLOWANCE * (error ?? 0);
  const holds = band === null ? null : centre + allowance >= (band.low ?? -Infinity) && centre - allowance <= (band.high ?? Infinity);
  return { setting, quantity, mean: centre, standardError: error, seeds: values.length, band, holds };
}

/** expected (1 +- share). */
export function near(expected: number, share: number): Band {
  return { expected, low: expected * (1 - share), high: expected * (1 + share) };
}

/** expected +- tolerance. */
export function around(expected: number, tolerance: number): Band {
  return { expected, low: expected - tolerance, high: expected + tolerance };
}

export function atMost(bound: number): Band {
  return { expected: bound, low: null, high: bound };
}

export function atLeast(bound: number): Band {
  return { expected: bound, low: bound, high: null };
}

/** The slope of y over x on double logarithmic axes, by least squares. */
export function logSlope(x: readonly number[], y: readonly number[]): number {
  const [lx, ly] = [x.map(Math.log), y.map(Math.log)];
  const [mx, my] = [mean(lx), mean(ly)];
  const along = lx.reduce((sum, value, i) => sum + (value - mx) * (ly[i] - my), 0);
  return along / lx.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}
