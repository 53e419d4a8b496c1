/**
 * Several runs of one experiment, equal but for the seed, as one: every number is the mean over the runs, and beside it stands
 * half of its 95 % interval, t s / sqrt(n) with s the standard deviation between n runs and t Student's quantile for n - 1.
 */
import { assert } from '../core/errors.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { studentQuantile } from '../core/student.ts';
import { isNumber } from './format.ts';

const LEVEL = 0.95;

type Maybe = number | null;

export interface Estimate {
  readonly mean: number;
  /** The interval is mean - half to mean + half; null for one run. */
  readonly half: number | null;
}

/** Null where any run does not know it: a mean over other seeds than its neighbours would mislead. */
export function estimate(values: readonly (Maybe | undefined)[]): Estimate | null {
  const known = values.filter(isNumber);
  const n = known.length;
  if (n === 0 || n < values.length) return null;
  const mean = known.reduce((sum, x) => sum + x, 0) / n;
  if (n === 1) return { mean, half: null };
  const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentQuantile(LEVEL, n - 1) * Math.sqrt(variance / n) };
}

export function meanOf(values: readonly (Maybe | undefined)[]): Maybe {
  return estimate(values)?.mean ?? null;
}

/** Of one run, that run itself. Curves are as long as the shortest of them. */
export function meanRun(runs: readonly RunResult[]): RunResult {
  const [first] = runs;
  assert(first !== undefined, 'a figure of no run');
  if (runs.length === 1) return first;
  return { ...first, relationship: meanRelationship(runs), arms: first.arms.map((arm, i) => meanArm(arm, armsAt(runs, i))) };
}

/** The same arm of every run. */
export function armsAt(runs: readonly RunResult[], arm: number): ArmResult[] {
  return runs.map(({ arms }) => arms[arm]);
}

/** One estimate per recorded iteration of an arm; empty where a run has no curve. */
export function curveEstimates(arms: readonly ArmResult[]): (Estimate | null)[] {
  const curves = arms.flatMap(({ curve }) => (curve === null ? [] : [curve.error]));
  const length = curves.length < arms.length ? 0 : Math.min(...curves.map((curve) => curve.length));
  return Array.from({ length }, (_, i) => estimate(curves.map((curve) => curve[i])));
}

/** seed 7; seeds 1–5 (n = 5); seeds 1, 4, 9 (n = 3); of a table that was split again: seed 1, 3 splits (n = 3). */
export function seedWords(runs: readonly RunResult[]): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  if (runs.length === 1) return `seed ${seeds[0]}`;
  const isRange = seeds.length > 2 && seeds.at(-1)! - seeds[0] === seeds.length - 1;
  const list = isRange ? `${seeds[0]}–${seeds.at(-1)}` : seeds.length > 8 ? `${seeds.slice(0, 7).join(', ')}, …` : seeds.join(', ');
  return seeds.length === 1 ? `seed ${list}, ${runs.length} splits (n = ${runs.length})` : `seeds ${list} (n = ${runs.length})`;
}

function meanArm(first: ArmResult, arms: readonly ArmResult[]): ArmResult {
  return {
    ...first,
    steadyError: meanOf(arms.map(({ steadyError }) => steadyError)) ?? NaN,
    errorByAgent: first.errorByAgent.map((_, k) => meanOf(arms.map(({ errorByAgent }) => errorByAgent[k]))),
    auc: meanOf(arms.map(({ auc }) => auc)),
    aucByAgent: first.aucByAgent?.map((_, k) => meanOf(arms.map(({ aucByAgent }) => aucByAgent?.[k]))) ?? null,
    predictedError: meanOf(arms.map(({ predictedError }) => predictedError)),
    curve: meanCurve(first, arms),
  };
}

function meanCurve({ curve }: ArmResult, arms: readonly ArmResult[]): ArmResult['curve'] {
  const error = curveEstimates(arms).map((one) => one?.mean ?? NaN);
  if (curve === null || error.length === 0) return null;
  const predicted = arms.map((arm) => arm.curve?.predicted ?? null);
  const isPredicted = predicted.every((one) => one !== null);
  return {
    iteration: curve.iteration.slice(0, error.length),
    error,
    predicted: isPredicted ? error.map((_, i) => meanOf(predicted.map((one) => one[i])) ?? NaN) : null,
  };
}

/** The truth only where it is one. */
function meanRelationship(runs: readonly RunResult[]): RunResult['relationship'] {
  const all = runs.flatMap(({ relationship }) => (relationship === null ? [] : [relationship]));
  const [first] = all;
  if (first === undefined || all.length < runs.length) return null;
  const laplacians = all.map(({ laplacian }) => laplacian);
  const truths = new Set(all.map(({ truth }) => JSON.stringify(truth)));
  return {
    ...first,
    contributors: first.contributors.filter((agent) => all.every(({ contributors }) => contributors.includes(agent))),
    laplacian: laplacians.some((one) => one === null) ? null : meanRows(laplacians as (readonly (readonly number[])[])[]),
    relativeError: meanOf(all.map(({ relativeError }) => relativeError)),
    truth: truths.size === 1 ? first.truth : null,
  };
}

function meanRows(matrices: readonly (readonly (readonly number[])[])[]): number[][] {
  return matrices[0].map((row, i) => row.map((_, j) => meanOf(matrices.map((matrix) => matrix[i]?.[j])) ?? 0));
}
