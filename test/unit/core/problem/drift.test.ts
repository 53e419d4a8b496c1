import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian } from '../../../../core/graph.ts';
import { zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { laplacianAt, MovingTask, type Drift } from '../../../../core/problem/drift.ts';
import { truthCovariance } from '../../../../core/problem/gmrf-regression.ts';
import { drawTasks } from '../../../../core/problem/task-law.ts';
import { changedGraph } from '../../../../core/problem/true-graph.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';

const REFERENCE = buildGraph('reference', 10, 0);
const LAW = { laplacian: laplacian(REFERENCE), tails: 'gaussian' } as const;
const AFTER = laplacian(changedGraph(REFERENCE, 'permutation', 1));

const taskOf = (drift: Drift, agent: number, dimension = 30): MovingTask => new MovingTask(LAW, drift, dimension, 7, agent);

/** S over the coordinates at a step, all agents. */
function scatterAt(drift: Drift, step: number, dimension: number): Matrix {
  const rows = Array.from({ length: 10 }, (_, k) => taskOf(drift, k, dimension).at(step).slice());
  const out = zeros(10, 10);
  rows.forEach((a, k) => rows.forEach((b, l) => (out.data[k * 10 + l] = a.reduce((sum, x, m) => sum + x * b[m], 0) / dimension)));
  return out;
}

test('a step is the same whoever asked for what before: forward, back, or at once', () => {
  const drift: Drift = { coherence: 20, change: { at: 30, over: 10, after: AFTER } };
  const walked = taskOf(drift, 3);
  for (let step = 1; step <= 50; step++) walked.at(step);
  const expected = taskOf(drift, 3).at(50).slice();
  assert.deepEqual(walked.at(50), expected);
  walked.at(7);
  assert.deepEqual(walked.at(50), expected);
  assert.deepEqual(walked.at(0), drawTasks(LAW, 30, 7).data.slice(90, 120));
});

test('drifting tasks keep their covariance and forget with the coherence time', () => {
  const [dimension, coherence] = [4000, 10];
  const drift = { coherence };
  assert.ok(relativeError(scatterAt(drift, 60, dimension), truthCovariance(LAW.laplacian)) < 0.06);
  const task = taskOf(drift, 2, dimension);
  const [start, later] = [task.at(0).slice(), task.at(coherence).slice()];
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, m) => sum + x * b[m], 0);
  const kept = product(start, later) / Math.sqrt(product(start, start) * product(later, later));
  // Standard error 1 / sqrt(M) = .016.
  assert.ok(Math.abs(kept - Math.exp(-1)) < 0.05, `correlation ${kept.toFixed(3)}`);
});

test('drifting tasks take over the new relationship within some coherence times', () => {
  const drift: Drift = { coherence: 10, change: { at: 5, over: 0, after: AFTER } };
  assert.ok(relativeError(scatterAt(drift, 60, 4000), truthCovariance(AFTER)) < 0.06);
});

test('tasks that stand still jump with the graph, or slide', () => {
  const jump: Drift = { change: { at: 5, over: 0, after: AFTER } };
  const task = taskOf(jump, 1, 4000);
  const start = task.at(0).slice();
  assert.deepEqual(task.at(4), start);
  const there = task.at(5).slice();
  assert.notDeepEqual(there, start);
  assert.deepEqual(task.at(90), there);
  assert.ok(relativeError(scatterAt(jump, 5, 4000), truthCovariance(AFTER)) < 0.06);
  const ramp: Drift = { change: { at: 5, over: 10, after: AFTER } };
  const slid = taskOf(ramp, 1, 4000);
  assert.notDeepEqual(slid.at(10), start);
  assert.notDeepEqual(slid.at(10), there);
  assert.deepEqual(slid.at(15), there);
});

test('the relationship on the way is the mean of both', () => {
  const change = { at: 10, over: 4, after: AFTER };
  assert.equal(laplacianAt(LAW.laplacian, change, 9), LAW.laplacian);
  assert.equal(laplacianAt(LAW.laplacian, change, 14), AFTER);
  const halfway = laplacianAt(LAW.laplacian, change, 12);
  halfway.data.forEach((value, i) => assert.ok(Math.abs(value - (LAW.laplacian.data[i] + AFTER.data[i]) / 2) < 1e-12));
});
