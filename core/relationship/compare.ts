/** Laplacians compared and taken apart. */
import { combine, frobeniusNorm, zeros, type Matrix } from '../linalg/matrix.ts';

/** ||L - Lo||_F / ||Lo||_F. */
export function relativeError(laplacian: Matrix, truth: Matrix): number {
  return frobeniusNorm(combine(1, laplacian, -1, truth)) / frobeniusNorm(truth);
}

/** [k, l, weight] with k < l and weight = -L_kl wherever it is not zero (negative where L is no graph's Laplacian). */
export function laplacianEdges(laplacian: Matrix): [number, number, number][] {
  const n = laplacian.rows;
  const edges: [number, number, number][] = [];
  for (let k = 0; k < n; k++) {
    for (let l = k + 1; l < n; l++) {
      const entry = laplacian.data[k * n + l];
      if (entry !== 0) edges.push([k, l, -entry]);
    }
  }
  return edges;
}

/** The Laplacian of edges [k, l, weight]: exactly symmetric, the diagonal summed in their order. */
export function weightedLaplacian(agents: number, edges: readonly (readonly [number, number, number])[]): Matrix {
  const out = zeros(agents, agents);
  for (const [k, l, weight] of edges) {
    out.data[k * agents + l] -= weight;
    out.data[l * agents + k] -= weight;
    out.data[k * agents + k] += weight;
    out.data[l * agents + l] += weight;
  }
  return out;
}
