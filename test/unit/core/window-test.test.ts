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

test('stopped after any step and continued by a new one, it tells the same bits', () => {
  const iterate = (i: number): Float64Array => Float64Array.of(Math.sin(i), Math.cos(3 * i));
  const fed = (windows: WindowTest, from: number): WindowTest => {
    for (let i = from; i < 10; i++) windows.add(iterate(i));
    return windows;
  };
  const expected = fed(new WindowTest(2, 3), 0);
  const whole = new WindowTest(2, 3);
  for (let i = 0; i < 10; i++) {
    const continued = new WindowTest(2, 3);
    continued.restore(structuredClone(whole.snapshot()));
    assert.equal(fed(continued, i).change(0.5), expected.change(0.5));
    assert.deepEqual(continued.snapshot(), expected.snapshot());
    whole.add(iterate(i));
  }
  assert.throws(() => new WindowTest(3, 3).restore(whole.snapshot()), { code: 'SNAPSHOT_MISMATCH' });
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
