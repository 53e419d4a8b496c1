import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { symmetricEigen } from '../../../core/linalg/eigen.ts';
import { symmetricEigenvalues } from '../../../core/linalg/eigenvalues.ts';
import { fromRows, identity, zeros, type Matrix } from '../../../core/linalg/matrix.ts';
import { draw } from '../../../core/random.ts';

function random(n: number): Matrix {
  const a = zeros(n, n);
  draw(1, 0, 'jitter', n).fillGaussian(a.data);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j];
  return a;
}

test('they are those of the solver with eigenvectors', () => {
  for (const a of [
    ...[1, 2, 3, 4, 17, 40].map(random),
    laplacian(buildGraph('reference', 10, 0)),
    laplacian(buildGraph('complete', 9, 0)),
    identity(5),
    zeros(3, 3),
  ]) {
    const before = a.data.slice();
    const expected = symmetricEigen(a).values;
    const values = symmetricEigenvalues(a);
    const scale = Math.max(1, ...expected.map(Math.abs));
    assert.equal(values.length, a.rows);
    values.forEach((value, k) => assert.ok(Math.abs(value - expected[k]) < 1e-13 * a.rows * scale, `${a.rows} rows: ${value} for ${expected[k]}`));
    assert.deepEqual(a.data, before);
  }
});

test('the eigenvalues of a path are 2 - 2 cos(pi k / n)', () => {
  const n = 12;
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 2 - Number(i === 0 || i === n - 1) : Math.abs(i - j) === 1 ? -1 : 0)),
  );
  symmetricEigenvalues(fromRows(rows)).forEach((value, k) => assert.ok(Math.abs(value - 2 + 2 * Math.cos((Math.PI * k) / n)) < 1e-14));
});
