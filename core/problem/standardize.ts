/**
 * Shift and scale of every feature and of the target, from training rows only.
 *
 * Globally this runs over the network: an agent reports MOMENTS, never rows, and the coordinator merges them in
 * agent order by Chan's update: with counts n_a, n_b and delta = mean_b - mean_a,
 *   M2 = M2_a + M2_b + delta^2 n_a n_b / (n_a + n_b), mean = mean_a + delta n_b / (n_a + n_b)
 * (Chan, Golub, LeVeque 1983): no difference of large sums, so a column far from zero loses no digits.
 *
 * Moments are one Float64Array [count, mean_1, M2_1, ..., mean_d, M2_d, mean_y, M2_y]; sd = sqrt(M2 / count).
 */
import type { Rows } from './rows.ts';

export type StandardizeMode = 'global' | 'per-agent' | 'none';

/** Per column, the target last: standardised = (raw - shift) / scale. */
export interface Standardization {
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

const SD_MIN = 1e-12;

export function moments(rows: Rows): Float64Array {
  const out = new Float64Array(1 + 2 * (rows.features + 1));
  out[0] = rows.count;
  for (let column = 0; column <= rows.features; column++) columnMoments(rows, column, out);
  return out;
}

/** Two passes: the mean, then the squared deviations from it. */
function columnMoments(rows: Rows, column: number, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < rows.count; i++) sum += cell(rows, i, column);
  const mean = rows.count === 0 ? 0 : sum / rows.count;
  let squares = 0;
  for (let i = 0; i < rows.count; i++) squares += (cell(rows, i, column) - mean) ** 2;
  out[1 + 2 * column] = mean;
  out[2 + 2 * column] = squares;
}

function cell(rows: Rows, row: number, column: number): number {
  return column < rows.features ? rows.x[row * rows.features + column] : rows.y[row];
}

/** The moments of all agents' rows together. `parts` in agent order; the result does not alias them. */
export function mergeMoments(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts[0]?.length ?? 1);
  for (const part of parts) mergeInto(out, part);
  return out;
}

function mergeInto(out: Float64Array, part: Float64Array): void {
  const [na, nb] = [out[0], part[0]];
  const n = na + nb;
  if (nb === 0) return;
  for (let m = 1; m < out.length; m += 2) {
    const delta = part[m] - out[m];
    out[m] += (delta * nb) / n;
    out[m + 1] += part[m + 1] + (delta * delta * na * nb) / n;
  }
  out[0] = n;
}

/** sd of each column, the target last; below 1e-12 (a constant column) it counts as 1. */
function deviations(merged: Float64Array): Float64Array {
  return Float64Array.from({ length: (merged.length - 1) / 2 }, (_, c) => {
    const sd = Math.sqrt(merged[2 + 2 * c] / merged[0]);
    return sd < SD_MIN || !Number.isFinite(sd) ? 1 : sd;
  });
}

/** sd of the target over the rows of these moments: `problem.targetSd`. */
export function targetDeviation(merged: Float64Array): number {
  return deviations(merged).at(-1)!;
}

/** Mean variance of the features before (`none`) or after standardising: what a ridge is measured against. */
export function meanFeatureVariance(merged: Float64Array, scale: Float64Array): number {
  const features = scale.length - 1;
  let sum = 0;
  for (let c = 0; c < features; c++) sum += merged[2 + 2 * c] / merged[0] / scale[c] ** 2;
  return sum / features;
}

/** Labels, and targets of a loss of one's own, are never standardised; `none` leaves every column as it is. */
export function standardization(merged: Float64Array, mode: StandardizeMode, loss: 'squared' | 'logistic' | 'own'): Standardization {
  const scale = deviations(merged);
  const shift = Float64Array.from(scale, (_, c) => merged[1 + 2 * c]);
  if (mode === 'none') return { shift: shift.fill(0), scale: scale.fill(1) };
  if (loss !== 'squared') {
    shift[shift.length - 1] = 0;
    scale[scale.length - 1] = 1;
  }
  return { shift, scale };
}

/** A standardised copy of the rows. */
export function standardizeRows(rows: Rows, { shift, scale }: Standardization): Rows {
  const d = rows.features;
  const x = rows.x.map((value, at) => (value - shift[at % d]) / scale[at % d]);
  const y = rows.y.map((value) => (value - shift[d]) / scale[d]);
  return { count: rows.count, features: d, x, y };
}
