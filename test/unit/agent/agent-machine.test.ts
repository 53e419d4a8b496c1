import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import type { Assign, CooperateWork, Neighbour } from '../../../proto/messages.ts';
import { initialAgentState, stepAgent, waitingFor } from '../../../agent/agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentPhase, AgentState } from '../../../agent/agent-machine.ts';

const neighbour = (agent: number, dial: boolean): Neighbour => ({ agent, endpoint: `ws://${agent}`, ticket: 't', dial });
const assign = (stage: number, work: Assign['work']): AgentEvent => ({ type: 'assigned', assign: { type: 'assign', stage, work }, now: 0 });
const connect = (stage: number, ...neighbours: Neighbour[]): AgentEvent => assign(stage, { kind: 'connect', neighbours });
const work = (stage: number): AgentEvent => assign(stage, { kind: 'cooperate' } as CooperateWork);
const vector = (agent: number, step: number): AgentEvent => ({ type: 'vector', agent, step });
const exchange: AgentEvent = { type: 'exchange-wanted', sendTo: [1, 3], receiveFrom: [1, 3] };

/** Agent 2 after these events, and the effects of the last one. */
function after(...events: AgentEvent[]): { state: AgentState; effects: AgentEffect[] } {
  const state = initialAgentState(2);
  let effects: AgentEffect[] = [];
  for (const event of [{ type: 'welcomed', now: 0 } as AgentEvent, ...events]) effects = stepAgent(state, event);
  return { state, effects };
}

const types = (effects: readonly AgentEffect[]): string[] => effects.map((effect) => (effect.type === 'ignored' ? effect.reason : effect.type));

describe('links before vectors', () => {
  test('dials only where the plan says so, and reports when every link is open', () => {
    assert.deepEqual(types(after(connect(1, neighbour(1, false), neighbour(3, true))).effects), ['dial']);
    const { state, effects } = after(connect(1, neighbour(1, false), neighbour(3, true)), { type: 'link-open', agent: 3 }, { type: 'link-open', agent: 1 });
    assert.deepEqual(types(effects), ['report']);
    assert.equal(state.phase, 'waiting');
  });
  test('a link that opened before the assignment counts', () => {
    assert.deepEqual(types(after({ type: 'link-open', agent: 1 }, connect(1, neighbour(1, false))).effects), ['report']);
  });
  test('a link that never opens ends in LINK_UNREACHABLE, naming the neighbour', () => {
    const { state, effects } = after(connect(1, neighbour(1, false)), { type: 'tick', now: LIMITS.connectMs });
    assert.deepEqual(effects, [{ type: 'leave', code: 'LINK_UNREACHABLE', detail: 'waited for links to agent 1' }]);
    assert.equal(state.phase, 'failed');
  });
});

describe('exchanges', () => {
  test('publishes once, and completes only with every expected vector', () => {
    assert.deepEqual(after(work(1), exchange).effects, [{ type: 'publish', to: [1, 3], step: 1 }]);
    assert.deepEqual(types(after(work(1), exchange, vector(3, 1)).effects), ['keep-vector']);
    const { state, effects } = after(work(1), exchange, vector(3, 1), vector(1, 1));
    assert.deepEqual(effects.at(-1), { type: 'deliver', step: 1, from: [1, 3] });
    assert.equal(state.phase, 'working');
  });
  test('a neighbour one step ahead is kept for the next exchange', () => {
    const { effects } = after(work(1), exchange, vector(1, 1), vector(1, 2), vector(3, 1), exchange, vector(3, 2));
    assert.deepEqual(effects.at(-1), { type: 'deliver', step: 2, from: [1, 3] });
  });
  test('vectors that came before the exchange began complete it at once', () => {
    assert.deepEqual(types(after(work(1), vector(1, 1), vector(3, 1), exchange).effects), ['publish', 'deliver']);
  });
  test('an overtaken vector still counts (two slots, not a highest step)', () => {
    const { effects } = after(work(1), exchange, vector(1, 2), vector(1, 1), vector(3, 1));
    assert.equal(effects.at(-1)!.type, 'deliver');
  });
  test('duplicates, old ones and ones from too far ahead are ignored by name', () => {
    assert.deepEqual(types(after(work(1), exchange, vector(1, 1), vector(1, 1)).effects), ['duplicate']);
    assert.deepEqual(types(after(work(1), exchange, vector(1, 1), vector(3, 1), exchange, vector(3, 0)).effects), ['stale']);
    assert.deepEqual(types(after(work(1), exchange, vector(1, 3)).effects), ['ahead']);
  });
  test('with nobody to hear from it completes at once', () => {
    assert.deepEqual(types(after(work(1), { type: 'exchange-wanted', sendTo: [0], receiveFrom: [] }).effects), ['publish', 'deliver']);
  });
  test('the wait names the missing neighbours', () => {
    assert.equal(waitingFor(after(work(1), exchange, vector(1, 1)).state), 'vectors of agent 3');
  });
});

describe('stages', () => {
  test('an assignment is worked on once', () => {
    assert.deepEqual(types(after(work(3), work(3)).effects), ['stale']);
    assert.deepEqual(types(after(work(3), work(2)).effects), ['stale']);
    assert.deepEqual(types(after(work(3)).effects), ['work']);
  });
  test('work done is reported for its stage', () => {
    assert.deepEqual(after(work(5), { type: 'work-done' }).effects, [{ type: 'report', stage: 5 }]);
  });
  test('finish leaves without a code', () => {
    const finish = assign(9, { kind: 'finish', status: 'completed', code: '', detail: '' });
    assert.deepEqual(after(finish).effects, [{ type: 'leave', code: '', detail: '' }]);
  });
});

describe('failures', () => {
  test('a broken link waits for the coordinator to name the dead, then names the link itself', () => {
    const lost: AgentEvent = { type: 'link-lost', agent: 1, reason: '1006', now: 10 };
    assert.deepEqual(after(work(1), exchange, lost).effects, []);
    const { effects } = after(work(1), exchange, lost, { type: 'tick', now: 10 + 2 * LIMITS.lostMs });
    assert.deepEqual(effects, [{ type: 'leave', code: 'LINK_LOST', detail: 'the link to agent 1 broke' }]);
  });
  test('losing the coordinator is final', () => {
    const { state } = after({ type: 'coordinator-lost', code: 'COORDINATOR_LOST', detail: 'gone' });
    assert.equal(state.phase, 'failed');
  });
});

test('every phase takes every event without throwing, and nothing leaves done or failed', () => {
  const phases: AgentPhase[] = ['joining', 'waiting', 'connecting', 'working', 'exchanging', 'done', 'failed'];
  const events: AgentEvent[] = [
    { type: 'welcomed', now: 0 },
    connect(7, neighbour(1, true)),
    work(7),
    { type: 'link-open', agent: 1 },
    vector(1, 1),
    vector(1, 9),
    exchange,
    { type: 'link-lost', agent: 1, reason: '', now: 0 },
    { type: 'work-done' },
    { type: 'work-failed', code: 'INTERNAL', detail: '' },
    { type: 'coordinator-lost', code: 'COORDINATOR_LOST', detail: '' },
    { type: 'tick', now: 1e9 },
  ];
  for (const phase of phases) {
    for (const event of events) {
      const state = { ...initialAgentState(2), phase, stage: 3 };
      const effects = stepAgent(state, event);
      if (phase === 'done' || phase === 'failed') assert.deepEqual({ effects, phase: state.phase }, { effects: [], phase }, event.type);
    }
  }
});
