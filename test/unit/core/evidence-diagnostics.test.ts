import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceDiagnostics, unsaid } from '../../../core/evidence-diagnostics.ts';
import { fromRows, type Matrix } from '../../../core/linalg/matrix.ts';
import type { Diagnostic } from '../../../core/relationship/relationship.ts';
import { REF } from './relationship/golden-estimates.ts';
import { groupedLaplacian, noiseFor, noisyTasks, signedTasks, signedTruth } from './relationship/planted.ts';

function found(w: Matrix, noise: number | Float64Array, estimator = 'cgl'): Diagnostic[] {
  return evidenceDiagnostics(w, typeof noise === 'number' ? new Float64Array(w.rows).fill(noise) : noise, estimator);
}
const codes = (list: readonly Diagnostic[]): string[] => list.map(({ code }) => code);

test('nothing to say of many coordinates, equal noise, one group and a graph', () => {
  for (let seed = 1; seed <= 10; seed++) {
    for (const [dimension, product] of [
      [100, 0.03],
      [300, 0.1],
      [1500, 0.2],
    ] as const) {
      const noise = noiseFor(product, REF);
      assert.deepEqual(found(noisyTasks(REF, dimension, noise, seed), noise), [], `M = ${dimension}, seed ${seed}`);
    }
  }
});

test('few coordinates per agent', () => {
  assert.match(found(noisyTasks(REF, 99, 0.01, 1), 0.01)[0].message, /^9\.9 dimensions per agent: single weights are uncertain/);
  const [first, ...rest] = found(noisyTasks(REF, 29, 0.01, 1), 0.01);
  assert.match(first.message, /^2\.9 dimensions per agent: an inverse of their covariance would be ill-posed/);
  assert.deepEqual([first.code, first.value, rest], ['FEW_DIMENSIONS', 2.9, []]);
});

test('the noisiest agent more than three times as noisy as the quietest', () => {
  const noise = Float64Array.from({ length: 10 }, (_, k) => 0.01 * (1 + k / 3));
  const [first] = found(noisyTasks(REF, 500, noise, 2), noise);
  assert.match(first.message, /4\.0 times as noisy as the quietest/);
  assert.deepEqual([first.code, first.value], ['NOISE_HETEROGENEOUS', 4]);
  assert.deepEqual(
    codes(
      found(
        noisyTasks(
          REF,
          500,
          noise.map((n) => Math.min(n, 0.029)),
          2,
        ),
        noise.map((n) => Math.min(n, 0.029)),
      ),
    ),
    [],
  );
});

test('groups that have nothing in common are counted, and not told to who asked for components', () => {
  const truth = groupedLaplacian(12, 3, 1);
  const w = noisyTasks(truth, 1500, 0.02, 1);
  const [first] = found(w, 0.02);
  assert.match(first.message, /2 eigenvalues .* at the noise edge: the agents fall into 3 groups .* use components/);
  assert.deepEqual([first.code, first.value], ['SEVERAL_COMPONENTS', 3]);
  assert.deepEqual(found(w, 0.02, 'components'), []);
});

test('noise above everything hides relations, and is no group of its own per agent', () => {
  const w = noisyTasks(REF, 100, 0.01, 1);
  const [first, ...rest] = found(w, 100);
  assert.match(first.message, /9 of 9 eigenvalues .* noise hides all relations/);
  assert.deepEqual([first.code, first.value, rest], ['NOISE_HIDES_RELATIONS', 9, []]);
  assert.deepEqual(codes(found(fromRows([w.data.slice(0, 100), w.data.slice(100, 200)]), 0.01)), [], 'two agents have one eigenvalue');
});

test('tasks in fewer directions than agents', () => {
  const base = noisyTasks(REF, 600, 0, 7);
  const row = (k: number): Float64Array => base.data.slice(600 * k, 600 * (k + 1));
  const w = fromRows(Array.from({ length: 8 }, (_, k) => row(0).map((x, m) => x * Math.cos(k) + row(1)[m] * Math.sin(2 * k + 1) + row(3)[m])));
  const [first] = found(w, 1e-3);
  assert.match(first.message, /5 eigenvalues .* not because of groups: the tasks have a low rank/);
  assert.deepEqual([first.code, first.value], ['EIGENVALUES_AT_NOISE_EDGE', 5]);
});

test('relations of negative sign beyond chance recommend signed, except to who has it', () => {
  const w = signedTasks(signedTruth(), 1500, 0.02, 3);
  const [first] = found(w, 0.02);
  assert.match(first.message, /% of the pairs are related negatively by more than 3 standard errors: no graph can say so, signed can/);
  assert.ok(first.code === 'NEGATIVE_RELATIONS' && first.value! >= 0.05);
  assert.deepEqual(found(w, 0.02, 'signed'), []);
});

test('what somebody said already is not said again', () => {
  assert.deepEqual(codes(unsaid([{ code: 'A', message: '' }], [{ code: 'A', message: 'x' }, { code: 'B', message: '' }])), ['B']); // prettier-ignore
});
