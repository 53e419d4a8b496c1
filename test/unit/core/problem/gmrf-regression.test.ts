import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, graphFromEdges, laplacian } from '../../../../core/graph.ts';
import { combine, frobeniusNorm, multiply, transpose } from '../../../../core/linalg/matrix.ts';
import { laplacianPseudoInverse } from '../../../../core/linalg/ones-complement.ts';
import { createGmrfTask, sampleTruth } from '../../../../core/problem/gmrf-regression.ts';
import { draw } from '../../../../core/random.ts';
import { energyNoise, noiseFloor } from '../../../../core/theory.ts';
import { literalGradient } from '../../../oracle/literal-gradient.ts';

const DIMENSION = 4;

test('the truth has covariance pinv(L), literally sums to zero over the agents, and is keyed by the seed', () => {
  const l = laplacian(buildGraph('reference', 10, 0));
  const dimension = 40_000;
  const truth = sampleTruth(l, dimension, 5);
  const covariance = combine(1 / dimension, multiply(truth, transpose(truth)), 0, l);
  const expected = laplacianPseudoInverse(l);
  // E||S - P||^2 = ((tr P)^2 + ||P||^2) / M; three times its root.
  assert.ok(frobeniusNorm(combine(1, covariance, -1, expected)) < 3 * Math.sqrt((3.53226 ** 2 + frobeniusNorm(expected) ** 2) / dimension));
  const sums = Array.from({ length: 100 }, (_, m) => Array.from({ length: 10 }, (_, k) => truth.data[k * dimension + m]).reduce((sum, x) => sum + x, 0));
  for (const sum of sums) assert.ok(Math.abs(sum) < 1e-13);
  assert.deepEqual(sampleTruth(l, 3, 5), sampleTruth(l, 3, 5));
  assert.notDeepEqual(sampleTruth(l, 3, 5), sampleTruth(l, 3, 6));
});

test('on a disconnected graph every component is its own field; an agent alone has the truth 0', () => {
  const l = laplacian(
    graphFromEdges(6, [
      { source: 0, target: 2, weight: 2 },
      { source: 1, target: 3, weight: 1 },
      { source: 3, target: 4, weight: 3 },
    ]),
  );
  const dimension = 40_000;
  const truth = sampleTruth(l, dimension, 8);
  const covariance = combine(1 / dimension, multiply(truth, transpose(truth)), 0, l);
  const expected = laplacianPseudoInverse(l);
  assert.ok(frobeniusNorm(combine(1, covariance, -1, expected)) < 0.03 * frobeniusNorm(expected));
  for (let m = 0; m < 20; m++) {
    assert.equal(truth.data[5 * dimension + m], 0);
    assert.ok(Math.abs(truth.data[m] + truth.data[2 * dimension + m]) < 1e-14);
  }
});

interface Law {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  readonly fourth: number;
}

function lawOf(count: number, sample: (i: number) => Float64Array): Law {
  const mean = new Float64Array(DIMENSION);
  const covariance = new Float64Array(DIMENSION * DIMENSION);
  let fourth = 0;
  for (let i = 0; i < count; i++) {
    const g = sample(i);
    let squared = 0;
    for (let a = 0; a < DIMENSION; a++) {
      mean[a] += g[a] / count;
      squared += g[a] * g[a];
      for (let b = 0; b < DIMENSION; b++) covariance[a * DIMENSION + b] += (g[a] * g[b]) / count;
    }
    fourth += (squared * squared) / count;
  }
  for (let a = 0; a < DIMENSION; a++) for (let b = 0; b < DIMENSION; b++) covariance[a * DIMENSION + b] -= mean[a] * mean[b];
  return { mean, covariance, fourth };
}

function inLaw(truth: Float64Array, w: Float64Array, batch: number, noise: number, count: number): Law {
  const task = createGmrfTask({ truth, batch, noise, seed: 3, agent: 1 });
  const out = new Float64Array(DIMENSION);
  return lawOf(count, (i) => (task.gradient(w, i, out), out));
}

test('the in-law gradient has the mean, covariance and fourth moment of literal features', () => {
  const deviation = Float64Array.of(1, -0.5, 0.25, 2);
  const batch = 3;
  const noise = 0.7;
  const count = 300_000;
  const ours = inLaw(new Float64Array(DIMENSION), deviation, batch, noise, count);
  const random = draw(4, 0, 'batch', 0);
  const literal = lawOf(count, () => literalGradient(random, deviation, batch, noise));
  const radius2 = deviation.reduce((sum, x) => sum + x * x, 0);
  for (let a = 0; a < DIMENSION; a++) {
    assert.ok(Math.abs(ours.mean[a] - deviation[a]) < 0.015, `mean ${a}: ${ours.mean[a]}`);
    for (let b = 0; b < DIMENSION; b++) {
      // Cov g = ((r^2 + s) I + w~ w~') / B.
      const exact = ((a === b ? radius2 + noise : 0) + deviation[a] * deviation[b]) / batch;
      const index = a * DIMENSION + b;
      assert.ok(Math.abs(ours.covariance[index] - exact) < 0.04, `covariance ${a}, ${b}: ${ours.covariance[index]} for ${exact}`);
      assert.ok(Math.abs(literal.covariance[index] - exact) < 0.04);
    }
  }
  assert.ok(Math.abs(ours.fourth / literal.fourth - 1) < 0.04, `${ours.fourth} for ${literal.fourth}`);
});

test('at the truth itself the gradient is N(0, s/B I), and rounding deviations do no harm', () => {
  const truth = Float64Array.of(1, 2, 3, 4);
  const { mean, covariance } = inLaw(truth, truth, 2, 0.5, 100_000);
  for (let a = 0; a < DIMENSION; a++) {
    assert.ok(Math.abs(mean[a]) < 0.008);
    assert.ok(Math.abs(covariance[a * DIMENSION + a] - 0.25) < 0.006);
  }
  const task = createGmrfTask({ truth, batch: 2, noise: 0, seed: 3, agent: 1 });
  const out = new Float64Array(DIMENSION);
  task.gradient(truth, 0, out);
  assert.deepEqual([...out], [0, 0, 0, 0]);
});

test('a gradient is keyed: the same at every call, another at another step or agent; w is not changed', () => {
  const truth = Float64Array.of(1, 2, 3, 4);
  const w = Float64Array.of(0, 1, 0, -1);
  const take = (agent: number, step: number): number[] => {
    const out = new Float64Array(DIMENSION);
    createGmrfTask({ truth, batch: 5, noise: 1, seed: 3, agent }).gradient(w, step, out);
    return [...out];
  };
  assert.deepEqual(take(1, 7), take(1, 7));
  assert.notDeepEqual(take(1, 7), take(1, 8));
  assert.notDeepEqual(take(1, 7), take(2, 7));
  assert.deepEqual([...w], [0, 1, 0, -1]);
});

test('losses are compared as on literal features: mean and spread of the difference (3 standard errors)', () => {
  const truth = Float64Array.of(1, 2, 3, 4);
  const [w, other] = [Float64Array.of(2, 1.5, 3.2, 6), Float64Array.of(0.5, 3, 3, 4.5)];
  const [batch, noise, steps] = [5, 2, 60_000];
  const task = createGmrfTask({ truth, batch, noise, seed: 3, agent: 1 });
  const values = Array.from({ length: steps }, (_, step) => task.lossDifference(w, other, step));
  const mean = values.reduce((sum, x) => sum + x, 0) / steps;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / steps;
  // e = d'u - v: (e1^2 - e2^2) / 2 = (p'u)(q'u - 2v) / 2 with p = d1 - d2, q = d1 + d2, d = w - wo.
  const p = w.map((x, m) => x - other[m]);
  const q = w.map((x, m) => x + other[m] - 2 * truth[m]);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, m) => sum + x * b[m], 0);
  const exact = (dot(p, p) * dot(q, q) + dot(p, q) ** 2 + 4 * noise * dot(p, p)) / (4 * batch);
  assert.ok(Math.abs(mean - dot(p, q) / 2) < 3 * Math.sqrt(exact / steps), `${mean} for ${dot(p, q) / 2}`);
  assert.ok(Math.abs(variance / exact - 1) < 0.03, `${variance} for ${exact}`);
  assert.equal(task.lossDifference(w, w, 7), 0);
});

/** Mean over the steady tail of the squared deviation and of ||g||^2 / M, one agent from the steady state's own scale. */
function steady(mu: number, batch: number, noise: number, dimension: number, steps: number): { deviation: number; energy: number } {
  const truth = new Float64Array(dimension);
  draw(9, 0, 'truth', 0).fillGaussian(truth);
  const task = createGmrfTask({ truth, batch, noise, seed: 9, agent: 0 });
  const w = truth.slice();
  const g = new Float64Array(dimension);
  const warm = Math.ceil(6 / mu);
  let deviation = 0;
  let energy = 0;
  for (let i = 0; i < warm + steps; i++) {
    task.gradient(w, i, g);
    for (let m = 0; m < dimension; m++) w[m] -= mu * g[m];
    if (i < warm) continue;
    deviation += task.squaredDeviation(w, 0) / steps;
    energy += g.reduce((sum, x) => sum + x * x, 0) / dimension / steps;
  }
  return { deviation, energy };
}

test('the steady deviation is mu s / (B (2 - nu)) and the energy identity finds it without s (algorithms-1 section 1)', () => {
  for (const [mu, batch, noise, dimension, steps] of [
    [0.005, 20, 200, 200, 12_000],
    [0.02, 1, 1, 50, 60_000],
  ] as const) {
    const { deviation, energy } = steady(mu, batch, noise, dimension, steps);
    const theory = noiseFloor(mu, noise, batch, dimension);
    assert.ok(Math.abs(deviation / theory - 1) < 0.03, `${deviation} for ${theory}`);
    assert.ok(Math.abs(energyNoise(mu, energy) / deviation - 1) < 0.03, `${energyNoise(mu, energy)} for ${deviation}`);
  }
});
