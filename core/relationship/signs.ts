/**
 * Positive off-diagonals of a learned precision, weighed by their sampling error: z_kl = L_kl / sqrt((V_kk V_ll + V_kl^2) / M),
 * V = L + L diag(n) L, where noise n was subtracted from the covariance, whose sampling error it was part of. A graph has none; an inverse of an empirical covariance has many by chance, but hardly any above three standard errors:
 * those are relations of negative sign (algorithms-1, section 4).
 */
import { combine, copy, multiply, type Matrix } from '../linalg/matrix.ts';
import type { Diagnostic } from './relationship.ts';

export const STANDARD_ERRORS = 3;

export interface Signs {
  /** Shares of all pairs. */
  readonly positive: number;
  readonly significant: number;
}

/** How many off-diagonals of L (K x K), learned from M coordinates with noise (K), are positive, and how many beyond doubt. */
export function signsOf(laplacian: Matrix, dimension: number, noise: Float64Array): Signs {
  const { rows: n, data } = laplacian;
  const spread = spreadOf(laplacian, noise);
  let positive = 0;
  let significant = 0;
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < k; l++) {
      const entry = data[k * n + l];
      const error = Math.sqrt((spread.data[k * n + k] * spread.data[l * n + l] + spread.data[k * n + l] ** 2) / dimension);
      if (entry > 0) positive++;
      if (entry > STANDARD_ERRORS * error) significant++;
    }
  }
  const pairs = (n * (n - 1)) / 2;
  return { positive: positive / pairs, significant: significant / pairs };
}

/** V of the header. */
function spreadOf(laplacian: Matrix, noise: Float64Array): Matrix {
  const scaled = copy(laplacian);
  for (let k = 0; k < scaled.rows; k++) for (let l = 0; l < scaled.cols; l++) scaled.data[k * scaled.cols + l] *= noise[k];
  return combine(1, laplacian, 1, multiply(laplacian, scaled));
}

/** In words, where any is positive. */
export function describeSigns(laplacian: Matrix, dimension: number, noise: Float64Array = new Float64Array(laplacian.rows)): Diagnostic[] {
  const { positive, significant } = signsOf(laplacian, dimension, noise);
  if (positive === 0) return [];
  const message = `${percent(positive)} of the off-diagonals are positive, ${percent(significant)} by more than ${STANDARD_ERRORS} standard errors: a graph's Laplacian has none`;
  return [{ code: 'POSITIVE_OFF_DIAGONALS', message, value: positive }];
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
