/** Questions about a prior as they come over the wire, and an agent's answer as named vectors. */
import type { RowGain } from '../core/hierarchical/guard.ts';
import type { LocalPosterior } from '../core/hierarchical/posterior.ts';
import type { Question } from '../core/hierarchical/question.ts';
import { fromLowerTriangle, lowerTriangle } from '../core/linalg/triangle.ts';
import type { LocalPrior } from '../proto/messages.ts';

export function questionOf({ mean, precision, noise, start, steps }: LocalPrior): Question {
  const belief = { mean: Float64Array.from(mean), precision: fromLowerTriangle(precision, mean.length) };
  return { belief, noise, start: Float64Array.from(start), steps };
}

/** What leaves the agent: D + D (D + 1) / 2 + 1 numbers. */
export function posteriorReport({ mean, covariance, residual }: LocalPosterior): Map<string, Float64Array> {
  return new Map([
    ['mean', mean],
    ['covariance', lowerTriangle(covariance)],
    ['residual', Float64Array.of(residual)],
  ]);
}

/** Sums over the agent's rows: five numbers. */
export function gainReport({ rows, mean, variance, alone, prior }: RowGain): Float64Array {
  return Float64Array.of(rows, mean, variance, alone, prior);
}
