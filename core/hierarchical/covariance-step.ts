/**
 * The prior's covariance from the agents' posteriors, u_k = mu_k - m (algorithms-3, section 2).
 *
 * diagonal: with q_j = sum u_kj^2 and v_j = sum V_kjj the geometric mean of two steps that share their fixed point,
 *           EM (q + v)/K and MacKay's q / max(K - v/Sigma_jj, .02 K); at least 1e-6. It takes far fewer iterations than EM.
 * full:     E = (sum V_k + U'U)/K, its off-diagonals times K/(K+D): D pseudo-agents without correlations.
 */
import { zeros, type Matrix } from '../linalg/matrix.ts';
import { addOuter } from './information.ts';
import { sumOf } from './mean-step.ts';
import type { LocalPosterior } from './posterior.ts';

export const VARIANCE_MIN = 1e-6;
const FREEDOM_SHARE_MIN = 0.02;

export function diagonalStep(before: Matrix, mean: Float64Array, answers: readonly LocalPosterior[]): Matrix {
  const D = mean.length;
  const K = answers.length;
  const out = zeros(D, D);
  for (let j = 0; j < D; j++) {
    let q = 0;
    let v = 0;
    for (const { mean: mu, covariance } of answers) {
      q += (mu[j] - mean[j]) ** 2;
      v += covariance.data[j * D + j];
    }
    const macKay = q / Math.max(K - v / before.data[j * D + j], FREEDOM_SHARE_MIN * K);
    out.data[j * D + j] = Math.max(Math.sqrt(((q + v) / K) * macKay), VARIANCE_MIN);
  }
  return out;
}

export function fullStep(mean: Float64Array, answers: readonly LocalPosterior[]): Matrix {
  const D = mean.length;
  const K = answers.length;
  const out = sumOf(answers.map(({ covariance }) => covariance));
  for (const { mean: mu } of answers)
    addOuter(
      1,
      mu.map((value, j) => value - mean[j]),
      out,
    );
  for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) out.data[i * D + j] *= i === j ? 1 / K : 1 / (K + D);
  return out;
}
