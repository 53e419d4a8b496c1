/** A loss known by value and gradient only, against the built-in model of the same loss. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OwnTable } from '../../../../core/own/define.ts';
import { logLoss, sigmoid } from '../../../../core/problem/linear-model.ts';
import { LogisticModel } from '../../../../core/problem/logistic-model.ts';
import { OwnModel } from '../../../../core/problem/own-model.ts';
import { createTableTask, splitRows } from '../../../../core/problem/csv-table.ts';
import type { Rows } from '../../../../core/problem/rows.ts';
import { mergeMoments, moments, standardization } from '../../../../core/problem/standardize.ts';
import { draw } from '../../../../core/random.ts';
import { checkProblem } from '../../../../testkit/problem-laws.ts';
import { someRows } from './fixture.ts';

const dot = (w: Float64Array, x: Float64Array): number => x.reduce((z, value, j) => z + w[1 + j] * value, w[0]);
const linear = (features: number, loss: (z: number, y: number) => number, slope: (z: number, y: number) => number): OwnTable => ({
  dimension: 1 + features,
  loss: (w, x, y) => loss(dot(w, x), y),
  gradient: (w, x, y, out) => {
    out[0] = slope(dot(w, x), y);
    x.forEach((value, j) => (out[1 + j] = out[0] * value));
  },
});
const logistic = linear(4, logLoss, (z, y) => sigmoid(z) - y);
const poisson = linear(
  4,
  (z, y) => Math.exp(z) - y * z,
  (z, y) => Math.exp(z) - y,
);
const near = (actual: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${what}: ${actual}, expected ${expected}`);

describe('the logistic loss as if it were somebody’s own', () => {
  const rows = someRows(90, 4, 11, true);
  const [own, built] = [new OwnModel(rows, logistic), new LogisticModel(rows)];
  test('the same minimum, alone and pulled', () => {
    for (const [coupling, pull] of [
      [0.5, [0, 0, 0, 0]],
      [20, [3, -1, 0.5, 2]],
    ] as const) {
      const [w, expected] = [new Float64Array(5), new Float64Array(5)];
      own.solve(coupling, Float64Array.from(pull), w);
      built.solve(coupling, Float64Array.from(pull), expected);
      w.forEach((value, m) => assert.ok(Math.abs(value - expected[m]) < 1e-6, `coordinate ${m}: ${value}, ${expected[m]}`));
    }
  });
  test('the same intercept where the slopes are held', () => {
    const [w, expected] = [Float64Array.of(0, 1, -1, 0.5, 2), Float64Array.of(0, 1, -1, 0.5, 2)];
    own.refitPrivate(w);
    built.refitPrivate(expected);
    assert.ok(Math.abs(w[0] - expected[0]) < 1e-7);
    assert.deepEqual(w.subarray(1), expected.subarray(1));
  });
  test('the same loss with every row left out in turn, by the same formula', () => near(own.leaveOneOutLoss(3), built.leaveOneOutLoss(3), 1e-5, 'left out'));
  test('a spread of the same size: the sandwich assumes no likelihood', () => near(own.meanSpread(1), built.meanSpread(1), 0.3, 'spread'));
  test('the same curvature before anything is learned', () => near(own.meanCurvature(), built.meanCurvature(), 0.02, 'curvature'));
});

test('what is left out is right: against models that were fitted without each row', () => {
  const rows = counts(40);
  const model = new OwnModel(rows, poisson);
  const approximate = model.leaveOneOutLoss(4);
  const all = new Float64Array(5);
  model.solve(4, new Float64Array(4), all);
  const inside = lossOver(rows, all);
  let exact = 0;
  for (let i = 0; i < rows.count; i++) {
    const others = Array.from({ length: rows.count }, (_, j) => j).filter((j) => j !== i);
    const without = {
      ...rows,
      count: rows.count - 1,
      x: Float64Array.from(others.flatMap((j) => Array.from(rows.x.subarray(4 * j, 4 * j + 4)))),
      y: Float64Array.from(others, (j) => rows.y[j]),
    };
    const w = new Float64Array(5);
    new OwnModel(without, poisson).solve(4, new Float64Array(4), w);
    exact += poisson.loss(w, rows.x.subarray(4 * i, 4 * i + 4), rows.y[i]);
  }
  const share = Math.abs(approximate - exact) / (exact - inside);
  assert.ok(share < 0.1, `${approximate} for ${exact}, where the fitted rows have ${inside}`);
});

test('a Poisson loss keeps the laws of problems', () => {
  const rows = counts(60);
  const data = splitRows(rows, 0, { train: 45, seed: 1, order: 'random', tooFew: 'refuse' });
  const standard = standardization(mergeMoments([moments(data.training)]), 'none', 'own');
  const create = () => createTableTask(data, standard, { loss: poisson, subset: 'all', seed: 1, agent: 0 });
  const { model } = create();
  const loss = (w: Float64Array): number =>
    Array.from(model.rows.y).reduce((sum, y, i) => sum + poisson.loss(w, model.rows.x.subarray(4 * i, 4 * i + 4), y), 0);
  const results = checkProblem({ create, loss });
  assert.equal(results.length, 6);
  for (const { law, passed, detail } of results) assert.ok(passed, `${law}: ${detail}`);
});

test('a loss that is not convex still ends where it is flat, and counts of nothing but 0 end somewhere finite', () => {
  const robust = linear(
    4,
    (z, y) => Math.log1p((z - y) ** 2),
    (z, y) => (2 * (z - y)) / (1 + (z - y) ** 2),
  );
  const rows = someRows(60, 4, 3);
  const w = new Float64Array(5);
  new OwnModel(rows, robust).solve(0.1, new Float64Array(4), w);
  assert.ok(w.every(Number.isFinite));
  const none = { ...rows, y: rows.y.map(() => 0) };
  const alone = new Float64Array(5);
  const model = new OwnModel(none, poisson);
  model.solve(1, new Float64Array(4), alone);
  assert.ok(alone.every(Number.isFinite) && alone[0] < -5, String(alone));
  assert.ok(Number.isFinite(model.leaveOneOutLoss(1)) && Number.isFinite(model.meanSpread(1)));
});

const lossOver = (rows: Rows, w: Float64Array): number =>
  Array.from(rows.y).reduce((sum, y, i) => sum + poisson.loss(w, rows.x.subarray(4 * i, 4 * i + 4), y), 0);

function counts(count: number) {
  const rows = someRows(count, 4, 5);
  const y = rows.y.map((_, i) => {
    const rate = Math.exp(0.5 + 0.4 * rows.x[4 * i] - 0.3 * rows.x[4 * i + 2]);
    const random = draw(9, 0, 'truth', i);
    let [n, left] = [0, random.uniform()];
    for (const floor = Math.exp(-rate); left > floor; n++) left *= random.uniform();
    return n;
  });
  return { ...rows, y };
}
