/** What an estimator makes of estimates W (K x M), their rows reported by one agent each. */
import type { Matrix } from '../core/linalg/matrix.ts';
import type { Estimator, EstimatorOptions } from '../core/relationship/estimator.ts';

export function estimatedLaplacian(estimator: Estimator, w: Matrix, noise: number, options: EstimatorOptions = {}): Matrix {
  let state = estimator.init(w.rows, options);
  for (let agent = 0; agent < w.rows; agent++) {
    const own = w.data.slice(agent * w.cols, (agent + 1) * w.cols);
    state = estimator.observe(state, { agent, iterate: own, average: own, noise: Float64Array.of(noise) });
  }
  return estimator.estimate(state).relationship.laplacian;
}
