import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from '../../../core/random.ts';
import { createGmrfTask } from '../../../core/problem/gmrf-regression.ts';
import { noiseFloor } from '../../../core/theory.ts';
import { PASS_CHANGE, WindowTest, windowSteps } from '../../../core/window-test.ts';

test('the change compares the means of the last two windows: ||m2 - m1||^2 / (0.672 M n)', () => {
  const windows = new WindowTest(2, 2);
  const add = (a: number, b: number): boolean => windows.add(Float64Array.of(a, b));
  assert.deepEqual([add(0, 0), add(2, 0)], [false, true]);
  assert.equal(windows.change(1), undefined);
  assert.deepEqual([add(3, 1), add(3, 3)], [false, true]);
  assert.ok(Math.abs(windows.change(0.5)! - (2 ** 2 + 2 ** 2) / (0.672 * 2 * 0.5)) < 1e-12);
  add(3, 2);
  assert.ok(windows.change(0.5)! > 1, 'an open window does not count');
  add(3, 2);
  assert.equal(windows.change(0.5), 0);
  assert.equal(windows.windows, 3);
});

test('a window is one time constant, at least one step', () => {
  assert.equal(windowSteps(0.005), 200);
  assert.equal(windowSteps(0.005, 0.5), 400);
  assert.equal(windowSteps(3), 1);
});

test('an agent that starts at 0 passes after about 4 time constants and stays at 1 (algorithms-1 section 1)', () => {
  const [mu, batch, noise, dimension] = [0.005, 100, 1000, 1500];
  const truth = new Float64Array(dimension);
  draw(2, 0, 'truth', 0).fillGaussian(truth);
  truth.forEach((x, m) => (truth[m] = 0.6 * x));
  const task = createGmrfTask({ truth, batch, noise, seed: 2, agent: 0 });
  const windows = new WindowTest(dimension, windowSteps(mu));
  const w = new Float64Array(dimension);
  const g = new Float64Array(dimension);
  const changes: number[] = [];
  for (let i = 0; changes.length < 7; i++) {
    task.gradient(w, i, g);
    for (let m = 0; m < dimension; m++) w[m] -= mu * g[m];
    if (windows.add(w) && windows.windows > 1) changes.push(windows.change(noiseFloor(mu, noise, batch, dimension))!);
  }
  assert.ok(changes[0] > 3 && changes[1] > PASS_CHANGE, changes.join(' '));
  for (const change of changes.slice(3)) assert.ok(Math.abs(change - 1) < 0.2, changes.join(' '));
});
