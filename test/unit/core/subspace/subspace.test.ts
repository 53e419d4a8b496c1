/** The parts of shared linear representation, against definitions and a slow oracle. Numbers of algorithms-2, part C. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identity, multiply, toRows, transpose, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { draw } from '../../../../core/random.ts';
import { mean, standardError } from '../../../../core/statistics.ts';
import { subspaceChain } from '../../../../core/subspace/chain.ts';
import { halfMoments, headAnswer, modelIn, scatterOf, type BasisQuestion } from '../../../../core/subspace/local.ts';
import { subspaceDistance } from '../../../../core/subspace/measure.ts';
import { orthonormal } from '../../../../core/subspace/orthonormal.ts';
import { rankAboveNoise, whitening } from '../../../../core/subspace/start.ts';
import { learnTogether, lossOf, outcome, plant } from '../../../../study/planted-subspace.ts';
import { oracleRound } from '../../../oracle/shared-subspace.ts';

const SMALL = { d: 12, k: 2, T: 40, N: 15, sigma: 0.3 };

function gaussian(rows: number, cols: number, seed = 1): Matrix {
  const out = zeros(rows, cols);
  draw(seed, 0, 'truth', 0).fillGaussian(out.data);
  return out;
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe('the orthonormal factor', () => {
  test('is orthonormal, spans the same, and leaves an upper triangle with a positive diagonal', () => {
    const a = gaussian(9, 4);
    const q = orthonormal(a);
    assert.ok(furthest(multiply(transpose(q), q).data, identity(4).data) < 1e-14);
    const r = toRows(multiply(transpose(q), a));
    r.forEach((row, i) => {
      assert.ok(row[i] > 0);
      for (let j = 0; j < i; j++) assert.ok(Math.abs(row[j]) < 1e-13);
    });
    assert.ok(furthest(multiply(q, multiply(transpose(q), a)).data, a.data) < 1e-13);
  });
  test('stays orthonormal where columns nearly depend on each other, and where they do', () => {
    const near = gaussian(8, 3);
    for (let i = 0; i < 8; i++) near.data[i * 3 + 1] = near.data[i * 3] * (1 + 1e-9 * near.data[i * 3 + 1]);
    const same = gaussian(8, 3);
    for (let i = 0; i < 8; i++) same.data[i * 3 + 2] = same.data[i * 3];
    for (const a of [near, same, zeros(5, 2)]) {
      const q = orthonormal(a);
      assert.ok(furthest(multiply(transpose(q), q).data, identity(a.cols).data) < 1e-13);
    }
  });
});

describe('the distance of subspaces', () => {
  test('is 0 of one span in two bases, 1 of orthogonal ones, and the squared sine between', () => {
    const q = orthonormal(gaussian(7, 2));
    const turned = multiply(q, orthonormal(gaussian(2, 2, 5)));
    assert.ok(subspaceDistance(q, turned) < 1e-30);
    const axis = (...entries: number[]): Matrix => ({ rows: 3, cols: 1, data: Float64Array.from(entries) });
    assert.equal(subspaceDistance(axis(1, 0, 0), axis(0, 1, 0)), 1);
    assert.ok(Math.abs(subspaceDistance(axis(1, 0, 0), axis(0.8, 0.6, 0)) - 0.36) < 1e-15);
  });
});

describe('the start', () => {
  test('the product of the halves has no bias by noise, where that of one half with itself has', () => {
    const { rows } = plant({ d: 4, k: 1, T: 400, N: 12, sigma: 1, headScale: 0 }, 3);
    const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j], 0);
    const halves = rows.map((own) => halfMoments(own, false));
    const across = halves.map(({ first, second }) => inner(first, second));
    assert.ok(Math.abs(mean(across)) < 3 * standardError(across)!);
    // d sigma^2 / (N / 2)
    assert.ok(Math.abs(mean(halves.map(({ first }) => inner(first, first))) - 4 / 6) < 0.1);
  });
  test('a mean of the targets and of the features does not show where there is an intercept', () => {
    const { rows } = plant(SMALL, 2);
    const moved = { ...rows[0], x: rows[0].x.map((value) => value + 5), y: rows[0].y.map((value) => value - 3) };
    const [before, after] = [halfMoments(rows[0], true), halfMoments(moved, true)];
    assert.ok(furthest(before.first, after.first) < 1e-12 && furthest(before.second, after.second) < 1e-12);
    assert.ok(Math.abs(before.squares - after.squares) < 1e-11);
    assert.ok(furthest(scatterOf(rows[0], true).data, scatterOf(moved, true).data) < 1e-11);
  });
  test('whitening makes the pooled second moment the identity, and leaves a constant feature alone', () => {
    const { rows } = plant({ ...SMALL, correlation: 0.7 }, 2);
    for (const own of rows) for (let i = 0; i < own.count; i++) own.x[i * 12 + 11] = 0;
    const scatters = rows.map((own) => scatterOf(own, false));
    const white = whitening(scatters, 40 * 15);
    const pooled = zeros(12, 12);
    for (const { data } of scatters) for (let i = 0; i < data.length; i++) pooled.data[i] += data[i] / 600;
    const unit = identity(12);
    unit.data[143] = 0;
    assert.ok(furthest(multiply(white, multiply(pooled, white)).data, unit.data) < 1e-10);
  });
  test('an unknown rank is how many eigenvalues stand out of the noise, at most the number of agents', () => {
    const values = Float64Array.of(5, 2, 0.5, 0.3, 0.1, -0.3);
    assert.equal(rankAboveNoise(values, 20), 3);
    assert.equal(rankAboveNoise(values, 2), 2);
    assert.equal(rankAboveNoise(Float64Array.of(1), 20), 1);
    assert.equal(rankAboveNoise(Float64Array.of(1, 1, -2), 20), 1);
    assert.equal(rankAboveNoise(Float64Array.of(3, 2, 1), 20), 2);
  });
});

describe('an agent', () => {
  test('answers with the gradient of its loss at its best head, which is orthogonal to what the head can change', () => {
    const { rows, setting } = plant(SMALL, 4);
    const basis = orthonormal(gaussian(12, 2));
    const { gradient } = headAnswer(rows[0], lossOf(setting), { basis, ridge: 0 });
    const along = multiply(transpose(basis), { rows: 12, cols: 1, data: gradient });
    assert.ok(furthest(along.data, [0, 0]) < 1e-10);
  });
  for (const loss of ['squared', 'logistic'] as const)
    test(`${loss}: its intercept takes up a shift of the features, not its head`, () => {
      const { rows } = plant({ ...SMALL, N: 60, labels: loss === 'logistic' }, 4);
      const question: BasisQuestion = { basis: orthonormal(gaussian(12, 2)), ridge: 1 };
      const moved = { ...rows[0], x: rows[0].x.map((value) => value + 2) };
      const [one, other] = [rows[0], moved].map((own) => modelIn(own, { loss, intercept: true }, question));
      assert.ok(furthest(one.subarray(1), other.subarray(1)) < 1e-5);
    });
});

describe('the chain', () => {
  test('C4: equals a single process that has all rows, to 1e-9 after every round', () => {
    const planted = plant(SMALL, 5);
    const seen: Matrix[] = [];
    learnTogether(planted, { watch: (basis) => seen.push(basis) });
    const agents = planted.rows.map(({ x, y, count }) => ({ x: toRows({ rows: count, cols: 12, data: x }), y: Array.from(y) }));
    assert.ok(seen.length > 4);
    let basis = toRows(seen[0]);
    for (const next of seen.slice(1)) {
      basis = oracleRound(agents, basis, 1);
      assert.ok(furthest(next.data, basis.flat()) < 1e-9);
    }
  });
  test('does not depend on the units of the features when it whitens', () => {
    const planted = plant(SMALL, 6);
    const units = Float64Array.from({ length: 12 }, (_, j) => 10 ** (j % 4));
    const scaled = { ...planted, rows: planted.rows.map((own) => ({ ...own, x: own.x.map((value, at) => value * units[at % 12]) })) };
    const [one, other] = [planted, scaled].map((some) => learnTogether(some, { whiten: true }));
    const predictions = (rows: typeof planted.rows, fit: typeof one): Float64Array => modelIn(rows[3], lossOf(SMALL), fit.questions[3]);
    const [here, there] = [predictions(planted.rows, one), predictions(scaled.rows, other)];
    assert.ok(
      furthest(
        here.subarray(1),
        there.subarray(1).map((value, j) => value * units[j]),
      ) < 1e-6,
    );
  });
  test('shrinks heads with fewer rows than 2k + 2, and only those', () => {
    const { rows, setting } = plant(SMALL, 7);
    const few = rows.map((own, t) => (t < 3 ? { count: 5, features: 12, x: own.x.slice(0, 60), y: own.y.slice(0, 5) } : own));
    const chain = subspaceChain(
      few.map((own) => halfMoments(own, false)),
      [],
      { ...lossOf(setting), rank: 2 },
    );
    const asked = chain.next();
    assert.ok(!asked.done);
    assert.deepEqual(
      asked.value.map(({ ridge }) => ridge > 0),
      few.map((_, t) => t < 3),
    );
  });
  test('targets that say nothing leave a basis and heads of 0, no NaN', () => {
    const planted = plant(SMALL, 8);
    const silent = { ...planted, rows: planted.rows.map((own) => ({ ...own, y: own.y.map(() => 0) })) };
    const { basis, rounds } = learnTogether(silent, { whiten: true });
    assert.ok(basis.data.every(Number.isFinite));
    assert.equal(rounds, 1);
  });
  test('finds the planted subspace, better than alone', () => {
    const { est, oracle, alone, rank, sub } = outcome(plant({ d: 20, k: 2, T: 100, N: 20, sigma: 0.5 }, 1), { rank: 'auto' });
    assert.equal(rank, 2);
    assert.ok(est < 1.25 * oracle && est < alone / 5 && sub < 0.02);
  });
});
