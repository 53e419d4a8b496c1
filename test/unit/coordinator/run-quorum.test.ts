/** Invariants 4 and 5 of the run machine: who is away, who is left out, who comes back, and how long anybody waits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stepRun } from '../../../coordinator/run-machine.ts';
import { participants, runWaits } from '../../../coordinator/run-state.ts';
import type { RunEvent } from '../../../coordinator/run-machine.ts';
import { LIMITS } from '../../../core/limits.ts';
import {
  hello,
  again,
  restarted,
  detached,
  gone,
  left,
  report,
  planned,
  progress,
  tick,
  JOINED,
  QUORUM,
  AWAY,
  after,
  withTerms,
  summary,
  effectsAfter,
  effectsWithQuorum,
} from './run-events.ts';

describe('invariant 4: an agent that is away', () => {
  const begun = [...JOINED, planned()];
  test('is noted once and waited for until its time is over', () => {
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000)), ['lost 1']);
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000), detached(1, 2_000)), []);
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000), tick(1_000 + AWAY - 1)), []);
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000), tick(1_000 + AWAY)), ['end failed']);
  });
  test('comes back in time and nothing has happened', () => {
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000), again(1, 1, 1, 2_000), tick(1_000 + AWAY)), []);
    assert.deepEqual(effectsAfter(...begun, detached(1, 1_000), again(1, 1, 1, 2_000), detached(1, 20_000), tick(1_000 + AWAY)), []);
  });
  test('fails the run when there is no quorum without it, with its name', () => {
    const { state } = after(...begun, detached(1), tick(AWAY));
    assert.deepEqual(state.failure, { code: 'AGENT_LOST', detail: `agent 1 while cooperating: did not come back within ${AWAY / 1000} s` });
  });
  test('is left out by a quorum; the stage goes on where it can, else it is broken off', () => {
    assert.deepEqual(effectsWithQuorum(...JOINED, planned('exploring', false), detached(1), tick(AWAY)), ['excluded 1']);
    assert.deepEqual(effectsWithQuorum(...JOINED, planned('cooperating', true), detached(1), tick(AWAY)), ['excluded 1', 'plan anew']);
    assert.deepEqual(participants(withTerms(QUORUM, ...begun, detached(1), tick(AWAY)).state), [0, 2]);
  });
  test('was the last one that the stage waited for', () => {
    const waiting = [...JOINED, planned('exploring', false), report(0, 1), report(2, 1), detached(1)];
    assert.deepEqual(effectsWithQuorum(...waiting, tick(AWAY)), ['excluded 1', 'plan']);
  });
  test('two at once are left out together, or fail the run together', () => {
    const both = [...begun, detached(1), detached(2), tick(AWAY)];
    assert.equal(withTerms(QUORUM, ...both).state.failure?.detail, `agent 1, 2 while cooperating: did not come back within ${AWAY / 1000} s`);
    assert.deepEqual(summary(withTerms({ quorum: 1 }, ...both).effects), ['excluded 1', 'excluded 2', 'plan anew']);
  });
  test('a process that will not come back is not waited for', () => {
    assert.deepEqual(effectsAfter(...begun, gone(1)), ['end failed']);
    assert.deepEqual(effectsWithQuorum(...begun, gone(1)), ['excluded 1', 'plan anew']);
    assert.deepEqual(effectsWithQuorum(...begun, gone(1), gone(1)), []);
    assert.deepEqual(effectsWithQuorum(hello(0), gone(1)), ['end failed']);
  });
  test('a leave in good order is an absence, any other the failure of the agent, under its own code', () => {
    for (const code of ['', 'RUN_INTERRUPTED'] as const) assert.deepEqual(effectsAfter(...begun, left(1, code)), ['lost 1']);
    assert.deepEqual(effectsAfter(...begun, left(1, 'RUN_INTERRUPTED'), tick(AWAY)), ['end failed']);
    assert.deepEqual(after(...begun, left(0, 'PARAMETERS_NOT_FINITE')).state.failure, {
      code: 'PARAMETERS_NOT_FINITE',
      detail: 'agent 0 while cooperating: at iteration 3',
    });
    assert.deepEqual(effectsWithQuorum(...begun, left(0, 'PARAMETERS_NOT_FINITE')), ['excluded 0', 'plan anew']);
    assert.deepEqual(effectsWithQuorum(...begun, left(0, 'PARAMETERS_NOT_FINITE'), detached(0)), []);
  });
});

describe('invariant 4: an agent that was left out', () => {
  const without1 = [...JOINED, planned('exploring', false), detached(1), tick(AWAY)];
  test('is not waited for, and the run ends as completed with missing', () => {
    assert.deepEqual(effectsWithQuorum(...without1, report(0, 1), report(2, 1)), ['accept 2', 'plan']);
    assert.deepEqual(effectsWithQuorum(...without1, { type: 'concluded' }), ['end completed-with-missing']);
    assert.deepEqual(effectsWithQuorum(...JOINED, planned(), { type: 'concluded' }), ['end completed']);
  });
  test('and was taken in again: who missed a part of the run makes it one with missing all the same', () => {
    assert.deepEqual(effectsAfter(...JOINED, planned(), { type: 'concluded', leftOut: true }), ['end completed-with-missing']);
  });
  test('catches up stage by stage, its reports kept apart, until it is up to date', () => {
    const second = [...without1, report(0, 1), report(2, 1), planned()];
    assert.deepEqual(effectsWithQuorum(...second, restarted(1, 1, 0)), ['attach 1#2 new', 'assign 1 stage 1']);
    assert.deepEqual(effectsWithQuorum(...second, restarted(1, 1, 0), report(1, 1)), ['keep-late-report 1 stage 1', 'assign 1 stage 2']);
    const { state, effects } = withTerms(QUORUM, ...second, restarted(1, 1, 0), report(1, 1), report(1, 2));
    assert.deepEqual(summary(effects), ['keep-late-report 1 stage 2', 'returned 1']);
    assert.equal(state.agents[1].returned, true);
    assert.deepEqual(participants(state), [0, 2]);
  });
  test('is not returned any more when it is away again', () => {
    const { state } = withTerms(QUORUM, ...without1, again(1, 1, 1), report(1, 1), detached(1));
    assert.equal(state.agents[1].returned, false);
  });
  test('its absence and its end change nothing for the others', () => {
    assert.deepEqual(effectsWithQuorum(...without1, again(1, 1, 1), detached(1), tick(AWAY + 10_000)), []);
    assert.deepEqual(effectsWithQuorum(...without1, gone(1)), []);
    assert.deepEqual(effectsWithQuorum(...without1, tick(AWAY + 1)), []);
  });
  test('its failure does not break off the stage of the others', () => {
    const { effects } = withTerms(QUORUM, ...without1, report(0, 1), report(2, 1), planned('cooperating', true), restarted(1, 1, 0), left(1, 'INTERNAL'));
    assert.equal(summary(effects).includes('plan anew'), false);
  });
  test('a late report that is repeated is kept once', () => {
    assert.deepEqual(effectsWithQuorum(...without1, again(1, 1, 1), report(1, 1), report(1, 1)), []);
  });
  test('on a new link in the middle of the current stage it is not up to date before it reports', () => {
    assert.deepEqual(effectsWithQuorum(...without1, again(1, 1, 1)), ['attach 1#1']);
    assert.deepEqual(effectsWithQuorum(...without1, again(1, 1, 1), report(1, 1)), ['keep-late-report 1 stage 1', 'returned 1']);
  });
  test('a new stage is to be caught up with again before it counts as returned', () => {
    const { state } = withTerms(QUORUM, ...without1, again(1, 1, 1), report(1, 1), report(0, 1), report(2, 1), planned('estimating'));
    assert.equal(state.agents[1].returned, false);
    stepRun(state, report(1, 2));
    assert.equal(state.agents[1].returned, true);
  });
});

describe('invariant 5: waits', () => {
  const begun = [...JOINED, planned('cooperating', true, 500)];
  test('name whom, until when and for what, in every phase', () => {
    assert.deepEqual(runWaits(after(hello(1)).state), { for: [0, 2], until: LIMITS.joinMs, what: 'to join' });
    assert.deepEqual(runWaits(withTerms({ joinMs: 5 }, hello(1)).state).until, 5);
    assert.deepEqual(runWaits(after(...begun, report(1, 1)).state), { for: [0, 2], until: 500 + LIMITS.stallMs, what: 'to report stage 1' });
    const { state } = withTerms({ waitMs: 7_000 }, ...begun, detached(2, 1_000), detached(0, 3_000));
    assert.deepEqual(runWaits(state), { for: [0, 2], until: 8_000, what: 'to come back' });
    assert.deepEqual(runWaits(after({ type: 'interrupted' }).state).for, []);
  });
  test('progress renews the deadline; without it the run fails and says whom the agent waited for', () => {
    const others = [report(1, 1), report(2, 1)];
    const { state } = after(...begun, ...others, progress(0, 5, 1_000, 'vectors of agent 2'), tick(1_000 + LIMITS.stallMs - 1));
    assert.equal(state.phase, 'cooperating');
    stepRun(state, tick(1_000 + LIMITS.stallMs));
    assert.deepEqual(state.failure, {
      code: 'AGENT_STALLED',
      detail: `no progress for ${LIMITS.stallMs / 1000} s while cooperating: agent 0 (waits for vectors of agent 2)`,
    });
  });
  test('only a further iteration of the current stage is progress', () => {
    const { state } = after(...begun, progress(0, 5, 1_000), progress(0, 5, 2_000), progress(0, 3, 3_000));
    assert.deepEqual([state.agents[0].progressedAt, state.agents[0].iteration], [1_000, 5]);
    stepRun(state, { ...progress(0, 9, 4_000), stage: 2 } as RunEvent);
    assert.equal(state.agents[0].progressedAt, 1_000);
  });
  test('nobody is stalled while the run waits for somebody who is away', () => {
    const { state } = withTerms({ waitMs: 10 * LIMITS.stallMs }, ...begun, detached(1), tick(2 * LIMITS.stallMs));
    assert.equal(state.phase, 'cooperating');
  });
  test('nor as soon as it is back: the others had to wait for it', () => {
    const back = 3 * LIMITS.stallMs;
    const { state } = withTerms({ waitMs: 10 * LIMITS.stallMs }, ...begun, detached(1), again(1, 1, 1, back), tick(back + 250));
    assert.equal(state.failure, undefined);
  });
  test('BUG: a link that breaks now and then does not hide that another agent is stuck', () => {
    const { state } = after(...begun);
    for (let now = 20_000; now < 2 * LIMITS.stallMs; now += 20_000)
      for (const event of [detached(1, now), again(1, 1, 1, now + 100), tick(now + 200)]) stepRun(state, event);
    assert.equal(state.failure?.code, 'AGENT_STALLED');
  });
  test('an agent that restarted makes progress when it does its iterations again', () => {
    const { state } = after(...begun, progress(1, 5_000, 1_000), detached(1, 2_000), restarted(1, 1, 0, 3_000), progress(1, 100, 40_000));
    assert.equal(state.agents[1].progressedAt, 40_000);
  });
});
