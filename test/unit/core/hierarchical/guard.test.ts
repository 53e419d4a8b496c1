/** The guard: leave-one-out residuals against fits without the row, and whom it leaves alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { guardDiagnostic } from '../../../../core/hierarchical/diagnostics.ts';
import { judge, judgeGroups, priorResiduals, rowGain, type RowGain } from '../../../../core/hierarchical/guard.ts';
import { informationOf } from '../../../../core/hierarchical/information.ts';
import { squaredPosterior, type Belief } from '../../../../core/hierarchical/posterior.ts';
import { identity } from '../../../../core/linalg/matrix.ts';
import { gatherRows, score, type Rows } from '../../../../core/problem/rows.ts';
import { draw } from '../../../../core/random.ts';

const random = draw(2, 0, 'truth', 0);
const x = Float64Array.from({ length: 16 }, () => random.gaussian());
const rows: Rows = { count: 8, features: 2, x, y: Float64Array.from({ length: 8 }, (_, i) => x[2 * i] + random.gaussian()) };
const belief: Belief = { mean: Float64Array.of(0, 1, 0), precision: identity(3) };

test('residuals are those of fits without the row', () => {
  const found = priorResiduals(rows, squaredPosterior(informationOf(rows), belief, 0.5), 0.5);
  for (let i = 0; i < rows.count; i++) {
    const others = gatherRows(
      rows,
      Array.from({ length: rows.count }, (_, l) => l).filter((l) => l !== i),
    );
    const { mean } = squaredPosterior(informationOf(others), belief, 0.5);
    assert.ok(Math.abs(found[i] - (rows.y[i] - score(rows, i, mean))) < 1e-10);
  }
});

const gain = (mean: number, variance = 0.2, count = 8): RowGain => ({ rows: count, mean, variance, alone: 10, prior: 10 - 5 * mean });
const helped = Array.from({ length: 20 }, (_, k) => gain(0.3 + 0.02 * (k % 5)));

test('gains that differ by chance: nobody falls back, not the worst of few rows either', () => {
  assert.deepEqual(judge(helped).fallBack.includes(true), false);
  assert.deepEqual(judge([...helped, gain(-0.2)]).fallBack.includes(true), false);
});

test('an agent that is harmed for certain falls back, alone', () => {
  const spread = Array.from({ length: 20 }, (_, k) => gain(k % 2 === 0 ? 0.1 : 0.9, 0.01, 40));
  assert.deepEqual(
    judge([...spread, gain(-1, 0.01, 40)]).fallBack.flatMap((back, k) => (back ? [k] : [])),
    [20],
  );
});

test('a prior that does not help the network helps nobody', () => {
  const { change, fallBack } = judge([gain(0.5), ...Array.from({ length: 5 }, () => gain(-0.3))]);
  assert.ok(change > 0);
  assert.ok(fallBack.every(Boolean));
});

test('d is relative to the median of the squares: 1 where only the prior is right, 0 where both are', () => {
  assert.deepEqual(rowGain(Float64Array.of(2, -2, 2), new Float64Array(3)), { rows: 3, mean: 1, variance: 0, alone: 12, prior: 0 });
  assert.equal(rowGain(Float64Array.of(2, -2), Float64Array.of(-2, 2)).mean, 0);
});

test('groups: one that harms falls back as a whole, however much the others gain or lose', () => {
  const gains = [0.3, 0.2, -0.4, 0.1, -0.2, -0.1].map((mean) => gain(mean));
  const pairs = [
    [0, 1],
    [2, 3],
    [4, 5],
  ];
  assert.deepEqual(judgeGroups(gains, pairs).fallBack, [false, false, true, true, true, true]);
  assert.ok(judgeGroups(gains, pairs).change > 0 && judge(gains).fallBack.every(Boolean));
});

test('groups: who is served is judged with those who help it', () => {
  const [worse, better] = [gain(-0.1), gain(0.3)];
  assert.deepEqual(judgeGroups([worse], [[0]]).fallBack, [true]);
  assert.deepEqual(judgeGroups([worse], [[0]], [[better]]), { change: judge([worse]).change, fallBack: [false] });
  assert.deepEqual(judgeGroups([better], [[0]], [[gain(-0.4)]]).fallBack, [true]);
});

describe('what is said agrees with its figure', () => {
  const said = (change: number, fallBack: readonly boolean[], what: 'prior' | 'groups' = 'groups'): string[] => {
    const { code, message } = guardDiagnostic('arm', { change, fallBack }, [2, 5], what);
    return [code, message.replace(/^.*; /, '')];
  };

  test('nobody takes what harms: whoever was judged, of groups', () => {
    assert.deepEqual(said(0.1, [true, true]), ['GROUPS_HARM', 'the groups do not help, all who were judged learn alone']);
    assert.deepEqual(said(NaN, [true, true], 'prior'), ['PRIOR_HARMS', 'the prior does not help, every agent learns alone']);
  });
  test('all fall back, each by itself, where the sum is smaller', () => {
    assert.deepEqual(said(-0.1, [true, true]), ['AGENTS_FALL_BACK', 'better off alone, and left alone: agent 2, 5']);
    assert.deepEqual(said(0.1, [true, false]), ['AGENTS_FALL_BACK', 'better off alone, and left alone: agent 2, 5']);
  });
});

test('groups: in one that helps only who is harmed for certain falls back', () => {
  const spread = Array.from({ length: 20 }, (_, k) => gain(k % 2 === 0 ? 0.1 : 0.9, 0.01, 40));
  const { fallBack } = judgeGroups([...spread, gain(-0.5, 0.01, 40)], [spread.map((_, k) => k).slice(0, 10), [...spread.map((_, k) => k).slice(10), 20]]);
  assert.deepEqual(
    fallBack.flatMap((falls, k) => (falls ? [k] : [])),
    [20],
  );
});
