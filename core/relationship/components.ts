/**
 * A graph in several pieces: how many there are and who is in which is detected (null-space.ts), then every piece gets
 * cgl's chain by itself, L (K x K) = diag(L_1, ..., L_c). Across pieces the paper's inverse is off by about 1 / n, and
 * cgl's by half (algorithms-1, section 3 g: 9.6 and .46 against .05).
 */
import { fromRows, zeros, type Matrix } from '../linalg/matrix.ts';
import type { Estimator } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFit, describeFloor, fitGraph, flooredCovariance, kktOf, KKT_OPTION, meanOf, noiseOf, NOISE_OPTION } from './graph-chain.ts';
import { allHidden, groupsOf, noiseEigenvalueCount } from './null-space.ts';
import type { Diagnostic } from './relationship.ts';

/** With fewer, eigenvalues near zero say nothing about the graph. */
const DIMENSIONS_PER_AGENT_MIN = 3;

export const components: Estimator = {
  name: 'components',
  summary: 'detects unconnected groups of agents by eigenvalues at the noise edge, then cgl for each of them',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: { noise: NOISE_OPTION, kkt: KKT_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'average');
    const noise = noiseOf(state);
    const { groups, diagnostics } = detectGroups(w, noise);
    const laplacian = zeros(w.rows, w.rows);
    const about = groups.filter(({ length }) => length > 1).map((members) => fitGroup(w, noise, members, kktOf(state), laplacian));
    return { relationship: { kind: 'precision', agents: w.rows, laplacian }, diagnostics: [...diagnostics, ...about.flat()] };
  },
};

function detectGroups(w: Matrix, noise: Float64Array): { groups: number[][]; diagnostics: Diagnostic[] } {
  const everybody = [Array.from({ length: w.rows }, (_, k) => k)];
  const perAgent = w.cols / w.rows;
  if (perAgent < DIMENSIONS_PER_AGENT_MIN) {
    const message = `${perAgent.toFixed(1)} dimensions per agent are too few to count components; all agents were taken for one`;
    return { groups: everybody, diagnostics: [{ code: 'COMPONENTS_NOT_COUNTED', message, value: perAgent }] };
  }
  const { spectrum } = correctedSpectrum(w, noise);
  const count = noiseEigenvalueCount(spectrum.values, meanOf(noise), w.cols);
  const groups = groupsOf(spectrum, count);
  const hidden = allHidden(spectrum, count, groups);
  if (hidden.length > 0) return { groups: everybody, diagnostics: hidden };
  if (groups === undefined) {
    const message = `${count} eigenvalues are at the noise edge, but not because the agents fall into groups: the tasks have a low rank, or noise hides the strongest relations; all agents were taken for one`;
    return { groups: everybody, diagnostics: [{ code: 'EIGENVALUES_AT_NOISE_EDGE', message, value: count }] };
  }
  return { groups, diagnostics: [{ code: 'COMPONENTS', message: describeGroups(groups), value: groups.length }] };
}

function describeGroups(groups: readonly (readonly number[])[]): string {
  if (groups.length === 1) return '1 component: no eigenvalue is at the noise edge';
  return `${groups.length} components: ${groups.map((members) => `{${members.join(' ')}}`).join(' ')}`;
}

/** Fills in the members' block of `out`. */
function fitGroup(w: Matrix, noise: Float64Array, members: readonly number[], kkt: number, out: Matrix): Diagnostic[] {
  const rows = fromRows(members.map((k) => w.data.subarray(k * w.cols, (k + 1) * w.cols)));
  const corrected = correctedSpectrum(
    rows,
    Float64Array.from(members, (k) => noise[k]),
  );
  const fit = fitGraph(flooredCovariance(corrected), kkt);
  members.forEach((k, i) => members.forEach((l, j) => (out.data[k * out.cols + l] = fit.laplacian.data[i * members.length + j])));
  const named = { ...fit, identical: fit.identical.map(([i, j]) => [members[i], members[j]] as const) };
  return [...describeFit(named), ...describeFloor(corrected)];
}
