import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gains } from '../../../figures/arms.ts';
import { gainFigure } from '../../../figures/gain.ts';
import { swarmOffsets } from '../../../figures/swarm.ts';
import { arm, paperRun, statesRun, windRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf } from './markup.ts';

test('the gain is the share of the error saved', () => {
  const run = {
    ...paperRun(),
    arms: [arm('non-cooperative', 'none', 0.2, { errorByAgent: [0.2, 0.1, 0] }), arm('multitask', 'learned', 0.15, { errorByAgent: [0.1, 0.2, 0.1] })],
  };
  const [only] = gains(run);
  assert.ok(Math.abs(only.mean! - 25) < 1e-9);
  assert.deepEqual(
    only.byAgent.map((x) => (x === null ? null : Math.round(x))),
    [50, -100, null],
  );
});

test('logistic tables are compared by 1 - AUC', () => {
  const run = {
    ...windRun(),
    problem: { kind: 'csv-table', loss: 'logistic' },
    arms: [arm('non-cooperative', 'none', 0.1, { auc: 0.6, aucByAgent: [0.6, null] }), arm('multitask', 'learned', 0.2, { auc: 0.7, aucByAgent: [0.8, 0.9] })],
  };
  const [only] = gains(run);
  assert.ok(Math.abs(only.mean! - 25) < 1e-9);
  assert.deepEqual(
    only.byAgent.map((x) => (x === null ? null : Math.round(x))),
    [50, null],
  );
});

test('one row per cooperating arm, one dot per agent, zero marked, both directions named', () => {
  for (const run of [paperRun(), windRun(), statesRun()]) {
    const svg = gainFigure([run]);
    elementsOf(svg);
    assert.equal(countOf(svg, 'data-part="arm"'), 4);
    assert.equal(countOf(svg, 'data-part="mean"'), 4);
    const marks = countOf(svg, '<circle') - 1 + countOf(svg, 'data-part="beyond"');
    assert.ok(marks >= 4 * run.agents.expected && marks <= 4 * run.agents.expected + 1, `${marks} marks`);
    assert.match(svg, /← worse/);
    assert.match(svg, /better →/);
  }
});

test('a gain lies right of zero and a loss left of it', () => {
  const bars = [...gainFigure([paperRun()]).matchAll(/data-part="mean" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(
    (m) => [Number(m[1]), Number(m[2])] as const,
  );
  const zero = bars[1][0];
  assert.ok(Math.abs(bars[0][0] + bars[0][1] - zero) < 0.02, 'consensus is worse: its bar ends at zero');
  assert.ok(bars.slice(1).every(([x]) => Math.abs(x - zero) < 0.02));
});

test('a disaster does not squeeze the other arms', () => {
  const run = windRun();
  const bad = { ...run.arms[1], steadyError: 1e9, errorByAgent: run.arms[1].errorByAgent.map(() => 1e9) };
  const svg = gainFigure([{ ...run, arms: [run.arms[0], bad, run.arms[2]] }]);
  elementsOf(svg);
  assert.match(svg, /data-part="beyond"/);
  assert.match(svg, /beyond the axis/);
  const widths = numbersOf(svg.replace(/<rect width[^>]*>/, ''), 'width');
  assert.ok(widths[2] > 4, `the good bar is ${widths[2]} wide`);
});

test('missing numbers are left out', () => {
  const run = paperRun();
  const broken = arm('multitask', 'learned', NaN, { errorByAgent: [NaN, null, Infinity, 0.1] });
  const svg = gainFigure([{ ...run, arms: [run.arms[0], broken] }]);
  elementsOf(svg);
  assert.match(svg, /not known/);
  assert.match(svg, /1 of 1 agents better/);
});

test('without an arm that learns alone, or without any other, the figure says so', () => {
  const run = paperRun();
  assert.match(gainFigure([{ ...run, arms: run.arms.slice(1) }]), /No arm of this run learns alone/);
  assert.match(gainFigure([{ ...run, arms: run.arms.slice(0, 1) }]), /no arm in which agents cooperate/);
});

test('dots of a swarm do not lie on one another while there is room', () => {
  const next = [3, 1, 1, 1.5, 2, 2, 40, 2.2, 1.1];
  const offsets = swarmOffsets(next, 2, 30);
  for (let i = 0; i < next.length; i++) for (let j = 0; j < i; j++) assert.ok(Math.hypot(next[i] - next[j], offsets[i] - offsets[j]) >= 4 - 1e-9);
  assert.ok(
    swarmOffsets(
      Array.from({ length: 200 }, () => 0),
      3,
      20,
    ).every((offset) => Math.abs(offset) <= 20),
  );
});
