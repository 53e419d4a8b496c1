/**
 * Relations of either sign: the precision matrix that no graph constrains, on the complement of ones,
 *   L = sum_j v_j v_j' / max(s_j, floor),   s_j, v_j the eigenpairs of Q (S - diag n) Q (K x K);
 * symmetric, L 1 = 0 and positive semidefinite by construction; a positive off-diagonal pushes two agents apart.
 * In use: eta is capped by the ABSOLUTE degree sum_l |L_kl| (core/strategy/stability-guard.ts), an exact local solver
 * counts a negative weight as one to its own last value (coupling.ts), and where edges go the rest stays semidefinite
 * (coordinator/views.ts). An inverse needs dimensions: 3 per agent at least. Source: algorithms-1, sections 3 (h) and 4.
 */
import { KindredError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { invertSpectrum, zeroCount, type ComplementSpectrum } from '../linalg/ones-complement.ts';
import { INVERSE_DIMENSIONS_PER_AGENT_MIN, otherwise, tooFewDimensions } from './dimensions.ts';
import type { Estimator } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFloor, noiseOf, NOISE_OPTION } from './graph-chain.ts';
import { describeSigns } from './signs.ts';
import type { Diagnostic } from './relationship.ts';

const DIMENSIONS_PER_AGENT_ADVISED = 10;

export const signed: Estimator = {
  name: 'signed',
  summary: 'precision matrix with relations of either sign, corrected for noise; needs 3 dimensions per agent',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  dimensionsPerAgentMin: INVERSE_DIMENSIONS_PER_AGENT_MIN,
  options: { noise: NOISE_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'average');
    const noise = noiseOf(state);
    const corrected = correctedSpectrum(w, noise);
    const spectrum = { ...corrected.spectrum, values: corrected.spectrum.values.map((value) => Math.max(value, corrected.floor)) };
    refuseIllPosed(w, spectrum);
    const laplacian = invertSpectrum(spectrum);
    return {
      relationship: { kind: 'precision', agents: w.rows, laplacian },
      diagnostics: [...describeDimensions(w), ...describeFloor(corrected), ...describeSigns(laplacian, w.cols, noise)],
    };
  },
};

function refuseIllPosed({ rows: agents, cols: dimension }: Matrix, { values }: ComplementSpectrum): void {
  const zero = zeroCount(values);
  if (zero === agents - 1) throw new KindredError('ESTIMATE_ILL_POSED', 'all agents report the same estimates: nothing can be learned from them');
  const few = tooFewDimensions(signed, agents, dimension, {});
  if (few !== undefined) throw new KindredError('ESTIMATE_ILL_POSED', few);
  if (zero > 0) {
    const detail = `the estimates of ${agents} agents span only ${agents - 1 - zero} of ${agents - 1} directions: some agents depend linearly on others; ${otherwise(signed)}`;
    throw new KindredError('ESTIMATE_ILL_POSED', detail);
  }
}

function describeDimensions({ rows: agents, cols: dimension }: Matrix): Diagnostic[] {
  const ratio = dimension / agents;
  if (ratio >= DIMENSIONS_PER_AGENT_ADVISED) return [];
  const message = `only ${ratio.toFixed(1)} dimensions per agent: an inverse amplifies sampling errors; cgl does not`;
  return [{ code: 'FEW_DIMENSIONS', message, value: ratio }];
}
