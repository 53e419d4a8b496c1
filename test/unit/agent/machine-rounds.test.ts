/** Invariant 4 of the agent machine where rounds need not wait: which vectors stand in, and when one is left out. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AgentEvent } from '../../../agent/agent-machine.ts';
import { LIMITS } from '../../../core/limits.ts';
import { after, cooperate, exchange, lost, open, synced, tick, vector, workDone, summary } from './machine-events.ts';

const linked = [open(1), open(3)];
const effectsAfter = (...events: readonly AgentEvent[]): string[] => summary(after(...events).effects);

describe('invariant 4: bounded rounds', () => {
  const bounded = (now = 0): AgentEvent => exchange({ rounds: 'bounded', staleness: 2 }, now);
  const begun = [cooperate(1), ...linked, bounded(), vector(1, 1), vector(3, 1)];
  test('the last one known stands in while it is young enough', () => {
    assert.deepEqual(effectsAfter(...begun, bounded()), ['publish 2', 'deliver 1,1']);
    assert.deepEqual(effectsAfter(...begun, bounded(), bounded()), ['publish 3', 'deliver 1,1']);
    // Three exchanges old: it is asked for a newer one.
    assert.deepEqual(effectsAfter(...begun, bounded(), bounded(), bounded()), ['publish 4']);
    assert.deepEqual(effectsAfter(...begun, bounded(), bounded(), vector(1, 2), vector(3, 3), bounded()), ['publish 4', 'deliver 2,3']);
  });
  test('the newest one known is taken, an older one that comes late is ignored', () => {
    assert.deepEqual(effectsAfter(...begun, vector(1, 3), vector(1, 2), bounded()), ['publish 2', 'deliver 3,1']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 3), vector(1, 1)), ['stale']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 3), vector(1, 3)), ['duplicate']);
  });
  test('one of another epoch never stands in', () => {
    const next = exchange({ rounds: 'bounded', staleness: 9, epoch: 2 });
    assert.deepEqual(effectsAfter(...begun, workDone(), cooperate(2), next), ['publish 2']);
    assert.deepEqual(effectsAfter(...begun, workDone(), cooperate(2), next, vector(1, 2, 1)), ['stale']);
    assert.deepEqual(effectsAfter(...begun, workDone(), cooperate(2), next, vector(1, 2, 2), vector(3, 2, 2)), ['keep-vector 3@2', 'deliver 2,2']);
    // From a neighbour that is an arm ahead: kept for later, useless now.
    assert.deepEqual(effectsAfter(...begun, vector(1, 2, 2), exchange({ rounds: 'bounded', staleness: 0 }), vector(3, 2)), ['keep-vector 3@2']);
  });
  test('it stands in for the same hop of an iteration only', () => {
    const hop = (staleness: number): AgentEvent => exchange({ rounds: 'bounded', staleness, hops: 2 });
    const first = [cooperate(1), ...linked, hop(2), vector(1, 1), vector(3, 1)];
    assert.deepEqual(effectsAfter(...first, hop(2)), ['publish 2']);
    assert.deepEqual(effectsAfter(...first, hop(2), vector(1, 2), vector(3, 2), hop(2)), ['publish 3', 'deliver 1,1']);
  });
  test('it is left out when its link is closed, or when its time is over', () => {
    const third = [...begun, bounded(), bounded(), bounded(1_000)];
    assert.deepEqual(effectsAfter(...third, vector(3, 4), lost(1, 1_001)), ['notice link-lost 1', 'deliver 0,4']);
    assert.deepEqual(effectsAfter(...third, lost(1, 1_001)), ['notice link-lost 1']);
    assert.deepEqual(effectsAfter(...third, vector(3, 4), tick(1_000 + LIMITS.suspectMs - 1)).includes('deliver 0,4'), false);
    assert.deepEqual(effectsAfter(...third, vector(3, 4), tick(1_000 + LIMITS.suspectMs)), ['deliver 0,4']);
    assert.deepEqual(effectsAfter(...third, tick(1_000 + LIMITS.suspectMs)), ['deliver 0,0']);
    assert.deepEqual(effectsAfter(cooperate(1), open(3), bounded(), vector(3, 1)), ['keep-vector 3@1', 'deliver 0,1']);
  });
  test('history that is gone is no failure: it does without', () => {
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, bounded(), synced(1, 9, 5)), ['pull 1@1']);
  });
});

describe('invariant 4: async rounds', () => {
  const free = exchange({ rounds: 'async', staleness: 1_000_000 });
  test('never wait', () => {
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, free), ['publish 1', 'deliver 0,0']);
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, free, vector(1, 1), free), ['publish 2', 'deliver 1,0']);
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, free, vector(1, 1), free, free, free), ['publish 4', 'deliver 1,0']);
  });
  test('take the newest known of the epoch, also from ahead', () => {
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, free, vector(1, 7), vector(1, 4), vector(3, 1), free), ['publish 2', 'deliver 7,1']);
  });
});
