/** Streams of one's own: what their curvature is found to be, that they are gmrf-regression's task where they draw alike, and how they are judged. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createStreamTask } from '../../../../core/problem/own-stream.ts';
import { probeStreams } from '../../../../core/problem/stream-probe.ts';
import type { OwnStream } from '../../../../core/own/stream.ts';
import { draw } from '../../../../core/random.ts';
import { checkOwnStream } from '../../../../testkit/own-stream-laws.ts';

interface Row {
  readonly x: Float64Array;
  readonly y: number;
}

/** Linear regression on Gaussian features of variance `scales[m]`, plainly drawn. */
function regression(scales: readonly number[], batch: number, noise = 1): OwnStream<readonly Row[]> {
  const truth = scales.map((_, m) => Math.sin(1 + m));
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, m) => sum + value * b[m], 0);
  return {
    dimension: scales.length,
    truth: Float64Array.from(truth),
    sample: (random) =>
      Array.from({ length: batch }, () => {
        const x = Float64Array.from(scales, (scale) => Math.sqrt(scale) * random.gaussian());
        return { x, y: dot(truth, x) + noise * random.gaussian() };
      }),
    loss: (w, rows) => rows.reduce((sum, { x, y }) => sum + 0.5 * (dot(w, x) - y) ** 2, 0) / batch,
    gradient(w, rows, out) {
      out.fill(0);
      for (const { x, y } of rows) {
        const error = dot(w, x) - y;
        x.forEach((value, m) => (out[m] += (error * value) / batch));
      }
    },
  };
}

const whole = (stream: OwnStream<readonly Row[]>): OwnStream => stream;
const probed = (scales: readonly number[], batch: number) => probeStreams([0, 1, 2, 3].map((agent) => ({ agent, stream: whole(regression(scales, batch)) })));

describe('the curvature of a stream', () => {
  const features = Array.from({ length: 40 }, () => 1);
  test('of unit features it is 1, and the batch is the one drawn', () => {
    const { curvature, batch } = probed(features, 10);
    assert.ok(Math.abs(curvature - 1) < 0.1, `curvature ${curvature}`);
    assert.ok(batch > 6 && batch < 12, `batch ${batch}`);
  });
  test('in other units it is theirs, and the batch is the same', () => {
    const [one, other] = [1, 9].map((scale) =>
      probed(
        features.map(() => scale),
        10,
      ),
    );
    assert.ok(Math.abs(other.curvature / one.curvature - 9) < 0.05, `${other.curvature} and ${one.curvature}`);
    assert.ok(Math.abs(other.batch / one.batch - 1) < 0.02, `${other.batch} and ${one.batch}`);
  });
  test('one steep direction makes the step small: the batch that is as unstable is small', () => {
    const steep = probed([40, ...features.slice(1)], 10);
    assert.ok(steep.batch < 0.5 * probed(features, 10).batch, `batch ${steep.batch}`);
  });
  test('a loss that is flat has none', () => {
    const flat: OwnStream = { ...whole(regression([1, 1], 2)), gradient: (_w, _batch, out) => void out.fill(0) };
    assert.ok(!(probeStreams([{ agent: 0, stream: flat }]).curvature > 0));
  });
});

describe('as a task', () => {
  const spec = { curvature: 2, seed: 7, agent: 3 };
  const [a, b] = [Float64Array.of(0.5, -1), Float64Array.of(0.25, 2)];
  test('its gradient is that of a mini-batch drawn by its key, over the curvature', () => {
    const stream = regression([1, 1], 5);
    const rows = stream.sample(draw(7, 3, 'batch', 11), 11);
    const [expected, out] = [new Float64Array(2), new Float64Array(2)];
    stream.gradient(a, rows, expected);
    const task = createStreamTask({ ...spec, stream: whole(regression([1, 1], 5)) });
    task.gradient(b, 10, out);
    task.gradient(a, 11, out);
    assert.deepEqual(
      out,
      expected.map((value) => value / 2),
    );
    assert.equal(task.lossDifference(a, b, 11), (stream.loss(a, rows) - stream.loss(b, rows)) / 2);
  });
  test('judged by its truth, by its own evaluation, or by its loss on mini-batches that no step has', () => {
    const { truth, ...rest } = whole(regression([1, 1], 5));
    assert.equal(createStreamTask({ ...spec, stream: { ...rest, truth: truth! } }).squaredDeviation(truth!, 1), 0);
    assert.equal(createStreamTask({ ...spec, stream: { ...rest, evaluate: (w) => w[0] } }).squaredDeviation(a, 1), 0.5);
    const heldOut = createStreamTask({ ...spec, stream: rest });
    assert.equal(heldOut.evaluates, true);
    assert.ok(heldOut.squaredDeviation(a, 1) > heldOut.squaredDeviation(truth!, 1));
    assert.equal(heldOut.squaredDeviation(a, 1), heldOut.squaredDeviation(a, 99));
  });
});

describe('the laws of a stream', () => {
  const failing = (stream: Partial<OwnStream>): string[] =>
    checkOwnStream(() => ({ ...whole(regression([1, 1, 1], 5)), ...stream }))
      .filter(({ passed }) => !passed)
      .map(({ law, detail }) => `${law}: ${detail}`);
  const right = whole(regression([1, 1, 1], 5));
  test('a right one keeps them all', () => assert.deepEqual(failing({}), []));
  const WRONG: readonly [string, Partial<OwnStream>, RegExp][] = [
    [
      'one slope a hundredth too long',
      {
        gradient(w, batch, out) {
          right.gradient(w, batch, out);
          out[1] *= 1.01;
        },
      },
      /^the gradient is that of the loss: coordinate 1: the gradient says \S+, differences of the loss \S+$/,
    ],
    ['an entry left as it was', { gradient: (_w, _batch, out) => void (out[0] = 1) }, /^every entry of the gradient is written: coordinate 1/],
    [
      'a gradient that moves w',
      {
        gradient(w, batch, out) {
          right.gradient(w, batch, out);
          w[0] += 1e-9;
        },
      },
      /^neither w nor the mini-batch is changed/,
    ],
    [
      'a gradient that moves the batch',
      {
        gradient(w, batch, out) {
          right.gradient(w, batch, out);
          (batch as Row[])[0].x[0] += 1e-9;
        },
      },
      /^neither w nor the mini-batch is changed/,
    ],
    [
      'chance without a key',
      { sample: (random, step) => (right.sample(random, step) as Row[]).map((row) => ({ ...row, y: row.y + Math.random() })) },
      /^a step of an agent has one mini-batch/,
    ],
    ['a loss that is not finite', { loss: () => NaN }, /^losses and evaluations are finite/],
    ['another truth', { truth: Float64Array.of(1, 0, 0) }, /^the mean gradient vanishes at the truth: coordinate/],
  ];
  for (const [what, stream, law] of WRONG)
    test(`${what} is found`, () => {
      const found = failing(stream);
      assert.ok(
        found.some((one) => law.test(one)),
        found.join('\n'),
      );
    });
});
