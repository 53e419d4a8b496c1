import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, connectedComponents, laplacian } from '../../../../core/graph.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { frobeniusNorm, multiply, type Matrix } from '../../../../core/linalg/matrix.ts';
import { agentNoise, featureVariances, sampleTruth, truthCovariance } from '../../../../core/problem/gmrf-regression.ts';
import { drawTasks, TAILS, taskCovariance, type TaskLaw } from '../../../../core/problem/task-law.ts';
import { changedGraph, sideBySide, violated } from '../../../../core/problem/true-graph.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';

const REFERENCE = buildGraph('reference', 10, 0);
const L = laplacian(REFERENCE);
const law = (more: Partial<TaskLaw> = {}): TaskLaw => ({ laplacian: L, tails: 'gaussian', ...more });

/** S = W W' / M. */
function scatter(w: Matrix): Matrix {
  const data = new Float64Array(w.rows * w.rows);
  for (let k = 0; k < w.rows; k++)
    for (let l = 0; l < w.rows; l++) for (let m = 0; m < w.cols; m++) data[k * w.rows + l] += (w.data[k * w.cols + m] * w.data[l * w.cols + m]) / w.cols;
  return { rows: w.rows, cols: w.rows, data };
}

/** Fourth moment over the squared second, of all entries: 3 where they are normal. */
function kurtosis(values: Float64Array): number {
  const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
  return moment(4) / moment(2) ** 2;
}

test('without violations the tasks are those of the paper, bit for bit', () => {
  assert.deepEqual(drawTasks(law(), 40, 5), sampleTruth(L, 40, 5));
  assert.ok(relativeError(taskCovariance(law()), truthCovariance(L)) < 1e-12);
});

for (const tails of TAILS)
  test(`${tails} tails keep the covariance`, () => {
    const tasks = drawTasks(law({ tails }), 20_000, 3);
    // Fourth moments of t3 do not exist: its sample covariance is a wide guess.
    assert.ok(relativeError(scatter(tasks), truthCovariance(L)) < (tails.endsWith('t3') ? 0.25 : 0.03));
    assert.ok(tails === 'gaussian' ? kurtosis(tasks.data) < 4 : kurtosis(tasks.data) > 4);
  });

test('tasks of rank r lie in r directions, and are means of their neighbours where they were not drawn', () => {
  const tasks = drawTasks(law({ rank: 3 }), 200, 3);
  const { values } = symmetricEigen(scatter(tasks));
  assert.equal(values.filter((value) => value > 1e-12).length, 3);
  // Agent 1 has the neighbours 0 (weight 1) and 2 (weight 1.1); a common vector is taken out of all of them.
  const at = (k: number): number => tasks.data[k * 200 + 9] - tasks.data[9];
  const common = multiply(L, tasks).data[200 + 9] / 2.1;
  assert.ok(Math.abs(at(1) - common - (1.1 * at(2)) / 2.1) < 1e-12);
  for (const k of [1, 3, 6]) assert.ok(Math.abs(multiply(L, tasks).data[k * 200 + 9] - multiply(L, tasks).data[200 + 9]) < 1e-12);
});

test('an outlier is related to nobody and as large as the others', () => {
  const graph = violated(REFERENCE, { outlier: 4 }, 1);
  assert.deepEqual(connectedComponents(graph), [[0, 1, 2, 3, 5, 6, 7, 8, 9], [4]]);
  const covariance = taskCovariance({ laplacian: laplacian(graph), tails: 'gaussian', outlier: 4 });
  const variances = Array.from({ length: 10 }, (_, k) => covariance.data[11 * k]);
  const others = variances.filter((_, k) => k !== 4);
  assert.ok(Math.abs(variances[4] - others.reduce((sum, one) => sum + one, 0) / 9) < 1e-12);
  for (let k = 0; k < 10; k++) if (k !== 4) assert.equal(covariance.data[40 + k], 0);
  assert.throws(() => violated(buildGraph('star', 5, 0), { outlier: 0 }, 1), /falls apart/);
});

test('negative edges leave a semidefinite Laplacian with L 1 = 0', () => {
  const graph = violated(REFERENCE, { signed: 0.3 }, 2);
  assert.equal(graph.edges.filter(({ weight }) => weight < 0).length, 4);
  const { values } = symmetricEigen(laplacian(graph));
  assert.ok(Math.abs(values[0]) < 1e-12 && values[1] > 0.01, `eigenvalues ${values[0]}, ${values[1]}`);
  assert.throws(() => violated(buildGraph('star', 5, 0), { signed: 0.5 }, 1), /only 0 of 4/);
});

test('components are copies side by side', () => {
  const graph = sideBySide(3, () => buildGraph('ring', 4, 0));
  assert.deepEqual(connectedComponents(graph), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
  ]);
});

test('a permuted graph has the same spectrum and another place for everybody; a rewired one keeps half of its edges', () => {
  const permuted = laplacian(changedGraph(REFERENCE, 'permutation', 3));
  assert.ok(Math.abs(frobeniusNorm(permuted) - frobeniusNorm(L)) < 1e-12 && relativeError(permuted, L) > 0.3);
  const rewired = changedGraph(REFERENCE, 'rewiring', 3);
  assert.equal(connectedComponents(rewired).length, 1);
  assert.equal(rewired.edges.length, REFERENCE.edges.length);
  const kept = rewired.edges.filter((edge) => REFERENCE.edges.some((one) => one.source === edge.source && one.target === edge.target));
  assert.ok(kept.length >= 4 && kept.length <= 10, `${kept.length} kept`);
});

test('spreads have the ratio asked for', () => {
  const noises = Array.from({ length: 8 }, (_, agent) => agentNoise(100, 20, agent, 8, 1));
  assert.ok(Math.abs(Math.max(...noises) / Math.min(...noises) - 20) < 1e-9);
  assert.equal(agentNoise(100, 1, 3, 8, 1), 100);
  const features = featureVariances(3, 400, 2, 1)!;
  assert.ok(Math.abs(features.reduce((sum, one) => sum + one, 0) / 400 - 1) < 1e-12);
  assert.ok(Math.max(...features) / Math.min(...features) < 3.001 && Math.max(...features) / Math.min(...features) > 2.8);
});
