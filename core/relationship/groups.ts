/** Groups as a graph: everybody in a group is related to all others of it alike. */
import { zeros, type Matrix } from '../linalg/matrix.ts';

/** sum over groups A of I - 11'/|A| on A (K x K): L 1 = 0, and one eigenvalue 0 per group of a partition. */
export function blockLaplacian(agents: number, groups: readonly (readonly number[])[]): Matrix {
  const out = zeros(agents, agents);
  for (const group of groups) {
    for (const k of group) {
      for (const l of group) if (l !== k) out.data[k * agents + l] -= 1 / group.length;
      out.data[k * agents + k] += (group.length - 1) / group.length;
    }
  }
  return out;
}
