/** The parts of the chain, each against what it is defined by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digamma } from '../../../../core/digamma.ts';
import { diagonalStep, fullStep } from '../../../../core/hierarchical/covariance-step.ts';
import { informationOf } from '../../../../core/hierarchical/information.ts';
import { laplacePosterior } from '../../../../core/hierarchical/laplace.ts';
import { meanStep, movedTo } from '../../../../core/hierarchical/mean-step.ts';
import { ownNoise, sharedNoise, type Noise } from '../../../../core/hierarchical/noise-step.ts';
import { precisionOf, squaredPosterior, type Belief } from '../../../../core/hierarchical/posterior.ts';
import { addInformation } from '../../../../core/hierarchical/start.ts';
import { fromRows, zeros } from '../../../../core/linalg/matrix.ts';
import type { Rows } from '../../../../core/problem/rows.ts';
import { draw } from '../../../../core/random.ts';

const COVARIANCE = fromRows([
  [0.5, 0.1, 0],
  [0.1, 0.3, -0.05],
  [0, -0.05, 0.2],
]);
const belief: Belief = { mean: Float64Array.of(0.3, -1, 0.5), precision: precisionOf(COVARIANCE) };
const NOISE = 0.7;

function rowsOf(agent: number, count = 5): Rows {
  const random = draw(7, agent, 'jitter', 0);
  const x = Float64Array.from({ length: 2 * count }, () => random.gaussian());
  return { count, features: 2, x, y: Float64Array.from({ length: count }, (_, i) => 1 + x[2 * i] - 0.5 * x[2 * i + 1] + 0.3 * random.gaussian()) };
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-10): void =>
  Array.from(a).forEach((value, i) => assert.ok(Math.abs(value - b[i]) <= tolerance * (1 + Math.abs(b[i])), `${value} at ${i}, expected ${b[i]}`));

test('psi(1) is minus the constant of Euler, psi(x + 1) = psi(x) + 1/x', () => {
  close([digamma(1), digamma(0.5)], [-0.5772156649015329, -1.9635100260214235], 1e-12);
  for (const x of [0.1, 2.5, 9.9, 40]) close([digamma(x + 1)], [digamma(x) + 1 / x], 1e-12);
});

test('answers moved to another mean are the answers to a question about it', () => {
  const own = informationOf(rowsOf(0));
  const mean = Float64Array.of(-0.4, 0.2, 2);
  const asked = squaredPosterior(own, { ...belief, mean }, NOISE);
  const moved = movedTo(mean, belief, squaredPosterior(own, belief, NOISE), NOISE);
  close(moved.mean, asked.mean);
  close([moved.residual], [asked.residual]);
});

test('the mean step maximises the evidence: the mean of its own answers', () => {
  const answers = [0, 1, 2, 3].map((k) => squaredPosterior(informationOf(rowsOf(k)), belief, NOISE));
  const mean = meanStep(belief, answers);
  const average = mean.map((_, j) => answers.reduce((sum, answer) => sum + movedTo(mean, belief, answer, NOISE).mean[j] / 4, 0));
  close(average, mean, 1e-6);
});

test('an answer determines the moments', () => {
  const own = informationOf(rowsOf(2, 2));
  const [matrix, moment] = [zeros(3, 3), new Float64Array(3)];
  const squares = addInformation(squaredPosterior(own, belief, NOISE), belief, NOISE, matrix, moment);
  close(matrix.data, own.matrix.data);
  close([...moment, squares], [...own.moment, own.squares]);
});

test('a diagonal step is the geometric mean of EM and MacKay; a full one takes D agents without correlations', () => {
  const answers = [
    { mean: Float64Array.of(1, 0), covariance: fromRows([[0.1, 0.05], [0.05, 0.2]]), residual: 1 },
    { mean: Float64Array.of(-1, 0), covariance: fromRows([[0.3, 0.05], [0.05, 0.2]]), residual: 1 },
  ]; // prettier-ignore
  const mean = new Float64Array(2);
  const before = fromRows([[1, 0], [0, 1]]); // prettier-ignore
  close(diagonalStep(before, mean, answers).data, [Math.sqrt(1.2 * (2 / 1.6)), 0, 0, 1e-6]);
  close(fullStep(mean, answers).data, [1.2, 0.025, 0.025, 0.2]);
});

test('own noise: agents alike get one noise, unlike ones their own; shared noise is one for all', () => {
  const rows = new Float64Array(40).fill(10);
  const noise = { byAgent: new Float64Array(40).fill(1), shape: 10 };
  const settled = (residuals: Float64Array) => {
    let now: Noise = noise;
    for (let i = 0; i < 300; i++) now = ownNoise(now, residuals, rows);
    return now;
  };
  assert.equal(Math.round(settled(new Float64Array(40).fill(10)).shape), 2000);
  const unlike = settled(Float64Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? 1 : 100)));
  assert.ok(unlike.shape < 4.01 && unlike.byAgent[1] > 10 * unlike.byAgent[0], `${unlike.shape}`);
  close(sharedNoise(noise, Float64Array.of(3, 5), Float64Array.of(4, 4)).byAgent, [1, 1]);
});

test('labels: Newton ends where the gradient is zero, from a start where Newton alone would leap away', () => {
  const { x, ...rest } = rowsOf(1, 12);
  const rows = { ...rest, x, y: Float64Array.from(rest.y, (y) => (y > 1 ? 1 : 0)) };
  const found = laplacePosterior(rows, belief, Float64Array.of(30, 30, -30), 60);
  const again = laplacePosterior(rows, belief, found.mean, 1);
  close(again.mean, found.mean, 1e-9);
});
