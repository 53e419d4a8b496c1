/** A basis that is held leads to the models of the white basis that it was learned in, whatever rotates them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, multiply } from '../../../../core/linalg/matrix.ts';
import { draw } from '../../../../core/random.ts';
import { headsOf, heldBasis } from '../../../../core/subspace/held.ts';
import { headRidge, modelIn } from '../../../../core/subspace/local.ts';
import { orthonormal } from '../../../../core/subspace/orthonormal.ts';

/** Far from orthonormal. */
const WHITE = fromRows([
  [3, 0.2],
  [0, -0.5],
  [-1, 0.1],
]);
const RIDGE = 0.7;
const basis = orthonormal(WHITE);
const heads = headsOf(WHITE, basis, RIDGE);

function rows(count: number, labels: boolean) {
  const random = draw(1, count, 'batch', 0);
  const x = Float64Array.from({ length: 3 * count }, () => random.gaussian());
  const y = Float64Array.from({ length: count }, (_, i) => (labels ? i % 2 : x[3 * i] + random.gaussian()));
  return { count, features: 3, x, y };
}

for (const loss of ['squared', 'logistic'] as const)
  test(`${loss}: the same models, shrunk where rows are few`, () => {
    const about = { loss, intercept: true };
    const counts = [5, 40];
    const { questions, short } = heldBasis(basis, heads, counts, about);
    assert.equal(short, loss === 'squared' ? 1 : 0);
    counts.forEach((count, t) => {
      const own = rows(count, loss === 'logistic');
      const ridge = headRidge(count, t === 0, RIDGE, about);
      const [expected, found, other] = [{ basis: WHITE, ridge }, questions[t], { basis, ridge }].map((question) => modelIn(own, about, question));
      found.forEach((value, j) => assert.ok(Math.abs(value - expected[j]) < 1e-9, `${count} rows, ${j}: ${value}, ${expected[j]}`));
      // In the orthonormal basis itself the same ridge is another one.
      if (ridge > 0) assert.ok(other.some((value, j) => Math.abs(value - expected[j]) > 1e-3));
    });
  });

test('heads are the second moment of white ones in the coordinates of the basis', () => {
  const inFeatures = multiply(
    multiply(basis, heads.covariance),
    fromRows([0, 1].map((c) => Float64Array.from({ length: 3 }, (_, j) => basis.data[j * 2 + c]))),
  );
  const white = multiply(WHITE, fromRows([0, 1].map((c) => Float64Array.from({ length: 3 }, (_, j) => WHITE.data[j * 2 + c]))));
  inFeatures.data.forEach((value, at) => assert.ok(Math.abs(value - white.data[at]) < 1e-12));
});
