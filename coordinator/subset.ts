/**
 * Matrices of some of the agents: what is left of a relationship where some are missing, and back among all of them.
 * `members` are indices of agents, ascending; row i of a small matrix is agent members[i]. Where nobody is missing,
 * everything stays what it is, bit for bit.
 */
import type { Graph } from '../core/graph.ts';
import { zeros } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import { addEdge } from './views.ts';

/** The rows and columns of the members: of a covariance, what it says about them alone. */
export function principalPart(matrix: Matrix, members: readonly number[]): Matrix {
  if (members.length === matrix.rows) return matrix;
  const out = zeros(members.length, members.length);
  members.forEach((k, i) => members.forEach((l, j) => (out.data[i * out.cols + j] = matrix.data[k * matrix.cols + l])));
  return out;
}

/** The Laplacian of the edges between members: edges to the missing are dropped, and the diagonal is summed again. */
export function laplacianAmong(laplacian: Matrix, members: readonly number[]): Matrix {
  if (members.length === laplacian.rows) return laplacian;
  const out = zeros(members.length, members.length);
  members.forEach((k, i) => {
    for (let j = i + 1; j < members.length; j++) addEdge(out, i, j, -laplacian.data[k * laplacian.cols + members[j]]);
  });
  return out;
}

/** The other way: among all agents, the missing ones without any edge. */
export function laplacianOfAll(laplacian: Matrix, members: readonly number[], agents: number): Matrix {
  if (members.length === agents) return laplacian;
  const out = zeros(agents, agents);
  members.forEach((k, i) => members.forEach((l, j) => (out.data[k * agents + l] = laplacian.data[i * laplacian.cols + j])));
  return out;
}

export function graphAmong(graph: Graph, members: readonly number[]): Graph {
  if (members.length === graph.agents) return graph;
  const place = new Map(members.map((agent, i) => [agent, i]));
  const edges = graph.edges.flatMap(({ source, target, weight }) => {
    const [from, to] = [place.get(source), place.get(target)];
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, weight }];
  });
  return { agents: members.length, edges };
}

/** Views of the members as views of agents, by index. */
export function viewsOfAll(views: readonly LocalView[], members: readonly number[], agents: number): LocalView[] {
  if (members.length === agents) return [...views];
  const out = Array.from({ length: agents }, (): LocalView => NO_VIEW);
  views.forEach((view, i) => (out[members[i]] = { ...view, neighbours: view.neighbours.map((j) => members[j]) }));
  return out;
}
