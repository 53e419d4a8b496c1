/** Laplacians to compare a learned one with: if they do as well, what was learned about who is related did not matter. */
import { zeros, type Matrix } from '../linalg/matrix.ts';

/** out_kl = L_p(k),p(l): the same graph with the agents at other nodes. */
export function permutedLaplacian(laplacian: Matrix, permutation: ArrayLike<number>): Matrix {
  const n = laplacian.rows;
  const out = zeros(n, n);
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) out.data[k * n + l] = laplacian.data[permutation[k] * n + permutation[l]];
  }
  return out;
}

/** c (I - 11'/K) with this trace: all related alike, which is mean regularisation. */
export function completeLaplacian(agents: number, trace: number): Matrix {
  const out = zeros(agents, agents);
  const scale = trace / (agents - 1);
  out.data.fill(-scale / agents);
  for (let k = 0; k < agents; k++) out.data[k * agents + k] = trace / agents;
  return out;
}
