import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { trace } from '../../../../core/linalg/matrix.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';
import { signed } from '../../../../core/relationship/signed.ts';
import { describeSigns, signsOf } from '../../../../core/relationship/signs.ts';
import { GOLDEN_ERRORS, goldenEstimates, learnFrom, REF } from './golden-estimates.ts';
import { mean, noisyTasks, signedTasks, signedTruth } from './planted.ts';

test('exact estimates give L back once their noise is subtracted (algorithms-1 section 4)', () => {
  for (const { noise, error } of GOLDEN_ERRORS) {
    const w = goldenEstimates(noise, 20);
    assert.ok(relativeError(learnFrom(signed, w, { noise }).relationship.laplacian, REF) < 1e-8);
    assert.ok(Math.abs(relativeError(learnFrom(signed, w, { noise: 0 }).relationship.laplacian, REF) - error) < 1e-6);
  }
});

test('relations of negative sign are recovered, which no graph can express', () => {
  const truth = signedTruth();
  const drawn = Array.from({ length: 5 }, (_, seed) => {
    const w = signedTasks(truth, 1500, 0.02, seed + 1);
    return [signed, cgl].map((estimator) => learnFrom(estimator, w, { noise: 0.02 }).relationship.laplacian);
  });
  const [free, graph] = [0, 1].map((j) => mean(drawn.map((pair) => relativeError(pair[j], truth))));
  assert.ok(free < 0.12 && graph > 2 * free, `signed ${free}, cgl ${graph}`);
  for (const [l] of drawn) {
    const { values } = symmetricEigen(l);
    assert.ok(values[0] > -1e-12 * values[9] && values[1] > 0.1);
    for (let k = 0; k < 10; k++) assert.ok(Math.abs(l.data.subarray(10 * k, 10 * k + 10).reduce((sum, x) => sum + x, 0)) < 1e-12 * trace(l));
    assert.ok(signsOf(l, 1500, new Float64Array(10).fill(0.02)).significant > 0.05);
  }
});

test('by chance many off-diagonals are positive, but hardly any beyond three standard errors', () => {
  const shares = Array.from({ length: 10 }, (_, seed) => {
    const { relationship } = learnFrom(signed, noisyTasks(REF, 300, 0.05, seed + 1), { noise: 0.05 });
    return signsOf(relationship.laplacian, 300, new Float64Array(10).fill(0.05));
  });
  assert.ok(mean(shares.map(({ positive }) => positive)) > 0.1);
  assert.ok(mean(shares.map(({ significant }) => significant)) < 0.02);
  assert.match(describeSigns(signedTruth(), 1500)[0].message, /positive, [1-9][\d.]* % by more than 3 standard errors/);
  assert.deepEqual(describeSigns(REF, 1500), []);
});

test('an inverse needs dimensions: refused below three per agent, doubted below ten', () => {
  assert.throws(() => learnFrom(signed, noisyTasks(REF, 29, 0, 1)), {
    code: 'ESTIMATE_ILL_POSED',
    message: /at least 30 dimensions for 10 agents \(got 29\); use cgl$/,
  });
  assert.equal(learnFrom(signed, noisyTasks(REF, 99, 0, 1)).diagnostics[0].code, 'FEW_DIMENSIONS');
  const w = noisyTasks(REF, 60, 0, 1);
  w.data.copyWithin(0, 60, 120);
  assert.throws(() => learnFrom(signed, w), { message: /span only 8 of 9 directions/ });
});
