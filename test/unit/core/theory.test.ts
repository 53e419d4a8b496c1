import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian, metropolisWeights } from '../../../core/graph.ts';
import { cholesky, choleskyInverse } from '../../../core/linalg/cholesky.ts';
import { symmetricEigen } from '../../../core/linalg/eigen.ts';
import { combine, identity, type Matrix } from '../../../core/linalg/matrix.ts';
import { laplacianPseudoInverse } from '../../../core/linalg/ones-complement.ts';
import { createGmrfTask, sampleTruth } from '../../../core/problem/gmrf-regression.ts';
import {
  cooperativeError,
  energyNoise,
  etaRule,
  largestStepSize,
  noiseAtStep,
  noiseFloor,
  noisePower,
  predictedCurve,
  stability,
  steadyState,
  tailNoiseFactor,
} from '../../../core/theory.ts';

const REF = laplacian(buildGraph('reference', 10, 0));
const SPECTRUM = symmetricEigen(REF).values;
const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} +- ${tolerance}`);

test('stability and noise floor are those of the table in algorithms-1 section 1', () => {
  const table = [
    [50, 5e-3, 1, 1, 0.26, 0.002874],
    [50, 2e-2, 1, 1, 1.04, 0.020833],
    [1500, 1e-3, 1, 1, 1.502, 0.002008],
    [1500, 1.3e-3, 1, 1, 1.9526, 0.02743],
    [1500, 5e-3, 100, 1000, 0.08005, 0.026042],
    [1500, 2e-2, 100, 1000, 0.3202, 0.11906],
  ] as const;
  for (const [dimension, mu, batch, noise, nu, floor] of table) {
    near(stability(mu, batch, dimension), nu, 1e-12);
    near(noiseFloor(mu, noise, batch, dimension), floor, 5e-4 * floor);
  }
  assert.equal(noiseFloor(5e-3, 1, 1, 1500), Infinity);
});

test('the largest step size, the noise power and the noise at a step are inverses of what they invert', () => {
  near(stability(largestStepSize(0.35, 20, 200), 20, 200), 0.35, 1e-14);
  const nu = stability(5e-3, 20, 200);
  near(noisePower(noiseFloor(5e-3, 200, 20, 200), 5e-3, nu), 10, 1e-12);
  near(noiseAtStep(10, 0.04, stability(0.04, 20, 200)), 0.2567, 1e-4);
  assert.equal(energyNoise(0.04, 5), 0.1);
});

test('a tail average keeps .377 of the noise after 4 time constants, .568 after 2 (algorithms-1 section 1)', () => {
  near(tailNoiseFactor(4), 0.377, 5e-4);
  near(tailNoiseFactor(2), 0.568, 5e-4);
  near(tailNoiseFactor(1e-9), 1, 1e-8);
  near(tailNoiseFactor(1.0001e-4), tailNoiseFactor(0.9999e-4), 1e-8);
});

test('the eta rule on REF gives .079637 at n = .1190618, mu = .02 (algorithms-1 section 4)', () => {
  const { eta, limited } = etaRule(SPECTRUM, 0.1190618, 0.02, 8);
  near(eta, 0.079637, 0.015 * 0.079637);
  assert.equal(limited, false);
});

test('the eta rule follows the table of algorithms-1 section 2.3', () => {
  for (const [mu, expected, digits] of [
    [1e-3, 0.0025, 1e-4],
    [5e-3, 0.0139, 1e-4],
    [1e-2, 0.031, 5e-4],
    [4e-2, 0.282, 0.015 * 0.282],
  ] as const) {
    near(etaRule(SPECTRUM, noiseFloor(mu, 1000, 100, 1500), mu).eta, expected, digits);
  }
});

test('eta is capped where the combine step would not contract, and says so', () => {
  const byEigenvalue = etaRule([0, 1, 4], 50, 0.5);
  assert.deepEqual(byEigenvalue, { eta: 0.9 / (0.5 * 4), limited: true });
  assert.deepEqual(etaRule([0, 1, 4], 50, 0.5, 3), { eta: 0.5 / (0.5 * 3), limited: true });
  assert.deepEqual(etaRule([0, 1e9], 0.1, 0.02), { eta: 0.9 / (0.02 * 1e9), limited: true });
  assert.deepEqual(etaRule([0, 0], 0.1, 0.02), { eta: 0, limited: false });
  assert.deepEqual(etaRule(SPECTRUM, 0, 0.02), { eta: 0, limited: false });
});

test('the eta rule finds the minimum: no other eta on a fine grid does better', () => {
  for (const noise of [1e-4, 0.02, 0.3, 1]) {
    const { eta } = etaRule(SPECTRUM, noise, 0.02);
    const best = cooperativeError(eta, SPECTRUM, noise);
    for (let factor = 0.5; factor < 2; factor += 0.01)
      if (factor * eta * 0.02 * 7.6183 < 0.9) assert.ok(cooperativeError(factor * eta, SPECTRUM, noise) >= best - 1e-12);
  }
});

const ITERATIONS = [10, 20, 40, 80, 120, 200, 400];
const PAPER = { mu: 0.02, batch: 100, dimension: 1500, noise: Array.from({ length: 10 }, () => 1000), signal: laplacianPseudoInverse(REF) };
const multitask = (eta: number): Matrix => combine(1, identity(10), -0.02 * eta, REF);

function expectCurve(A: Matrix, expected: readonly number[]): void {
  const curve = predictedCurve({ ...PAPER, combine: A, iterations: ITERATIONS });
  curve.forEach((value, i) => near(value, expected[i], 1e-5));
}

test('the recursion gives the golden curves of algorithms-1 section 4', () => {
  expectCurve(identity(10), [0.285445, 0.237283, 0.178747, 0.134275, 0.122939, 0.119314, 0.119062]);
  expectCurve(metropolisWeights(buildGraph('reference', 10, 0)), [0.340164, 0.343121, 0.346922, 0.34942, 0.349929, 0.350054, 0.350059]);
  expectCurve(multitask(0.079637), [0.285056, 0.236082, 0.175444, 0.126752, 0.112398, 0.10621, 0.105296]);
});

test('its steady states are those of algorithms-1 section 4', () => {
  near(steadyState({ ...PAPER, combine: identity(10) }), 0.119062, 1e-6);
  near(steadyState({ ...PAPER, combine: multitask(0.079637) }), 0.105288, 1e-5);
});

test('the small setting has the steady states of algorithms-1 section 4 (M = 200, B = 20, s = 200)', () => {
  const small = { batch: 20, dimension: 200, noise: Array.from({ length: 10 }, () => 200), signal: PAPER.signal };
  near(steadyState({ ...small, mu: 0.02, combine: identity(10) }), 0.11242, 1e-5);
  near(steadyState({ ...small, mu: 0.04, combine: identity(10) }), 0.2567, 5e-5);
  near(steadyState({ ...small, mu: 0.02, combine: metropolisWeights(buildGraph('reference', 10, 0)) }), 0.348, 5e-4);
});

test('an output filter (I + n L)^-1 gains what algorithms-1 section 2.3 says', () => {
  for (const [mu, gain, filterGain] of [
    [5e-3, 0.977, 0.921],
    [2e-2, 0.884, 0.74],
    [4e-2, 0.712, 0.566],
  ] as const) {
    const setting = { ...PAPER, mu };
    const noise = noiseFloor(mu, 1000, 100, 1500);
    const alone = steadyState({ ...setting, combine: identity(10) });
    const output = choleskyInverse(cholesky(combine(1, identity(10), noise, REF))!);
    near(steadyState({ ...setting, combine: identity(10), output }) / alone, filterGain, 1e-3);
    const { eta } = etaRule(SPECTRUM, noise, mu);
    near(steadyState({ ...setting, combine: combine(1, identity(10), -mu * eta, REF) }) / alone, gain, 1e-3);
  }
});

test('the recursion starts at w = 0, keeps the order of the iterations asked for, and sees divergence', () => {
  const at = predictedCurve({ ...PAPER, combine: identity(10), iterations: [40, 0, 10] });
  near(at[1], 0.353226, 5e-7);
  near(at[0], 0.178747, 1e-5);
  near(at[2], 0.285445, 1e-5);
  assert.ok(steadyState({ ...PAPER, combine: multitask(13) }) < 1);
  assert.equal(steadyState({ ...PAPER, combine: multitask(14) }), Infinity);
});

test('the recursion predicts a simulation with different noise at every agent', () => {
  const dimension = 2000;
  const noise = Array.from({ length: 10 }, (_, k) => 500 + 300 * k);
  const setting = { mu: 0.05, batch: 200, dimension, noise };
  const truth = sampleTruth(REF, dimension, 21);
  const signal = combine(1 / dimension, rowProducts(truth), 0, REF);
  const A = combine(1, identity(10), -0.05 * 0.1, REF);
  const predicted = predictedCurve({ ...setting, combine: A, signal, iterations: [5, 20, 60] });
  const simulated = simulate(A, truth, setting, [5, 20, 60]);
  simulated.forEach((value, i) => near(value / predicted[i], 1, 0.02));
});

function rowProducts(w: Matrix): Matrix {
  const rows = Array.from({ length: w.rows }, (_, k) => w.data.subarray(k * w.cols, (k + 1) * w.cols));
  return { rows: w.rows, cols: w.rows, data: Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, m) => sum + x * b[m], 0)))) };
}

function simulate(
  A: Matrix,
  truth: Matrix,
  { mu, batch, dimension, noise }: { mu: number; batch: number; dimension: number; noise: number[] },
  iterations: number[],
): number[] {
  const rowOf = (k: number): Float64Array => truth.data.subarray(k * dimension, (k + 1) * dimension);
  const tasks = noise.map((s, agent) => createGmrfTask({ truth: rowOf(agent), batch, noise: s, seed: 4, agent }));
  let w = noise.map(() => new Float64Array(dimension));
  const g = new Float64Array(dimension);
  const errors: number[] = [];
  for (let i = 1; i <= Math.max(...iterations); i++) {
    for (const [k, task] of tasks.entries()) {
      task.gradient(w[k], i, g);
      for (let m = 0; m < dimension; m++) w[k][m] -= mu * g[m];
    }
    w = w.map((_, k) => Float64Array.from({ length: dimension }, (_, m) => w.reduce((sum, row, l) => sum + A.data[k * 10 + l] * row[m], 0)));
    if (iterations.includes(i)) errors.push(tasks.reduce((sum, task, k) => sum + task.squaredDeviation(w[k], i), 0) / 10);
  }
  return errors;
}

test('a curve over a million iterations is no longer work than until it settles', () => {
  const startedAt = performance.now();
  const [early, late] = predictedCurve({ ...PAPER, combine: identity(10), iterations: [5_000, 1_000_000] });
  assert.ok(Math.abs(late / early - 1) < 1e-9);
  assert.ok(performance.now() - startedAt < 5_000);
});
