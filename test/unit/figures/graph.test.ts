import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../../core/run-result.ts';
import { COLUMN, SCREEN } from '../../../figures/frame.ts';
import { graphFigure } from '../../../figures/graph.ts';
import { circleLayout, forceLayout } from '../../../figures/layout.ts';
import { linksOf } from '../../../figures/links.ts';
import { allPairs, gaussians, laplacianOf, paperRun, referenceEdges, statesRun, tableRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf, part } from './markup.ts';

function withGraph(run: RunResult, laplacian: number[][], truth: number[][] | null): RunResult {
  return { ...run, relationship: { ...run.relationship!, laplacian, truth } };
}

test('K agents on each side, at equal places, and the thirteen true links', () => {
  const svg = graphFigure([paperRun()]);
  elementsOf(svg);
  const [learned, truth] = [part(svg, 'learned'), part(svg, 'true')];
  assert.equal(countOf(learned, '<circle'), 10);
  assert.equal(countOf(truth, '<line'), 13);
  assert.deepEqual(numbersOf(learned, 'cy'), numbersOf(truth, 'cy'));
  const shift = numbersOf(truth, 'cx').map((x, k) => x - numbersOf(learned, 'cx')[k]);
  assert.ok(Math.max(...shift) - Math.min(...shift) < 0.02);
  assert.match(learned, /relative error 0\.221/);
});

test('it is said which version is drawn, and beside which truth', () => {
  const run = paperRun();
  const drawn = (step: number): string => {
    const course = [{ version: 4, step, relativeError: 0.2 }];
    return graphFigure([{ ...run, problem: { kind: 'gmrf-regression', changesAt: 700 }, relationship: { ...run.relationship!, version: 4, course } }]);
  };
  assert.match(part(drawn(700), 'learned'), />learned \(v4, pinv\)</);
  assert.match(part(drawn(700), 'true'), />true, after the change at step 700</);
  assert.match(part(drawn(699), 'true'), />true, before the change at step 700</);
  assert.match(part(graphFigure([run]), 'true'), />true</);
  const learned = [{ version: 1, kind: 'precision', estimator: 'cgl', contributors: [] }];
  const lent = { ...run.relationship!, version: 2, estimator: 'hierarchical', learned, laplacianVersion: 1 };
  assert.match(part(graphFigure([{ ...run, relationship: lent }]), 'learned'), />learned \(v1, cgl\)</);
});

test('width grows with the weight on one scale for both graphs', () => {
  const double = referenceEdges().map(([i, j, weight]): [number, number, number] => [i, j, 2 * weight]);
  const svg = graphFigure([withGraph(paperRun(), laplacianOf(10, double), laplacianOf(10, referenceEdges()))]);
  const widest = (name: string): number => Math.max(...numbersOf(part(svg, name).replace(/<circle[^>]*>/g, ''), 'stroke-width'));
  assert.ok(Math.abs(widest('learned') - 7) < 0.01);
  assert.ok(Math.abs(widest('true') - 3.9) < 0.01);
});

test('negative weights are dashed, weak ones are dropped and counted', () => {
  const laplacian = laplacianOf(4, [
    [0, 1, 1],
    [1, 2, -0.5],
    [2, 3, 0.04],
  ]);
  const svg = graphFigure([withGraph(paperRun(), laplacian, null)]);
  const learned = part(svg, 'learned');
  assert.equal(countOf(learned, '<line'), 2);
  assert.equal(countOf(learned, 'stroke-dasharray'), 1);
  assert.match(learned, /1 weaker not drawn/);
  assert.match(svg, /Links weaker than 5 % of the strongest are not drawn/);
  assert.match(svg, /negative/);
});

test('without truth there is one graph and a list of its strongest links', () => {
  const svg = graphFigure([statesRun()]);
  elementsOf(svg);
  assert.equal(countOf(part(svg, 'learned'), '<circle'), 48);
  assert.equal(countOf(svg, 'data-part="true"'), 0);
  assert.ok(countOf(part(svg, 'learned'), '<line') <= 4 * 48);
  assert.match(part(svg, 'strongest'), /TEXAS – VERMONT/);
});

test('two agents, and sixty, stay on the sheet', () => {
  for (const agents of [2, 17, 60, 90]) {
    const names = Array.from({ length: agents }, (_, k) => `an agent with a long name ${k}`);
    const svg = graphFigure([tableRun('sizes', names, [1, 2, 3, 4], 1, 0.1, 3)]);
    elementsOf(svg);
    assert.equal(countOf(svg, '<circle'), agents);
    assert.ok(numbersOf(svg, 'cx').every((x) => x >= 10 && x <= 850));
    assert.ok(numbersOf(svg, 'cy').every((y) => y >= 100));
  }
});

test('at 48 and 100 agents no node lies on another, and names that do not fit are listed', () => {
  for (const [agents, medium] of [
    [48, SCREEN],
    [48, COLUMN],
    [100, SCREEN],
    [100, COLUMN],
  ] as const) {
    const names = Array.from({ length: agents }, (_, k) => `state ${k}`);
    const svg = graphFigure([tableRun('sizes', names, [1, 2, 3, 4], 1, 0.1, 3)], medium);
    const [x, y, r] = ['cx', 'cy', 'r'].map((name) => numbersOf(svg, name));
    for (let i = 0; i < agents; i++) for (let j = 0; j < i; j++) assert.ok(Math.hypot(x[i] - x[j], y[i] - y[j]) > 1.9 * r[i], `${agents}: ${i} on ${j}`);
    assert.match(svg, />47 state 47</);
  }
});

test('a matrix with holes, an empty graph and no relationship are all drawn', () => {
  const holes = [[1, NaN, -1], [NaN, 1, null as unknown as number], [-1]];
  elementsOf(graphFigure([withGraph(paperRun(), holes, null)]));
  assert.match(graphFigure([withGraph(paperRun(), laplacianOf(5, []), null)]), /No two tasks are related/);
  assert.match(graphFigure([{ ...paperRun(), relationship: null }]), /learned no graph/);
});

test('a true graph of other agents is not shown', () => {
  assert.equal(countOf(graphFigure([withGraph(paperRun(), laplacianOf(4, [[0, 1, 1]]), laplacianOf(10, referenceEdges()))]), 'data-part="true"'), 0);
});

test('the same graph gives the same figure', () => {
  assert.equal(graphFigure([statesRun()]), graphFigure([statesRun()]));
});

test('links are minus the off-diagonals', () => {
  assert.deepEqual(
    linksOf(
      laplacianOf(3, [
        [0, 2, 1.5],
        [1, 2, -0.5],
      ]),
    ),
    [
      { i: 0, j: 2, weight: 1.5 },
      { i: 1, j: 2, weight: -0.5 },
    ],
  );
});

test('a circle is even; forces put linked agents nearer, and no two on one place', () => {
  assert.ok(circleLayout(7).every(([x, y]) => Math.abs(Math.hypot(x, y) - 1) < 1e-12));
  const next = gaussians(4);
  const links = allPairs(40, (i, j) => (i % 4 === j % 4 && next() > 0 ? 1 : 0)).map(([i, j, weight]) => ({ i, j, weight }));
  const points = forceLayout(40, links);
  const distance = (i: number, j: number): number => Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]);
  const mean = (pairs: number[]): number => pairs.reduce((a, b) => a + b, 0) / pairs.length;
  const pairs = allPairs(40, () => 0);
  const [within, between] = [true, false].map((same) => mean(pairs.filter(([i, j]) => (i % 4 === j % 4) === same).map(([i, j]) => distance(i, j)))) as [
    number,
    number,
  ];
  assert.ok(within < 0.6 * between, `${within} within, ${between} between groups`);
  assert.ok(pairs.every(([i, j]) => distance(i, j) > 0.02));
});
