import { joined } from '../snapshot.ts';

/** Rows of one task: features (count x features, row-major, without the column of ones) and targets (count). */
export interface Rows {
  readonly count: number;
  readonly features: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Rows `from` to `to` (excluded), sharing memory. */
export function sliceRows(rows: Rows, from: number, to: number): Rows {
  const d = rows.features;
  return { count: to - from, features: d, x: rows.x.subarray(from * d, to * d), y: rows.y.subarray(from, to) };
}

/** The rows of both, copied. */
export function joinRows(first: Rows, second: Rows): Rows {
  return { count: first.count + second.count, features: first.features, x: joined([first.x, second.x]), y: joined([first.y, second.y]) };
}

/** The rows named by `order`, in that order, copied. */
export function gatherRows(rows: Rows, order: ArrayLike<number>): Rows {
  const d = rows.features;
  const x = new Float64Array(order.length * d);
  const y = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) {
    x.set(rows.x.subarray(order[i] * d, (order[i] + 1) * d), i * d);
    y[i] = rows.y[order[i]];
  }
  return { count: order.length, features: d, x, y };
}

/** The linear score w_0 + x_i' w_S of row i; w has 1 + features entries. */
export function score(rows: Rows, i: number, w: Float64Array): number {
  const d = rows.features;
  const x = rows.x;
  let z = w[0];
  for (let j = 0, at = i * d; j < d; j++) z += x[at + j] * w[1 + j];
  return z;
}
