/**
 * The prior's mean by generalised least squares: given Sigma and the noise, the exact maximiser of the evidence in m.
 *   G = K P - P (sum V) P, m = (G + 1e-8 I)^-1 P sum_k V_k h_k / s_k, P = Sigma^-1
 * It decides how fast EM is: with m = mean of the mu_k a small Sigma freezes the mean (algorithms-3, section 4).
 *
 * Agents answered about the mean before it. Their answers at the new one need nothing more of them, since
 * V_k h_k / s_k = mu_k - V_k P m_old; with g = P (m - m_old) and delta = V g:
 *   mu <- mu + delta, residual <- residual + s (2 delta'P (m_old - mu) + g'delta - delta'P delta).
 */
import { multiply, zeros, type Matrix } from '../linalg/matrix.ts';
import { dot, inverse, timesVector, type Belief, type LocalPosterior } from './posterior.ts';

const RIDGE = 1e-8;
const RESIDUAL_MIN = 1e-12;

export function meanStep(belief: Belief, answers: readonly LocalPosterior[]): Float64Array {
  const { precision } = belief;
  const spread = sumOf(answers.map(({ covariance }) => covariance));
  const gls = multiply(precision, multiply(spread, precision));
  for (let i = 0; i < gls.data.length; i++) gls.data[i] = answers.length * precision.data[i] - gls.data[i];
  for (let j = 0; j < gls.rows; j++) gls.data[j * gls.cols + j] += RIDGE;
  const pulled = timesVector(spread, timesVector(precision, belief.mean));
  const own = pulled.map((p, j) => answers.reduce((sum, { mean }) => sum + mean[j], 0) - p);
  return timesVector(inverse(symmetric(gls)), timesVector(precision, own));
}

/** The answers as they would be about the mean `to`. */
export function movedTo(to: Float64Array, { mean: from, precision }: Belief, answer: LocalPosterior, noise: number): LocalPosterior {
  const g = timesVector(
    precision,
    to.map((value, j) => value - from[j]),
  );
  const delta = timesVector(answer.covariance, g);
  const pull = timesVector(precision, delta);
  const gap = from.map((value, j) => value - answer.mean[j]);
  const change = noise * (2 * dot(pull, gap) + dot(g, delta) - dot(delta, pull));
  return {
    mean: answer.mean.map((value, j) => value + delta[j]),
    covariance: answer.covariance,
    residual: Math.max(answer.residual + change, RESIDUAL_MIN),
  };
}

export function sumOf(matrices: readonly Matrix[]): Matrix {
  const out = zeros(matrices[0].rows, matrices[0].cols);
  for (const { data } of matrices) for (let i = 0; i < data.length; i++) out.data[i] += data[i];
  return out;
}

function symmetric(a: Matrix): Matrix {
  const n = a.rows;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j] = 0.5 * (a.data[i * n + j] + a.data[j * n + i]);
  return a;
}
