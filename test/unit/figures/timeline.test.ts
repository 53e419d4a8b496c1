import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMN, SCREEN } from '../../../figures/frame.ts';
import { timelineFigure, type Timeline } from '../../../figures/timeline.ts';
import { paperRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf } from './markup.ts';

const TIMELINE: Timeline = {
  endMs: 10_000,
  phases: [
    { name: 'assembling', fromMs: 0, untilMs: 1_000 },
    { name: 'exploring', fromMs: 1_000, untilMs: 4_000 },
    { name: 'cooperating', fromMs: 4_000, untilMs: 10_000 },
  ],
  arms: [{ name: 'multitask (learned)', fromMs: 4_000, untilMs: 10_000 }],
  faults: [
    { name: 'kill 2', fromMs: 5_000, untilMs: 6_000 },
    { name: 'delay 5 ms on all links', fromMs: 0, untilMs: 9_900 },
  ],
  parties: [
    {
      name: 'agent 2',
      away: [{ fromMs: 5_000, untilMs: 6_500 }],
      marks: [
        { kind: 'lost', ms: 5_000 },
        { kind: 'back', ms: 6_500 },
      ],
    },
  ],
};

test('phases, faults and absences are bands at their times', () => {
  const svg = timelineFigure(paperRun(), TIMELINE);
  elementsOf(svg);
  // 0 to 10 s between 150 and 828: 67.8 px a second.
  const bandOf = (name: string): number[] => {
    const [rect] = new RegExp(`<rect data-part="${name}"[^>]*>`).exec(svg)!;
    return [numbersOf(rect, 'x')[0], numbersOf(rect, 'width')[0]];
  };
  assert.deepEqual(bandOf('phase'), [150, 67.8]);
  assert.deepEqual(bandOf('away'), [150 + 5 * 67.8, 101.7]);
  // What lasts most of the run shades nothing.
  assert.equal(countOf(svg, 'data-part="shade"'), 1);
  assert.deepEqual(bandOf('shade'), [150 + 5 * 67.8, 67.8]);
  assert.equal(countOf(svg, 'data-part="fault"'), 2);
  assert.equal(countOf(svg, 'data-mark="lost"'), 2, 'one in the plot, one in the key');
  assert.match(svg, /seconds since the run began/);
  assert.match(svg, /exploring 3\.0 s/);
});

test('a band too short for its name has the number of the key', () => {
  const arms = [
    { name: 'multitask (learned)', fromMs: 4_000, untilMs: 4_500 },
    { name: 'consensus (network)', fromMs: 4_500, untilMs: 10_000 },
  ];
  const svg = timelineFigure(paperRun(), { ...TIMELINE, arms }, COLUMN);
  assert.match(svg, /<text[^>]*>1<\/text>/);
  assert.match(svg, /1 multitask, learned 500 ms/);
});

test('a hundred agents and thirty faults stay inside the sheet', () => {
  const parties = Array.from({ length: 100 }, (_, k) => ({ ...TIMELINE.parties[0], name: `agent ${k}` }));
  const faults = Array.from({ length: 30 }, (_, k) => ({ name: `loss ${k} % on all links`, fromMs: 300 * k, untilMs: 300 * k + 200 }));
  for (const medium of [SCREEN, COLUMN]) {
    const svg = timelineFigure(paperRun(), { ...TIMELINE, parties, faults }, medium);
    elementsOf(svg);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
    assert.ok(numbersOf(svg, 'x').every((x) => x >= 0 && x <= width));
    assert.ok(numbersOf(svg, 'y').every((y) => y >= 0 && y <= height));
    assert.match(svg, /and 14 faults more/);
  }
});

test('nothing recorded is said', () => {
  assert.match(timelineFigure(paperRun(), null), /No events of this run are stored/);
});
