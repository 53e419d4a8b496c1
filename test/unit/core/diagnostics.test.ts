import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutStep, biasAndVariance, cooperationDiagnostics, explorationDiagnostics } from '../../../core/diagnostics.ts';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { symmetricEigen } from '../../../core/linalg/eigen.ts';
import { copy } from '../../../core/linalg/matrix.ts';
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

test('step size, dimensions, noise and signs are judged with their figures', () => {
  assert.deepEqual(codes(aboutStep(2)), ['STEP_UNSTABLE']);
  assert.match(aboutStep(1)[0].message, /inflated 2\.00 times/);
  assert.deepEqual(aboutStep(0.35), []);
  assert.ok(codes(explorationDiagnostics(exploration(2e-3, 90))).includes('FEW_DIMENSIONS'));
  const uneven = { ...exploration(2e-3, 1500), noise: [1, 2, 3, 4].map((x) => x / 100) };
  assert.match(explorationDiagnostics(uneven).find(({ code }) => code === 'NOISE_HETEROGENEOUS')!.message, /4\.0 times/);
  const signed = copy(REF);
  for (const entry of [1, 2, 3, 4, 5, 6]) signed.data[entry] = 0.3;
  const found = explorationDiagnostics({ ...exploration(2e-3, 1500), laplacian: signed }).find(({ code }) => code === 'POSITIVE_OFF_DIAGONALS');
  assert.ok(Math.abs(found!.value! - 6 / 45) < 1e-12);
});

test('before combining: stability, and whether cooperation can help at this step size', () => {
  const arm = (mu: number, eta: number) => {
    const noise = noiseFloor(mu, 1000, 100, 1500);
    return codes(cooperationDiagnostics({ arm: 'multitask', eigenvalues: SPECTRUM, maxDegree: 5.1, noise, stepSize: mu, eta }));
  };
  assert.deepEqual(arm(2e-2, 0.08), []);
  assert.deepEqual(arm(1e-3, 0.0025), ['COOPERATION_CANNOT_HELP']);
  assert.deepEqual(arm(2e-2, 1), ['COOPERATION_HARMS']);
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
