/** The section `faults`: what every entry means, and every refusal with its exact text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, FaultAction, LinkConditions } from '../../../core/fault/plan.ts';
import { LIMITS } from '../../../core/limits.ts';
import { PAPER, TABLE, load, refusal } from './fixture.ts';

const START = { unit: 'phase', phase: 'exploring' } as const;
const RUN = { unit: 'run' } as const;

const withFaults = (entries: string, text = PAPER): string => text.replace('faults: []', `faults: ${entries}`);

function faultOf(entry: string, text = PAPER): Fault {
  const [fault, ...more] = load(withFaults(`[{ ${entry} }]`, text)).faults;
  assert.equal(more.length, 0);
  return fault;
}

const ACTIONS: readonly [string, FaultAction][] = [
  ['isolate: 3', { kind: 'isolate', agent: 3 }],
  ['kill: 7', { kind: 'kill', target: 7, restartAfterMs: null }],
  ['kill: 7, restartAfter: 5s', { kind: 'kill', target: 7, restartAfterMs: 5_000 }],
  ['kill: coordinator, restartAfter: 250ms', { kind: 'kill', target: 'coordinator', restartAfterMs: 250 }],
  ['restart: 0', { kind: 'kill', target: 0, restartAfterMs: 0 }],
  ['restart: coordinator', { kind: 'kill', target: 'coordinator', restartAfterMs: 0 }],
  ['slowCpu: 3', { kind: 'slow-cpu', agent: 3, factor: 4 }],
  ['slowCpu: 3, factor: 1.5', { kind: 'slow-cpu', agent: 3, factor: 1.5 }],
  ['diskFull: 9', { kind: 'disk-full', agent: 9 }],
  [
    'partition: [[0, 1], ["2-4"]]',
    {
      kind: 'partition',
      groups: [
        [0, 1],
        [2, 3, 4],
      ],
      oneWay: false,
    },
  ],
  ['partition: [["0 - 2", coordinator, "7"], [9]], direction: one-way', { kind: 'partition', groups: [[0, 1, 2, 'coordinator', 7], [9]], oneWay: true }],
  ['partition: [["4-4"], [5]], direction: both', { kind: 'partition', groups: [[4], [5]], oneWay: false }],
];

for (const [entry, action] of ACTIONS) {
  test(`means: ${entry}`, () => assert.deepEqual(faultOf(entry), { at: START, for: RUN, action }));
}

test('a pause lasts for a time', () => {
  assert.deepEqual(faultOf('pause: 7, for: 5s'), { at: START, for: { unit: 'ms', ms: 5_000 }, action: { kind: 'pause', target: 7 } });
  assert.deepEqual(faultOf('pause: coordinator, for: 1s').action, { kind: 'pause', target: 'coordinator' });
});

const CONDITIONS: readonly [string, Partial<LinkConditions>][] = [
  ['delay: 50ms', { delayMs: 50 }],
  ['delay: 0.5s, jitter: 20 ms', { delayMs: 500, jitterMs: 20 }],
  ['loss: 0.1, duplicate: 2%, reorder: 57%, corrupt: 100%', { loss: 0.1, duplicate: 0.02, reorder: 0.57, corrupt: 1 }],
  ['loss: 0', { loss: 0 }],
  ['bandwidth: 1MB/s', { bandwidth: 1_000_000 }],
  ['bandwidth: 64 kB/s', { bandwidth: 64_000 }],
  ['bandwidth: 500', { bandwidth: 500 }],
  ['blackhole: true', { blackhole: true }],
  ['reset: true', { reset: true }],
  ['slice: 16, limitData: 1.5kB, slowClose: 2s', { slice: 16, limitData: 1_500, slowCloseMs: 2_000 }],
  ['limitData: 4096', { limitData: 4_096 }],
];

for (const [keys, conditions] of CONDITIONS) {
  test(`on a link: ${keys}`, () => assert.deepEqual(faultOf(`link: all, ${keys}`).action, { kind: 'link', links: 'all', conditions }));
}

test('links: both ways, one way, to the coordinator, all', () => {
  const linksOf = (link: string) => (faultOf(`link: ${link}, loss: 0.1`).action as { links: unknown }).links;
  const both = [
    [3, 7],
    [7, 3],
  ];
  assert.deepEqual([linksOf('3<->7'), linksOf('"3 <-> 7"'), linksOf('3->7'), linksOf('all')], [both, both, [[3, 7]], 'all']);
  assert.deepEqual(linksOf('3<->coordinator'), [
    [3, 'coordinator'],
    ['coordinator', 3],
  ]);
  assert.deepEqual(linksOf('coordinator->0'), [['coordinator', 0]]);
});

test('begins at a step, a share of the steps of all arms, a time or a phase', () => {
  const at = (text: string) => faultOf(`at: ${text}, isolate: 1, for: 5s`).at;
  assert.deepEqual(at('120'), { unit: 'step', step: 120 });
  assert.deepEqual(at('0'), { unit: 'step', step: 1 });
  assert.deepEqual(at('0%'), { unit: 'step', step: 1 });
  assert.deepEqual(at('30%'), { unit: 'step', step: 450 });
  assert.deepEqual(at('29%'), { unit: 'step', step: 435 });
  assert.deepEqual(at('33.3 %'), { unit: 'step', step: 500 });
  assert.deepEqual(at('100%'), { unit: 'step', step: 1_500 });
  assert.deepEqual(at('5s'), { unit: 'ms', ms: 5_000 });
  assert.deepEqual(at('250ms'), { unit: 'ms', ms: 250 });
  for (const phase of ['exploring', 'estimating', 'cooperating']) assert.deepEqual(at(phase), { unit: 'phase', phase });
});

test('lasts for rounds, for a time, or until the run ends', () => {
  const lasting = (text: string) => faultOf(`link: all, delay: 5ms${text}`).for;
  assert.deepEqual(lasting(', for: 300 rounds'), { unit: 'steps', steps: 300 });
  assert.deepEqual(lasting(', for: 1 round'), { unit: 'steps', steps: 1 });
  assert.deepEqual(lasting(', for: 0.5s'), { unit: 'ms', ms: 500 });
  assert.deepEqual(lasting(''), RUN);
});

test('rounds that go on without a neighbour may count what cuts it off', () => {
  for (const rounds of ['{ bounded: 5 }', 'async']) {
    const text = PAPER.replace('rounds: bsp', `rounds: ${rounds}`);
    assert.deepEqual(faultOf('isolate: 1, for: 300 rounds', text).for, { unit: 'steps', steps: 300 });
  }
});

test('on a table, agents are its tasks and percentages need steps', () => {
  const entries = (given: string) => `${TABLE}faults: [{ ${given} }]\n`;
  assert.equal(load(entries('kill: 2')).faults.length, 1);
  assert.equal(refusal(entries('kill: 3')).text, 'dir/experiment.yaml:5:12 faults[0].kill: there is no agent 3 (there are 0 to 2)');
  assert.match(refusal(entries('kill: 2, at: 30%')).text, /cooperate\.steps: auto there is no 30% of the steps/);
  assert.deepEqual(load(`${entries('kill: 2, at: 30%')}cooperate: { steps: 100 }\n`).faults[0].at, { unit: 'step', step: 60 });
});

test('an override reaches into an entry', () => {
  const text = withFaults('[{ link: all, loss: 0.1 }]');
  assert.deepEqual(load(text, { overrides: ['faults[0].loss=5%'] }).faults[0].action, { kind: 'link', links: 'all', conditions: { loss: 0.05 } });
  assert.equal(refusal(text, { overrides: ['faults[0].loss=1.5'] }).text, '-c faults[0].loss=1.5 faults[0].loss: must be <= 1 (got 1.5)');
});

const AT = 'must be a cooperating step, a percentage such as "30%", a time such as "5s", or one of exploring, estimating, cooperating';
const TIME = 'must be a time such as "5s" or "250ms"';
const PROBABILITY = 'must be a probability from 0 to 1, or a percentage such as "2%"';
const ENDS = 'must be "all", or two ends such as "3<->7", "3->7" or "3<->coordinator"';
const SECONDS = 'rounds wait while this lasts, so that it would never end; use seconds such as "5s" (got "300 rounds")';
const KINDS = 'link, partition, isolate, kill, restart, pause, slowCpu, diskFull';
const GIVEN = 'delay, jitter, loss, duplicate, reorder, corrupt, bandwidth, blackhole, reset, slice, limitData, slowClose';

/** [entry, column of the complaint, its text] */
const WRONG: readonly [string, number, string][] = [
  ['link: all, los: 0.1', 23, 'los: unknown key; did you mean "loss"?'],
  ['kil: 7', 12, 'kil: unknown key; did you mean "kill"?'],
  ['kill: 7, restart_after: 5s', 21, 'restart_after: unknown key; did you mean "restartAfter"?'],
  ['at: 120', 10, `: says nothing to do; it must have one of ${KINDS}`],
  ['kill: 7, pause: 7, for: 5s', 10, ': has kill and pause; write one entry for each'],
  ['kill: 7, loss: 0.1', 21, 'loss: belongs to link, not to kill'],
  ['restart: 7, restartAfter: 5s', 24, 'restartAfter: belongs to kill, not to restart'],
  ['isolate: 7, direction: one-way', 24, 'direction: belongs to partition, not to isolate'],
  ['diskFull: 7, factor: 2', 25, 'factor: belongs to slowCpu, not to diskFull'],
  ['link: 3<->7', 12, `link: nothing happens on the link; give one of ${GIVEN}`],
  ['link: 3<->7, for: 5s', 12, `link: nothing happens on the link; give one of ${GIVEN}`],
  ['link: 3-7, loss: 0.1', 12, `link: ${ENDS} (got "3-7")`],
  ['link: 3, loss: 0.1', 12, `link: ${ENDS} (got 3)`],
  ['link: 3->3, loss: 0.1', 12, 'link: a link has two different ends (got "3->3")'],
  ['link: 3<->10, loss: 0.1', 12, 'link: there is no agent 10 (there are 0 to 9)'],
  ['link: all, loss: 1.5', 23, 'loss: must be <= 1 (got 1.5)'],
  ['link: all, loss: -1', 23, 'loss: must be >= 0 (got -1)'],
  ['link: all, loss: 101%', 23, `loss: ${PROBABILITY} (got "101%")`],
  ['link: all, loss: often', 23, `loss: ${PROBABILITY} (got "often")`],
  ['link: all, delay: 50', 23, `delay: ${TIME} (got 50)`],
  ['link: all, delay: 50m', 23, `delay: ${TIME} (got "50m")`],
  ['link: all, delay: 9999999s', 23, `delay: ${TIME} (got "9999999s")`],
  ['link: all, bandwidth: 0', 23, 'bandwidth: must be > 0 (got 0)'],
  ['link: all, bandwidth: 0kB/s', 23, 'bandwidth: must be bytes per second, or a rate such as "64kB/s" or "1MB/s" (got "0kB/s")'],
  ['link: all, bandwidth: 1Mbit/s', 23, 'bandwidth: must be bytes per second, or a rate such as "64kB/s" or "1MB/s" (got "1Mbit/s")'],
  ['link: all, blackhole: 1', 23, 'blackhole: must be true or false (got 1)'],
  ['link: all, slice: 0', 23, 'slice: must be >= 1 (got 0)'],
  ['link: all, limitData: 1kB/s', 23, 'limitData: must be bytes, or a size such as "64kB" (got "1kB/s")'],
  ['kill: 10', 12, 'kill: there is no agent 10 (there are 0 to 9)'],
  ['kill: -1', 12, 'kill: must be >= 0 (got -1)'],
  ['kill: coordinatr', 12, 'kill: must be a whole number >= 0 or coordinator (got "coordinatr"); did you mean "coordinator"?'],
  ['isolate: coordinator', 12, 'isolate: must be a whole number >= 0 (got "coordinator")'],
  ['kill: 7, for: 5s', 21, 'for: a killed process does not come back by itself; use restartAfter: "5s"'],
  ['kill: 7, for: 300 rounds', 21, 'for: a killed process does not come back by itself; use restartAfter: "5s"'],
  ['restart: 7, for: 5s', 24, 'for: a restart has no duration; leave the key out'],
  ['pause: 7', 10, 'for: is missing: a pause needs a time such as "5s"'],
  ['pause: 7, for: 300 rounds', 22, `for: ${SECONDS}`],
  ['isolate: 7, for: 300 rounds', 24, `for: ${SECONDS}`],
  ['partition: [[0], [1]], for: 300 rounds', 35, `for: ${SECONDS}`],
  ['link: all, blackhole: true, for: 300 rounds', 40, `for: ${SECONDS}`],
  ['link: all, loss: 100%, for: 300 rounds', 35, `for: ${SECONDS}`],
  ['kill: 7, at: soon', 21, `at: ${AT} (got "soon")`],
  ['kill: 7, at: cooperting', 21, `at: ${AT} (got "cooperting"); did you mean "cooperating"?`],
  ['kill: 7, at: 1.5', 21, 'at: must be a whole number >= 0 (got 1.5)'],
  ['kill: 7, at: -1', 21, 'at: must be >= 0 (got -1)'],
  ['kill: 7, at: 101%', 21, `at: ${AT} (got "101%")`],
  ['isolate: 7, for: 5', 24, 'for: must be "300 rounds", or a time above 0 such as "5s" (got 5)'],
  ['isolate: 7, for: 0s', 24, 'for: must be "300 rounds", or a time above 0 such as "5s" (got "0s")'],
  ['partition: [[0, 1]]', 12, 'partition: must list at least two (got [[0,1]])'],
  ['partition: [[0], []]', 29, 'partition[1]: must list at least one (got [])'],
  ['partition: [[0], [1, 0]]', 12, 'partition: agent 0 stands in it twice'],
  ['partition: [["0-4"], ["4-6"]]', 12, 'partition: agent 4 stands in it twice'],
  ['partition: [[coordinator], [coordinator]]', 12, 'partition: the coordinator stands in it twice'],
  ['partition: [[0], ["4-2"]]', 30, 'partition[1][0]: a range goes up (got "4-2")'],
  ['partition: [[0], ["4-99999999999"]]', 30, 'partition[1][0]: there is no agent 99999999999 (there are 0 to 9)'],
  ['partition: [[0], [4..6]]', 30, 'partition[1][0]: must be an agent by index, a range such as "2-4", or coordinator (got "4..6")'],
  ['partition: [[0], [1]], direction: oneway', 35, 'direction: must be both or one-way (got "oneway"); did you mean "one-way"?'],
  ['slowCpu: 3, factor: 0.5', 24, 'factor: must be >= 1 (got 0.5)'],
];

for (const [entry, column, message] of WRONG) {
  const path = message.startsWith(':') ? 'faults[0]' : 'faults[0].';
  test(`refuses: ${entry}`, () => {
    const expected = { code: 'CONFIG_INVALID', text: `dir/experiment.yaml:22:${column} ${path}${message}` };
    assert.deepEqual(refusal(withFaults(`[{ ${entry} }]`)), expected);
  });
}

test('a percentage needs a number of steps', () => {
  const text = withFaults('[{ at: 30%, kill: 7 }]', PAPER.replace('steps: 300', 'steps: auto'));
  const message = 'faults[0].at: with cooperate.steps: auto there is no 30% of the steps; set cooperate.steps, or use a step or a time such as "5s"';
  assert.deepEqual(refusal(text), { code: 'CONFIG_INVALID', text: `dir/experiment.yaml:22:12 ${message}` });
});

test('several mistakes are listed together, each with its entry', () => {
  const text = withFaults('\n  - { kill: 10 }\n  - { isolate: 11, at: 10% }\n', PAPER.replace('steps: 300', 'steps: auto'));
  const places = refusal(text)
    .text.split('\n')
    .map((line) => line.split(': ')[0]);
  assert.deepEqual(places, ['dir/experiment.yaml:23:7 faults[0].kill', 'dir/experiment.yaml:24:7 faults[1].isolate', 'dir/experiment.yaml:24:20 faults[1].at']);
});

test('faults that are no list, an entry that is no section, and a plan without end are refused', () => {
  assert.equal(refusal(withFaults('none')).text, 'dir/experiment.yaml:22:1 faults: must be a list (got "none")');
  assert.equal(refusal(withFaults('[7]')).text, 'dir/experiment.yaml:22:10 faults[0]: must be a section of keys (got 7)');
  const many = `[${Array.from({ length: 5_000 }, () => '{ kill: 7 }').join(', ')}]`;
  assert.equal(refusal(withFaults(many)).text, `dir/experiment.yaml:22:1 faults: the plan is larger than ${LIMITS.faultPlanCharsMax} characters of JSON`);
});
