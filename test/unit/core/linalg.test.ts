import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, graphFromEdges, laplacian } from '../../../core/graph.ts';
import { cholesky, choleskyInverse, choleskySolve, solveLowerTransposed } from '../../../core/linalg/cholesky.ts';
import { recompose, symmetricEigen } from '../../../core/linalg/eigen.ts';
import { combine, frobeniusNorm, fromRows, identity, multiply, transpose, zeros, type Matrix } from '../../../core/linalg/matrix.ts';
import { complementSpectrum, laplacianPseudoInverse, onesComplementBasis } from '../../../core/linalg/ones-complement.ts';
import { draw } from '../../../core/random.ts';

const distance = (a: Matrix, b: Matrix): number => frobeniusNorm(combine(1, a, -1, b));

function randomPositiveDefinite(n: number, seed: number): Matrix {
  const g = zeros(n, n);
  draw(seed, 0, 'jitter', 0).fillGaussian(g.data);
  return combine(1, multiply(g, transpose(g)), 0.1, identity(n));
}

test("Cholesky: C C' = A, solves and inverse agree", () => {
  const a = randomPositiveDefinite(12, 1);
  const c = cholesky(a)!;
  assert.ok(distance(multiply(c, transpose(c)), a) < 1e-12 * frobeniusNorm(a));
  const b = Float64Array.from({ length: 12 }, (_, i) => i - 3);
  const x = new Float64Array(12);
  choleskySolve(c, b, x);
  const back = multiply(a, fromRows(Array.from(x, (value) => [value])));
  back.data.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-9));
  const inverse = choleskyInverse(c);
  assert.ok(distance(multiply(a, inverse), identity(12)) < 1e-9);
  assert.deepEqual(transpose(inverse), inverse);
});

test("the transposed triangular solve samples the inverse: C' x = z", () => {
  const c = cholesky(randomPositiveDefinite(6, 2))!;
  const z = Float64Array.of(1, -2, 3, 0.5, 4, -1);
  const x = new Float64Array(6);
  solveLowerTransposed(c, z, x);
  multiply(transpose(c), fromRows(Array.from(x, (value) => [value]))).data.forEach((value, i) => assert.ok(Math.abs(value - z[i]) < 1e-12));
});

test('Cholesky says undefined when A is not positive definite', () => {
  assert.equal(
    cholesky(
      fromRows([
        [1, 2],
        [2, 1],
      ]),
    ),
    undefined,
  );
  assert.equal(
    cholesky(
      fromRows([
        [1, 1],
        [1, 1],
      ]),
    ),
    undefined,
  );
  assert.equal(cholesky(fromRows([[NaN]])), undefined);
});

test('symmetric eigenpairs: ascending, orthonormal, signs fixed, A recomposed', () => {
  const a = randomPositiveDefinite(15, 3);
  const { values, vectors } = symmetricEigen(a);
  assert.deepEqual(
    [...values],
    [...values].sort((p, q) => p - q),
  );
  assert.ok(distance(multiply(transpose(vectors), vectors), identity(15)) < 1e-12);
  assert.ok(distance(recompose(values, vectors), a) < 1e-12 * frobeniusNorm(a));
  for (const column of Array.from({ length: 15 }, (_, j) => Array.from({ length: 15 }, (_, i) => vectors.data[i * 15 + j]))) {
    assert.ok(Math.max(...column) >= -Math.min(...column));
  }
});

test("the Helmert basis spans the complement of ones: V'V = I, V'1 = 0", () => {
  for (const agents of [2, 3, 10, 37]) {
    const v = onesComplementBasis(agents);
    assert.ok(distance(multiply(transpose(v), v), identity(agents - 1)) < 1e-13 * agents);
    const sums = multiply(transpose(v), fromRows(Array.from({ length: agents }, () => [1])));
    assert.ok(frobeniusNorm(sums) < 1e-13 * agents);
  }
});

test('REF has the spectrum, trace and norm of algorithms-1 section 2', () => {
  const l = laplacian(buildGraph('reference', 10, 0));
  const expected = [1.1253, 1.4835, 1.8889, 2.0683, 4.0441, 4.4774, 5.4153, 5.8788, 7.6183];
  complementSpectrum(l).values.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 5e-5));
  assert.ok(Math.abs(frobeniusNorm(l) - 13.0246) < 5e-5);
  const inverse = laplacianPseudoInverse(l);
  const meanVariance = Array.from({ length: 10 }, (_, k) => inverse.data[11 * k]).reduce((sum, x) => sum + x, 0) / 10;
  assert.ok(Math.abs(meanVariance - 0.353226) < 5e-7);
});

test("the Laplacian pseudo-inverse keeps Penrose's conditions, also on disconnected graphs", () => {
  const disconnected = graphFromEdges(
    7,
    [
      [0, 1, 2],
      [1, 2, 1],
      [3, 4, 0.5],
      [4, 5, 1],
    ].map(([source, target, weight]) => ({ source, target, weight })),
  );
  for (const graph of [buildGraph('reference', 10, 0), buildGraph('grid', 11, 0), disconnected]) {
    const l = laplacian(graph);
    const p = laplacianPseudoInverse(l);
    assert.ok(distance(multiply(l, multiply(p, l)), l) < 1e-10);
    assert.ok(distance(multiply(p, multiply(l, p)), p) < 1e-10);
    assert.deepEqual(transpose(p), p);
  }
});
