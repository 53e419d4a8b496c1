/**
 * The paper's estimator (arXiv 2510.10570): L = pinv(Q S Q), S = (1/M) W W', Q = I - 11'/K, W the last iterates.
 *
 * The inverse is taken on the complement of the ones vector in an explicit basis. It is dense, inflated by
 * M / (M - K), deflated by the iterates' noise, and no graph's Laplacian: about a quarter of its off-diagonals are positive.
 */
import { KindredError } from '../errors.ts';
import { complementSpectrum, invertSpectrum, zeroCount } from '../linalg/ones-complement.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { centredCovariance } from './covariance.ts';
import { INVERSE_DIMENSIONS_PER_AGENT_MIN, otherwise, tooFewDimensions } from './dimensions.ts';
import type { Estimator, EstimatorOptions } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import type { Diagnostic } from './relationship.ts';
import { describeSigns } from './signs.ts';

const DIMENSIONS_PER_AGENT_ADVISED = 10;

export const pinv: Estimator = {
  name: 'pinv',
  summary: "the paper's: pseudo-inverse of the covariance of the estimates; needs 3 dimensions per agent",
  needs: ['iterate'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  dimensionsPerAgentMin: INVERSE_DIMENSIONS_PER_AGENT_MIN,
  options: {
    force: { type: 'boolean', default: false, description: 'answer also where the inverse is ill-posed; do not trust the result' },
  },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'iterate');
    const spectrum = complementSpectrum(centredCovariance(w));
    const zero = zeroCount(spectrum.values);
    refuseIllPosed(w, zero, state.options);
    const laplacian = invertSpectrum(spectrum);
    return { relationship: { kind: 'precision', agents: w.rows, laplacian }, diagnostics: describe(w, zero, laplacian) };
  },
};

function refuseIllPosed({ rows: agents, cols: dimension }: Matrix, zero: number, options: EstimatorOptions): void {
  if (zero === agents - 1) throw new KindredError('ESTIMATE_ILL_POSED', 'all agents report the same estimates: nothing can be learned from them');
  const few = tooFewDimensions(pinv, agents, dimension, options);
  if (few !== undefined) throw new KindredError('ESTIMATE_ILL_POSED', few);
  if (zero === 0 || options['force'] === true) return;
  const detail = `the estimates of ${agents} agents span only ${agents - 1 - zero} of ${agents - 1} directions: some agents depend linearly on others; ${otherwise(pinv)}`;
  throw new KindredError('ESTIMATE_ILL_POSED', detail);
}

function describe({ rows: agents, cols: dimension }: Matrix, zero: number, laplacian: Matrix): Diagnostic[] {
  const ratio = dimension / agents;
  const found: Diagnostic[] = [];
  if (ratio < INVERSE_DIMENSIONS_PER_AGENT_MIN || zero > 0) {
    const message = `forced: ${ratio.toFixed(1)} dimensions per agent, ${zero} eigenvalues cut as zero; this result is not to be trusted`;
    found.push({ code: 'PINV_ILL_POSED', message, value: ratio });
  } else if (ratio < DIMENSIONS_PER_AGENT_ADVISED) {
    const message = `only ${ratio.toFixed(1)} dimensions per agent: the inverse amplifies sampling errors; cgl does not`;
    found.push({ code: 'FEW_DIMENSIONS', message, value: ratio });
  }
  return [...found, ...describeSigns(laplacian, dimension)];
}
