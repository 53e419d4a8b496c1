/**
 * cgl where gradients cannot be observed: the noise is read off two snapshots of every agent, T time constants apart.
 *
 * Their errors are correlated by rho = e^-T only, so with w = (w_now + w_then) / 2, M coordinates each,
 *   n_k = ||w_now - w_then||^2 / (4 M) (1 + rho) / (1 - rho)
 * is the variance per coordinate of the error of w: what is subtracted leaves the lagged cross-covariance
 * w_now' w_then / M on the diagonal (algorithms-1, section 3: "lagged"). The rest is graph-chain.ts.
 */
import { KindredError } from '../errors.ts';
import { combine, type Matrix } from '../linalg/matrix.ts';
import type { Estimator, EvidenceState } from './estimator.ts';
import { evidenceRows, evidenceScalars, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFit, describeFloor, fitGraph, flooredCovariance, kktOf, KKT_OPTION } from './graph-chain.ts';
import type { Diagnostic } from './relationship.ts';

/** Time constants between the snapshots below which their difference tells too little of the noise. */
const LAG_MIN = 1;

export const lagged: Estimator = {
  name: 'lagged',
  summary: 'cgl with the noise measured between two snapshots; where gradients cannot be observed',
  needs: ['iterate', 'earlier', 'lag'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: { kkt: KKT_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const now = evidenceRows(state, 'iterate');
    const then = evidenceRows(state, 'earlier');
    if (now.cols !== then.cols) throw new KindredError('ESTIMATES_INVALID', `the earlier snapshots have ${then.cols} numbers, the last ones ${now.cols}`);
    const noise = laggedNoise(now, then, lagsOf(state));
    const corrected = correctedSpectrum(combine(0.5, now, 0.5, then), noise);
    const fit = fitGraph(flooredCovariance(corrected), kktOf(state));
    return {
      relationship: { kind: 'precision', agents: state.agents, laplacian: fit.laplacian },
      diagnostics: [...describeFit(fit), ...describeFloor(corrected), ...describeNoise(noise)],
    };
  },
};

function lagsOf(state: EvidenceState): Float64Array {
  const lags = evidenceScalars(state, 'lag');
  const agent = lags.findIndex((lag) => lag < LAG_MIN);
  if (agent >= 0) {
    const detail = `the snapshots of agent ${agent} are ${lags[agent].toFixed(2)} time constants apart, at least ${LAG_MIN} are needed: explore longer`;
    throw new KindredError('ESTIMATE_ILL_POSED', detail);
  }
  return lags;
}

/** n_k of the mean of the two snapshots (K). */
function laggedNoise(now: Matrix, then: Matrix, lags: Float64Array): Float64Array {
  return lags.map((lag, k) => {
    const correlation = Math.exp(-lag);
    let squared = 0;
    for (let m = k * now.cols; m < (k + 1) * now.cols; m++) squared += (now.data[m] - then.data[m]) ** 2;
    return ((squared / (4 * now.cols)) * (1 + correlation)) / (1 - correlation);
  });
}

function describeNoise(noise: Float64Array): Diagnostic[] {
  if (noise.some((n) => n > 0)) return [];
  return [{ code: 'SNAPSHOTS_EQUAL', message: 'both snapshots are the same: no noise could be measured, and none was corrected', value: 0 }];
}
