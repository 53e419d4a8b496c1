import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildGraph, laplacian, metropolisWeights } from '../../../../core/graph.ts';
import { combine, fromRows, identity, multiply, zeros } from '../../../../core/linalg/matrix.ts';
import type { Matrix } from '../../../../core/linalg/matrix.ts';
import { createGmrfTask, sampleTruth } from '../../../../core/problem/gmrf-regression.ts';
import type { GradientTask } from '../../../../core/problem/problem.ts';
import type { LocalView } from '../../../../core/relationship/local-view.ts';
import { STRATEGIES, strategyByName } from '../../../../core/strategy/index.ts';
import { filterMatrix } from '../../../../core/strategy/filter.ts';
import { averagingViews, filterSpectrumMax, laplacianViews, meanViews } from '../../../../coordinator/views.ts';
import { checkStrategy } from '../../../../testkit/strategy-laws.ts';

const K = 10;
const M = 12;
const MU = 0.05;
const ETA = 0.3;
const L = laplacian(buildGraph('reference', K, 1));
const NOISE = Array.from({ length: K }, (_, k) => 0.1 + 0.02 * k);

describe('every strategy keeps the laws', () => {
  for (const strategy of STRATEGIES) {
    for (const { law, passed, detail } of checkStrategy(strategy)) test(`${strategy.name}: ${law}`, () => assert.ok(passed, detail));
  }
});

describe('ten agents agree with the dense matrix form', () => {
  test('multitask: W <- (I - mu eta L)(W - mu G)', () => {
    closeTo(runAgents('multitask', laplacianViews(L), 20), dense(combine(1, identity(K), -MU * ETA, L), 20));
  });
  test('multitask over the complete graph as a mean', () => {
    const complete = combine(2, identity(K), -2 / K, ones());
    closeTo(runAgents('multitask', meanViews(K, 2), 20), dense(combine(1, identity(K), -MU * ETA, complete), 20));
  });
  test('consensus: W <- A (W - mu G), A Metropolis', () => {
    const A = metropolisWeights(buildGraph('reference', K, 1));
    closeTo(runAgents('consensus', averagingViews(A), 20), dense(A, 20));
  });
  test('filter: X = H Psi', () => {
    const spectrumMax = filterSpectrumMax(L, NOISE);
    closeTo(runAgents('filter', laplacianViews(L), 20, spectrumMax), multiply(filterMatrix(L, NOISE, spectrumMax), dense(identity(K), 20)));
  });
});

test('two Chebyshev rounds come close to (I + N L)^-1', () => {
  const spectrumMax = filterSpectrumMax(L, NOISE);
  const operator = combine(1, identity(K), 1, scaledRows(L, NOISE));
  const product = multiply(operator, filterMatrix(L, NOISE, spectrumMax));
  const error = Math.max(...combine(1, product, -1, identity(K)).data.map(Math.abs));
  assert.ok(error < 0.1, `residual ${error}`);
});

test('a uniform averaging matrix becomes a mean, another one does not', () => {
  assert.equal(averagingViews(metropolisWeights(buildGraph('complete', 5, 1)))[0].kind, 'mean');
  assert.equal(averagingViews(metropolisWeights(buildGraph('ring', 5, 1)))[0].kind, 'edges');
});

function tasks(): GradientTask[] {
  const truth = sampleTruth(L, M, 3);
  return Array.from({ length: K }, (_, agent) => createGmrfTask({ truth: truth.data.slice(agent * M, (agent + 1) * M), batch: 4, noise: 1, seed: 3, agent }));
}

/** All agents in lock step, each with its own strategy run: what the network does, without a network. */
function runAgents(name: string, views: readonly LocalView[], iterations: number, spectrumMax = 1): Matrix {
  const runs = tasks().map((task, k) =>
    strategyByName(name)!.start({
      task,
      view: views[k],
      agents: K,
      stepSize: MU,
      eta: ETA,
      ridge: 0,
      noise: NOISE[k],
      spectrumMax,
      options: {},
      isRecorded: () => true,
    }),
  );
  for (let iteration = 1; iteration <= iterations; iteration++) {
    for (const run of runs) run.adapt(iteration);
    for (let hop = 0; hop < runs[0].hops(iteration); hop++) {
      const sent = runs.map((run) => run.outgoing.slice());
      const mean = Float64Array.from({ length: M }, (_, m) => sent.reduce((sum, vector) => sum + vector[m], 0) / K);
      runs.forEach((run, k) => run.combine(hop, { vectors: views[k].neighbours.map((l) => sent[l]), mean: views[k].kind === 'mean' ? mean : undefined }));
    }
  }
  return fromRows(runs.map((run) => run.output()));
}

/** The slow oracle: W <- A (W - mu G) on the whole K x M matrix. */
function dense(A: Matrix, iterations: number): Matrix {
  let W = zeros(K, M);
  const G = zeros(K, M);
  const all = tasks();
  for (let iteration = 1; iteration <= iterations; iteration++) {
    all.forEach((task, k) => task.gradient(W.data.slice(k * M, (k + 1) * M), iteration, G.data.subarray(k * M, (k + 1) * M)));
    W = multiply(A, combine(1, W, -MU, G));
  }
  return W;
}

function closeTo(actual: Matrix, expected: Matrix): void {
  const difference = Math.max(...combine(1, actual, -1, expected).data.map(Math.abs));
  assert.ok(difference < 1e-12, `largest difference ${difference}`);
}

function ones(): Matrix {
  return fromRows(Array.from({ length: K }, () => Array.from({ length: K }, () => 1)));
}

function scaledRows(matrix: Matrix, scales: readonly number[]): Matrix {
  return { ...matrix, data: matrix.data.map((value, at) => scales[Math.floor(at / matrix.cols)] * value) };
}
