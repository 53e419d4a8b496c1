/** The page's tables and plots: sorting, lanes of bands, ticks, lines of curves, what two runs have in common. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../../web/model/backoff.ts';
import { comparedArms } from '../../../web/model/compared-arms.ts';
import { linesOf, valueAt } from '../../../web/model/curve-table.ts';
import { graphPicture, strongestLinks } from '../../../web/model/graph-picture.ts';
import { lanesOf, timeTicks } from '../../../web/model/lanes.ts';
import { MEASURES, worstLinks } from '../../../web/model/link-measures.ts';
import { reordered, sorted } from '../../../web/model/sorting.ts';
import { tickTimeText } from '../../../web/model/words.ts';
import { viewFixture } from '../../support/view-fixture.ts';

test('what is not known stands last in either direction, equal rows as they stood', () => {
  const rows = [{ n: 2 }, { n: null }, { n: 10 }, { n: 2, second: true }];
  const ups = sorted(rows, ({ n }) => n, false);
  assert.deepEqual(ups, [rows[0], rows[3], rows[2], rows[1]]);
  assert.deepEqual(
    sorted(rows, ({ n }) => n, true),
    [rows[2], rows[0], rows[3], rows[1]],
  );
});

test('a second click on a heading turns it round', () => {
  const order = reordered({ by: 'a', descending: false }, 'b', true);
  assert.deepEqual(order, { by: 'b', descending: true });
  assert.deepEqual(reordered(order, 'b', true), { by: 'b', descending: false });
});

test('bands that overlap take lanes of their own, and a lane is used again', () => {
  const spans = [
    { fromMs: 0, untilMs: 10 },
    { fromMs: 5, untilMs: null },
    { fromMs: 10, untilMs: 20 },
    { fromMs: 12, untilMs: 15 },
  ];
  assert.deepEqual(lanesOf(spans, 100), [0, 1, 0, 2]);
});

test('ticks of a time axis are round, and no more than asked for', () => {
  assert.deepEqual(timeTicks(20_000, 10), [0, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000]);
  for (const endMs of [7, 950, 61_000, 4e6, 3e8]) assert.ok(timeTicks(endMs, 8).length <= 9, String(endMs));
  assert.deepEqual(
    [500, 30_000, 90_000, 3_600_000].map((ms) => tickTimeText(ms, 30_000)),
    ['1 s', '30 s', '1:30 min', '60 min'],
  );
});

test('a curve has its measured line and theory has its own: its curve, else its level; nothing at or below zero', () => {
  const [alone] = viewFixture(3).curves;
  const lines = linesOf([
    { ...alone, error: alone.error.map((value, i) => (i === 0 ? 0 : value)) },
    { ...alone, predicted: null, predictedError: 0.3 },
  ]);
  assert.deepEqual(
    lines.map(({ curve, predicted }) => [curve, predicted]),
    [
      [0, false],
      [1, false],
      [0, true],
      [1, true],
    ],
  );
  assert.equal(lines[0].y[0], null);
  assert.deepEqual(
    [lines[3].x, lines[3].y],
    [
      [0, 300],
      [0.3, 0.3],
    ],
  );
  assert.equal(valueAt(alone, 15), alone.error[1]);
  assert.equal(valueAt({ ...alone, iteration: [], error: [] }, 15), null);
});

test('places come from the truth, and stay where they are when another version is shown', () => {
  const { truth, relationships } = viewFixture(30);
  const [first, last] = relationships.map(({ laplacian }) => laplacian!);
  assert.deepEqual(graphPicture(first, truth).places, graphPicture(last, truth).places);
  assert.notDeepEqual(graphPicture(first, null).places, graphPicture(last, truth).places);
  const links = strongestLinks(last, truth, 5);
  assert.ok(links.every(({ i, j, learned, truth: real }) => learned === -last[i][j] && real === -truth![i][j]));
  assert.ok(links[0].learned >= links[4].learned);
});

test('a closed link is worse than a slow one', () => {
  const { links } = viewFixture(10);
  const closed = { ...links[3], open: false };
  assert.equal(worstLinks([...links, closed], 1)[0], closed);
  assert.equal(worstLinks(links, 4).length, 4);
  assert.equal(MEASURES.lost.text(0.123), '12.3 %');
});

test('arms of two runs are paired by label', () => {
  const [a, b] = [viewFixture(4), viewFixture(4)];
  const other = { curves: b.curves.map((curve) => ({ ...curve, label: curve.arm === 2 ? 'filter' : curve.label, steadyError: 2 * curve.steadyError! })) };
  const arms = comparedArms(a, other);
  assert.deepEqual(
    arms.map(({ label }) => label),
    ['non-cooperative', 'consensus', 'multitask', 'filter'],
  );
  assert.deepEqual(
    arms.map(({ difference }) => difference),
    [1, 1, null, null],
  );
});

test('a server that does not answer is asked ever more seldom, but asked', () => {
  assert.deepEqual([1, 2, 3, 20].map(backoffMs), [500, 1_000, 2_000, 10_000]);
});
