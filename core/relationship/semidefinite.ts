/**
 * Edges taken out of a graph leave a Laplacian; taken out of a signed precision they may leave a matrix that pushes agents
 * apart without end. L = L+ - L-, the positive and the negative weights: L+ is semidefinite, and so is L+ - t L- for every
 * t in [0, 1] up to some t. The negative weights are scaled down to that.
 */
import { cholesky } from '../linalg/cholesky.ts';
import { copy, trace, type Matrix } from '../linalg/matrix.ts';

/** Halvings of the interval of t. */
const STEPS = 12;
/** An eigenvalue this far below zero, relative to the trace, is rounding. */
const ROUNDING = 1e-10;

/** `laplacian` (K x K, L 1 = 0) itself where it is semidefinite; else with its positive off-diagonals scaled by `kept` < 1. */
export function semidefinite(laplacian: Matrix): { laplacian: Matrix; kept: number } {
  const isGraph = laplacian.data.every((x, i) => x <= 0 || i % (laplacian.cols + 1) === 0);
  if (isGraph || isSemidefinite(laplacian)) return { laplacian, kept: 1 };
  let [low, high] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (isSemidefinite(scaledNegatives(laplacian, middle))) low = middle;
    else high = middle;
  }
  return { laplacian: scaledNegatives(laplacian, low), kept: low };
}

function isSemidefinite(laplacian: Matrix): boolean {
  const n = laplacian.rows;
  const shifted = copy(laplacian);
  const scale = trace(laplacian) / n;
  if (!(scale > 0)) return false;
  for (let i = 0; i < shifted.data.length; i++) shifted.data[i] += scale / n;
  for (let k = 0; k < n; k++) shifted.data[k * n + k] += ROUNDING * scale * n;
  return cholesky(shifted) !== undefined;
}

/** Weights below zero times t, the diagonal summed again. */
function scaledNegatives(laplacian: Matrix, t: number): Matrix {
  const n = laplacian.rows;
  const out = copy(laplacian);
  for (let k = 0; k < n; k++) {
    let degree = 0;
    for (let l = 0; l < n; l++) {
      if (l === k) continue;
      const at = k * n + l;
      if (out.data[at] > 0) out.data[at] *= t;
      degree -= out.data[at];
    }
    out.data[k * n + k] = degree;
  }
  return out;
}
