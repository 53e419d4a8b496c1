import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copy } from '../../../../core/linalg/matrix.ts';
import type { Estimate, Estimator } from '../../../../core/relationship/estimator.ts';
import { ESTIMATORS } from '../../../../core/relationship/index.ts';
import { checkEstimator } from '../../../../testkit/estimator-laws.ts';

/** An inverse is no graph's Laplacian: its off-diagonals may be positive. */
const SIGNED = new Set(['pinv', 'signed']);

for (const estimator of Object.values(ESTIMATORS)) {
  test(`${estimator.name} keeps the laws of estimators`, () => {
    const results = checkEstimator(estimator, { signed: SIGNED.has(estimator.name) });
    assert.deepEqual(
      results.filter(({ passed }) => !passed),
      [],
    );
    assert.equal(results.length, 8);
  });
}

const { cgl } = ESTIMATORS;
const altered = (alter: (estimate: Estimate, first: number) => void): Estimator => ({
  ...cgl,
  estimate(state) {
    const given = cgl.estimate(state);
    const laplacian = copy(given.relationship.laplacian);
    const estimate = { ...given, relationship: { ...given.relationship, laplacian } };
    alter(estimate, state.evidence[0]!.average![0]);
    return estimate;
  },
});
const failing = (estimator: Estimator): string[] =>
  checkEstimator(estimator)
    .filter(({ passed }) => !passed)
    .map(({ law }) => law);

test('the laws find estimators that break them', () => {
  assert.deepEqual(failing(altered(({ relationship: { laplacian } }) => (laplacian.data[1] = 0.1))).includes('the result is a Laplacian'), true);
  let calls = 0;
  assert.ok(failing(altered(({ relationship: { laplacian } }) => (laplacian.data[0] += ++calls * 1e-9))).includes('equal reports give equal results'));
  assert.ok(failing(altered(({ relationship: { laplacian } }, first) => (laplacian.data[0] *= 1 + first * first))).includes('permutation equivariance'));
  assert.ok(
    failing(altered(({ relationship: { laplacian } }) => laplacian.data.fill(1))).includes('a planted relationship is recovered as the dimension grows'),
  );
  const credulous: Estimator = {
    ...cgl,
    observe: (state, one) => ({ ...state, evidence: state.evidence.with(one.agent, { ...one, average: one.average!.map((x) => x || 0) }) }),
  };
  assert.deepEqual(failing(credulous), ['bad reports are refused with a code']);
});
