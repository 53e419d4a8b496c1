/**
 * Where the basis begins, from what agents told once:
 *   S = sum X_t'X_t / sum N_t, W = S^-1/2 (whitening; W = I without)
 *   M = sum N_t sym(g1_t g2_t') / sum N_t, of which E[W M W] = V E[a a'] V' where the slopes are W V a, V orthonormal
 *   V = its k eigenvectors of the largest eigenvalues; an unknown k is how many of these stand out of the noise (algorithms-2, C1).
 * What the rest of the targets' variance leaves is noise. Sums go by agents.
 */
import { assert } from '../errors.ts';
import { recompose, symmetricEigen } from '../linalg/eigen.ts';
import { multiply, zeros, type Matrix } from '../linalg/matrix.ts';
import type { HalfMoments } from './local.ts';

export interface Start {
  /** V (d x k). */
  readonly directions: Matrix;
  /** All d of W M W, descending. */
  readonly eigenvalues: Float64Array;
  /** sigma^2, and the mean square of a head's coordinates. */
  readonly noise: number;
  readonly headVariance: number;
}

/** Below this share of the largest eigenvalue a direction of the features does not vary. */
const CONSTANT = 1e-9;
const SHARE_MIN = 1e-6;
/** Above the edge of the noise by this factor an eigenvalue is no noise. */
export const NOISE_MARGIN = 1.3;

/** W (d x d) from the pooled second moment; 0 on directions in which no feature varies. */
export function whitening(scatters: readonly Matrix[], freedom: number): Matrix {
  const d = scatters[0].rows;
  const pooled = zeros(d, d);
  for (const { data } of scatters) for (let i = 0; i < data.length; i++) pooled.data[i] += data[i] / Math.max(freedom, 1);
  const { values, vectors } = symmetricEigen(pooled);
  const least = CONSTANT * Math.max(values[d - 1], 0);
  return recompose(
    values.map((value) => (value > least ? 1 / Math.sqrt(value) : 0)),
    vectors,
  );
}

/** `mostRank`: of an unknown rank. */
export function startOf(moments: readonly HalfMoments[], whiten: Matrix | undefined, rank: number | 'auto', freedom: number, mostRank: number): Start {
  const M = splitHalfMoment(moments);
  const { values, vectors } = symmetricEigen(whiten === undefined ? M : symmetric(multiply(whiten, multiply(M, whiten))));
  const eigenvalues = values.slice().reverse();
  const k = rank === 'auto' ? rankAboveNoise(eigenvalues, mostRank) : rank;
  assert(k >= 1 && k <= M.rows, `a basis of ${k} columns in ${M.rows} dimensions`);
  const directions = zeros(M.rows, k);
  for (let i = 0; i < M.rows; i++) for (let c = 0; c < k; c++) directions.data[i * k + c] = vectors.data[i * M.rows + M.rows - 1 - c];
  const variance = moments.reduce((sum, { squares }) => sum + squares, 0) / Math.max(freedom, 1);
  const signal = eigenvalues.subarray(0, k).reduce((sum, value) => sum + Math.max(value, 0), 0);
  const floor = SHARE_MIN * variance;
  return { directions, eigenvalues, noise: Math.max(variance - signal, floor), headVariance: Math.max(signal, floor) / k };
}

/**
 * How many eigenvalues stand out of the noise. What the tasks have in common makes none of them negative, and noise spreads
 * alike to both sides of 0: the most negative one shows how far. At least 1, at most `mostRank`, not all.
 */
export function rankAboveNoise(descending: Float64Array, mostRank: number): number {
  const edge = noiseEdge(descending);
  const most = Math.min(descending.length - 1, mostRank);
  return Math.max(1, Math.min(most, descending.filter((value) => value > NOISE_MARGIN * edge).length));
}

export function noiseEdge(descending: Float64Array): number {
  return Math.max(0, -descending[descending.length - 1]);
}

function splitHalfMoment(moments: readonly HalfMoments[]): Matrix {
  const d = moments[0].first.length;
  const out = zeros(d, d);
  const total = moments.reduce((sum, { rows }) => sum + rows, 0);
  for (const { rows, first, second } of moments) {
    const share = rows / total;
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out.data[i * d + j] += 0.5 * share * (first[i] * second[j] + second[i] * first[j]);
  }
  return out;
}

function symmetric(a: Matrix): Matrix {
  const n = a.rows;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j] = 0.5 * (a.data[i * n + j] + a.data[j * n + i]);
  return a;
}
