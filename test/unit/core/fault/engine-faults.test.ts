/** What an engine enacts and what is left for the agents: every fault happens once, by one of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentsPlan, enginePart, NO_ENGINE } from '../../../../core/fault/engine-faults.ts';
import type { Fault, FaultAction } from '../../../../core/fault/plan.ts';

const ALL = { isolation: true, packets: true };
const fault = (action: FaultAction): Fault => ({ at: { unit: 'step', step: 5 }, for: { unit: 'ms', ms: 100 }, action });
const ISOLATE = fault({ kind: 'isolate', agent: 2 });
const PARTITION = fault({ kind: 'partition', groups: [[0], [1]], oneWay: false });
const KILL = fault({ kind: 'kill', target: 1, restartAfterMs: 0 });
const DELAY = fault({ kind: 'link', links: 'all', conditions: { delayMs: 20 } });
const MIXED = fault({ kind: 'link', links: 'all', conditions: { delayMs: 20, loss: 0.1, bandwidth: 1_000 } });

test('without an engine the agents get the plan as it is', () => {
  const plan = [ISOLATE, PARTITION, KILL, MIXED];
  assert.equal(agentsPlan(plan, NO_ENGINE), plan);
  for (const one of plan) assert.equal(enginePart(one, NO_ENGINE), undefined);
});

test('what the engine enacts the agents do not hear of; process faults they do, as ever', () => {
  assert.deepEqual(agentsPlan([ISOLATE, PARTITION, KILL, DELAY], ALL), [KILL, DELAY]);
  assert.deepEqual(enginePart(ISOLATE, ALL), ISOLATE);
  assert.deepEqual(enginePart(PARTITION, ALL), PARTITION);
  assert.equal(enginePart(KILL, ALL), undefined);
  assert.equal(enginePart(DELAY, ALL), undefined);
});

test('an entry of both kinds is split, and keeps its moment', () => {
  assert.deepEqual(enginePart(MIXED, ALL), fault({ kind: 'link', links: 'all', conditions: { loss: 0.1, bandwidth: 1_000 } }));
  assert.deepEqual(agentsPlan([MIXED], ALL), [DELAY]);
});

test('an engine that cannot touch packets still takes agents off their networks', () => {
  const enacts = { isolation: true, packets: false };
  assert.deepEqual(agentsPlan([ISOLATE, PARTITION, MIXED], enacts), [PARTITION, MIXED]);
  assert.equal(enginePart(PARTITION, enacts), undefined);
});
