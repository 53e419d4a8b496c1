import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, type Matrix } from '../../../../core/linalg/matrix.ts';
import { complementSpectrum } from '../../../../core/linalg/ones-complement.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';
import { pinv } from '../../../../core/relationship/pinv.ts';
import { GOLDEN_ERRORS, goldenEstimates, learnFrom, REF } from './golden-estimates.ts';

const learn = (w: Matrix, force = false): Matrix => learnFrom(pinv, w, { force }).relationship.laplacian;
const illPosed = (message: RegExp) => ({ code: 'ESTIMATE_ILL_POSED', message });

test('W = sqrt(10) pinv(L)^(1/2) gives L back to 1e-8 (algorithms-1 section 4)', () => {
  assert.ok(relativeError(learn(goldenEstimates(0), true), REF) < 1e-8);
  assert.ok(relativeError(learn(goldenEstimates(0, 3)), REF) < 1e-8);
});

test('with n I added to S the errors are the golden ones (algorithms-1 section 4)', () => {
  for (const { noise, error } of GOLDEN_ERRORS) {
    assert.ok(Math.abs(relativeError(learn(goldenEstimates(noise), true), REF) - error) < 1e-6);
  }
  const learned = learn(goldenEstimates(0.0260423), true);
  assert.ok(Math.abs(learned.data[1] - -0.874046) < 1e-6);
  assert.ok(Math.abs(complementSpectrum(learned).values[8] - 6.357099) < 1e-6);
});

test("equals numpy.linalg.pinv(Q W W' Q / M, rcond=1e-10, hermitian=True) in float64", () => {
  const w = fromRows(Array.from({ length: 5 }, (_, k) => Array.from({ length: 16 }, (_, m) => Math.sin(1 + 3 * k + 1.7 * m * (k + 1)) + 0.1 * m)));
  const numpy = fromRows([
    [1.80140163314914, -0.1941819136941, -0.66400534738164, -0.25920061776336, -0.68401375431004],
    [-0.1941819136941, 1.43110052362893, -0.084264059469, -0.51829818518958, -0.63435636527625],
    [-0.66400534738164, -0.084264059469, 1.86577228593668, -0.51950640213324, -0.5979964769528],
    [-0.25920061776336, -0.51829818518958, -0.51950640213324, 1.44203987369679, -0.14503466861061],
    [-0.68401375431004, -0.63435636527625, -0.5979964769528, -0.14503466861061, 2.06140126514969],
  ]);
  learn(w).data.forEach((x, i) => assert.ok(Math.abs(x - numpy.data[i]) < 1e-11));
});

test('below three dimensions per agent it answers only by force, and says not to trust it', () => {
  assert.throws(() => learn(goldenEstimates(0, 2)), illPosed(/at least 30 dimensions for 10 agents \(got 20\)/));
  const [first] = learnFrom(pinv, goldenEstimates(0, 2), { force: true }).diagnostics;
  assert.equal(first.code, 'PINV_ILL_POSED');
  assert.match(first.message, /not to be trusted/);
  assert.equal(learnFrom(pinv, goldenEstimates(0, 3)).diagnostics[0].code, 'FEW_DIMENSIONS');
});

test('fewer dimensions than agents: forced, the eigenvalues that are zero stay zero', () => {
  const w = fromRows(Array.from({ length: 6 }, (_, k) => [Math.sin(k + 1), Math.cos(3 * k), k]));
  const { values } = complementSpectrum(learn(w, true));
  assert.deepEqual(
    [...values].map((value) => Math.abs(value) > 1e-9),
    [false, false, true, true, true],
  );
});

test('identical agents are refused, by force answered without infinities; nothing at all is always refused', () => {
  const w = fromRows([
    [1, 2, 3, 1, 0, 2, 1, 5, 2],
    [1, 2, 3, 1, 0, 2, 1, 5, 2],
    [0, 1, 0, 2, 1, 1, 3, 1, 2],
  ]);
  assert.throws(() => learn(w), illPosed(/span only 1 of 2 directions/));
  assert.ok(learn(w, true).data.every(Number.isFinite));
  const same = fromRows(Array.from({ length: 3 }, () => Array.from({ length: 9 }, () => 4)));
  assert.throws(() => learn(same, true), illPosed(/all agents report the same/));
});

test('it counts the positive off-diagonals that no graph has', () => {
  const w = fromRows([
    [1, 0, 0, 0, 2, 0, 0, 0, 1],
    [-1, 0.1, 0, 0.3, -2, 0, 0.2, 0, -1.1],
    [0, 1, 1, 0.5, 0, 1, -1, 2, 0],
  ]);
  const found = learnFrom(pinv, w).diagnostics.find(({ code }) => code === 'POSITIVE_OFF_DIAGONALS');
  const learned = learn(w);
  const share = [learned.data[1], learned.data[2], learned.data[5]].filter((x) => x > 0).length / 3;
  assert.equal(found?.value ?? 0, share);
});
