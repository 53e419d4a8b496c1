/** Transfer gains on small networks: the gradient, Proposition 1 with sums and with means, what is collected (algorithms-2, B1 and B5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GainBook, isCollected } from '../../../../core/grouping/gain-book.ts';
import { affinityGains, cosineGains, firstOrderGains, lookaheadGains, stepReport, type LearningStep } from '../../../../core/grouping/gains.ts';
import { fromRows } from '../../../../core/linalg/matrix.ts';
import { FAMILY_FEATURES, familyTask } from '../../../../core/problem/mlp-families.ts';
import { Mlp } from '../../../../core/problem/mlp.ts';

const HIDDEN = 3;
const mlp = new Mlp(FAMILY_FEATURES, HIDDEN);
const tasks = Array.from({ length: 4 }, (_, j) => familyTask('easy', j, 1));

function stepOf(stepSize: number): LearningStep {
  const before = tasks.map(() => mlp.start(1));
  const gradients = before.map((w, j) => {
    const out = new Float64Array(mlp.dimension);
    mlp.gradient(w, tasks[j].training, out);
    return out;
  });
  const heads = before.map((w, j) => w.slice(0, mlp.sharedFrom).map((x, m) => x - stepSize * gradients[j][m]));
  const heldOut = tasks.map((task) => ({
    loss: (w: Float64Array) => mlp.loss(w, task.heldOut),
    gradient: (w: Float64Array, out: Float64Array) => mlp.gradient(w, task.heldOut, out),
  }));
  const learners = tasks.map((_, j) => ({ heldOut: heldOut[j], before: before[j], head: heads[j], gradient: gradients[j].slice(mlp.sharedFrom) }));
  return { learners, stepSize };
}

/** Gain of task 0 when a group learns: by the gradients' sum. */
function groupGain(step: LearningStep, group: readonly number[]): number {
  const loss = (members: readonly number[]): number => {
    const { before, head, heldOut } = step.learners[0];
    const w = before.slice();
    w.set(head);
    for (const i of members) step.learners[i].gradient.forEach((x, m) => (w[mlp.sharedFrom + m] -= step.stepSize * x));
    return heldOut.loss(w);
  };
  return 1 - loss(group) / loss([0]);
}

test('the gradient written by hand is that of finite differences', () => {
  const w = mlp.start(3);
  const out = new Float64Array(mlp.dimension);
  mlp.gradient(w, tasks[1].training, out);
  for (let m = 0; m < w.length; m++) {
    const [up, down] = [w.slice(), w.slice()];
    up[m] += 1e-6;
    down[m] -= 1e-6;
    const expected = (mlp.loss(up, tasks[1].training) - mlp.loss(down, tasks[1].training)) / 2e-6;
    assert.ok(Math.abs(out[m] - expected) < 1e-7, `${m}: ${out[m]} is not ${expected}`);
  }
});

test('a batch that names all rows gives the gradient over all', () => {
  const [all, named] = [new Float64Array(mlp.dimension), new Float64Array(mlp.dimension)];
  mlp.gradient(mlp.start(2), tasks[0].training, all);
  mlp.gradient(
    mlp.start(2),
    tasks[0].training,
    named,
    Array.from({ length: tasks[0].training.count }, (_, i) => i),
  );
  assert.deepEqual(named, all);
});

describe('Proposition 1: with summed gradients the gain of a group is the SUM of the gains, to second order; the mean is off to first order', () => {
  const group = [0, 1, 2, 3];
  const sizes = [0.05, 0.025, 0.0125, 0.00625, 0.003125];
  const errors = sizes.map((stepSize) => {
    const step = stepOf(stepSize);
    const sum = group.reduce((total, i) => total + (i === 0 ? 0 : lookaheadGains(step).data[i * 4]), 0);
    const gain = groupGain(step, group);
    return [Math.abs(gain - sum), Math.abs(gain - sum / group.length)];
  });
  const slope = (which: number): number => Math.log(errors[0][which] / errors.at(-1)![which]) / Math.log(sizes[0] / sizes.at(-1)!);
  test('sum: slope about 2', () => assert.ok(slope(0) >= 1.8 && slope(0) <= 2.5, String(slope(0))));
  test('mean: slope about 1', () => assert.ok(slope(1) >= 0.85 && slope(1) <= 1.15, String(slope(1))));
});

test('the first-order gains are the lookahead to first order; a task gains nothing from itself', () => {
  const step = stepOf(1e-4);
  const [exact, linear] = [
    lookaheadGains(step),
    firstOrderGains(
      step.learners.map((one) => stepReport(one, step.stepSize)),
      step.stepSize,
    ),
  ];
  exact.data.forEach((gain, at) =>
    assert.ok(Math.abs(gain - linear.data[at]) < 1e-2 * Math.max(...exact.data.map(Math.abs)), `${gain} is not ${linear.data[at]}`),
  );
  for (const gains of [exact, linear, affinityGains(step), cosineGains(step.learners.map(({ gradient }) => gradient))])
    for (let j = 0; j < 4; j++) assert.equal(gains.data[j * 5], 0);
});

test('who told nothing of a step is not seen in it, and whoever has nothing to lose neither', () => {
  const report = { gradient: Float64Array.of(1, 2), heldOutGradient: Float64Array.of(3, 4), heldOutLoss: 2 };
  const { data } = firstOrderGains([report, undefined, { ...report, heldOutLoss: 0 }], 0.1);
  assert.deepEqual(Array.from(data), [0, NaN, NaN, NaN, 0, NaN, (0.1 * 11) / 2, NaN, 0]);
});

test('gains are collected in the first quarter, every tenth step', () => {
  const steps = Array.from({ length: 400 }, (_, i) => i + 1).filter((step) => isCollected(step, 400));
  assert.deepEqual(steps, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});

test('the mean is over the steps in which a pair was seen, and less than three are nothing', () => {
  const book = new GainBook(2);
  for (const [there, back] of [
    [1, 1],
    [2, NaN],
    [6, 5],
  ])
    book.add(
      fromRows([
        [0, there],
        [back, 0],
      ]),
    );
  const { gains, unseen } = book.mean();
  assert.deepEqual([Array.from(gains.data), unseen], [[0, 3, 0, 0], [[1, 0]]]);
});
