/** What many agents make necessary: sparse products, the covariance of the truth without eigenvectors, quick refusals of a draw. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictedCurve } from '../../../core/error-recursion.ts';
import { buildGraph, graphFromEdges, laplacian } from '../../../core/graph.ts';
import { combine, fromRows, identity, multiply, trace, transpose, zeros, type Matrix } from '../../../core/linalg/matrix.ts';
import { laplacianPseudoInverse } from '../../../core/linalg/ones-complement.ts';
import { multiplySparse, multiplySparseTransposed, sparseRows } from '../../../core/linalg/sparse.ts';
import { truthCovariance } from '../../../core/problem/gmrf-regression.ts';
import { draw } from '../../../core/random.ts';
import { componentsOf, type Edge } from '../../../core/topology.ts';

function random(rows: number, cols: number, seed: number): Matrix {
  const out = zeros(rows, cols);
  draw(seed, 0, 'jitter', 0).fillGaussian(out.data);
  return out;
}

test('sparse products are the dense ones, bit for bit', () => {
  const a = random(7, 5, 1);
  a.data.forEach((x, i) => (a.data[i] = x < 0.4 ? 0 : x));
  const b = random(5, 6, 2);
  const left = zeros(7, 6);
  multiplySparse(sparseRows(a), b, left);
  assert.deepEqual(left, multiply(a, b));
  const c = random(6, 5, 3);
  const right = zeros(6, 7);
  multiplySparseTransposed(c, sparseRows(a), right);
  assert.deepEqual(right, transpose(multiply(a, transpose(c))));
});

test('the covariance of the truth is pinv(L), also of a graph in parts', () => {
  const parts = graphFromEdges(6, [
    { source: 0, target: 3, weight: 2 },
    { source: 3, target: 5, weight: 0.5 },
    { source: 1, target: 4, weight: 1 },
  ]);
  for (const graph of [buildGraph('reference', 10, 0), buildGraph('erdos-renyi', 60, 4), parts]) {
    const l = laplacian(graph);
    const expected = laplacianPseudoInverse(l).data;
    truthCovariance(l).data.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-12, `${value} is not ${expected[i]}`));
  }
});

/** The recursion of algorithms-1, section 1, as it is written there. */
function literalCurve(A: Matrix, So: Matrix, noise: readonly number[], mu: number, batch: number, dimension: number, steps: number): number[] {
  const n = A.rows;
  const rest = combine(1, identity(n), -1, A);
  let [C, F] = [So, combine(-1, So, 0, So)];
  const curve = [trace(C) / n];
  for (let i = 0; i < steps; i++) {
    const D = zeros(n, n);
    for (let k = 0; k < n; k++) D.data[k * n + k] = ((mu * mu) / batch) * (noise[k] + (dimension + 1) * C.data[k * n + k]);
    const X = combine(1 - mu, multiply(multiply(A, F), transpose(rest)), 0, C);
    const spread = multiply(multiply(A, combine((1 - mu) ** 2, C, 1, D)), transpose(A));
    const bias = multiply(multiply(rest, So), transpose(rest));
    C = combine(1, combine(1, combine(1, spread, -1, X), -1, transpose(X)), 1, bias);
    F = combine(1 - mu, multiply(A, F), -1, multiply(rest, So));
    curve.push(trace(C) / n);
  }
  return curve;
}

test('predicted curves are those of the recursion as it is written, with and without cooperation', () => {
  const l = laplacian(buildGraph('erdos-renyi', 12, 2));
  const signal = laplacianPseudoInverse(l);
  const noise = Array.from({ length: 12 }, (_, k) => 5 + k);
  const iterations = Array.from({ length: 31 }, (_, i) => i);
  for (const A of [identity(12), combine(1, identity(12), -0.05, l), fromRows(Array.from({ length: 12 }, () => Array(12).fill(1 / 12)))]) {
    const curve = predictedCurve({ combine: A, mu: 0.1, batch: 8, dimension: 16, noise, signal, iterations });
    literalCurve(A, signal, noise, 0.1, 8, 16, 30).forEach((value, i) => assert.ok(Math.abs(curve[i] / value - 1) < 1e-12, `${curve[i]} is not ${value}`));
  }
});

/** As it is defined: every pair drawn, until the graph is connected. */
function literalErdosRenyi(agents: number, seed: number): Edge[] {
  for (let attempt = 0; ; attempt++) {
    const stream = draw(seed, 0, 'graph', attempt);
    const degree = Math.min(4 + Math.floor(attempt / 100), agents - 1);
    const edges: Edge[] = [];
    for (let i = 0; i < agents; i++)
      for (let j = i + 1; j < agents; j++) if (stream.uniform() * (agents - 1) < degree) edges.push({ source: i, target: j, weight: 1 });
    if (componentsOf(agents, edges).length === 1) return edges;
  }
}

test('giving up a draw early changes no graph', () => {
  for (const [agents, seed] of [
    [2, 1],
    [30, 1],
    [30, 2],
    [64, 1],
    [200, 3],
  ] as const)
    assert.deepEqual(buildGraph('erdos-renyi', agents, seed).edges, literalErdosRenyi(agents, seed));
});
