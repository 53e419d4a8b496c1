import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinkMeters } from '../../../agent/link-health.ts';
import type { LinkFacts } from '../../../agent/link-health.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { LinkHealth } from '../../../proto/messages.ts';

const FACTS: LinkFacts = { isOpen: (agent) => agent !== 9, bytesFrom: (agent) => 100 * agent, stalenessOf: () => 1 };

function ofAgent1(meters: LinkMeters, now: number): LinkHealth {
  return meters.tell([1], FACTS, now)[0];
}

/** Asked and answered `ms` later. */
function roundTrip(meters: LinkMeters, at: number, ms: number): void {
  const question = meters.nextQuestion([1], at);
  assert.ok(question !== undefined);
  meters.answered(1, question.ask, at + ms);
}

describe('round trips', () => {
  test('half of them are not longer than p50, and 95 of 100 not longer than p95', () => {
    const meters = new LinkMeters();
    for (let i = 1; i <= 100; i++) roundTrip(meters, 10 * i, i % 100);
    assert.deepEqual(ofAgent1(meters, 1_100).roundTrip, { p50: 49, p95: 94 });
  });

  test('nothing is told before the first answer, and the last one stays when all are old', () => {
    const meters = new LinkMeters();
    assert.equal(ofAgent1(meters, 0).roundTrip, undefined);
    roundTrip(meters, 0, 5);
    roundTrip(meters, 10, 7);
    assert.deepEqual(ofAgent1(meters, 20 + 2 * LIMITS.linkWindowMs).roundTrip, { p50: 7, p95: 7 });
  });

  test('what was long ago does not count any more', () => {
    const meters = new LinkMeters();
    roundTrip(meters, 0, 500);
    roundTrip(meters, LIMITS.linkWindowMs, 7);
    assert.deepEqual(ofAgent1(meters, LIMITS.linkWindowMs + 1_000).roundTrip, { p50: 7, p95: 7 });
  });

  test('neighbours are asked in turn; one that has not answered is asked again after a while', () => {
    const meters = new LinkMeters();
    const asked = (now: number): number | undefined => meters.nextQuestion([1, 3, 5], now)?.agent;
    assert.deepEqual([asked(0), asked(1), asked(2), asked(3)], [1, 3, 5, undefined]);
    assert.equal(asked(LIMITS.suspectMs), 1);
    assert.equal(asked(LIMITS.suspectMs), undefined);
  });

  test('a late answer counts, one that nobody waits for any more does not', () => {
    const meters = new LinkMeters();
    const [first, second] = [0, LIMITS.suspectMs].map((now) => meters.nextQuestion([1], now)!.ask);
    meters.answered(1, first, 900);
    assert.deepEqual(ofAgent1(meters, 900).roundTrip, { p50: 900, p95: 900 });
    meters.nextQuestion([1], LIMITS.suspectMs + LIMITS.linkWindowMs);
    meters.answered(1, second, LIMITS.suspectMs + LIMITS.linkWindowMs);
    assert.deepEqual(ofAgent1(meters, 1_000).roundTrip, { p50: 900, p95: 900 });
  });

  test('the answer to another question counts for nothing', () => {
    const meters = new LinkMeters();
    const question = meters.nextQuestion([1], 0)!;
    meters.answered(1, question.ask + 1, 5);
    meters.answered(3, question.ask, 5);
    assert.equal(ofAgent1(meters, 10).roundTrip, undefined);
  });
});

describe('loss', () => {
  test('is the share of the frames between two that said how many were sent, themselves left out', () => {
    const meters = new LinkMeters();
    meters.opened(1, 0);
    assert.equal(ofAgent1(meters, 0).lost, 0);
    meters.counted(1, { sent: 101, received: 61 }, 1_000);
    assert.equal(ofAgent1(meters, 1_000).lost, 0.4);
    meters.counted(1, { sent: 201, received: 161 }, 2_000);
    assert.equal(ofAgent1(meters, 2_000).lost, 0.2);
  });

  test('is that of the last seconds, and stays where nothing is said any more', () => {
    const meters = new LinkMeters();
    meters.opened(1, 0);
    meters.counted(1, { sent: 11, received: 2 }, 1_000);
    meters.counted(1, { sent: 22, received: 8 }, 1_000 + 2 * LIMITS.linkWindowMs);
    for (const later of [0, LIMITS.linkWindowMs - 1, 10 * LIMITS.linkWindowMs])
      assert.equal(ofAgent1(meters, 1_000 + 2 * LIMITS.linkWindowMs + later).lost, 0.5);
  });

  test('begins anew with a new connection, and doubled frames make it no smaller than none', () => {
    const meters = new LinkMeters();
    meters.opened(1, 0);
    meters.counted(1, { sent: 11, received: 2 }, 1_000);
    meters.opened(1, 2_000);
    meters.counted(1, { sent: 12, received: 19 }, 3_000);
    assert.equal(ofAgent1(meters, 3_000).lost, 0);
  });

  test('is the same when it is said often', () => {
    const shares = [10, 1_000].map((every) => {
      const meters = new LinkMeters();
      meters.opened(1, 0);
      for (let at = every; at <= 4_000; at += every) meters.counted(1, { sent: at, received: 0.75 * at }, at);
      return ofAgent1(meters, 4_000).lost;
    });
    assert.ok(
      shares.every((share) => Math.abs(share - 0.25) < 1e-3),
      shares.join(', '),
    );
  });
});

test('of many links some are told each time, in turn, with what the agent knows of them', () => {
  const meters = new LinkMeters();
  const many = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const told = Array.from({ length: 3 }, () => meters.tell(many, FACTS, 0).map(({ agent }) => agent));
  assert.ok(told.every((agents) => agents.length === LIMITS.progressLinksMax));
  assert.deepEqual(
    [...new Set(told.flat())].sort((a, b) => a - b),
    many,
  );
  assert.deepEqual(new LinkMeters().tell([9], FACTS, 0), [{ agent: 9, open: false, lost: 0, staleness: 1, bytes: 900 }]);
});
