import assert from 'node:assert/strict';
import test from 'node:test';
import type { Fault, FaultPlan } from '../../../core/fault/plan.ts';
import { minimise } from '../../../sim/minimise.ts';

const isolate = (agent: number, ms = 64): Fault => ({ at: { unit: 'phase', phase: 'exploring' }, for: { unit: 'ms', ms }, action: { kind: 'isolate', agent } });
const kill = (target: number, restartAfterMs: number): Fault => ({
  at: { unit: 'step', step: 3 },
  for: { unit: 'run' },
  action: { kind: 'kill', target, restartAfterMs },
});
const agentsOf = (plan: FaultPlan): number[] => plan.flatMap(({ action }) => (action.kind === 'isolate' ? [action.agent] : []));
const many = Array.from({ length: 20 }, (_, agent) => isolate(agent));

test('what fails by two faults of twenty becomes the two, as short as they can be', () => {
  const fails = (plan: FaultPlan): boolean => [3, 17].every((agent) => agentsOf(plan).includes(agent));
  assert.deepEqual(minimise({ plan: many, fails, runsMax: 500 }), [isolate(3, 1), isolate(17, 1)]);
});

test('a duration is halved for as long as it fails', () => {
  const fails = ([fault]: FaultPlan): boolean => fault?.for.unit === 'ms' && fault.for.ms > 10;
  assert.deepEqual(minimise({ plan: [isolate(1, 64)], fails, runsMax: 100 }), [isolate(1, 16)]);
});

test('a restart comes at once, and rounds are counted down, where that still fails', () => {
  const always = ({ length }: FaultPlan): boolean => length > 0;
  assert.deepEqual(minimise({ plan: [kill(2, 300)], fails: always, runsMax: 100 }), [kill(2, 0)]);
  const rounds: Fault = { at: { unit: 'step', step: 1 }, for: { unit: 'steps', steps: 50 }, action: { kind: 'disk-full', agent: 0 } };
  assert.deepEqual(minimise({ plan: [rounds], fails: always, runsMax: 100 }), [{ ...rounds, for: { unit: 'steps', steps: 1 } }]);
});

test('of several conditions of a link the needed one is left', () => {
  const fault: Fault = {
    at: { unit: 'step', step: 1 },
    for: { unit: 'ms', ms: 1 },
    action: { kind: 'link', links: 'all', conditions: { loss: 0.1, duplicate: 0.2, reorder: 0.3 } },
  };
  const fails = ([one]: FaultPlan): boolean => one?.action.kind === 'link' && (one.action.conditions.duplicate ?? 0) > 0;
  assert.deepEqual(minimise({ plan: [fault], fails, runsMax: 100 }), [{ ...fault, action: { ...fault.action, conditions: { duplicate: 0.2 } } }]);
});

test('it runs no more often than it may, and what it returns has failed', () => {
  for (const runsMax of [0, 1, 5, 17]) {
    let runs = 0;
    const failed = new Set<string>([JSON.stringify(many)]);
    const fails = (plan: FaultPlan): boolean => {
      runs++;
      const isFailing = agentsOf(plan).includes(11);
      if (isFailing) failed.add(JSON.stringify(plan));
      return isFailing;
    };
    const smallest = minimise({ plan: many, fails, runsMax });
    assert.ok(runs <= runsMax, `${runs} > ${runsMax}`);
    assert.ok(failed.has(JSON.stringify(smallest)));
  }
});

test('it is deterministic', () => {
  const once = (): FaultPlan => minimise({ plan: many, fails: (plan) => agentsOf(plan).some((agent) => agent % 7 === 5), runsMax: 60 });
  assert.deepEqual(once(), once());
});
