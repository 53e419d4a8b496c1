/** Laws that both losses keep: gradients, optimality under coupling and pull, leave-one-out against refits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinearModel } from '../../../../core/problem/linear-model.ts';
import { LogisticModel } from '../../../../core/problem/logistic-model.ts';
import { joinRows, score, type Rows } from '../../../../core/problem/rows.ts';
import { SquaredModel } from '../../../../core/problem/squared-model.ts';
import { relativeDifference, someRows, without } from './fixture.ts';

const LOSSES = [
  { name: 'squared', labels: false, create: (rows: Rows): LinearModel => new SquaredModel(rows) },
  { name: 'logistic', labels: true, create: (rows: Rows): LinearModel => new LogisticModel(rows) },
];

for (const { name, labels, create } of LOSSES) {
  describe(`${name} model`, () => {
    const rows = someRows(30, 4, 7, labels);
    const pull = Float64Array.of(0.5, -1, 0.25, 2);

    test('rowSlope is the derivative of rowLoss', () => {
      const model = create(rows);
      for (const z of [-3, -0.2, 0, 1.7]) {
        for (const y of [0, 1]) {
          const numeric = (model.rowLoss(z + 1e-6, y) - model.rowLoss(z - 1e-6, y)) / 2e-6;
          assert.ok(Math.abs(numeric - model.rowSlope(z, y)) < 1e-8, `z ${z} y ${y}`);
        }
      }
    });

    test('solve ends where the finite-difference gradient vanishes, from any start, for a bank of couplings', () => {
      const model = create(rows);
      const w = new Float64Array(5);
      for (const coupling of [0.3, 5, 200, 0.3, 5]) {
        model.solve(coupling, pull, w);
        const slope = gradient(model, coupling, pull, w);
        assert.ok(Math.max(...slope.map(Math.abs)) < 3e-5, `coupling ${coupling}: ${slope.join(' ')}`);
      }
    });

    test('the optimum does not depend on the start', () => {
      const [cold, warm] = [new Float64Array(5), Float64Array.of(3, -2, 5, 1, -4)];
      create(rows).solve(2, pull, cold);
      create(rows).solve(2, pull, warm);
      cold.forEach((value, m) => assert.ok(Math.abs(value - warm[m]) < 1e-6));
    });

    test('refitPrivate moves the intercept alone, to its optimum', () => {
      const model = create(rows);
      const w = Float64Array.of(9, 0.4, -0.3, 0.2, 0.1);
      model.refitPrivate(w);
      assert.deepEqual([...w.subarray(1)], [0.4, -0.3, 0.2, 0.1]);
      assert.ok(Math.abs(gradient(model, 0, new Float64Array(4), w)[0]) < 1e-6);
    });

    test('meanSpread is the mean diagonal of P A P with A by finite differences and the intercept profiled out', () => {
      const model = create(rows);
      const ridge = 1.5;
      const w = new Float64Array(5);
      model.solve(ridge, new Float64Array(4), w);
      assert.ok(relativeDifference(model.meanSpread(ridge), bruteSpread(model, w, ridge)) < 1e-4);
    });

    test('no rows at all: the pull alone decides', () => {
      const model = create({ count: 0, features: 2, x: new Float64Array(0), y: new Float64Array(0) });
      const w = new Float64Array(3);
      model.solve(2, Float64Array.of(4, -6), w);
      assert.ok(Math.abs(w[1] - 2) < 1e-8 && Math.abs(w[2] + 3) < 1e-8 && w[0] === 0, w.join(' '));
    });
  });
}

test('squared: leave-one-out equals refitting without each row, also with fewer rows than slopes', () => {
  for (const [count, ridge] of [
    [25, 0.7],
    [4, 0.01],
  ]) {
    const rows = someRows(count, 5, 11);
    assert.ok(
      relativeDifference(
        new SquaredModel(rows).leaveOneOutLoss(ridge),
        refitLoss(rows, ridge, (r) => new SquaredModel(r)),
      ) < 1e-6,
    );
  }
});

test('logistic: approximate leave-one-out is within 3 % of refitting without each row', () => {
  const rows = someRows(60, 3, 12, true);
  assert.ok(
    relativeDifference(
      new LogisticModel(rows).leaveOneOutLoss(2),
      refitLoss(rows, 2, (r) => new LogisticModel(r)),
    ) < 0.03,
  );
});

test('squared: residual sums of a vanishing ridge are those of least squares', () => {
  const rows = someRows(25, 3, 13);
  const { rss, dof } = new SquaredModel(rows).residualSums(1e-9);
  const w = new Float64Array(4);
  new SquaredModel(rows).solve(0, new Float64Array(3), w);
  assert.ok(relativeDifference(rss, 2 * loss(new SquaredModel(rows), w)) < 1e-9);
  assert.ok(Math.abs(dof - 21) < 1e-6);
});

test('squared: collinear features and a tiny ridge still give a finite fit', () => {
  const rows = someRows(6, 3, 14);
  for (let i = 0; i < 6; i++) rows.x[i * 3 + 2] = rows.x[i * 3 + 1];
  const w = new Float64Array(4);
  new SquaredModel(rows).solve(0, new Float64Array(3), w);
  assert.ok(w.every(Number.isFinite));
  assert.ok(Math.abs(w[2] - w[3]) < 1e-4, 'equal columns share their weight');
});

test('logistic: separable labels and a single class stay finite and classify their rows', () => {
  const rows = someRows(20, 2, 15, true);
  for (let i = 0; i < 20; i++) rows.y[i] = Number(rows.x[i * 2] > 0);
  const w = new Float64Array(3);
  new LogisticModel(rows).solve(0, new Float64Array(2), w);
  assert.ok(w.every(Number.isFinite));
  for (let i = 0; i < 20; i++) assert.equal(score(rows, i, w) > 0, rows.y[i] === 1);
  for (const label of [0, 1]) {
    const single = new Float64Array(3);
    new LogisticModel({ ...rows, y: rows.y.map(() => label) }).solve(4, Float64Array.of(8, -4), single);
    assert.ok(Math.abs(single[1] - 2) < 1e-6 && Math.abs(single[2] + 1) < 1e-6, 'a single class follows its neighbours');
    assert.ok(label === 1 ? single[0] > 10 : single[0] < -10);
  }
});

function loss(model: LinearModel, w: Float64Array): number {
  let total = 0;
  for (let i = 0; i < model.rows.count; i++) total += model.rowLoss(score(model.rows, i, w), model.rows.y[i]);
  return total;
}

function objective(model: LinearModel, coupling: number, pull: Float64Array, w: Float64Array): number {
  return pull.reduce((sum, p, j) => sum + (0.5 * coupling * w[1 + j] - p) * w[1 + j], loss(model, w));
}

test('residuals of slopes in common with an agent of the same features are those of fits without the row', () => {
  const own = someRows(12, 3, 5, false);
  const other: Rows = { ...own, y: someRows(12, 3, 6, false).y };
  const residuals = new SquaredModel(own).groupResiduals(commonFit(own, other), 2);
  for (let i = 0; i < own.count; i++) {
    const left = own.y[i] - score(own, i, commonFit(without(own, i), other));
    assert.ok(Math.abs(residuals[i] - left) < 1e-6 * Math.abs(left), `row ${i}: ${residuals[i]}, refitted ${left}`);
  }
});

test("leverages of a group sum to its parameters, also where an agent's rows are fewer than slopes", () => {
  for (const [count, features] of [
    [12, 3],
    [5, 6],
  ]) {
    const agents = [someRows(count, features, 21), someRows(count, features, 22)];
    const used = agents.map((own, index) => leverages(own, agents[1 - index])).flat();
    const told = agents.map((own) => {
      const [model, w] = [new SquaredModel(own), new Float64Array(1 + features)];
      return Array.from(model.groupResiduals(w, 2), (residual, i) => 1 - own.y[i] / residual);
    });
    const total = (all: readonly number[]): number => all.reduce((sum, h) => sum + h, 0);
    assert.ok(Math.abs(total(used) - (2 + features)) < 1e-4, `${total(used)} of ${2 + features} in fact`);
    assert.ok(Math.abs(total(told.flat()) - (2 + features)) < 1e-4, `${total(told.flat())} of ${2 + features}`);
  }
});

test('two agents are saturated where their rows, but one each, are no more than the slopes', () => {
  const isSaturated = (count: number, features: number, members: number): boolean => new SquaredModel(someRows(count, features, 23)).isSaturated(members);
  assert.deepEqual([isSaturated(5, 8, 2), isSaturated(5, 7, 2), isSaturated(5, 8, 3), isSaturated(1, 1, 9)], [true, false, false, true]);
});

/** d z_i / d y_i of the common fit: it is linear in y. */
function leverages(own: Rows, other: Rows): number[] {
  return Array.from(own.y, (y, i) => score(own, i, commonFit({ ...own, y: own.y.with(i, y + 1) }, other)) - score(own, i, commonFit(own, other)));
}

/** The first agent's model: least squares of both with an intercept each, by their centred rows. */
function commonFit(own: Rows, other: Rows): Float64Array {
  const w = new Float64Array(1 + own.features);
  new SquaredModel(joinRows(centred(own), centred(other))).solve(0, new Float64Array(own.features), w);
  new SquaredModel(own).refitPrivate(w);
  return w;
}

function centred({ count, features, x, y }: Rows): Rows {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
  const centre = Array.from({ length: features }, (_, j) => mean(Array.from({ length: count }, (_row, i) => x[i * features + j])));
  const middle = mean(Array.from(y));
  return { count, features, x: x.map((value, at) => value - centre[at % features]), y: y.map((value) => value - middle) };
}

function gradient(model: LinearModel, coupling: number, pull: Float64Array, w: Float64Array): number[] {
  const h = 1e-5;
  return Array.from(w, (value, m) => {
    const [up, down] = [value + h, value - h].map((moved) => objective(model, coupling, pull, w.with(m, moved)));
    return (up - down) / (2 * h);
  });
}

function refitLoss(rows: Rows, ridge: number, create: (rows: Rows) => LinearModel): number {
  let total = 0;
  for (let i = 0; i < rows.count; i++) {
    const model = create(without(rows, i));
    const w = new Float64Array(1 + rows.features);
    model.solve(ridge, new Float64Array(rows.features), w);
    total += model.rowLoss(score(rows, i, w), rows.y[i]);
  }
  return total;
}

/** P A P slope block from the full Hessian, by the pull's effect: d w / d pull = P, so columns of P are differences of solves. */
function bruteSpread(model: LinearModel, w: Float64Array, ridge: number): number {
  const d = model.rows.features;
  const h = 1e-2;
  const columns = Array.from({ length: d }, (_, j) => {
    const [up, down] = [h, -h].map((p) => {
      const moved = w.slice();
      model.solve(ridge, new Float64Array(d).with(j, p), moved);
      return moved;
    });
    return Array.from({ length: d }, (_, i) => (up[1 + i] - down[1 + i]) / (2 * h));
  });
  // P A P = P - ridge P P.
  return columns.reduce((sum, column, j) => sum + column[j] - ridge * column.reduce((s, p) => s + p * p, 0), 0) / d;
}
