/**
 * What ONE agent makes of a prior N(m, Sigma) and its own rows, least squares with noise variance s:
 *   V = (A/s + P)^-1, mu = V (h/s + P m), P = Sigma^-1;
 *   residual = yy - 2 h'mu + mu'A mu + tr(A V), what is expected of ||y - X w||^2.
 * It is the whole E step of the EM chain (algorithms-3, section 2). Coordinator and agents run the same code on the same
 * numbers: it does not matter to the bits who of them does.
 */
import { assert } from '../errors.ts';
import { cholesky, choleskyInverse } from '../linalg/cholesky.ts';
import { combine, copy, type Matrix } from '../linalg/matrix.ts';
import type { Information } from './information.ts';

/** A prior as agents are asked about it: the precision instead of the covariance. */
export interface Belief {
  readonly mean: Float64Array;
  readonly precision: Matrix;
}

export interface LocalPosterior {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  readonly residual: number;
}

const RESIDUAL_MIN = 1e-12;
/** Added to a covariance before it is inverted. */
const COVARIANCE_JITTER = 1e-10;
/** Relative to the largest entry. */
const JITTER_MIN = 1e-15;
const JITTER_MAX = 1e-4;

export function squaredPosterior(own: Information, { mean, precision }: Belief, noise: number): LocalPosterior {
  const covariance = inverse(combine(1 / noise, own.matrix, 1, precision));
  const pull = timesVector(precision, mean);
  const mu = timesVector(
    covariance,
    pull.map((p, j) => own.moment[j] / noise + p),
  );
  return { mean: mu, covariance, residual: Math.max(expectedResidual(own, mu, covariance), RESIDUAL_MIN) };
}

function expectedResidual({ matrix, moment, squares }: Information, mu: Float64Array, covariance: Matrix): number {
  let spread = 0;
  for (let i = 0; i < matrix.data.length; i++) spread += matrix.data[i] * covariance.data[i];
  return squares - 2 * dot(moment, mu) + dot(mu, timesVector(matrix, mu)) + spread;
}

/** (Sigma + 1e-10 I)^-1. */
export function precisionOf(covariance: Matrix): Matrix {
  return inverse(withDiagonal(covariance, COVARIANCE_JITTER));
}

/** Of a matrix that is positive definite up to rounding: collinear columns in units far apart may need a larger diagonal. */
export function inverse(a: Matrix): Matrix {
  const unit = a.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let jitter = 0; jitter < JITTER_MAX; jitter = Math.max(JITTER_MIN, 10 * jitter)) {
    const factor = cholesky(jitter === 0 ? a : withDiagonal(a, jitter * unit));
    if (factor !== undefined) return choleskyInverse(factor);
  }
  return assert(false, 'a matrix of the hierarchical chain is not positive definite') as never;
}

function withDiagonal(a: Matrix, added: number): Matrix {
  const out = copy(a);
  for (let j = 0; j < a.rows; j++) out.data[j * a.cols + j] += added;
  return out;
}

export function timesVector(a: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) {
    let sum = 0;
    for (let j = 0; j < a.cols; j++) sum += a.data[i * a.cols + j] * x[j];
    out[i] = sum;
  }
  return out;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
