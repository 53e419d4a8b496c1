/**
 * The EM chain of `hierarchical` for the squared loss, as a generator: it asks all agents one question (a prior, and each
 * agent's noise), is resumed with their posteriors, and asks again. Who answers, the coordinator out of the agents'
 * moments or the agents themselves, is the caller's business.
 *
 *   w_k ~ N(m, Sigma), y_k = X_k w_k + e, e ~ N(0, s_k): m, Sigma and s_k by evidence (algorithms-3, section 2);
 *   first a diagonal Sigma, then from there a full one; each until ||MU - MU_before|| < 1e-4 ||MU||, at most 200 times.
 */
import type { Matrix } from '../linalg/matrix.ts';
import type { Prior } from '../relationship/relationship.ts';
import { diagonalStep, fullStep } from './covariance-step.ts';
import { meanStep, movedTo } from './mean-step.ts';
import { ownNoise, SHAPE_START, sharedNoise, type Noise } from './noise-step.ts';
import { precisionOf, type Belief, type LocalPosterior } from './posterior.ts';
import type { Question } from './question.ts';
import { standardBelief, STANDARD_NOISE, startOf, type Start } from './start.ts';

const NOWHERE = new Float64Array(0);
export const ITERATIONS_MAX = 200;
export const ITERATIONS_MIN = 8;
const RELATIVE_CHANGE = 1e-4;

export interface ChainOptions {
  readonly dimension: number;
  /** N_k by agent. */
  readonly rows: Float64Array;
  readonly noise: 'own' | 'shared';
  readonly covariance: 'full' | 'diagonal';
}

/** The last prior, and what every agent made of it: posteriors[k].mean is its model. */
export interface Fit {
  readonly prior: Prior;
  readonly noise: Noise;
  readonly posteriors: readonly LocalPosterior[];
  /** How often the prior was improved: with a diagonal covariance, then with a full one. */
  readonly iterations: { readonly diagonal: number; readonly full: number };
}

export type Chain<Result> = Generator<readonly Question[], Result, readonly LocalPosterior[]>;

export function* hierarchicalChain(options: ChainOptions): Chain<Fit> {
  const answers = yield aboutNoise(
    standardBelief(options.dimension),
    options.rows.map(() => STANDARD_NOISE),
  );
  const diagonal = yield* stage(startOf(answers, options.rows), diagonalStep, options);
  if (options.covariance === 'diagonal') return { ...diagonal, iterations: { diagonal: diagonal.count, full: 0 } };
  const full = yield* stage(
    { ...diagonal.prior, noise: { ...diagonal.noise, shape: SHAPE_START } },
    (_before, mean, posteriors) => fullStep(mean, posteriors),
    options,
  );
  return { ...full, iterations: { diagonal: diagonal.count, full: full.count } };
}

type CovarianceStep = (before: Matrix, mean: Float64Array, answers: readonly LocalPosterior[]) => Matrix;
type StageFit = Omit<Fit, 'iterations'> & { readonly count: number };

function* stage(start: Start, step: CovarianceStep, { rows, noise: kind }: ChainOptions): Chain<StageFit> {
  let { mean, covariance, noise } = start;
  let before: readonly LocalPosterior[] | undefined;
  for (let count = 0; ; count++) {
    const belief: Belief = { mean, precision: precisionOf(covariance) };
    const answers = yield aboutNoise(belief, noise.byAgent);
    const next = meanStep(belief, answers);
    const posteriors = answers.map((answer, k) => movedTo(next, belief, answer, noise.byAgent[k]));
    const isLast = count >= ITERATIONS_MAX - 1 || (count > ITERATIONS_MIN && before !== undefined && isSettled(before, posteriors));
    mean = next;
    if (isLast) return { prior: { mean, covariance }, noise, posteriors, count };
    covariance = step(covariance, mean, posteriors);
    noise = (kind === 'own' ? ownNoise : sharedNoise)(
      noise,
      Float64Array.from(posteriors, ({ residual }) => residual),
      rows,
    );
    before = posteriors;
  }
}

/** One belief for all, and each agent's noise. */
export function aboutNoise(belief: Belief, noise: Float64Array): Question[] {
  return Array.from(noise, (s) => ({ belief, noise: s, start: NOWHERE, steps: 0 }));
}

export function isSettled(before: readonly LocalPosterior[], now: readonly LocalPosterior[]): boolean {
  let change = 0;
  let size = 0;
  now.forEach(({ mean }, k) =>
    mean.forEach((value, j) => {
      change += (value - before[k].mean[j]) ** 2;
      size += value ** 2;
    }),
  );
  return change < RELATIVE_CHANGE ** 2 * size;
}
