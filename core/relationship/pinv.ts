/**
 * The paper's estimator (arXiv 2510.10570): L = pinv(Q S Q), S = (1/M) W W', Q = I - 11'/K, W the last iterates.
 *
 * The inverse is taken on the complement of the ones vector in an explicit basis. It is dense, inflated by
 * M / (M - K), deflated by the iterates' noise, and no graph's Laplacian: about a quarter of its off-diagonals are positive.
 */
import { KindredError } from '../errors.ts';
import { complementSpectrum, invertSpectrum, zeroCount } from '../linalg/ones-complement.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { positiveOffDiagonalShare } from './compare.ts';
import { centredCovariance } from './covariance.ts';
import type { Estimator } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import type { Diagnostic } from './relationship.ts';

/** Below so many dimensions per agent the inverse is refused. */
const DIMENSIONS_PER_AGENT_MIN = 3;
const DIMENSIONS_PER_AGENT_ADVISED = 10;

export const pinv: Estimator = {
  name: 'pinv',
  summary: "the paper's: pseudo-inverse of the covariance of the estimates; needs 3 dimensions per agent",
  needs: ['iterate'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: {
    force: { type: 'boolean', default: false, description: 'answer also where the inverse is ill-posed; do not trust the result' },
  },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'iterate');
    const spectrum = complementSpectrum(centredCovariance(w));
    const force = state.options['force'] === true;
    const zero = zeroCount(spectrum.values);
    refuseIllPosed(w, zero, force);
    const laplacian = invertSpectrum(spectrum);
    return { relationship: { kind: 'precision', agents: w.rows, laplacian }, diagnostics: describe(w, zero, laplacian) };
  },
};

function refuseIllPosed({ rows: agents, cols: dimension }: Matrix, zero: number, force: boolean): void {
  if (zero === agents - 1) throw new KindredError('ESTIMATE_ILL_POSED', 'all agents report the same estimates: nothing can be learned from them');
  if (force) return;
  if (dimension < DIMENSIONS_PER_AGENT_MIN * agents) {
    throw new KindredError('ESTIMATE_ILL_POSED', `pinv needs at least ${DIMENSIONS_PER_AGENT_MIN * agents} dimensions for ${agents} agents (got ${dimension})`);
  }
  if (zero > 0) {
    throw new KindredError(
      'ESTIMATE_ILL_POSED',
      `the estimates of ${agents} agents span only ${agents - 1 - zero} of ${agents - 1} directions: some agents depend linearly on others`,
    );
  }
}

function describe({ rows: agents, cols: dimension }: Matrix, zero: number, laplacian: Matrix): Diagnostic[] {
  const ratio = dimension / agents;
  const found: Diagnostic[] = [];
  if (ratio < DIMENSIONS_PER_AGENT_MIN || zero > 0) {
    const message = `forced: ${ratio.toFixed(1)} dimensions per agent, ${zero} eigenvalues cut as zero; this result is not to be trusted`;
    found.push({ code: 'PINV_ILL_POSED', message, value: ratio });
  } else if (ratio < DIMENSIONS_PER_AGENT_ADVISED) {
    const message = `only ${ratio.toFixed(1)} dimensions per agent: the inverse amplifies sampling errors; cgl does not`;
    found.push({ code: 'PINV_FEW_DIMENSIONS', message, value: ratio });
  }
  const share = positiveOffDiagonalShare(laplacian);
  const message = `${(100 * share).toFixed(0)} % of the off-diagonals are positive: no graph's Laplacian has any`;
  return share > 0 ? [...found, { code: 'POSITIVE_OFF_DIAGONALS', message, value: share }] : found;
}
