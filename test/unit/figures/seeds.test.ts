import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curvesFigure } from '../../../figures/curves.ts';
import { formatEstimate } from '../../../figures/format.ts';
import { COLUMN } from '../../../figures/frame.ts';
import { gainFigure } from '../../../figures/gain.ts';
import { graphFigure } from '../../../figures/graph.ts';
import { estimate, meanRun, seedWords } from '../../../figures/seeds.ts';
import { arm, paperRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf, part } from './markup.ts';

/** Two arms whose steady error and flat curve are given. */
const runOf = (seed: number, alone: number, together: number) => {
  const flat = (strategy: string, relationship: string, error: number) =>
    arm(strategy, relationship, error, { errorByAgent: [error, error], curve: { iteration: [0, 10], error: [error, error], predicted: null } });
  const { relationship, ...run } = paperRun();
  return {
    ...run,
    seed,
    relationship: { ...relationship!, relativeError: together },
    arms: [flat('non-cooperative', 'none', alone), flat('multitask', 'learned', together)],
  };
};

test('the interval is t s / sqrt(n), by hand', () => {
  // 1, 2, 3: mean 2, s 1, t(0.975; 2) = 4.30265273; 4.30265273 / sqrt(3) = 2.48413772.
  const { mean, half } = estimate([1, 2, 3])!;
  assert.equal(mean, 2);
  assert.ok(Math.abs(half! - 2.48413772) < 1e-7);
  // 2.1, 2.3, 2.0, 2.6: mean 2.25, s^2 = 0.07, t(0.975; 3) = 3.18244631; 3.18244631 * sqrt(0.07 / 4) = 0.42099808.
  const four = estimate([2.1, 2.3, 2.0, 2.6])!;
  assert.ok(Math.abs(four.mean - 2.25) < 1e-12 && Math.abs(four.half! - 0.42099808) < 1e-7);
});

test('one value has no interval, and one unknown value leaves no mean', () => {
  assert.deepEqual(estimate([5]), { mean: 5, half: null });
  for (const values of [[], [null], [1, null], [1, NaN], [1, undefined]]) assert.equal(estimate(values), null);
});

test('the mean of one run is that run', () => {
  const run = paperRun();
  assert.equal(meanRun([run]), run);
});

test('curves: a band from mean - half to mean + half, the numbers said, n in the key', () => {
  const runs = [runOf(1, 1, 0.1), runOf(2, 1, 0.2), runOf(3, 1, 0.3)];
  const svg = curvesFigure(runs);
  elementsOf(svg);
  // s = 0.1, half = 0.248: below zero at the lower end, so the band goes down to the axis, at 414.
  assert.match(svg, /multitask: 0\.20 ± 0\.25/);
  const [band] = [...svg.matchAll(/data-part="interval" d="([^"]*)"/g)].map((match) => match[1]);
  assert.match(band, /L76 414Z$/);
  assert.match(svg, /95 % interval \(t\) over n = 3 seeds/);
  assert.match(svg, /seeds 1–3 \(n = 3\)/);
  assert.equal(countOf(curvesFigure(runs.slice(0, 1)), 'data-part="interval"'), 0);
});

test('gain: paired within each run, then their mean and interval', () => {
  // 50 %, 60 %, 70 % saved: 60 ± 24.8. Of the mean errors, 4.3 / 13, it would be 66.9 %.
  const svg = gainFigure([runOf(1, 1, 0.5), runOf(2, 2, 0.8), runOf(3, 10, 3)]);
  elementsOf(svg);
  assert.match(svg, />60\.0 ± 24\.8 % better</);
  const [from, , to] = numbersOf(part(svg, 'interval'), 'x1');
  const bar = /<rect data-part="mean"[^>]*>/.exec(svg)![0];
  assert.ok(Math.abs((from + to) / 2 - (numbersOf(bar, 'x')[0] + numbersOf(bar, 'width')[0])) < 0.02);
  assert.match(svg, /over n = 3 seeds/);
});

test('graph: the mean of what was learned, and how well on average', () => {
  const svg = graphFigure([runOf(1, 1, 0.1), runOf(2, 1, 0.2), runOf(3, 1, 0.3)], COLUMN);
  elementsOf(svg);
  assert.match(svg, /mean of 3 seeds/);
  assert.match(svg, /relative error 0\.20 ± 0\.25/);
});

test('seeds in words', () => {
  const words = (...seeds: number[]): string => seedWords(seeds.map((seed) => ({ ...paperRun(), seed })));
  assert.equal(words(7), 'seed 7');
  assert.equal(words(3, 1, 2), 'seeds 1–3 (n = 3)');
  assert.equal(words(9, 1, 4), 'seeds 1, 4, 9 (n = 3)');
  assert.equal(words(1, 1), 'seed 1, 2 splits (n = 2)');
});

test('an estimate is written to the digits that its interval allows', () => {
  assert.equal(formatEstimate({ mean: 0.19404, half: 0.003128 }), '0.1940 ± 0.0031');
  assert.equal(formatEstimate({ mean: 12.345, half: 3.2 }), '12.3 ± 3.2');
  assert.equal(formatEstimate({ mean: 0.194, half: null }), '0.194');
  assert.equal(formatEstimate({ mean: 0.194, half: 0 }), '0.194');
  assert.equal(formatEstimate(null), '–');
});

test('text is 12 px or more, in a column as on a screen, and a column says how wide it is', () => {
  for (const svg of [curvesFigure([paperRun()], COLUMN), gainFigure([paperRun()], COLUMN), graphFigure([paperRun()], COLUMN), graphFigure([paperRun()])]) {
    elementsOf(svg);
    assert.ok(numbersOf(svg, 'font-size').every((size) => size >= 12));
  }
  // 12 px of 420 on 88 mm are 7.1 pt.
  assert.match(curvesFigure([paperRun()], COLUMN), /viewBox="0 0 420 \d+" width="88mm"/);
  assert.ok((12 * 88 * 72) / (420 * 25.4) >= 7);
});
