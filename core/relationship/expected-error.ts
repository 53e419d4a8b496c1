/**
 * What an estimated Laplacian is expected to be off by, ||L^ - L||_F / ||L||_F, from noise n and dimension M alone
 * (algorithms-1, section 1, estimation): with P = pinv(Q (pinv L + n I) Q) and f = M / (M - K),
 *   E L^ = f P,   sum of variances (f^2 / M) ((tr P)^2 + ||P||_F^2).
 */
import { frobeniusNorm, trace, zeros, type Matrix } from '../linalg/matrix.ts';
import { complementSpectrum, mapSpectrum } from '../linalg/ones-complement.ts';

/** All relative to ||L||_F. */
export interface ExpectedError {
  /** M coordinates only: sampling. */
  readonly finiteSample: number;
  /** What noise and the inverse shift the mean by. */
  readonly bias: number;
  /** sqrt(finiteSample^2 + bias^2) */
  readonly total: number;
}

/** Of the paper's estimator, the inverse of the covariance; L the truth, or what was learned in its place. Needs M > K. */
export function expectedPinvError(laplacian: Matrix, noise: number, dimension: number): ExpectedError {
  // Eigenvalue l of L is 1 / l in the covariance of the tasks, hence 1 / (1/l + n) in P.
  const P = mapSpectrum(complementSpectrum(laplacian), (value) => 1 / (1 / value + noise));
  const inflation = dimension / (dimension - laplacian.rows);
  const bias = zeros(P.rows, P.cols);
  for (let i = 0; i < bias.data.length; i++) bias.data[i] = inflation * P.data[i] - laplacian.data[i];
  const variance = (inflation ** 2 / dimension) * (trace(P) ** 2 + frobeniusNorm(P) ** 2);
  return relative(Math.sqrt(variance), frobeniusNorm(bias), frobeniusNorm(laplacian));
}

/**
 * Of an estimator that subtracts the noise: no bias is left, and the sampling error is at most that of the exact tasks,
 * ((tr L)^2 + ||L||_F^2) / M; a constrained estimator (cgl) stays about a third below it (algorithms-1, section 3).
 */
export function expectedCorrectedError(laplacian: Matrix, dimension: number): ExpectedError {
  const norm = frobeniusNorm(laplacian);
  return relative(Math.sqrt((trace(laplacian) ** 2 + norm ** 2) / dimension), 0, norm);
}

function relative(sampling: number, bias: number, norm: number): ExpectedError {
  return { finiteSample: sampling / norm, bias: bias / norm, total: Math.sqrt(sampling ** 2 + bias ** 2) / norm };
}
