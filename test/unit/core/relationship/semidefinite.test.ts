import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restrictToLinks } from '../../../../coordinator/views.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { laplacianEdges } from '../../../../core/relationship/compare.ts';
import { semidefinite } from '../../../../core/relationship/semidefinite.ts';
import { REF } from './golden-estimates.ts';
import { signedTruth } from './planted.ts';

test('what is semidefinite stays as it is', () => {
  for (const laplacian of [REF, signedTruth()]) assert.deepEqual(semidefinite(laplacian), { laplacian, kept: 1 });
});

test('edges taken out of a signed precision: its negative weights are lowered as far as needed, and no further', () => {
  const truth = signedTruth();
  const left = laplacianEdges(truth).filter(([k, l, weight]) => weight < 0 || weight > 0.6 || (k + l) % 3 > 0);
  const links = new Set(left.map(([k, l]) => `${k}-${l}`));
  const { laplacian } = restrictToLinks(truth, links);
  assert.ok(symmetricEigen(laplacian).values[0] < -0.05, 'the case is one');
  const { laplacian: safe, kept } = semidefinite(laplacian);
  const { values } = symmetricEigen(safe);
  assert.ok(values[0] > -1e-8 * values[9] && kept > 0 && kept < 1, `${values[0]} ${kept}`);
  for (const [k, l, weight] of laplacianEdges(laplacian)) assert.ok(Math.abs(-safe.data[10 * k + l] - (weight > 0 ? weight : kept * weight)) < 1e-12);
  for (let k = 0; k < 10; k++) assert.ok(Math.abs(safe.data.subarray(10 * k, 10 * k + 10).reduce((sum, x) => sum + x, 0)) < 1e-12);
});
