import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curvesFigure } from '../../../figures/curves.ts';
import { arm, paperRun, windRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf, part } from './markup.ts';

test('one measured path per arm, one predicted per theory, one label each, no two label lines overlap', () => {
  const svg = curvesFigure([paperRun()]);
  elementsOf(svg);
  assert.equal(countOf(svg, 'data-part="measured"'), 5);
  assert.equal(countOf(svg, 'data-part="predicted"'), 4);
  assert.equal(countOf(svg, 'data-part="steady"'), 4);
  assert.equal(countOf(svg, 'data-part="label"'), 5);
  const names = [...svg.matchAll(/<text x="\d+" y="([\d.]+)"[^>]*font-weight="600">[a-z]/g)].map((match) => Number(match[1])).sort((a, b) => a - b);
  assert.equal(names.length, 5);
  names.slice(1).forEach((y, i) => assert.ok(y - names[i] >= 33.9));
});

test('a lower error is drawn lower, in the logarithm', () => {
  const run = paperRun();
  const flat = (error: number) => arm('multitask', 'learned', error, { curve: { iteration: [0, 10], error: [error, error], predicted: null } });
  const svg = curvesFigure([{ ...run, arms: [flat(0.1), flat(1), flat(10)] }]);
  const ys = [...svg.matchAll(/data-part="measured" d="M[\d.]+ ([\d.]+)/g)].map((match) => Number(match[1])) as [number, number, number];
  assert.ok(ys[0] > ys[1] && ys[1] > ys[2]);
  assert.ok(Math.abs(ys[0] - 2 * ys[1] + ys[2]) < 0.03);
});

test('a change of the graph is marked at its step, and only there', () => {
  const run = paperRun();
  const marked = (changesAt: number): string => curvesFigure([{ ...run, problem: { kind: 'gmrf-regression', changesAt } }]);
  const place = (svg: string): number => numbersOf(svg, 'x1').at(0)!;
  const [early, half] = [100, 150].map((at) => place(part(marked(at), 'change')));
  // Steps 0 to 300 between 76 and 646.
  assert.ok(Math.abs(early - (76 + 570 / 3)) < 0.02 && Math.abs(half - (76 + 570 / 2)) < 0.02);
  assert.match(marked(100), /The graph changes at step 100\./);
  for (const svg of [curvesFigure([run]), marked(301)]) assert.equal(countOf(svg, 'data-part="change"'), 0);
});

test('arms differ in colour and in dash', () => {
  const svg = curvesFigure([paperRun()]);
  const paths = [...svg.matchAll(/<path data-part="measured"[^>]*>/g)].map(([path]) => path);
  assert.equal(new Set(paths.map((path) => / stroke="([^"]*)"/.exec(path)![1])).size, 5);
  assert.equal(new Set(paths.map((path) => / stroke-dasharray="([^"]*)"/.exec(path)?.[1] ?? 'solid')).size, 5);
});

test('errors that are not finite or not positive leave a gap', () => {
  const run = paperRun();
  const curve = { iteration: [0, 10, 20, 30, 40], error: [0.3, NaN, 0.2, 0, null as unknown as number], predicted: [0.3, 0.25, 0.2, Infinity, 0.2] };
  const svg = curvesFigure([{ ...run, arms: [arm('multitask', 'learned', NaN, { curve, predictedError: NaN })] }]);
  elementsOf(svg);
  assert.match(svg, /data-part="measured" d="M[\d. ]+M[\d. ]+"/);
  assert.equal(countOf(svg, 'data-part="steady"'), 0);
});

test('a run without curves says so', () => {
  const svg = curvesFigure([windRun()]);
  elementsOf(svg);
  assert.match(svg, /No arm of this run has an error curve/);
});

test('one arm, and twenty, keep their labels inside the sheet', () => {
  const run = paperRun();
  const one = run.arms[2];
  for (const arms of [[one], Array.from({ length: 20 }, () => one)]) {
    const svg = curvesFigure([{ ...run, arms }]);
    elementsOf(svg);
    const height = numbersOf(svg, 'height')[0];
    assert.ok(numbersOf(svg, 'y').every((y) => y >= 0 && y <= height));
    assert.equal(countOf(svg, 'data-part="label"'), arms.length);
  }
});
