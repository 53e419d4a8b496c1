import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Matrix } from '../../../../core/linalg/matrix.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';
import type { Estimate } from '../../../../core/relationship/estimator.ts';
import { lagged } from '../../../../core/relationship/lagged.ts';
import { learnFrom, REF } from './golden-estimates.ts';
import { mean, noiseFor, noisyTasks } from './planted.ts';

const rowOf = (w: Matrix, k: number): Float64Array => w.data.slice(k * w.cols, (k + 1) * w.cols);

function learn(now: Matrix, then: Matrix, lag: number): Estimate {
  let state = lagged.init(now.rows, {});
  for (let agent = 0; agent < now.rows; agent++) {
    state = lagged.observe(state, { agent, iterate: rowOf(now, agent), earlier: rowOf(then, agent), lag: Float64Array.of(lag) });
  }
  return lagged.estimate(state);
}

/** Two snapshots of the same tasks whose errors are correlated by e^-lag. */
function snapshots(noise: number | ArrayLike<number>, lag: number, seed: number, dimension = 1500): [Matrix, Matrix] {
  const [truth, then, fresh] = [noisyTasks(REF, dimension, 0, seed), noisyTasks(REF, dimension, noise, seed, 1), noisyTasks(REF, dimension, noise, seed, 2)];
  const rho = Math.exp(-lag);
  const data = truth.data.map((x, i) => x + rho * (then.data[i] - x) + Math.sqrt(1 - rho * rho) * (fresh.data[i] - x));
  return [{ ...truth, data }, then];
}

test('it is as good as cgl that knows the noise, at every size of it (algorithms-1 section 3: .0735-.0829 with an inverse)', () => {
  for (const product of [0.02, 0.1, 0.2]) {
    const noise = noiseFor(product, REF);
    const drawn = Array.from({ length: 8 }, (_, i) => {
      const [now, then] = snapshots(noise, 4, i + 1);
      const learned = [learn(now, then, 4), learnFrom(cgl, now, { noise }), learnFrom(cgl, now, { noise: 0 })];
      return learned.map(({ relationship }) => relativeError(relationship.laplacian, REF));
    });
    const [two, known, raw] = [0, 1, 2].map((j) => mean(drawn.map((one) => one[j])));
    assert.ok(two < 1.05 * known, `${product}: lagged ${two}, cgl ${known}`);
    if (product >= 0.1) assert.ok(two < 0.5 * raw, `${product}: lagged ${two}, uncorrected ${raw}`);
  }
});

test('a shorter lag is allowed for, and each agent has its own noise', () => {
  const noise = Float64Array.from({ length: 10 }, (_, k) => 0.01 * (1 + k));
  const errors = (lag: number): number =>
    mean(Array.from({ length: 6 }, (_, i) => relativeError(learn(...snapshots(noise, lag, i + 1), lag).relationship.laplacian, REF)));
  assert.ok(errors(1) < 0.09 && errors(4) < 0.08, `${errors(1)} ${errors(4)}`);
});

test('snapshots too close, of other lengths, or missing are refused; equal ones are noticed', () => {
  const [now, then] = snapshots(0.05, 4, 1, 100);
  assert.throws(() => learn(now, then, 0.5), { code: 'ESTIMATE_ILL_POSED', message: /0\.50 time constants apart/ });
  assert.throws(() => learn(now, snapshots(0.05, 4, 1, 99)[1], 4), { code: 'ESTIMATES_INVALID', message: /99 numbers, the last ones 100/ });
  const partial = lagged.observe(lagged.init(2, {}), { agent: 0, iterate: now.data.slice(0, 4) });
  assert.throws(() => lagged.estimate(lagged.observe(partial, { agent: 1, iterate: now.data.slice(4, 8) })), { message: /not reported its earlier/ });
  assert.equal(learn(now, now, 4).diagnostics.at(-1)!.code, 'SNAPSHOTS_EQUAL');
});
