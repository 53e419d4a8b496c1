import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { createGmrfTask, sampleTruth } from '../../../core/problem/gmrf-regression.ts';
import { Shadow } from '../../../core/strategy/shadow.ts';
import { gainBatches, gainOf, harmed, isHarm, summedGain } from '../../../core/transfer-gain.ts';

test('batches are at least 1 / mu long, at most 16, and end with the arm', () => {
  assert.deepEqual(gainBatches({ lastIteration: 300, every: 10 }, 0.04), { length: 13, count: 7 });
  assert.deepEqual(gainBatches({ lastIteration: 30_000, every: 10 }, 0.04), { length: 625, count: 16 });
  assert.deepEqual(gainBatches({ lastIteration: 60, every: 10 }, 0.04), { length: 13, count: 1 });
  assert.deepEqual(gainBatches({ lastIteration: 1, every: 10 }, 0.04), { length: 1, count: 1 });
});

test('an interval is the t interval of the batch means; of one batch there is none', () => {
  const { gain, low, high } = gainOf([1, 2, 3, 4]);
  assert.equal(gain, 2.5);
  assert.ok(Math.abs(high! - 2.5 - 3.18245 * Math.sqrt(5 / 3 / 4)) < 1e-4 && Math.abs(low! + high! - 5) < 1e-12);
  assert.deepEqual(gainOf([7]), { gain: 7, low: null, high: null });
  assert.equal(isHarm(gainOf([-7])), false);
});

test('the network is summed batch by batch: agents that move against one another do not blur it', () => {
  const { gain, low, high } = summedGain([
    [1, 5, 1, 5],
    [6, 2, 6, 2],
  ]);
  assert.deepEqual([gain, low, high], [7, 7, 7]);
});

test('of many agents one is harmed only where that is certain of all of them together', () => {
  const barely = [-1, -2, -3, -4];
  assert.equal(isHarm(gainOf(barely, 0.9)), true);
  assert.equal(harmed([barely]).length, gainOf(barely).high! < 0 ? 1 : 0);
  assert.equal(harmed(Array.from({ length: 50 }, () => barely)).length, 0);
  assert.deepEqual(
    harmed([
      [1, 2, 1, 2],
      [-10, -10.1, -10, -10.2],
    ]).map(({ place }) => place),
    [1],
  );
});

/**
 * Two shadows on one stream with different steps: the larger one's gain against the smaller is a steady series with the
 * memory of the iterates. The truth is M/2 times the difference of the mean squared deviations, over 200 other runs.
 */
function batchMeans(seed: number, truth: Float64Array): { means: number[]; exact: number } {
  const task = createGmrfTask({ truth, batch: 20, noise: 200, seed, agent: 0 });
  const [near, far] = [0.03, 0.04].map((stepSize) => new Shadow(task, stepSize));
  const { length, count } = gainBatches({ lastIteration: 300, every: 10 }, 0.04);
  const means = Array.from({ length: count }, () => 0);
  let exact = 0;
  for (let i = 1; i <= 300; i++) {
    near.advance(i);
    far.advance(i);
    const batch = Math.floor((i - 1 - (300 - length * count)) / length);
    if (batch < 0) continue;
    means[batch] += task.lossDifference(far.output(), near.output(), i + 1) / length;
    exact += ((truth.length / 2) * (task.squaredDeviation(far.output(), i) - task.squaredDeviation(near.output(), i))) / (length * count);
  }
  return { means, exact };
}

test('the interval is honest: 95 % of 200 runs hold the expected gain, and the loss on fresh batches is unbiased', () => {
  const truth = sampleTruth(laplacian(buildGraph('reference', 10, 0)), 200, 3).data.slice(0, 200);
  const runs = Array.from({ length: 200 }, (_, seed) => batchMeans(seed + 1, truth));
  const expected = runs.reduce((sum, { exact }) => sum + exact, 0) / runs.length;
  const measured = runs.map(({ means }) => gainOf(means));
  const error = measured.reduce((sum, { gain }) => sum + gain, 0) / runs.length - expected;
  const spread = Math.sqrt(measured.reduce((sum, { gain }) => sum + (gain - expected) ** 2, 0) / runs.length);
  assert.ok(Math.abs(error) < (4 * spread) / Math.sqrt(runs.length), `bias ${error}, spread ${spread}`);
  const held = measured.filter(({ low, high }) => low! <= expected && expected <= high!).length / runs.length;
  // The binomial standard error of 200 runs is 1.5 %; measured over 300 runs: 93.7 %.
  assert.ok(held > 0.9 && held < 0.995, `held ${held}, spread ${spread}, expected ${expected}`);
});
