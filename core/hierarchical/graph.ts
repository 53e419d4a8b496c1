/**
 * A graph on top of the prior: agents that deviate from the mean alike are shrunk towards one another.
 *
 *   u_k = mu_k - m, P = Sigma^-1:  s_ij = ((u_i - u_j)' P (u_i - u_j) + tr P V_i + tr P V_j) / D, the posteriors' noise ADDED
 *   since their means are shrunk; halfway to the mean of all s (which alone is the complete graph); constrained
 *   likelihood; L* scaled to trace K - 1.
 *   Q = .1 (I - 11'/K) + .9 L*,  H = blockdiag(A_k / s_k) + Q (x) P,  H w = h / s, the mean flat.
 *
 * One shot: further rounds drift to over-fitting. Whether it helps the evidence cannot say (it always does), held-out rows
 * can. Source: algorithms-3, section 2, "The graph on top".
 */
import { assert } from '../errors.ts';
import { cholesky, choleskySolve } from '../linalg/cholesky.ts';
import { trace, zeros, type Matrix } from '../linalg/matrix.ts';
import { solveCgl } from '../relationship/cgl-solver.ts';
import type { Chain, Fit } from './chain.ts';
import { dot, precisionOf, timesVector, type Belief, type LocalPosterior } from './posterior.ts';
import type { Question } from './question.ts';
import { addInformation } from './start.ts';

const COMPLETE_SHARE = 0.1;
const SHRINKAGE = 0.5;
const KKT = 1e-4;
const STEPS_MAX = 25;
const RELATIVE_CHANGE = 1e-7;

/** L* (K x K) of the agents of this fit. */
export function graphOnTop({ prior, posteriors }: Fit): Matrix {
  const distances = shrunk(distancesOf(precisionOf(prior.covariance), posteriors));
  const { laplacian } = solveCgl(distances, KKT);
  const scale = (laplacian.rows - 1) / trace(laplacian);
  return { ...laplacian, data: laplacian.data.map((value) => value * scale) };
}

function distancesOf(precision: Matrix, posteriors: readonly LocalPosterior[]): Matrix {
  const K = posteriors.length;
  const out = zeros(K, K);
  const noise = posteriors.map(({ covariance }) => dot(precision.data, covariance.data));
  for (let i = 0; i < K; i++) {
    for (let j = 0; j < i; j++) {
      const gap = posteriors[i].mean.map((value, c) => value - posteriors[j].mean[c]);
      out.data[i * K + j] = out.data[j * K + i] = (dot(gap, timesVector(precision, gap)) + noise[i] + noise[j]) / precision.rows;
    }
  }
  return out;
}

function shrunk(distances: Matrix): Matrix {
  const K = distances.rows;
  const mean = distances.data.reduce((sum, value) => sum + value, 0) / (K * (K - 1));
  const data = distances.data.map((value, at) => (at % (K + 1) === 0 ? 0 : (1 - SHRINKAGE) * value + SHRINKAGE * mean));
  return { ...distances, data };
}

/** Q. Of the complete graph it is I - 11'/K: the prior alone. */
export function couplingOf(laplacian: Matrix): Matrix {
  const K = laplacian.rows;
  const data = laplacian.data.map((value, at) => (1 - COMPLETE_SHARE) * value + COMPLETE_SHARE * ((at % (K + 1) === 0 ? 1 : 0) - 1 / K));
  return { ...laplacian, data };
}

/** Asks until the joint solution stands still, and returns what each agent is to be told: its neighbours as a prior of its own. */
export function* graphChain(fit: Fit, coupling: Matrix, loss: 'squared' | 'logistic'): Chain<readonly Question[]> {
  const precision = precisionOf(fit.prior.covariance);
  const steps = loss === 'logistic' ? 1 : 0;
  let means: readonly Float64Array[] = fit.posteriors.map(({ mean }) => mean);
  for (let step = 0; step < STEPS_MAX; step++) {
    const questions = neighbourQuestions(fit, coupling, precision, means, steps);
    const next = jointMeans(questions, yield questions, coupling, precision);
    const isStill = relativeChange(means, next) < RELATIVE_CHANGE;
    means = next;
    if (loss === 'squared' || isStill) break;
  }
  return neighbourQuestions(fit, coupling, precision, means, steps);
}

/** Of agent k under its neighbours' vectors: N(sum_l -q_kl w_l / q_kk, (q_kk P)^-1). */
function neighbourQuestions({ noise }: Fit, coupling: Matrix, precision: Matrix, means: readonly Float64Array[], steps: number): Question[] {
  const K = coupling.rows;
  return means.map((start, k) => {
    const own = coupling.data[k * K + k];
    const mean = start.map((_, j) => means.reduce((sum, w, l) => (l === k ? sum : sum - (coupling.data[k * K + l] * w[j]) / own), 0));
    const belief: Belief = { mean, precision: { ...precision, data: precision.data.map((value) => own * value) } };
    return { belief, noise: noise.byAgent[k], start: steps > 0 ? start : new Float64Array(0), steps };
  });
}

/** H w = h / s, with A_k and h_k out of the answers. */
function jointMeans(questions: readonly Question[], answers: readonly LocalPosterior[], coupling: Matrix, precision: Matrix): Float64Array[] {
  const [K, D] = [coupling.rows, precision.rows];
  const h = zeros(K * D, K * D);
  const right = new Float64Array(K * D);
  answers.forEach((answer, k) => {
    const [matrix, moment] = [zeros(D, D), new Float64Array(D)];
    const { belief, noise } = questions[k];
    addInformation(answer, belief, noise, matrix, moment);
    for (let i = 0; i < D; i++) {
      right[k * D + i] = moment[i] / noise;
      for (let j = 0; j < D; j++) h.data[(k * D + i) * K * D + k * D + j] = matrix.data[i * D + j] / noise;
    }
  });
  for (let k = 0; k < K; k++) for (let l = 0; l <= k; l++) addBlock(h, k, l, coupling.data[k * K + l], precision);
  const factor = cholesky(h);
  assert(factor !== undefined, 'the joint posterior over the graph is not positive definite');
  choleskySolve(factor, right, right);
  return answers.map((_, k) => right.slice(k * D, (k + 1) * D));
}

function addBlock(h: Matrix, k: number, l: number, weight: number, block: Matrix): void {
  const D = block.rows;
  for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) h.data[(k * D + i) * h.cols + l * D + j] += weight * block.data[i * D + j];
}

function relativeChange(before: readonly Float64Array[], now: readonly Float64Array[]): number {
  let [change, size] = [0, 0];
  now.forEach((w, k) =>
    w.forEach((value, j) => {
      change += (value - before[k][j]) ** 2;
      size += value ** 2;
    }),
  );
  return Math.sqrt(change / size);
}
