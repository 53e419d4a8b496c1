/**
 * An inverse of the tasks' covariance needs dimensions: so many per agent an estimator's card may ask for, which can be
 * checked before a run (config/checks.ts) and is refused in one. Whoever answers by force (option `force`) is not asked.
 */
import type { EstimatorCard, EstimatorOptions } from './estimator.ts';

/** Below so many dimensions per agent an inverse is refused. */
export const INVERSE_DIMENSIONS_PER_AGENT_MIN = 3;

type Card = Pick<EstimatorCard, 'name' | 'options' | 'dimensionsPerAgentMin'>;

/** What to say against this estimator for so many agents; undefined where they have dimensions enough. */
export function tooFewDimensions(card: Card, agents: number, dimension: number, options: EstimatorOptions): string | undefined {
  const least = (card.dimensionsPerAgentMin ?? 0) * agents;
  if (dimension >= least || options['force'] === true) return undefined;
  return `${card.name} needs at least ${least} dimensions for ${agents} agents (got ${dimension}); ${otherwise(card)}`;
}

/** What to do where an inverse is ill-posed. */
export function otherwise({ options }: Pick<EstimatorCard, 'options'>): string {
  if (!Object.hasOwn(options, 'force')) return 'use cgl';
  return 'use cgl, or see the result anyway (learn: -c force=true; in an experiment relationship.force: true)';
}
