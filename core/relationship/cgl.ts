/**
 * The default for graphs: tail averages -> noise subtracted -> eigenvalue floor -> Laplacian-constrained likelihood
 * (graph-chain.ts). n_k is what the agents measured themselves; the result is always a graph's Laplacian
 * (algorithms-1, sections 1 and 3).
 */
import type { Estimator } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFit, describeFloor, fitGraph, flooredCovariance, kktOf, KKT_OPTION, noiseOf, NOISE_OPTION } from './graph-chain.ts';

export const cgl: Estimator = {
  name: 'cgl',
  summary: 'constrained likelihood of a graph, corrected for noise; always a valid Laplacian, also with few dimensions',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: { noise: NOISE_OPTION, kkt: KKT_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const corrected = correctedSpectrum(evidenceRows(state, 'average'), noiseOf(state));
    const fit = fitGraph(flooredCovariance(corrected), kktOf(state));
    return {
      relationship: { kind: 'precision', agents: state.agents, laplacian: fit.laplacian },
      diagnostics: [...describeFit(fit), ...describeFloor(corrected)],
    };
  },
};
