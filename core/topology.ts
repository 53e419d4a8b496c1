/**
 * The named graphs as lists of edges (source < target), and which agents a list of edges connects.
 *
 * reference (REF) is the deterministic ten-agent graph all golden figures refer to: a ring with weights
 * 1, 1.1, ..., 1.9 and three chords (algorithms-1, section 2). All others have unit weights.
 */
import { KindredError } from './errors.ts';
import { draw } from './random.ts';

export interface Edge {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
}

const REFERENCE_AGENTS = 10;
const MEAN_DEGREE = 4;
/** A sparse random graph on many agents is almost never connected: after so many draws the mean degree grows by one. */
const DRAWS_PER_DEGREE = 100;

const edge = (a: number, b: number, weight = 1): Edge => ({ source: Math.min(a, b), target: Math.max(a, b), weight });

/** Agents grouped by connection: each group ascending, the groups ordered by their smallest agent. */
export function componentsOf(agents: number, edges: readonly Edge[]): number[][] {
  const label = Int32Array.from({ length: agents }, (_, k) => k);
  const root = (k: number): number => {
    while (label[k] !== k) k = label[k] = label[label[k]];
    return k;
  };
  for (const { source, target } of edges) {
    const [low, high] = [root(source), root(target)].sort((p, q) => p - q);
    label[high] = low;
  }
  const groups = new Map<number, number[]>();
  for (let k = 0; k < agents; k++) {
    const group = groups.get(root(k));
    if (group) group.push(k);
    else groups.set(root(k), [k]);
  }
  return [...groups.values()];
}

function reference(agents: number): Edge[] {
  if (agents !== REFERENCE_AGENTS) {
    throw new KindredError('GRAPH_INVALID', `the graph "reference" has ${REFERENCE_AGENTS} agents (got ${agents})`);
  }
  const ringEdges = Array.from({ length: agents }, (_, k) => edge(k, (k + 1) % agents, (10 + k) / 10));
  return [...ringEdges, edge(0, 5, 0.5), edge(2, 7, 0.8), edge(4, 9, 1.2)];
}

function ring(agents: number): Edge[] {
  const path = Array.from({ length: agents - 1 }, (_, k) => edge(k, k + 1));
  return agents > 2 ? [...path, edge(agents - 1, 0)] : path;
}

function star(agents: number): Edge[] {
  return Array.from({ length: agents - 1 }, (_, k) => edge(0, k + 1));
}

/** Row by row in ceil(sqrt(K)) columns; the last row may be short. */
function grid(agents: number): Edge[] {
  const columns = Math.ceil(Math.sqrt(agents));
  const edges: Edge[] = [];
  for (let k = 0; k < agents; k++) {
    if ((k + 1) % columns !== 0 && k + 1 < agents) edges.push(edge(k, k + 1));
    if (k + columns < agents) edges.push(edge(k, k + columns));
  }
  return edges;
}

function pairs(agents: number, joined: (i: number, j: number) => boolean): Edge[] {
  const edges: Edge[] = [];
  for (let i = 0; i < agents; i++) for (let j = i + 1; j < agents; j++) if (joined(i, j)) edges.push(edge(i, j));
  return edges;
}

const complete = (agents: number): Edge[] => pairs(agents, () => true);

/** `pairs`, or undefined as soon as an agent is found to have no edge: it costs a row or two instead of all pairs. */
function pairsWithoutLoners(agents: number, joined: () => boolean): Edge[] | undefined {
  const edges: Edge[] = [];
  const isJoined = new Uint8Array(agents);
  for (let i = 0; i < agents; i++) {
    for (let j = i + 1; j < agents; j++) {
      if (!joined()) continue;
      edges.push(edge(i, j));
      isJoined[i] = isJoined[j] = 1;
    }
    if (isJoined[i] === 0) return undefined;
  }
  return edges;
}

/** Every pair with the same probability, mean degree min(4, K-1), redrawn until connected. */
function erdosRenyi(agents: number, seed: number): Edge[] {
  for (let attempt = 0; ; attempt++) {
    const random = draw(seed, 0, 'graph', attempt);
    const degree = Math.min(MEAN_DEGREE + Math.floor(attempt / DRAWS_PER_DEGREE), agents - 1);
    const edges = pairsWithoutLoners(agents, () => random.uniform() * (agents - 1) < degree);
    if (edges !== undefined && componentsOf(agents, edges).length === 1) return edges;
  }
}

/** Uniform points in the unit square; pairs nearer than the larger of the mean-degree-4 radius and the connecting one. */
function randomGeometric(agents: number, seed: number): Edge[] {
  const random = draw(seed, 0, 'graph', 0);
  const points = Array.from({ length: agents }, () => [random.uniform(), random.uniform()] as const);
  const squared = (i: number, j: number): number => (points[i][0] - points[j][0]) ** 2 + (points[i][1] - points[j][1]) ** 2;
  const limit = Math.max(MEAN_DEGREE / (Math.PI * agents), connectingDistance(agents, squared));
  return pairs(agents, (i, j) => squared(i, j) <= limit);
}

/** The longest edge of the minimum spanning tree (Prim): the least distance at which the points are connected. */
function connectingDistance(agents: number, distance: (i: number, j: number) => number): number {
  const nearest = Array.from({ length: agents }, (_, k) => distance(0, k));
  const outside = new Set(Array.from({ length: agents - 1 }, (_, k) => k + 1));
  let longest = 0;
  while (outside.size > 0) {
    const next = [...outside].reduce((best, k) => (nearest[k] < nearest[best] ? k : best));
    outside.delete(next);
    longest = Math.max(longest, nearest[next]);
    for (const k of outside) nearest[k] = Math.min(nearest[k], distance(next, k));
  }
  return longest;
}

/** Edges by the name of the graph. */
export const TOPOLOGIES = {
  reference,
  ring,
  star,
  grid,
  complete,
  'erdos-renyi': erdosRenyi,
  'random-geometric': randomGeometric,
} as const satisfies Record<string, (agents: number, seed: number) => Edge[]>;

export type TopologyName = keyof typeof TOPOLOGIES;
