import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildGraph,
  connectedComponents,
  graphFromEdges,
  laplacian,
  metropolisWeights,
  neighbours,
  type Graph,
  type TopologyName,
} from '../../../core/graph.ts';
import { trace } from '../../../core/linalg/matrix.ts';

const refused = (message: RegExp) => ({ code: 'GRAPH_INVALID', message });
const degrees = (graph: Graph): number[] => Array.from({ length: graph.agents }, (_, k) => neighbours(graph, k).length);

test('REF is the graph of algorithms-1 section 2', () => {
  const graph = buildGraph('reference', 10, 1);
  assert.equal(graph.edges.length, 13);
  const weight = (a: number, b: number): number | undefined => graph.edges.find(({ source, target }) => source === a && target === b)?.weight;
  assert.deepEqual([weight(0, 1), weight(3, 4), weight(0, 9), weight(0, 5), weight(2, 7), weight(4, 9)], [1, 1.3, 1.9, 0.5, 0.8, 1.2]);
  assert.ok(Math.abs(trace(laplacian(graph)) - 34) < 1e-12);
  assert.throws(() => buildGraph('reference', 9, 1), refused(/has 10 agents \(got 9\)/));
});

test('the regular graphs have their degrees', () => {
  assert.deepEqual(degrees(buildGraph('ring', 5, 0)), [2, 2, 2, 2, 2]);
  assert.deepEqual(degrees(buildGraph('ring', 2, 0)), [1, 1]);
  assert.deepEqual(degrees(buildGraph('star', 4, 0)), [3, 1, 1, 1]);
  assert.deepEqual(degrees(buildGraph('complete', 4, 0)), [3, 3, 3, 3]);
  assert.deepEqual(degrees(buildGraph('grid', 9, 0)), [2, 3, 2, 3, 4, 3, 2, 3, 2]);
});

test('every named graph is connected at every size, the random ones by their seed', () => {
  const names: TopologyName[] = ['ring', 'star', 'grid', 'complete', 'erdos-renyi', 'random-geometric'];
  for (const name of names) {
    for (const agents of [2, 3, 5, 7, 12, 30]) assert.equal(connectedComponents(buildGraph(name, agents, agents)).length, 1, `${name} ${agents}`);
  }
  for (const name of ['erdos-renyi', 'random-geometric'] as const) {
    assert.deepEqual(buildGraph(name, 20, 3), buildGraph(name, 20, 3));
    assert.notDeepEqual(buildGraph(name, 20, 3), buildGraph(name, 20, 4));
  }
});

test('Erdos-Renyi graphs have mean degree 4, also where connected ones are rare', () => {
  const sizes = Array.from({ length: 40 }, (_, seed) => (2 * buildGraph('erdos-renyi', 30, seed).edges.length) / 30);
  const mean = sizes.reduce((sum, x) => sum + x, 0) / sizes.length;
  assert.ok(Math.abs(mean - 4.2) < 0.4, String(mean));
  assert.equal(connectedComponents(buildGraph('erdos-renyi', 400, 1)).length, 1);
});

test('edges are taken in any order and direction', () => {
  const graph = graphFromEdges(4, [
    { source: 3, target: 1, weight: 2 },
    { source: 0, target: 2, weight: 0.5 },
  ]);
  assert.deepEqual(graph.edges, [
    { source: 0, target: 2, weight: 0.5 },
    { source: 1, target: 3, weight: 2 },
  ]);
  assert.deepEqual(connectedComponents(graph), [
    [0, 2],
    [1, 3],
  ]);
  assert.deepEqual(neighbours(graph, 3), [1]);
});

test('what is no edge is refused by name', () => {
  const edge = (source: number, target: number, weight = 1) => ({ source, target, weight });
  assert.throws(() => graphFromEdges(3, [edge(1, 1)]), refused(/1 - 1 joins an agent with itself/));
  assert.throws(() => graphFromEdges(3, [edge(0, 1), edge(1, 0)]), refused(/1 - 0 is there twice/));
  assert.throws(() => graphFromEdges(3, [edge(0, 3)]), refused(/unknown agent/));
  assert.throws(() => graphFromEdges(3, [edge(0, 0.5)]), refused(/unknown agent/));
  for (const weight of [0, -1, NaN, Infinity]) assert.throws(() => graphFromEdges(3, [edge(0, 1, weight)]), refused(/must be positive and finite/));
  assert.throws(() => buildGraph('rings' as TopologyName, 3, 0), refused(/no graph named "rings"/));
  assert.throws(() => buildGraph('ring', 1, 0), refused(/at least 2 agents/));
});

test('Metropolis weights: 1 / (1 + max degree) on edges, doubly stochastic', () => {
  const graph = buildGraph('reference', 10, 0);
  const a = metropolisWeights(graph);
  assert.equal(a.data[0 * 10 + 1], 1 / 4);
  assert.equal(a.data[5 * 10 + 6], 1 / 4);
  assert.equal(a.data[1 * 10 + 2], 1 / 4);
  assert.equal(a.data[0 * 10 + 3], 0);
  for (let k = 0; k < 10; k++) {
    const row = a.data.subarray(10 * k, 10 * k + 10);
    assert.ok(Math.abs(row.reduce((sum, x) => sum + x, 0) - 1) < 1e-15 * 10);
    assert.ok(row[k] > 0);
    row.forEach((x, l) => assert.equal(x, a.data[10 * l + k]));
  }
});
