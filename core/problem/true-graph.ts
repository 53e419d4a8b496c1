/**
 * The true graph of synthetic tasks: what breaks it, and what it becomes when it changes.
 *
 * signed      edges whose weight is negative: L stays positive semidefinite while |w| < 1 / r, r the resistance between
 *             the edge's ends through the rest of the graph; half of that is taken.
 * outlier     an agent loses its edges.          components  several copies of the graph side by side.
 * permutation the agents change places without fixed points.
 * rewiring    about half of the edges lead elsewhere; the graph stays connected.
 * Draws are keyed (seed, 0, 'violation' or 'drift', 0).
 */
import { KindredError } from '../errors.ts';
import { connectedComponents, graphFromEdges, laplacian, type Graph } from '../graph.ts';
import { symmetricEigen } from '../linalg/eigen.ts';
import { laplacianPseudoInverse } from '../linalg/ones-complement.ts';
import { draw, type Random } from '../random.ts';
import { componentsOf, type Edge } from '../topology.ts';

export const GRAPH_CHANGES = ['permutation', 'rewiring'] as const;
export type GraphChange = (typeof GRAPH_CHANGES)[number];

export interface GraphViolations {
  /** Share of the edges that become negative. */
  readonly signed?: number | undefined;
  readonly outlier?: number | undefined;
}

/** Draws before rewiring gives up: nine in ten are connected where degrees are 3 and more. */
const ATTEMPTS_MAX = 200;
/** Of the largest eigenvalue: below, a graph with negative edges is about to fall apart. */
const POSITIVE_RELATIVE = 1e-3;

/** `copies` of the graph that `build` makes, side by side: copy c has the agents c K/copies and following. */
export function sideBySide(copies: number, build: (copy: number) => Graph): Graph {
  const graphs = Array.from({ length: copies }, (_, copy) => build(copy));
  const size = graphs[0].agents;
  const shifted = graphs.flatMap(({ edges }, copy) =>
    edges.map(({ source, target, weight }) => ({ source: source + copy * size, target: target + copy * size, weight })),
  );
  return graphFromEdges(copies * size, shifted);
}

export function violated(graph: Graph, { signed, outlier }: GraphViolations, seed: number): Graph {
  const alone = outlier === undefined ? graph : withoutEdgesOf(graph, outlier);
  return signed === undefined ? alone : withNegativeEdges(alone, signed, seed);
}

function withoutEdgesOf(graph: Graph, agent: number): Graph {
  const edges = graph.edges.filter(({ source, target }) => source !== agent && target !== agent);
  const rest = { agents: graph.agents, edges };
  if (connectedComponents(rest).length > connectedComponents(graph).length + 1)
    throw new KindredError('GRAPH_INVALID', `without agent ${agent}, the outlier, the graph falls apart; choose another agent or graph`);
  return rest;
}

/** Bridges stay positive: nothing else holds their ends together. */
function withNegativeEdges(graph: Graph, share: number, seed: number): Graph {
  const wanted = Math.round(share * graph.edges.length);
  let edges: readonly Edge[] = graph.edges;
  let done = 0;
  for (const index of draw(seed, 0, 'violation', 0).permutation(graph.edges.length)) {
    if (done === wanted) break;
    const weight = negativeWeight({ agents: graph.agents, edges }, index);
    if (weight === undefined) continue;
    edges = edges.with(index, { ...edges[index], weight });
    done++;
  }
  if (done < wanted) throw new KindredError('GRAPH_INVALID', `only ${done} of ${graph.edges.length} edges can be negative; ask for a smaller share`);
  return { agents: graph.agents, edges };
}

/** Half of the most negative weight that the rest of the graph bears; undefined where it bears none: a bridge, or what holds another negative edge. */
function negativeWeight({ agents, edges }: Graph, index: number): number | undefined {
  const { source, target } = edges[index];
  const rest = laplacian({ agents, edges: edges.toSpliced(index, 1) });
  const { values } = symmetricEigen(rest);
  const positive = values.filter((value) => value > POSITIVE_RELATIVE * values[values.length - 1]).length;
  if (positive !== agents - componentsOf(agents, edges).length) return undefined;
  const { data, cols } = laplacianPseudoInverse(rest);
  const resistance = data[source * cols + source] + data[target * cols + target] - 2 * data[source * cols + target];
  return -1 / (2 * resistance);
}

/** The graph after the change. */
export function changedGraph(graph: Graph, change: GraphChange, seed: number): Graph {
  const random = draw(seed, 0, 'drift', 0);
  return change === 'permutation' ? permuted(graph, random.derangement(graph.agents)) : rewired(graph, random);
}

function permuted(graph: Graph, place: ArrayLike<number>): Graph {
  const moved = graph.edges.map(({ source, target, weight }) => ascending(place[source], place[target], weight));
  return { agents: graph.agents, edges: moved.sort((a, b) => a.source - b.source || a.target - b.target) };
}

function rewired(graph: Graph, random: Random): Graph {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const candidate = rewiredOnce(graph, random);
    if (connectedComponents(candidate).length <= connectedComponents(graph).length) return candidate;
  }
  throw new KindredError('GRAPH_INVALID', `no rewiring of this graph stays connected (${ATTEMPTS_MAX} were tried); use permutation, or a denser graph`);
}

/** Every second edge keeps one end; its other end moves to a random agent that is no neighbour yet. */
function rewiredOnce({ agents, edges }: Graph, random: Random): Graph {
  const taken = new Set(edges.map(({ source, target }) => `${source}-${target}`));
  const moved = edges.map((edge) => {
    if (random.uniform() < 0.5) return edge;
    const next = ascending(edge.source, random.integer(agents), edge.weight);
    if (next.source === next.target || taken.has(`${next.source}-${next.target}`)) return edge;
    taken.add(`${next.source}-${next.target}`);
    return next;
  });
  return { agents, edges: moved.sort((a, b) => a.source - b.source || a.target - b.target) };
}

function ascending(a: number, b: number, weight: number): Edge {
  return { source: Math.min(a, b), target: Math.max(a, b), weight };
}
