import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, graphFromEdges, laplacian } from '../../../../core/graph.ts';
import { fromRows, zeros } from '../../../../core/linalg/matrix.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';
import { components } from '../../../../core/relationship/components.ts';
import { allHidden, noiseEigenvalueCount } from '../../../../core/relationship/null-space.ts';
import { goldenEstimates, learnFrom, REF } from './golden-estimates.ts';
import { groupedLaplacian, mean, noiseFor, noisyTasks } from './planted.ts';

const DRAWS = 20;

for (const count of [1, 2, 3]) {
  for (const product of [0.03, 0.15]) {
    test(`K = 12, M = 1500, n mean lam = ${product}: c = ${count} in >= 95 % of ${DRAWS} draws, L error <= .08 (algorithms-1 section 3 g)`, () => {
      const drawn = Array.from({ length: DRAWS }, (_, i) => {
        const truth = groupedLaplacian(12, count, i + 1);
        const noise = noiseFor(product, truth, count);
        const w = noisyTasks(truth, 1500, noise, i + 1);
        const { relationship, diagnostics } = learnFrom(components, w, { noise });
        const whole = relativeError(learnFrom(cgl, w, { noise }).relationship.laplacian, truth);
        const detected = diagnostics.find(({ code }) => code === 'COMPONENTS')?.value === count;
        return { detected, error: relativeError(relationship.laplacian, truth), whole };
      });
      const detected = drawn.filter((one) => one.detected).length;
      const [error, whole] = [mean(drawn.map((one) => one.error)), mean(drawn.map((one) => one.whole))];
      assert.ok(detected >= 0.95 * DRAWS, `${detected} of ${DRAWS}`);
      assert.ok(error <= 0.08, `${error}`);
      if (count > 1) assert.ok(whole > 4 * error, `cgl for all at once ${whole}, ${error}`);
    });
  }
}

test('in one piece it is cgl, bit for bit', () => {
  const w = noisyTasks(REF, 300, 0.02, 3);
  const [whole, pieces] = [cgl, components].map((estimator) => learnFrom(estimator, w, { noise: 0.02 }));
  assert.deepEqual(pieces.relationship.laplacian.data, whole.relationship.laplacian.data);
  assert.ok(relativeError(learnFrom(components, goldenEstimates(0.05, 100), { kkt: 1e-8, noise: 0.05 }).relationship.laplacian, REF) < 1e-7);
});

test('unequal noise does not hide the groups', () => {
  const truth = groupedLaplacian(12, 3, 2);
  const noise = Float64Array.from({ length: 12 }, (_, k) => 0.004 * (1 + 19 * (k / 11)));
  const { diagnostics } = learnFrom(components, noisyTasks(truth, 1500, noise, 2), {}, noise);
  assert.equal(diagnostics.find(({ code }) => code === 'COMPONENTS')?.value, 3);
});

test('an agent related to nobody is a component of its own, without edges', () => {
  const alone = laplacian(graphFromEdges(11, buildGraph('reference', 10, 0).edges));
  const { relationship, diagnostics } = learnFrom(components, noisyTasks(alone, 800, 0.01, 6), { noise: 0.01 });
  assert.match(diagnostics.find(({ code }) => code === 'COMPONENTS')!.message, /2 components: \{0 .* 9\} \{10\}/);
  assert.ok(relationship.laplacian.data.subarray(110).every((x) => x === 0));
});

test('tasks of low rank are no groups, and few dimensions are not counted', () => {
  const base = noisyTasks(REF, 600, 0, 7);
  const mixed = fromRows(
    Array.from({ length: 8 }, (_, k) =>
      base.data.subarray(0, 600).map((x, m) => x * Math.cos(k) + base.data[600 + m] * Math.sin(2 * k + 1) + base.data[1800 + m]),
    ),
  );
  const { diagnostics } = learnFrom(components, mixed, { noise: 1e-3 });
  assert.ok(diagnostics.find(({ code }) => code === 'EIGENVALUES_AT_NOISE_EDGE')!.value! >= 4);
  const few = learnFrom(components, noisyTasks(REF, 29, 0.02, 3), { noise: 0.02 });
  assert.match(few.diagnostics[0].message, /2\.9 dimensions per agent are too few/);
});

test('where noise hides all relations the agents are taken for one', () => {
  const { relationship, diagnostics } = learnFrom(components, noisyTasks(REF, 100, 0.01, 1), { noise: 100 });
  assert.match(diagnostics.find(({ code }) => code === 'NOISE_HIDES_RELATIONS')!.message, /9 of 9 .* noise hides all relations/);
  assert.ok(!diagnostics.some(({ code }) => code === 'COMPONENTS'));
  assert.ok(relationship.laplacian.data.every((x) => x !== 0));
});

test('all eigenvalues but one at the edge: groups in them are noise, except of three agents', () => {
  const spectrumOf = (...values: number[]) => ({ values: Float64Array.from(values), vectors: zeros(values.length + 1, values.length) });
  const [four, three] = [spectrumOf(0, 0, 1), spectrumOf(0, 1)];
  assert.equal(allHidden(four, 2, [[0], [1], [2, 3]]).length, 1);
  assert.equal(allHidden(four, 2, undefined).length, 0, 'a low rank');
  assert.equal(allHidden(four, 1, [[0, 1], [2, 3]]).length, 0); // prettier-ignore
  assert.equal(allHidden(three, 1, [[0, 1], [2]]).length, 0);
});

test('the noise edge is 1.15 n (1 + sqrt(c / M))^2 for the uncorrected eigenvalue', () => {
  const noise = 0.1;
  const edge = noise * 1.15 * (1 + Math.sqrt(2 / 1500)) ** 2;
  const count = (uncorrected: number): number => noiseEigenvalueCount(Float64Array.of(uncorrected - noise, 1, 2), noise, 1500);
  assert.deepEqual([count(edge * 1.001), count(edge * 0.999)], [0, 1]);
  assert.equal(noiseEigenvalueCount(Float64Array.of(1e-14, 1), 0, 10), 1, 'without noise: zero but for rounding');
});
