/** The setting of the paper's own experiments as far as it is stated (K = 10, M = 1,500), with our noise and batch (algorithms-1, section 2). */
import { buildGraph, laplacian } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';

export const BATCH = 100;
export const NOISE = 1_000;
export const DIMENSION = 1_500;

export const PAPER_FILE = `
name: reproduce
agents: 10
problem: { kind: gmrf-regression, graph: reference, dimension: ${DIMENSION}, batch: ${BATCH}, noise: ${NOISE} }
explore: { stepSize: 0.005, steps: auto }
relationship: { estimator: pinv }
cooperate: { stepSize: 0.02, steps: 3, arms: [{ strategy: non-cooperative }] }
output: { every: 20 }
`;

/** The reference graph's Laplacian, whatever the seed. */
export function referenceLaplacian(): Matrix {
  return laplacian(buildGraph('reference', 10, 1));
}
