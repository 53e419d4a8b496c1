/** Tables of estimates whose covariance is known exactly: W W' / M = pinv(L) + n I on REF, without any draw. */
import { buildGraph, laplacian } from '../../../../core/graph.ts';
import { recompose, symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { combine, identity, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { laplacianPseudoInverse } from '../../../../core/linalg/ones-complement.ts';
import type { Estimate, Estimator, EstimatorOptions, Evidence } from '../../../../core/relationship/estimator.ts';
import { reportOfEstimate } from '../../../../core/relationship/evidence.ts';

export const REF = laplacian(buildGraph('reference', 10, 0));

/** Errors of L learned from pinv(L) + n I (algorithms-1 section 4, which prints the first n as .00504). */
export const GOLDEN_ERRORS = [
  { noise: 0.00504035, error: 0.029329 },
  { noise: 0.0260423, error: 0.133826 },
  { noise: 0.0543513, error: 0.241691 },
  { noise: 0.1190618, error: 0.406281 },
] as const;

/** sqrt(10) (pinv(L) + n I)^(1/2), the 10 columns repeated: M = 10 `copies`, the covariance stays the same. */
export function goldenEstimates(noise: number, copies = 1): Matrix {
  const { values, vectors } = symmetricEigen(combine(1, laplacianPseudoInverse(REF), noise, identity(10)));
  const root = recompose(
    values.map((value) => Math.sqrt(10 * Math.max(0, value))),
    vectors,
  );
  const out = zeros(10, 10 * copies);
  for (let k = 0; k < 10; k++) for (let m = 0; m < out.cols; m++) out.data[k * out.cols + m] = root.data[10 * k + (m % 10)];
  return out;
}

/** Every agent reports its row as iterate and as average. */
export function learnFrom(estimator: Estimator, w: Matrix, options: EstimatorOptions = {}, noise: ArrayLike<number> = new Float64Array(w.rows)): Estimate {
  let state = estimator.init(w.rows, options);
  for (let agent = 0; agent < w.rows; agent++) state = estimator.observe(state, reportOf(w, agent, noise[agent]));
  return estimator.estimate(state);
}

export function reportOf(w: Matrix, agent: number, noise = 0): Evidence {
  return reportOfEstimate(agent, w.data.slice(agent * w.cols, (agent + 1) * w.cols), noise);
}
