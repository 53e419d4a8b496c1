import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cholesky, choleskyInverse } from '../../../../core/linalg/cholesky.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { copy, fromRows, trace, type Matrix } from '../../../../core/linalg/matrix.ts';
import { sampleTruth } from '../../../../core/problem/gmrf-regression.ts';
import { draw } from '../../../../core/random.ts';
import { solveCgl } from '../../../../core/relationship/cgl-solver.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { laplacianEdges, relativeError } from '../../../../core/relationship/compare.ts';
import { centredCovariance } from '../../../../core/relationship/covariance.ts';
import type { EstimatorOptions } from '../../../../core/relationship/estimator.ts';
import { cglByProjectedGradient } from '../../../oracle/cgl-projected-gradient.ts';
import { GOLDEN_ERRORS, goldenEstimates, learnFrom, REF } from './golden-estimates.ts';

const TIGHT = 1e-8;
const learn = (w: Matrix, options: EstimatorOptions = {}): Matrix => learnFrom(cgl, w, options).relationship.laplacian;

test('W = sqrt(10) pinv(L)^(1/2) gives L back to 1e-8 at KKT 1e-8 (algorithms-1 section 4)', () => {
  assert.ok(relativeError(learn(goldenEstimates(0), { kkt: TIGHT }), REF) < 1e-8);
});

test("with n I added to S the errors are pinv's golden ones; with n subtracted L comes back (algorithms-1 section 4)", () => {
  for (const { noise, error } of GOLDEN_ERRORS) {
    const w = goldenEstimates(noise, 100);
    assert.ok(Math.abs(relativeError(learn(w, { kkt: TIGHT }), REF) - error) < 1e-6);
    assert.ok(relativeError(learn(w, { kkt: TIGHT, noise }), REF) < 1e-7);
    assert.ok(relativeError(learnFrom(cgl, w, { kkt: TIGHT }, new Float64Array(10).fill(noise)).relationship.laplacian, REF) < 1e-7);
  }
});

test("every agent's own noise is subtracted", () => {
  const noise = Float64Array.from({ length: 10 }, (_, k) => 0.01 * (k + 1));
  const w = goldenEstimates(0, 200);
  const noisy = { ...w, data: w.data.slice(), rows: 10, cols: 2_000 + 10 };
  // Ten more columns, agent k alone in column k, add exactly n_k to S_kk (with M = 2010 in the denominator).
  const data = new Float64Array(10 * noisy.cols);
  for (let k = 0; k < 10; k++) {
    for (let m = 0; m < 2_000; m++) data[k * noisy.cols + m] = w.data[k * 2_000 + m] * Math.sqrt(noisy.cols / 2_000);
    data[k * noisy.cols + 2_000 + k] = Math.sqrt(noisy.cols * noise[k]);
  }
  const learned = learnFrom(cgl, { ...noisy, data }, { kkt: TIGHT }, noise).relationship.laplacian;
  assert.ok(relativeError(learned, REF) < 1e-7);
});

function noisyDraw(dimension: number, noise: number, seed: number): Matrix {
  const w = copy(sampleTruth(REF, dimension, seed));
  const random = draw(seed, 0, 'jitter', 0);
  w.data.forEach((x, i) => (w.data[i] = x + Math.sqrt(noise) * random.gaussian()));
  return w;
}

test('M = 12 and 20 with known noise .0529: mean error over 20 draws at most .60 and .55', () => {
  for (const [dimension, limit] of [
    [12, 0.6],
    [20, 0.55],
  ] as const) {
    const errors = Array.from({ length: 20 }, (_, seed) => relativeError(learn(noisyDraw(dimension, 0.0529, seed + 1), { noise: 0.0529 }), REF));
    const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
    assert.ok(mean <= limit, `M = ${dimension}: ${mean}`);
  }
});

test('with noise its error at M = 1500 is a third of what is left uncorrected (algorithms-1 section 3)', () => {
  const errors = Array.from({ length: 5 }, (_, seed) => [0, 0.0529].map((noise) => relativeError(learn(noisyDraw(1500, 0.0529, seed + 1), { noise }), REF)));
  const [raw, corrected] = [0, 1].map((j) => errors.reduce((sum, pair) => sum + pair[j] / 5, 0));
  assert.ok(Math.abs(raw - 0.237) < 0.02 && Math.abs(corrected - 0.057) < 0.015, `${raw} ${corrected}`);
});

function distancesOf(w: Matrix): Matrix {
  const s = centredCovariance(w);
  const n = s.rows;
  const out = copy(s);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out.data[i * n + j] = s.data[i * n + i] + s.data[j * n + j] - 2 * s.data[i * n + j];
  return out;
}

test('the solver agrees with dense projected gradient', () => {
  for (const [agents, dimension] of [
    [5, 40],
    [7, 9],
  ] as const) {
    const w = sampleTruth(REF, dimension, 31);
    const distances = distancesOf({ rows: agents, cols: dimension, data: w.data.slice(0, agents * dimension) });
    const { laplacian } = solveCgl(distances, 1e-10);
    assert.ok(relativeError(laplacian, cglByProjectedGradient(distances, 2_000)) < 1e-5);
  }
});

test('the optimality conditions hold: r = s on edges, r <= s elsewhere, sum w s = K - 1', () => {
  const distances = distancesOf(noisyDraw(30, 0.05, 3));
  const { laplacian, residual, converged } = solveCgl(distances, 1e-9);
  assert.ok(converged && residual <= 1e-9);
  const anchored = copy(laplacian);
  anchored.data.forEach((x, i) => (anchored.data[i] = x + 0.1));
  const p = choleskyInverse(cholesky(anchored)!);
  let total = 0;
  for (let i = 0; i < 10; i++) {
    for (let j = i + 1; j < 10; j++) {
      const [r, s, w] = [p.data[11 * i] + p.data[11 * j] - 2 * p.data[10 * i + j], distances.data[10 * i + j], -laplacian.data[10 * i + j]];
      assert.ok(w > 0 ? Math.abs(r / s - 1) < 1e-8 : r / s < 1 + 1e-8);
      total += w * s;
    }
  }
  assert.ok(Math.abs(total - 9) < 1e-6);
});

test("every output is a graph's Laplacian, connected, also with fewer dimensions than agents and any unit", () => {
  for (const [dimension, noise, unit] of [
    [3, 0, 1],
    [5, 0.05, 1e-4],
    [12, 0, 1e4],
    [200, 0.05, 1],
  ] as const) {
    const w = noisyDraw(dimension, 0.05, 7);
    w.data.forEach((x, i) => (w.data[i] = unit * x));
    const l = learn(w, { noise: noise * unit * unit });
    const { values } = symmetricEigen(l);
    assert.ok(values[1] > 1e-6 * values[9], 'connected');
    for (let k = 0; k < 10; k++) {
      const row = l.data.subarray(10 * k, 10 * k + 10);
      assert.ok(Math.abs(row.reduce((sum, x) => sum + x, 0)) < 1e-12 * trace(l));
      row.forEach((x, j) => assert.ok(x === l.data[10 * j + k] && (j === k || x <= 0)));
    }
  }
});

test('two identical agents: finite, the strongest edge, and said so; all identical: refused', () => {
  const w = noisyDraw(50, 0, 4);
  w.data.copyWithin(0, 50, 100);
  const { relationship, diagnostics } = learnFrom(cgl, w);
  assert.ok(relationship.laplacian.data.every(Number.isFinite));
  const strongest = laplacianEdges(relationship.laplacian).sort((a, b) => b[2] - a[2])[0];
  assert.deepEqual(strongest.slice(0, 2), [0, 1]);
  assert.match(diagnostics.find(({ code }) => code === 'AGENTS_IDENTICAL')!.message, /0 and 1/);
  const same = fromRows(Array.from({ length: 3 }, () => [1, 2, 3]));
  assert.throws(() => learn(same), { code: 'ESTIMATE_ILL_POSED', message: /all agents report the same/ });
  assert.ok(learn(same, { noise: 0.1 }).data.every(Number.isFinite));
});

test('two agents: w = 1 / s', () => {
  const l = learn(
    fromRows([
      [1, 2, 3, 4],
      [1, 1, 5, 4],
    ]),
  );
  assert.ok(Math.abs(l.data[0] - 1 / (5 / 4)) < 1e-9);
});

test('it tells how well it was solved and how many eigenvalues lie at the noise floor', () => {
  const { diagnostics } = learnFrom(cgl, noisyDraw(12, 0.0529, 1), { noise: 0.0529 });
  const value = (code: string): number | undefined => diagnostics.find((one) => one.code === code)?.value;
  assert.ok(value('CGL_SOLVER')! <= 1e-4);
  assert.ok(value('EIGENVALUES_AT_NOISE_FLOOR')! >= 3);
  assert.equal(value('CGL_NOT_CONVERGED'), undefined);
});
