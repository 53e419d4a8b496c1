import assert from 'node:assert/strict';
import test from 'node:test';
import { ActiveFaults, type Moment } from '../../../../core/fault/active-faults.ts';
import {
  NO_CONDITIONS,
  type Duration,
  type Fault,
  type FaultAction,
  type FaultPhase,
  type LinkConditions,
  type LinkSet,
  type Trigger,
} from '../../../../core/fault/plan.ts';

const RUN: Duration = { unit: 'run' };
const START: Trigger = { unit: 'phase', phase: 'exploring' };

const isolate = (agent: number): FaultAction => ({ kind: 'isolate', agent });
const fault = (at: Trigger, duration: Duration, action: FaultAction = isolate(1)): Fault => ({ at, for: duration, action });
const onLinks = (conditions: Partial<LinkConditions>, links: LinkSet = 'all'): Fault => fault(START, RUN, { kind: 'link', links, conditions });

const moment = (step: number, ms = 0, phase: FaultPhase = 'cooperating'): Moment => ({ step, ms, phase });

/** At which of these moments the fault is active. */
function activeAt(one: Fault, moments: readonly Moment[]): boolean[] {
  const active = new ActiveFaults([one]);
  return moments.map((now) => active.isActive(one, now));
}

const steps = (...numbers: number[]): Moment[] => numbers.map((step) => moment(step, 10 * step));
const times = (...numbers: number[]): Moment[] => numbers.map((ms) => moment(0, ms));

test('a fault lasts from its trigger for its duration', () => {
  const [at, forSteps, forMs]: [Trigger, Duration, Duration] = [
    { unit: 'step', step: 5 },
    { unit: 'steps', steps: 3 },
    { unit: 'ms', ms: 20 },
  ];
  assert.deepEqual(activeAt(fault(at, RUN), steps(4, 5, 1_000)), [false, true, true]);
  assert.deepEqual(activeAt(fault(at, forSteps), steps(4, 5, 7, 8, 9)), [false, true, true, false, false]);
  assert.deepEqual(activeAt(fault(at, forMs), steps(4, 5, 6, 7)), [false, true, true, false]);
  assert.deepEqual(activeAt(fault({ unit: 'ms', ms: 50 }, forMs), times(49, 50, 69, 70)), [false, true, true, false]);
  assert.deepEqual(activeAt(fault({ unit: 'ms', ms: 50 }, forSteps), [moment(7, 49), moment(8, 51), moment(10, 90), moment(11, 99)]), [
    false,
    true,
    true,
    false,
  ]);
});

test('a phase counts from itself on, its duration from when it was first seen', () => {
  const one = fault({ unit: 'phase', phase: 'estimating' }, { unit: 'ms', ms: 20 });
  assert.deepEqual(activeAt(one, [moment(0, 5, 'exploring'), moment(0, 7, 'estimating'), moment(0, 26, 'cooperating'), moment(0, 27)]), [
    false,
    true,
    true,
    false,
  ]);
  assert.deepEqual(activeAt(one, [moment(0, 90)]), [true]);
  assert.deepEqual(activeAt(fault(START, { unit: 'steps', steps: 3 }), [moment(0, 0, 'exploring'), moment(2), moment(3)]), [true, true, false]);
});

test('a step that is passed over has come; a step and a time that everybody knows are the start, whoever looks when', () => {
  const one = fault({ unit: 'step', step: 5 }, { unit: 'steps', steps: 10 });
  assert.deepEqual(activeAt(one, steps(12, 14, 15)), [true, true, false]);
});

test('changes are told once', () => {
  const one = fault({ unit: 'step', step: 5 }, { unit: 'steps', steps: 3 });
  const active = new ActiveFaults([one]);
  const told = [4, 5, 6, 8, 9].map((step) => active.changes(moment(step)));
  const nothing = { began: [], ended: [] };
  assert.deepEqual(told, [nothing, { began: [one], ended: [] }, nothing, { began: [], ended: [one] }, nothing]);
});

test('what was looked past began and ended; what was over before the first look never happens', () => {
  const one = fault({ unit: 'ms', ms: 50 }, { unit: 'ms', ms: 5 });
  const seen = new ActiveFaults([one]);
  seen.changes(moment(0, 49));
  assert.deepEqual(seen.changes(moment(0, 60)), { began: [one], ended: [one] });
  const restarted = new ActiveFaults([one]);
  assert.deepEqual(restarted.changes(moment(0, 60)), { began: [], ended: [] });
  assert.equal(restarted.conditions(0, 1, moment(0, 60)), NO_CONDITIONS);
});

test('changes are told whoever looked first', () => {
  const active = new ActiveFaults([fault({ unit: 'step', step: 5 }, RUN)]);
  active.changes(moment(1));
  active.conditions(0, 1, moment(5));
  assert.equal(active.changes(moment(5)).began.length, 1);
});

test('a replaced plan keeps what stays in it, ends what leaves it, begins what is new', () => {
  const [stays, leaves, comes] = [fault(START, { unit: 'ms', ms: 100 }, isolate(1)), fault(START, RUN, isolate(2)), fault(START, RUN, isolate(3))];
  const active = new ActiveFaults([stays, leaves]);
  assert.equal(active.changes(moment(0, 0)).began.length, 2);
  active.replace(structuredClone([stays, comes]));
  assert.deepEqual(active.changes(moment(0, 50)), { began: [comes], ended: [leaves] });
  assert.deepEqual(active.changes(moment(0, 100)), { began: [], ended: [stays] });
  active.replace([stays, stays]);
  assert.deepEqual(active.changes(moment(0, 150)).ended, [comes]);
  active.replace([]);
  assert.equal(active.conditions(0, 1, moment(0, 151)), NO_CONDITIONS);
});

test('a fault that is over does not come back by a change of plan; the same one once more does', () => {
  const one = fault({ unit: 'phase', phase: 'exploring' }, { unit: 'ms', ms: 10 });
  const active = new ActiveFaults([one]);
  active.changes(moment(0, 0));
  active.changes(moment(0, 10));
  active.replace([one]);
  assert.deepEqual(active.changes(moment(0, 11)), { began: [], ended: [] });
  active.replace([one, one]);
  assert.deepEqual(active.changes(moment(0, 12)), { began: [one], ended: [] });
});

test('conditions merge: the worst of every field, for the directions meant', () => {
  const active = new ActiveFaults([
    onLinks({ loss: 0.1, delayMs: 50, bandwidth: 1_000, blackhole: false, slice: 0 }),
    onLinks({ loss: 0.3, jitterMs: 5, bandwidth: 0, slice: 16, limitData: 70 }, [[3, 7]]),
    onLinks({ loss: 0.2, delayMs: 20, bandwidth: 500, reset: true, limitData: 90, slowCloseMs: 9 }, [
      [3, 7],
      [7, 3],
    ]),
  ]);
  const now = moment(0);
  assert.deepEqual(active.conditions(3, 7, now), {
    ...NO_CONDITIONS,
    loss: 0.3,
    delayMs: 50,
    jitterMs: 5,
    bandwidth: 500,
    reset: true,
    slice: 16,
    limitData: 70,
    slowCloseMs: 9,
  });
  assert.deepEqual(active.conditions(7, 3, now), { ...NO_CONDITIONS, loss: 0.2, delayMs: 50, bandwidth: 500, reset: true, limitData: 90, slowCloseMs: 9 });
  assert.deepEqual(active.conditions(0, 'coordinator', now), { ...NO_CONDITIONS, loss: 0.1, delayMs: 50, bandwidth: 1_000 });
});

test('a partition severs what crosses it, one-way only from the first group; who stands in no group reaches all', () => {
  const severed = (oneWay: boolean) => {
    const groups = [[0, 'coordinator'], [1, 2], [3]] as const;
    const active = new ActiveFaults([fault(START, RUN, { kind: 'partition', groups, oneWay })]);
    return (from: number | 'coordinator', to: number | 'coordinator') => active.conditions(from, to, moment(0)).blackhole;
  };
  const [both, oneWay] = [severed(false), severed(true)];
  assert.deepEqual([both(0, 1), both(1, 0), both(1, 3), both('coordinator', 3)], [true, true, true, true]);
  assert.deepEqual([both(1, 2), both(0, 'coordinator'), both(4, 0), both(3, 4)], [false, false, false, false]);
  assert.deepEqual([oneWay(0, 1), oneWay('coordinator', 3), oneWay(1, 0), oneWay(1, 3)], [true, true, false, false]);
});

test('an isolated agent neither reaches nor is reached, the coordinator included', () => {
  const active = new ActiveFaults([fault(START, RUN, isolate(1))]);
  const severed = ([from, to]: readonly [number | 'coordinator', number | 'coordinator']) => active.conditions(from, to, moment(0)).blackhole;
  assert.deepEqual(
    (
      [
        [0, 1],
        [1, 0],
        [1, 'coordinator'],
        ['coordinator', 1],
        [0, 2],
      ] as const
    ).map(severed),
    [true, true, true, true, false],
  );
});

test('where nothing happens the answer is NO_CONDITIONS itself, and equal answers are one object', () => {
  const process = fault(START, RUN, { kind: 'kill', target: 3, restartAfterMs: null });
  const idle = [
    new ActiveFaults([]),
    new ActiveFaults([process]),
    new ActiveFaults([onLinks({ loss: 0 })]),
    new ActiveFaults([onLinks({ loss: 1 }, [[5, 6]])]),
  ];
  for (const active of idle) assert.equal(active.conditions(3, 7, moment(9, 9)), NO_CONDITIONS);
  const active = new ActiveFaults([onLinks({ loss: 0.1 })]);
  assert.equal(active.conditions(3, 7, moment(1)), active.conditions(3, 7, moment(2)));
});

test('conditions follow what begins and what ends', () => {
  const passing = fault({ unit: 'step', step: 5 }, { unit: 'steps', steps: 3 }, { kind: 'link', links: 'all', conditions: { loss: 0.5 } });
  const active = new ActiveFaults([onLinks({ loss: 0.1 }), passing]);
  assert.deepEqual(
    [4, 5, 7, 8].map((step) => active.conditions(3, 7, moment(step)).loss),
    [0.1, 0.5, 0.5, 0.1],
  );
});

test('a moment may be one object that is changed in place', () => {
  const now = { step: 0, ms: 0, phase: 'exploring' as FaultPhase };
  const active = new ActiveFaults([fault(START, { unit: 'ms', ms: 10 })]);
  assert.equal(active.changes(now).began.length, 1);
  now.ms = 9;
  assert.equal(active.active(now).length, 1);
  now.ms = 10;
  assert.equal(active.active(now).length, 0);
});
