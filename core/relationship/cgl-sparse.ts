/**
 * CGL without the edges that sampling alone explains: after cgl, an edge goes where
 *   w_ij <= z sqrt((L_ii L_jj + L_ij^2) / M),   z = 2 asymptotic standard errors,
 * unless a maximum spanning tree needs it; the weights are then fitted again on what is left (K x K, M coordinates).
 * Measured to help from 40 dimensions per agent on and to hurt below 20: with fewer it is cgl (algorithms-1, section 1).
 */
import type { Matrix } from '../linalg/matrix.ts';
import { laplacianEdges } from './compare.ts';
import type { Estimator } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFit, describeFloor, fitGraph, flooredCovariance, kktOf, KKT_OPTION, noiseOf, NOISE_OPTION } from './graph-chain.ts';
import type { Diagnostic } from './relationship.ts';
import { spanningTree } from './spanning-tree.ts';

const STANDARD_ERRORS = 2;
const DIMENSIONS_PER_AGENT_MIN = 40;

export const cglSparse: Estimator = {
  name: 'cgl-sparse',
  summary: 'cgl without the edges that are within their sampling error; for 40 dimensions per agent and more',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: { noise: NOISE_OPTION, kkt: KKT_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'average');
    const corrected = correctedSpectrum(w, noiseOf(state));
    const covariance = flooredCovariance(corrected);
    const dense = fitGraph(covariance, kktOf(state));
    const perAgent = w.cols / w.rows;
    const support = perAgent < DIMENSIONS_PER_AGENT_MIN ? undefined : significantSupport(dense.laplacian, w.cols);
    const fit = support === undefined ? dense : fitGraph(covariance, kktOf(state), support.has);
    return {
      relationship: { kind: 'precision', agents: state.agents, laplacian: fit.laplacian },
      diagnostics: [...describeFit(fit), ...(support?.diagnostics ?? notThinned(perAgent)), ...describeFloor(corrected)],
    };
  },
};

interface Support {
  readonly has: (k: number, l: number) => boolean;
  readonly diagnostics: Diagnostic[];
}

/** The pairs whose weight is above its sampling error, and what connects them. */
function significantSupport(laplacian: Matrix, dimension: number): Support {
  const n = laplacian.rows;
  const edges = laplacianEdges(laplacian);
  const standardError = (k: number, l: number, weight: number): number =>
    Math.sqrt((laplacian.data[k * n + k] * laplacian.data[l * n + l] + weight * weight) / dimension);
  const kept = new Set(edges.filter(([k, l, weight]) => weight > STANDARD_ERRORS * standardError(k, l, weight)).map(([k, l]) => k * n + l));
  const forced = spanningTree(n, edges).filter(([k, l]) => !kept.has(k * n + l));
  for (const [k, l] of forced) kept.add(k * n + l);
  return { has: (k, l) => kept.has(Math.min(k, l) * n + Math.max(k, l)), diagnostics: describeThinning(edges.length, kept.size, forced.length) };
}

function describeThinning(before: number, after: number, forced: number): Diagnostic[] {
  const message = `${before - after} of ${before} edges are within ${STANDARD_ERRORS} standard errors of nothing and were dropped`;
  const found: Diagnostic[] = [{ code: 'EDGES_DROPPED', message, value: before - after }];
  if (forced === 0) return found;
  const tree = `${forced} edges were kept only because the graph falls apart without them: it may have several components`;
  return [...found, { code: 'SPANNING_TREE_EDGES', message: tree, value: forced }];
}

function notThinned(perAgent: number): Diagnostic[] {
  const message = `${perAgent.toFixed(1)} dimensions per agent: no edge was dropped, below ${DIMENSIONS_PER_AGENT_MIN} that does more harm than good`;
  return [{ code: 'TOO_FEW_DIMENSIONS_TO_DROP', message, value: perAgent }];
}
