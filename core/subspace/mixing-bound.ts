/** How fast exchanges over a network make means: mixing.ts goes by it. Eigenvalues, so none of the agents' business. */
import { symmetricEigenvalues } from '../linalg/eigenvalues.ts';
import { copy, type Matrix } from '../linalg/matrix.ts';
import { componentsOf } from '../topology.ts';

/** Parts of the network: agents that hear of each other. `weights` are those of averaging (K x K, symmetric, rows sum to 1). */
export function mixingParts({ rows, data }: Matrix): number[][] {
  const edges = Array.from(data, (weight, at) => ({ source: Math.floor(at / rows), target: at % rows, weight }));
  return componentsOf(
    rows,
    edges.filter(({ source, target, weight }) => source < target && weight !== 0),
  );
}

/** rho, the largest modulus of an eigenvalue beside those of the means, one for each part. */
export function mixingBound(weights: Matrix): number {
  const rest = copy(weights);
  for (const part of mixingParts(weights)) for (const k of part) for (const l of part) rest.data[k * rest.cols + l] -= 1 / part.length;
  return symmetricEigenvalues(rest).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
