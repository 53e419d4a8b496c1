import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogisticModel } from '../../../../core/problem/logistic-model.ts';
import { SquaredModel } from '../../../../core/problem/squared-model.ts';
import { LOCAL_PASSES, StochasticSolver } from '../../../../core/problem/stochastic-solver.ts';
import { someRows } from './fixture.ts';

const PULL = Float64Array.of(3, -1, 2, 0);
const OPTIONS = { batch: 8, seed: 3, agent: 5 };

function run(solver: StochasticSolver, passes: number, coupling = 20): Float64Array {
  const w = new Float64Array(5);
  for (let step = 1; step <= passes; step++) solver.solve(coupling, PULL, step, w);
  return w;
}

for (const [name, model] of [
  ['squared', new SquaredModel(someRows(60, 4, 1))],
  ['logistic', new LogisticModel(someRows(60, 4, 1, true))],
] as const) {
  test(`${name}: epochs come to rest near the exact local solution, and not on it`, () => {
    const exact = new Float64Array(5);
    model.solve(20, PULL, exact);
    const found = run(new StochasticSolver(model, OPTIONS), LOCAL_PASSES);
    const off = Math.hypot(...found.map((value, m) => value - exact[m])) / Math.hypot(...exact);
    assert.ok(off < 0.03, `off by ${off}`);
    assert.ok(off > 1e-12, 'stochastic gradients do not end exactly on the optimum');
  });
}

test('one step is one epoch: a first step from zero is far from the exact solution', () => {
  const model = new SquaredModel(someRows(60, 4, 1));
  const exact = new Float64Array(5);
  model.solve(0, PULL, exact);
  const first = run(new StochasticSolver(model, OPTIONS), 1, 0);
  assert.ok(Math.hypot(...first.map((value, m) => value - exact[m])) > 0.01 * Math.hypot(...exact));
});

test('draws are keyed: same key same result, another agent, seed or step another one', () => {
  const model = new SquaredModel(someRows(60, 4, 1));
  const one = run(new StochasticSolver(model, OPTIONS), 3);
  assert.deepEqual(run(new StochasticSolver(model, OPTIONS), 3), one);
  assert.notDeepEqual(run(new StochasticSolver(model, { ...OPTIONS, agent: 6 }), 3), one);
  assert.notDeepEqual(run(new StochasticSolver(model, { ...OPTIONS, seed: 4 }), 3), one);
});

test('candidates of a bank do not disturb one another', () => {
  const model = new SquaredModel(someRows(60, 4, 1));
  const bank = new StochasticSolver(model, OPTIONS);
  const couplings = [0.1, 10, 1000];
  const ws = couplings.map(() => new Float64Array(5));
  for (let step = 1; step <= 5; step++) couplings.forEach((c, b) => bank.solve(c, PULL, step, ws[b]));
  couplings.forEach((c, b) => assert.deepEqual(ws[b], run(new StochasticSolver(model, OPTIONS), 5, c)));
});

test('no coupling is too strong: the slopes follow pull / coupling', () => {
  const w = run(new StochasticSolver(new SquaredModel(someRows(60, 4, 1)), OPTIONS), 50, 1e9);
  assert.ok(w.every(Number.isFinite) && w.subarray(1).every((value) => Math.abs(value) < 1e-6));
});

test('a batch as large as the task, and one row, work', () => {
  for (const [count, batch] of [
    [10, 64],
    [1, 8],
    [7, 1],
  ]) {
    const w = run(new StochasticSolver(new SquaredModel(someRows(count, 4, 2)), { ...OPTIONS, batch }), 50);
    assert.ok(w.every(Number.isFinite), `${count} rows, batch ${batch}`);
  }
});
