/**
 * A prior that is held, not learned: agents are asked for their posteriors under it.
 *   squared loss: s_k by evidence as in chain.ts, m and Sigma held, until the posteriors settle; the noise is of these rows, not of the file;
 *   labels: no noise, so one question, Newton from the prior's mean until the optimum (laplace.ts halves what overshoots).
 */
import type { Prior } from '../relationship/relationship.ts';
import { aboutNoise, isSettled, ITERATIONS_MAX, type Chain, type ChainOptions, type Fit } from './chain.ts';
import { ownNoise, sharedNoise } from './noise-step.ts';
import { precisionOf, type LocalPosterior } from './posterior.ts';
import { standardBelief, STANDARD_NOISE, startOf } from './start.ts';

/** Newton's from far away: it doubles its digits once it is near. */
const NEWTON_STEPS_HELD = 25;

/** `options` of the agents at hand; the prior may be of others. */
export function* heldChain(prior: Prior, options: ChainOptions): Chain<Fit> {
  const belief = { mean: prior.mean, precision: precisionOf(prior.covariance) };
  const { rows, noise: kind } = options;
  const answers = yield aboutNoise(
    standardBelief(options.dimension),
    rows.map(() => STANDARD_NOISE),
  );
  let { noise } = startOf(answers, rows);
  let before: readonly LocalPosterior[] | undefined;
  for (let count = 0; ; count++) {
    const posteriors = yield aboutNoise(belief, noise.byAgent);
    const isLast = count >= ITERATIONS_MAX - 1 || (before !== undefined && isSettled(before, posteriors));
    if (isLast) return { prior, noise, posteriors, iterations: { diagonal: 0, full: 0 } };
    const residuals = Float64Array.from(posteriors, ({ residual }) => residual);
    noise = (kind === 'own' ? ownNoise : sharedNoise)(noise, residuals, rows);
    before = posteriors;
  }
}

export function* heldLogisticChain(prior: Prior, { rows }: ChainOptions): Chain<Fit> {
  const belief = { mean: prior.mean, precision: precisionOf(prior.covariance) };
  const posteriors = yield Array.from(rows, () => ({ belief, noise: 1, start: prior.mean, steps: NEWTON_STEPS_HELD }));
  return { prior, noise: { byAgent: rows.map(() => 1), shape: 0 }, posteriors, iterations: { diagonal: 0, full: 0 } };
}
