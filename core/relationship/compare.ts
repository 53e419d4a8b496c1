/** Laplacians compared and taken apart. */
import { combine, frobeniusNorm, type Matrix } from '../linalg/matrix.ts';

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

/** The share of off-diagonal entries above zero: none in a graph's Laplacian. */
export function positiveOffDiagonalShare(laplacian: Matrix): number {
  const pairs = (laplacian.rows * (laplacian.rows - 1)) / 2;
  return laplacianEdges(laplacian).filter(([, , weight]) => weight < 0).length / pairs;
}
