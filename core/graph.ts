/**
 * Undirected weighted graphs over agents 0 .. K-1: named ones, ones from a list of edges, and their matrices.
 *
 * Laplacian: L_kl = -weight of edge (k, l), L_kk = sum of the weights at k; L 1 = 0.
 * Metropolis: w_kl = 1 / (1 + max(d_k, d_l)) with unweighted degrees; doubly stochastic.
 */
import { KindredError } from './errors.ts';
import { zeros, type Matrix } from './linalg/matrix.ts';
import { componentsOf, TOPOLOGIES, type Edge, type TopologyName } from './topology.ts';

export type { Edge, TopologyName } from './topology.ts';

export interface Graph {
  readonly agents: number;
  /** source < target, ordered by source, then target; no edge twice. */
  readonly edges: readonly Edge[];
}

/** The named graph; `seed` matters to the random ones only. */
export function buildGraph(name: TopologyName, agents: number, seed: number): Graph {
  if (!Object.hasOwn(TOPOLOGIES, name)) throw new KindredError('GRAPH_INVALID', `there is no graph named "${String(name)}"`);
  if (!Number.isInteger(agents) || agents < 2) throw new KindredError('GRAPH_INVALID', `a graph has at least 2 agents (got ${agents})`);
  return graphFromEdges(agents, TOPOLOGIES[name](agents, seed));
}

/** A graph of these edges, in any order and direction. GRAPH_INVALID names the first edge that is not one. */
export function graphFromEdges(agents: number, edges: readonly Edge[]): Graph {
  const seen = new Set<number>();
  for (const given of edges) {
    checkEdge(agents, given);
    const key = Math.min(given.source, given.target) * agents + Math.max(given.source, given.target);
    if (seen.has(key)) throw invalid(given, 'is there twice');
    seen.add(key);
  }
  const directed = edges.map(({ source, target, weight }) => ({ source: Math.min(source, target), target: Math.max(source, target), weight }));
  return { agents, edges: directed.sort((a, b) => a.source - b.source || a.target - b.target) };
}

function checkEdge(agents: number, edge: Edge): void {
  const known = (k: number): boolean => Number.isInteger(k) && k >= 0 && k < agents;
  if (!known(edge.source) || !known(edge.target)) throw invalid(edge, `names an unknown agent (there are 0 to ${agents - 1})`);
  if (edge.source === edge.target) throw invalid(edge, 'joins an agent with itself');
  if (!(edge.weight > 0 && edge.weight < Infinity)) throw invalid(edge, `has the weight ${edge.weight}; it must be positive and finite`);
}

function invalid(edge: Edge, what: string): KindredError {
  return new KindredError('GRAPH_INVALID', `the edge ${edge.source} - ${edge.target} ${what}`);
}

/** L (K x K), exactly symmetric. */
export function laplacian(graph: Graph): Matrix {
  const n = graph.agents;
  const out = zeros(n, n);
  for (const { source, target, weight } of graph.edges) {
    out.data[source * n + target] = out.data[target * n + source] = -weight;
    out.data[source * n + source] += weight;
    out.data[target * n + target] += weight;
  }
  return out;
}

/** Agents grouped by connection: each group ascending, the groups ordered by their smallest agent. */
export function connectedComponents(graph: Graph): number[][] {
  return componentsOf(graph.agents, graph.edges);
}

/** The neighbours of agent k, ascending. */
export function neighbours(graph: Graph, k: number): number[] {
  const found = graph.edges.flatMap(({ source, target }) => (source === k ? [target] : target === k ? [source] : []));
  return found.sort((p, q) => p - q);
}

/** The Metropolis combination matrix (K x K): symmetric, non-negative, rows sum to one. */
export function metropolisWeights(graph: Graph): Matrix {
  const n = graph.agents;
  const degree = new Int32Array(n);
  for (const { source, target } of graph.edges) {
    degree[source]++;
    degree[target]++;
  }
  const out = zeros(n, n);
  for (let k = 0; k < n; k++) out.data[k * n + k] = 1;
  for (const { source, target } of graph.edges) {
    const weight = 1 / (1 + Math.max(degree[source], degree[target]));
    out.data[source * n + target] = out.data[target * n + source] = weight;
    out.data[source * n + source] -= weight;
    out.data[target * n + target] -= weight;
  }
  return out;
}
