import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutStep, aboutTransient, biasAndVariance, cooperationDiagnostics, explorationDiagnostics } from '../../../core/diagnostics.ts';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { symmetricEigen } from '../../../core/linalg/eigen.ts';
import { etaRule, noiseFloor } from '../../../core/theory.ts';

const REF = laplacian(buildGraph('reference', 10, 0));
const SPECTRUM = symmetricEigen(REF).values;
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const exploration = (mu: number, dimension: number) => ({
  laplacian: REF,
  noise: new Float64Array(10).fill(noiseFloor(mu, 1000, 100, dimension)),
  stepSize: mu,
  batch: 100,
  dimension,
});

test('bias against sampling error says what to change (algorithms-1 sections 2.1 and 4)', () => {
  const { bias, variance } = biasAndVariance(REF, 0.0260423, 1500);
  assert.ok(Math.abs(bias - 0.198 / 1.198) < 1e-3);
  assert.ok(Math.abs(variance - 0.072) < 1e-3);
  assert.deepEqual(codes(explorationDiagnostics(exploration(5e-3, 1500))), ['STEP_SIZE_DOMINATES']);
  assert.deepEqual(codes(explorationDiagnostics(exploration(5e-4, 1500))), ['SAMPLING_DOMINATES']);
  assert.deepEqual(codes(explorationDiagnostics(exploration(2e-3, 1500))), ['BIAS_AND_VARIANCE']);
});

test('the step size is judged by nu: refused from 2 on, doubted above .35, with its figure', () => {
  assert.deepEqual(codes(aboutStep(2, 'cooperating')), ['STEP_UNSTABLE']);
  assert.match(aboutStep(1, 'exploring')[0].message, /step size of exploring is large \(nu = 1\.00\): the noise floor is inflated 2\.00 times/);
  assert.deepEqual(aboutStep(0.35, 'exploring'), []);
  assert.ok(codes(explorationDiagnostics({ ...exploration(5e-3, 1500), stepSize: 0.03 })).includes('STEP_INFLATES_NOISE'));
});

test('exploring that ended too early, or before it was steady, says how much that inflates L', () => {
  assert.deepEqual(aboutTransient(6, 1.2), []);
  const [early] = aboutTransient(2, 1.1);
  assert.match(early.message, /after 2\.0 time constants \(6 are safe\), the largest change 1\.10 of at most 1\.2: .* inflated, by about 33\.8 %/);
  assert.deepEqual([early.code, early.value], ['TRANSIENT', 2]);
  assert.match(aboutTransient(9, 1.5)[0].message, /1\.50 of at most 1\.2: estimates of some agents still moved/);
  assert.match(aboutTransient(1, Number.MAX_VALUE)[0].message, /not known/);
});

test('before combining: stability, and whether cooperation can help at this step size', () => {
  const arm = (mu: number, eta: number) => {
    const noise = noiseFloor(mu, 1000, 100, 1500);
    return codes(cooperationDiagnostics({ arm: 'multitask', eigenvalues: SPECTRUM, maxDegree: 5.1, noise, stepSize: mu, eta }));
  };
  assert.deepEqual(arm(2e-2, 0.08), []);
  assert.deepEqual(arm(1e-3, 0.0025), ['COOPERATION_CANNOT_HELP']);
  assert.deepEqual(arm(2e-2, 1), ['ETA_LARGE', 'COOPERATION_HARMS']);
  assert.deepEqual(arm(2e-2, 0.35), ['COOPERATION_HARMS']);
  assert.ok(arm(2e-2, 13).includes('COMBINE_UNSTABLE'));
  assert.ok(arm(2e-2, 5.5).includes('COMBINE_OVERRUN'));
});

test('what the eta rule chooses is never reported as unstable', () => {
  for (const noise of [0.01, 1, 100]) {
    const { eta } = etaRule(SPECTRUM, noise, 0.5, 5.1);
    const found = codes(cooperationDiagnostics({ arm: 'multitask', eigenvalues: SPECTRUM, maxDegree: 5.1, noise, stepSize: 0.5, eta }));
    assert.ok(!found.includes('COMBINE_UNSTABLE') && !found.includes('COMBINE_OVERRUN'));
  }
});
