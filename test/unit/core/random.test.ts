import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, fmix32, PURPOSES, Random, type Purpose } from '../../../core/random.ts';
import { HEIGHTS, LAYERS, WIDTHS } from '../../../core/ziggurat.ts';

const COUNT = 1_000_000;
/** Standard errors a statistic may be off: one in 15,000 for a right sampler; the seeds are fixed. */
const BAND = 4;
/** uniform, uniform, gaussian, gaussian, integer(1000) of the key (7, 3, truth, 42). */
const GOLDEN_DRAWS = [0.3461166348061503, 0.7909191220837285, 1.225380096480718, -0.42150694470989974, 541];

const within = (actual: number, expected: number, standardError: number): void =>
  assert.ok(Math.abs(actual - expected) <= BAND * standardError, `${actual} is not ${expected} +- ${BAND} x ${standardError}`);

test('the ziggurat closes: its last layer ends at f(0) = 1 and all layers have one area', () => {
  const areas = Array.from({ length: LAYERS - 1 }, (_, i) => WIDTHS[i + 1] * (HEIGHTS[i + 2] - HEIGHTS[i + 1]));
  for (const area of areas) assert.ok(Math.abs(area / areas[0] - 1) < 1e-12);
  assert.equal(HEIGHTS[LAYERS], 1);
});

test('normals have the moments of N(0, 1) up to the fourth', () => {
  const random = draw(11, 0, 'batch', 0);
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < COUNT; i++) {
    const x = random.gaussian();
    sums[0] += x;
    sums[1] += x * x;
    sums[2] += x ** 3;
    sums[3] += x ** 4;
  }
  const [mean, square, cube, fourth] = sums.map((sum) => sum / COUNT);
  within(mean, 0, Math.sqrt(1 / COUNT));
  within(square, 1, Math.sqrt(2 / COUNT));
  within(cube, 0, Math.sqrt(15 / COUNT));
  within(fourth, 3, Math.sqrt(96 / COUNT));
});

test('normals have the tail probabilities of N(0, 1), also beyond the ziggurat (3.654)', () => {
  const tails = [
    [0.5, 0.6170750774519738],
    [1, 0.3173105078629141],
    [2, 0.04550026389635842],
    [3, 0.0026997960632601866],
    [3.7, 2.1557564e-4],
    [4, 6.334248366623996e-5],
  ] as const;
  const random = draw(12, 0, 'batch', 0);
  const counts = tails.map(() => 0);
  let positive = 0;
  for (let i = 0; i < COUNT; i++) {
    const x = random.gaussian();
    if (x > 0) positive++;
    tails.forEach(([limit], t) => (counts[t] += Math.abs(x) > limit ? 1 : 0));
  }
  tails.forEach(([, p], t) => within(counts[t] / COUNT, p, Math.sqrt((p * (1 - p)) / COUNT)));
  within(positive / COUNT, 0.5, Math.sqrt(0.25 / COUNT));
});

test('uniforms fill [0, 1) evenly', () => {
  const random = draw(13, 0, 'batch', 0);
  const bins = new Float64Array(20);
  for (let i = 0; i < COUNT; i++) {
    const u = random.uniform();
    assert.ok(u >= 0 && u < 1);
    bins[Math.floor(20 * u)]++;
  }
  for (const bin of bins) within(bin / COUNT, 0.05, Math.sqrt((0.05 * 0.95) / COUNT));
});

test('a key names its stream: equal keys agree, keys that differ in one word are uncorrelated', () => {
  const base = [5, 3, 'batch', 17] as const;
  const others = [
    [6, 3, 'batch', 17],
    [5 + 2 ** 32, 3, 'batch', 17],
    [5, 4, 'batch', 17],
    [5, 3, 'truth', 17],
    [5, 3, 'batch', 18],
  ] as const;
  const take = (key: readonly [number, number, Purpose, number]): Float64Array => {
    const out = new Float64Array(20_000);
    draw(...key).fillGaussian(out);
    return out;
  };
  const first = take(base);
  assert.deepEqual(take(base), first);
  for (const key of others) {
    const correlation = take(key).reduce((sum, x, i) => sum + x * first[i], 0) / first.length;
    within(correlation, 0, 1 / Math.sqrt(first.length));
  }
});

test('the first draws of successive keys are themselves N(0, 1) and uncorrelated', () => {
  const random = new Random();
  const count = 200_000;
  let square = 0;
  let lagged = 0;
  let before = 0;
  for (let step = 0; step < count; step++) {
    const x = random.rekey(1, 0, 'batch', step).gaussian();
    square += x * x;
    lagged += x * before;
    before = x;
  }
  within(square / count, 1, Math.sqrt(2 / count));
  within(lagged / count, 0, Math.sqrt(1 / count));
});

test('golden first draws: streams stay what they are from version to version', () => {
  const random = draw(7, 3, 'truth', 42);
  const drawn = [random.uniform(), random.uniform(), random.gaussian(), random.gaussian(), random.integer(1000)];
  assert.deepEqual(drawn, GOLDEN_DRAWS);
  assert.deepEqual(PURPOSES, { truth: 1, graph: 2, batch: 3, permutation: 4, fault: 5, jitter: 6, drift: 7, violation: 8, comparison: 9, initial: 10 });
});

test('rekey starts the very stream that draw gives, whatever was drawn before', () => {
  const random = draw(1, 2, 'graph', 3);
  random.gaussian();
  assert.equal(random.rekey(8, 9, 'fault', 10).uniform(), draw(8, 9, 'fault', 10).uniform());
});

test("fmix32 is murmur3's finaliser", () => {
  assert.equal(fmix32(0), 0);
  assert.equal(fmix32(1), 0x514e28b7);
  assert.equal(fmix32(-1), 0x81f16f39);
});

test('permutations are uniform: every element is at every place equally often', () => {
  const random = draw(14, 0, 'permutation', 0);
  const rounds = 60_000;
  const counts = new Float64Array(25);
  for (let round = 0; round < rounds; round++) random.permutation(5).forEach((image, i) => counts[5 * i + image]++);
  for (const count of counts) within(count / rounds, 0.2, Math.sqrt(0.16 / rounds));
});

test('derangements have no fixed point and are uniform over all nine of four elements', () => {
  const random = draw(15, 0, 'permutation', 0);
  const rounds = 45_000;
  const counts = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const key = random.derangement(4).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 9);
  for (const [key, count] of counts) {
    assert.ok([...key].every((image, i) => Number(image) !== i));
    within(count / rounds, 1 / 9, Math.sqrt(8 / 81 / rounds));
  }
});

test('fillGaussian draws what gaussian() draws one by one, and leaves the stream where it does', () => {
  const filled = draw(4, 1, 'batch', 2);
  const single = draw(4, 1, 'batch', 2);
  const out = new Float64Array(100_000);
  filled.fillGaussian(out);
  assert.ok(out.every((x) => Object.is(x, single.gaussian())));
  assert.equal(filled.uniform(), single.uniform());
});
