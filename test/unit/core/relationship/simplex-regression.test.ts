import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { draw } from '../../../../core/random.ts';
import { simplexWeights } from '../../../../core/relationship/simplex-regression.ts';
import { simplexBySupports } from '../../../oracle/simplex-by-supports.ts';

/** X X' of d correlated vectors: some of the best weights are zero. */
function randomGram(d: number, seed: number): Matrix {
  const random = draw(seed, 0, 'jitter', 0);
  const rows = Array.from({ length: d }, () => {
    const common = random.gaussian();
    return Array.from({ length: d + 2 }, () => common + random.gaussian());
  });
  const out = zeros(d, d);
  for (let l = 0; l < d; l++) for (let m = 0; m < d; m++) out.data[l * d + m] = rows[l].reduce((sum, x, i) => sum + x * rows[m][i], 0);
  return out;
}

test('weights over their sum are the best convex combination, one over the sum is its variance: 60 random cases', () => {
  let sparse = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const gram = randomGram(2 + (seed % 8), seed);
    const x = simplexWeights(gram);
    const total = x.reduce((sum, value) => sum + value, 0);
    const { theta, variance } = simplexBySupports(gram);
    assert.ok(Math.abs(1 / total / variance - 1) < 1e-9, `seed ${seed}`);
    theta.forEach((share, l) => assert.ok(Math.abs(x[l] / total - share) < 1e-7, `seed ${seed}`));
    if (theta.includes(0)) sparse++;
  }
  assert.ok(sparse > 20, `only ${sparse} had a weight of zero: nothing was tried`);
});

test('who lies behind another neighbour gets no weight', () => {
  // The task is at 0, one neighbour at 1, another at 3 in the same direction.
  assert.deepEqual(Array.from(simplexWeights(fromRows([[1, 3], [3, 9.5]]))), [1, 0]); // prettier-ignore
});

test('one neighbour: the inverse of its distance', () => {
  assert.deepEqual(Array.from(simplexWeights(fromRows([[4]]))), [0.25]);
});
