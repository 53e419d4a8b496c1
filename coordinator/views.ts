/**
 * Compiles a relationship into what each agent gets: its own row and nothing else.
 */
import { frobeniusNorm, trace, zeros } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { GroupsRelationship } from '../core/relationship/relationship.ts';
import type { LocalView } from '../core/relationship/local-view.ts';

/** Agent 0 gathers the means: the choice needs no election, and every run has it. */
const HUB = 0;

/** Row k of L as a view: a_kl = -L_kl for every l with L_kl != 0. */
export function laplacianViews(laplacian: Matrix): LocalView[] {
  return rowViews(laplacian, (value) => -value);
}

/** Row k of a matrix of averaging weights (Metropolis): a_kl itself. A complete uniform matrix is a mean, where there may be a hub. */
export function averagingViews(weights: Matrix, mayHaveHub = true): LocalView[] {
  const uniform = mayHaveHub && weights.data.every((value) => Math.abs(value * weights.rows - 1) < 1e-12);
  return uniform ? meanViews(weights.rows, 1) : rowViews(weights, (value) => value);
}

/** strength (I - 11'/K), the same for every agent. */
export function meanViews(agents: number, strength: number): LocalView[] {
  return Array.from({ length: agents }, () => ({ kind: 'mean', neighbours: [], weights: [], strength, hub: HUB }));
}

/** strength of a complete Laplacian c (I - 11'/K) with the given trace: c = trace / (K - 1). */
export function completeStrength(laplacian: Matrix): number {
  return trace(laplacian) / (laplacian.rows - 1);
}

/** A mean over one's group, one's own vector included: a weight of 1 / |A| for each of the others. */
export function groupViews({ groups, servedBy }: Pick<GroupsRelationship, 'groups' | 'servedBy'>): LocalView[] {
  return servedBy.map((index, agent) => {
    const group = groups[index] ?? [agent];
    const neighbours = group.filter((other) => other !== agent);
    return { kind: 'edges', neighbours, weights: neighbours.map(() => 1 / group.length), strength: 0, hub: HUB };
  });
}

function rowViews(matrix: Matrix, weight: (value: number) => number): LocalView[] {
  return Array.from({ length: matrix.rows }, (_, k) => {
    const row = Array.from(matrix.data.subarray(k * matrix.cols, (k + 1) * matrix.cols));
    const neighbours = row.flatMap((value, l) => (l !== k && value !== 0 ? [l] : []));
    return { kind: 'edges', neighbours, weights: neighbours.map((l) => weight(row[l])), strength: 0, hub: HUB };
  });
}

/** Pairs (k < l) that must be able to talk for the views of all these arms. */
export function linksOf(arms: readonly (readonly LocalView[])[]): [number, number][] {
  const pairs = new Map<string, [number, number]>();
  for (const views of arms) {
    views.forEach((view, k) => {
      for (const l of correspondents(view)) if (l !== k) pairs.set(`${Math.min(k, l)}-${Math.max(k, l)}`, [Math.min(k, l), Math.max(k, l)]);
    });
  }
  return [...pairs.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function correspondents(view: LocalView): readonly number[] {
  return view.kind === 'mean' ? [view.hub] : view.neighbours;
}

/** L without the edges outside `allowed` (diagonal rebuilt), and the pairs that were left out. */
export function restrictToLinks(laplacian: Matrix, allowed: ReadonlySet<string>): { laplacian: Matrix; dropped: [number, number][] } {
  const K = laplacian.rows;
  const out = zeros(K, K);
  const dropped: [number, number][] = [];
  for (let k = 0; k < K; k++) {
    for (let l = k + 1; l < K; l++) {
      const value = laplacian.data[k * K + l];
      if (value === 0) continue;
      if (!allowed.has(`${k}-${l}`)) dropped.push([k, l]);
      else addEdge(out, k, l, -value);
    }
  }
  return { laplacian: out, dropped };
}

/** Adds an edge of this weight to a Laplacian. */
export function addEdge(out: Matrix, k: number, l: number, weight: number): void {
  const K = out.rows;
  out.data[k * K + l] = -weight;
  out.data[l * K + k] = -weight;
  out.data[k * K + k] += weight;
  out.data[l * K + l] += weight;
}

/** Upper bound of the spectrum of I + diag(n) L: 1 + max_k n_k sum_l |L_kl| (Gershgorin). */
export function filterSpectrumMax(laplacian: Matrix, noise: readonly number[]): number {
  const K = laplacian.rows;
  let bound = 0;
  for (let k = 0; k < K; k++) {
    let sum = 0;
    for (let l = 0; l < K; l++) sum += Math.abs(laplacian.data[k * K + l]);
    bound = Math.max(bound, noise[k] * sum);
  }
  return frobeniusNorm(laplacian) === 0 ? 1 : 1 + bound;
}
