import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { initialRunState, isOver, runWaits, stepRun } from '../../../coordinator/run-machine.ts';
import type { RunEffect, RunEvent, RunPhase, RunState } from '../../../coordinator/run-machine.ts';

const hello = (agent: number): RunEvent => ({ type: 'hello', agent, now: 0 });
const report = (agent: number, stage: number): RunEvent => ({ type: 'report', agent, stage, now: 0 });
const planned = (phase: RunPhase): RunEvent => ({ type: 'planned', phase, now: 0 });
const JOINED = [hello(0), hello(1), hello(2)];

function after(...events: RunEvent[]): { state: RunState; effects: RunEffect[] } {
  const state = initialRunState(3, 0);
  let effects: RunEffect[] = [];
  for (const event of events) effects = stepRun(state, event);
  return { state, effects };
}

describe('assembling', () => {
  test('plans when the last agent joined, not before', () => {
    assert.deepEqual(after(hello(0), hello(2)).effects, [{ type: 'welcome', agent: 2 }]);
    assert.deepEqual(after(...JOINED).effects, [{ type: 'welcome', agent: 2 }, { type: 'plan' }]);
  });
  test('refuses a second process under one index, and an index it does not know', () => {
    assert.deepEqual(after(hello(1), hello(1)).effects, [{ type: 'refuse', agent: 1, code: 'WIRE_DUPLICATE_AGENT' }]);
    assert.deepEqual(after(hello(3)).effects, [{ type: 'refuse', agent: 3, code: 'WIRE_UNEXPECTED' }]);
  });
  test('gives up after the deadline and names who is missing', () => {
    const { state } = after(hello(1), { type: 'tick', now: LIMITS.joinMs });
    assert.equal(state.phase, 'failed');
    assert.deepEqual(state.failure, { code: 'AGENTS_MISSING', detail: 'waited for agent 0, 2 to join, in vain' });
  });
});

describe('stages', () => {
  test('a stage ends with the last report; a repeated one counts once', () => {
    const begun = [...JOINED, planned('exploring')];
    assert.deepEqual(after(...begun).effects, [{ type: 'assign', stage: 1 }]);
    assert.deepEqual(after(...begun, report(0, 1), report(0, 1)).effects, []);
    assert.deepEqual(after(...begun, report(0, 1), report(2, 1), report(1, 1)).effects, [{ type: 'accept-report', agent: 1 }, { type: 'plan' }]);
  });
  test('a report of another stage does not count', () => {
    assert.deepEqual(after(...JOINED, planned('exploring'), report(0, 2)).effects, []);
  });
  test('waits name the agents that have not reported', () => {
    const { state } = after(...JOINED, planned('exploring'), report(1, 1));
    assert.deepEqual(runWaits(state), { for: [0, 2], until: LIMITS.stallMs, what: 'to report stage 1' });
  });
  test('progress renews the deadline; without it the run fails and says whom the agent waited for', () => {
    const progress: RunEvent = { type: 'progress', agent: 0, stage: 1, iteration: 5, waitingFor: 'vectors of agent 2', now: 1_000 };
    const { state } = after(...JOINED, planned('cooperating'), report(1, 1), report(2, 1), progress, { type: 'tick', now: LIMITS.stallMs });
    assert.equal(state.phase, 'cooperating');
    stepRun(state, { type: 'tick', now: LIMITS.stallMs + 1_000 });
    assert.deepEqual(state.failure, {
      code: 'AGENT_STALLED',
      detail: `no progress for ${LIMITS.stallMs / 1000} s while cooperating: agent 0 (waits for vectors of agent 2)`,
    });
  });
});

describe('the end', () => {
  test('a lost agent fails the run by name', () => {
    const { state, effects } = after(...JOINED, planned('cooperating'), { type: 'lost', agent: 2, detail: 'its link closed (1006)', now: 0 });
    assert.deepEqual(state.failure, { code: 'AGENT_LOST', detail: 'agent 2 was lost while cooperating: its link closed (1006)' });
    assert.deepEqual(effects, [{ type: 'end', phase: 'failed' }]);
  });
  test("an agent's own failure keeps its code", () => {
    const { state } = after(...JOINED, planned('cooperating'), { type: 'left', agent: 0, code: 'PARAMETERS_NOT_FINITE', detail: 'at iteration 3', now: 0 });
    assert.deepEqual(state.failure, { code: 'PARAMETERS_NOT_FINITE', detail: 'agent 0 while cooperating: at iteration 3' });
  });
  test('leaving after the end is no failure', () => {
    const { state } = after(...JOINED, { type: 'concluded' }, { type: 'left', agent: 0, code: '', detail: '', now: 0 });
    assert.equal(state.phase, 'completed');
    assert.equal(state.failure, undefined);
  });
  test('an interrupt cancels', () => {
    assert.equal(after(...JOINED, { type: 'interrupted' }).state.phase, 'cancelled');
  });
});

test('every phase takes every event without throwing, and what is over stays over', () => {
  const phases: RunPhase[] = ['assembling', 'exploring', 'estimating', 'cooperating', 'completed', 'failed', 'cancelled'];
  const events: RunEvent[] = [
    hello(0),
    hello(99),
    report(0, 1),
    report(99, 1),
    planned('cooperating'),
    { type: 'concluded' },
    { type: 'interrupted' },
    { type: 'tick', now: 1e9 },
    { type: 'lost', agent: 0, detail: '', now: 0 },
    { type: 'left', agent: 0, code: 'INTERNAL', detail: '', now: 0 },
    { type: 'progress', agent: 99, stage: 1, iteration: 1, waitingFor: '', now: 0 },
    { type: 'broken', code: 'INTERNAL', detail: '' },
  ];
  for (const phase of phases) {
    for (const event of events) {
      const state: RunState = { ...initialRunState(3, 0), phase, stage: 1 };
      stepRun(state, event);
      if (isOver(phase)) assert.equal(state.phase, phase, `${phase} ${event.type}`);
    }
  }
});
