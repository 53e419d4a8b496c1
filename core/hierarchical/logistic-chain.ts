/**
 * The EM chain of `hierarchical` for labels, in Laplace's approximation: the same questions as chain.ts, no noise.
 *   pooled logistic regression (ridge 1e-2) -> w_k, Sigma = 0.3 I; then, until settled, at most 200 times:
 *   two Newton steps at every agent; m = mean w_k; Sigma = (sum V_k + U'U)/K, off-diagonals times K/(K+D)
 * (algorithms-3, section 2).
 */
import type { Matrix } from '../linalg/matrix.ts';
import { zeros } from '../linalg/matrix.ts';
import { isSettled, ITERATIONS_MAX, ITERATIONS_MIN, type Chain, type ChainOptions, type Fit } from './chain.ts';
import { fullStep, VARIANCE_MIN } from './covariance-step.ts';
import { dot, inverse, precisionOf, timesVector, type LocalPosterior } from './posterior.ts';
import { addInformation, scaledIdentity, standardBelief } from './start.ts';

const START_VARIANCE = 0.3;
const POOLED_RIDGE = 1e-2;
const POOLED_STEPS_MAX = 25;
const POOLED_CHANGE = 1e-8;
export const NEWTON_STEPS = 2;

export function* logisticChain(options: ChainOptions): Chain<Fit> {
  const noise = { byAgent: options.rows.map(() => 1), shape: 0 };
  const mean0 = yield* pooled(options);
  let starts: readonly Float64Array[] = Array.from(options.rows, () => mean0);
  let [mean, covariance] = [mean0, scaledIdentity(options.dimension, START_VARIANCE)];
  let before: readonly LocalPosterior[] | undefined;
  for (let count = 0; ; count++) {
    const belief = { mean, precision: precisionOf(covariance) };
    const posteriors = yield starts.map((start) => ({ belief, noise: 1, start, steps: NEWTON_STEPS }));
    const isLast = count >= ITERATIONS_MAX - 1 || (count > ITERATIONS_MIN && before !== undefined && isSettled(before, posteriors));
    const iterations = options.covariance === 'full' ? { diagonal: 0, full: count } : { diagonal: count, full: 0 };
    if (isLast) return { prior: { mean, covariance }, noise, posteriors, iterations };
    mean = meanOf(posteriors);
    covariance = fullStep(mean, posteriors);
    if (options.covariance === 'diagonal') covariance = diagonalOf(covariance);
    starts = posteriors.map((posterior) => posterior.mean);
    before = posteriors;
  }
}

/** One logistic regression for the rows of all agents, by Newton steps on the sum of their A_k and h_k. */
function* pooled({ dimension, rows }: ChainOptions): Chain<Float64Array> {
  let w: Float64Array = new Float64Array(dimension);
  for (let step = 0; step < POOLED_STEPS_MAX; step++) {
    const question = { belief: standardBelief(dimension), noise: 1, start: w, steps: 1 };
    const answers = yield Array.from(rows, () => question);
    const matrix = scaledIdentity(dimension, POOLED_RIDGE);
    const moment = new Float64Array(dimension);
    for (const answer of answers) addInformation(answer, question.belief, 1, matrix, moment);
    const next = timesVector(inverse(matrix), moment);
    const change = next.map((value, j) => value - w[j]);
    w = next;
    if (dot(change, change) <= POOLED_CHANGE ** 2 * dot(w, w)) break;
  }
  return w;
}

function meanOf(posteriors: readonly LocalPosterior[]): Float64Array {
  return posteriors[0].mean.map((_, j) => posteriors.reduce((sum, { mean }) => sum + mean[j], 0) / posteriors.length);
}

function diagonalOf(a: Matrix): Matrix {
  const out = zeros(a.rows, a.cols);
  for (let j = 0; j < a.rows; j++) out.data[j * a.cols + j] = Math.max(a.data[j * a.cols + j], VARIANCE_MIN);
  return out;
}
