import assert from 'node:assert/strict';
import test from 'node:test';
import { faultKinds, kindsOf } from '../../../core/fault/describe.ts';
import type { Fault } from '../../../core/fault/plan.ts';
import { loadExperiment } from '../../../config/load.ts';
import { entryLines } from '../../../sim/swarm-seed.ts';
import { randomPlan } from '../../../sim/schedule.ts';
import { example } from '../../support/experiments.ts';
import { textOf } from '../../support/documents.ts';

const experiment = example('swarm');
const SEEDS = 300;
const schedules = Array.from({ length: SEEDS }, (_, seed) => randomPlan(seed, experiment));
const faults = schedules.flatMap(({ plan }) => plan);

const conditions = faults.flatMap(({ action }) => (action.kind === 'link' ? [action.conditions] : []));

test('a seed is one schedule, and another seed another', () => {
  const text = (seed: number): string => JSON.stringify(randomPlan(seed, experiment));
  assert.equal(text(7), text(7));
  assert.notEqual(text(7), text(8));
  const { delayMs } = randomPlan(7, experiment);
  assert.equal(delayMs(0, 1), randomPlan(7, experiment).delayMs(0, 1));
});

test('every kind comes up but slice, which changes nothing in memory', () => {
  const seen = new Set(faults.flatMap(kindsOf));
  assert.deepEqual(
    faultKinds.filter((kind) => !seen.has(kind)),
    ['slice'],
  );
});

test('some seeds are calm and some are wild', () => {
  const sizes = schedules.map(({ plan }) => plan.length);
  assert.ok(sizes.filter((size) => size <= 3).length > SEEDS / 5);
  assert.ok(sizes.filter((size) => size > 12).length > SEEDS / 5);
  assert.ok(Math.min(...sizes) >= 1);
});

test('loss reaches 30 % and duplication 50 %, and not more', () => {
  const most = (name: 'loss' | 'duplicate'): number => Math.max(...conditions.map((one) => one[name] ?? 0));
  assert.ok(most('loss') > 0.25 && most('loss') <= 0.3, String(most('loss')));
  assert.ok(most('duplicate') > 0.45 && most('duplicate') <= 0.5, String(most('duplicate')));
});

test('everything heals', () => {
  for (const fault of faults) {
    if (fault.action.kind === 'kill') assert.notEqual(fault.action.restartAfterMs, null);
    else assert.notEqual(fault.for.unit, 'run', JSON.stringify(fault));
    if (fault.for.unit === 'steps') assert.ok(letsRoundsPass(fault), JSON.stringify(fault));
  }
});

/** In bsp a fault that stops rounds and counts them would wait for itself. */
function letsRoundsPass({ action }: Fault): boolean {
  if (action.kind !== 'link') return action.kind === 'slow-cpu' || action.kind === 'disk-full';
  const { loss = 0, corrupt = 0, ...rest } = action.conditions;
  return loss <= 0.3 && corrupt <= 0.1 && !['blackhole', 'reset', 'limitData', 'bandwidth'].some((name) => name in rest);
}

test('partitions cut the coordinator off too, in one direction and in both, and links fail in one direction and in both', () => {
  const partitions = faults.flatMap(({ action }) => (action.kind === 'partition' ? [action] : []));
  for (const oneWay of [false, true]) assert.ok(partitions.some((one) => one.oneWay === oneWay && one.groups.flat().includes('coordinator')));
  const sets = faults.flatMap(({ action }) => (action.kind === 'link' ? [action.links] : []));
  assert.deepEqual(new Set(sets.map((links) => (links === 'all' ? 'all' : links.length))), new Set(['all', 1, 2]));
});

test('kills come in every phase, at steps and at times; sometimes several at once', () => {
  const kills = faults.filter(({ action }) => action.kind === 'kill');
  for (const phase of ['exploring', 'estimating', 'cooperating']) assert.ok(kills.some(({ at }) => at.unit === 'phase' && at.phase === phase));
  for (const unit of ['step', 'ms']) assert.ok(kills.some(({ at }) => at.unit === unit));
  const most = schedules.map(({ plan }) => Math.max(...plan.map(({ at }) => plan.filter((one) => one.at === at && one.action.kind === 'kill').length)));
  assert.ok(Math.max(...most) > 4);
});

test('a plan written as entries of a file is read back as it was', () => {
  const text = textOf('examples/swarm.yaml');
  for (const { plan } of schedules) {
    const file = `${text}\nfaults:\n${entryLines(plan)
      .map((entry) => `  ${entry}`)
      .join('\n')}\n`;
    const { faults: read } = loadExperiment('swarm.yaml', { overrides: [], environment: {}, readFile: () => file });
    assert.deepEqual(read, plan);
  }
});

test('the plan leaves the room for it to end', () => {
  for (const { plan, horizonMs } of schedules) assert.ok(plan.every(({ at }) => at.unit !== 'ms' || at.ms + 60_000 <= horizonMs));
});
