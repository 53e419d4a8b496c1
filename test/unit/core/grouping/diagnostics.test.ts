/** The failure signatures of algorithms-2, B2 and B5, each said with its figure and nothing else said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupDiagnostics } from '../../../../core/grouping/diagnostics.ts';
import { GainBook } from '../../../../core/grouping/gain-book.ts';
import { gainsFromLosses, type GainName } from '../../../../core/grouping/gains.ts';
import { bestGrouping, groupingOf } from '../../../../core/grouping/grouping.ts';
import { fromRows, type Matrix } from '../../../../core/linalg/matrix.ts';

/** [code, figure, words] of groups found from these gains in three steps. */
function said(steps: readonly Matrix[], groups: number | 'auto' = 'auto', way: GainName = 'first-order'): [string, number, string][] {
  const book = new GainBook(steps[0].rows);
  steps.forEach((gains) => book.add(gains));
  const seen = book.mean();
  const members = Array.from({ length: steps[0].rows }, (_, i) => 10 + i);
  const found = bestGrouping({ gains: seen.gains, groups, cover: 'partition' });
  return groupDiagnostics(found, seen, { members, way, isCounted: groups !== 'auto' }).map(({ code, value, message }) => [code, value!, message]);
}

const thrice = (rows: readonly (readonly number[])[]): Matrix[] => Array.from({ length: 3 }, () => fromRows(rows.map((row) => Float64Array.from(row))));
const all = (gain: number): Matrix[] => thrice([0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 0 : gain))));
const PAIR = [
  [0, 0.2, -0.1],
  [0.2, 0, -0.1],
  [-0.1, -0.1, 0],
];

test('good groups are said with what their members gain', () => {
  assert.deepEqual(said(thrice(PAIR)), [['GROUPS', 2, '2 groups of 3 agents: members gain 6.67 % of their loss per step on average']]);
  assert.deepEqual(said(thrice(PAIR), 'auto', 'cosine'), [['GROUPS', 2, '2 groups of 3 agents: gradients inside them have a mean cosine of 0.07']]);
});

test('all gain by all: one group; nobody gains by anybody: groups of one', () => {
  assert.deepEqual(said(all(0.3))[0].slice(0, 1), ['ONE_GROUP']);
  const [[code, most, words], ...rest] = said(all(-0.3));
  assert.deepEqual([code, most, rest.length], ['GROUPS_OF_ONE', -0.3, 0]);
  assert.match(words, /nobody gains by anybody \(at most -30.0 % of the loss per step\): every agent learns alone/);
});

test('groups that were asked for where everybody loses are said to be forced', () => {
  const [[code, most], ...rest] = said(all(-0.3), 1);
  assert.deepEqual([code, most, rest.length], ['GROUPS_FORCED', -0.3, 0]);
});

test('who gives its group more than it gets is named', () => {
  const [, [code, least, words]] = said(thrice(PAIR), 1);
  assert.deepEqual([code, Math.round(1e9 * least) / 1e9], ['MEMBERS_LOSE', -0.066666667]);
  assert.match(words, /^agent 12 gives its group more/);
});

test('of overlapping groups it is said who is in several, and which groups serve nobody', () => {
  const book = new GainBook(3);
  for (const gains of thrice(PAIR)) book.add(gains);
  const seen = book.mean();
  const groups = [[0, 1], [0, 2], [2]];
  const overlapping = (of: readonly (readonly number[])[]): unknown[] =>
    groupDiagnostics({ ...groupingOf(of, seen.gains), isProven: true }, seen, { members: [10, 11, 12], way: 'first-order', isCounted: true }).map(
      ({ code, value }) => [code, value],
    );
  assert.deepEqual(overlapping(groups), [
    ['GROUPS', 3],
    ['GROUPS_OVERLAP', 2],
    ['GROUPS_UNUSED', 1],
  ]);
  assert.deepEqual(overlapping([[0, 1], [2]]), [['GROUPS', 2]]);
});

test('steps that lead away are said to be too long', () => {
  const gains = PAIR.map((row) => [...row]);
  gains[2][0] = -4;
  assert.deepEqual(said(thrice(gains))[1].slice(0, 2), ['GAIN_STEPS_TOO_LONG', -4]);
});

test('gains that were hardly seen count as none; a loss that vanished is not divided by', () => {
  const step = gainsFromLosses([Float64Array.of(1, 1, 0.5), Float64Array.of(1e-9, 1, 1)]);
  assert.deepEqual(Array.from(step.data), [0, NaN, 0.5, 0]);
  const [, [code, count, words]] = said([step, step, step]);
  assert.deepEqual([code, count], ['GAINS_UNSEEN', 1]);
  assert.match(words, /seen in fewer than 3 steps and count as none: there was nothing left to lose .* for agent 11/);
});
