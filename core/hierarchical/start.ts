/**
 * Where the chain begins: one model for all, from the agents' answers to the standard question N(0, I) with noise 1.
 *   A_k = V_k^-1 - I, h_k = V_k^-1 mu_k, m = (sum A + 1e-6 N I)^-1 sum h,
 *   s = 1/2 of the pooled residual variance, Sigma = 0.1 I, nu0 = 10.
 * An answer under a known prior determines the moments: whoever is told (mu, V, residual) knows A, h and y'y.
 */
import { identity, zeros, type Matrix } from '../linalg/matrix.ts';
import { SHAPE_START, type Noise } from './noise-step.ts';
import { dot, inverse, timesVector, type Belief, type LocalPosterior } from './posterior.ts';

const START_VARIANCE = 0.1;
const POOLED_RIDGE = 1e-6;
const NOISE_SHARE = 0.5;

export interface Start {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  readonly noise: Noise;
}

export const STANDARD_NOISE = 1;

export function standardBelief(dimension: number): Belief {
  return { mean: new Float64Array(dimension), precision: identity(dimension) };
}

export function startOf(answers: readonly LocalPosterior[], rows: Float64Array): Start {
  const D = answers[0].mean.length;
  const pooled = zeros(D, D);
  const moment = new Float64Array(D);
  let squares = 0;
  for (const answer of answers) squares += addInformation(answer, standardBelief(D), STANDARD_NOISE, pooled, moment);
  const N = rows.reduce((sum, count) => sum + count, 0);
  const ridged = { ...pooled, data: pooled.data.slice() };
  for (let j = 0; j < D; j++) ridged.data[j * D + j] += POOLED_RIDGE * N;
  const mean = timesVector(inverse(ridged), moment);
  const residual = squares - 2 * dot(moment, mean) + dot(mean, timesVector(pooled, mean));
  const noise = NOISE_SHARE * (residual / N);
  return { mean, covariance: scaledIdentity(D, START_VARIANCE), noise: { byAgent: rows.map(() => noise), shape: SHAPE_START } };
}

/** Adds A_k = s (V_k^-1 - P) and h_k = s (V_k^-1 mu_k - P m), which an answer under N(m, P^-1) and noise s determines; returns y'y. */
export function addInformation(answer: LocalPosterior, belief: Belief, noise: number, matrix: Matrix, moment: Float64Array): number {
  const own = inverse(answer.covariance);
  const pull = timesVector(belief.precision, belief.mean);
  const h = timesVector(own, answer.mean).map((value, j) => noise * (value - pull[j]));
  for (let i = 0; i < own.data.length; i++) own.data[i] = noise * (own.data[i] - belief.precision.data[i]);
  let spread = 0;
  for (let i = 0; i < matrix.data.length; i++) {
    matrix.data[i] += own.data[i];
    spread += own.data[i] * answer.covariance.data[i];
  }
  for (let j = 0; j < moment.length; j++) moment[j] += h[j];
  return answer.residual + 2 * dot(h, answer.mean) - dot(answer.mean, timesVector(own, answer.mean)) - spread;
}

export function scaledIdentity(dimension: number, scale: number): Matrix {
  const out = identity(dimension);
  for (let j = 0; j < dimension; j++) out.data[j * dimension + j] *= scale;
  return out;
}
