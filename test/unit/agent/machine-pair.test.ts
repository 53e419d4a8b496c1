/** Invariants 1 to 4 together: whatever a channel does to the messages, two neighbours end where they end without faults. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MachinePair, NO_FAULTS, valueAfter } from './machine-pair.ts';
import type { PairFaults } from './machine-pair.ts';

const EXCHANGES = 12;
const SEEDS = 200;
const CHANNEL: PairFaults = { ...NO_FAULTS, loss: 0.25, duplicate: 0.25, reorder: 0.5 };
const MOVES_WITH_FAULTS = 2_000;
const MOVES_TO_HEAL = 2_000;

/** With faults for a while, without them afterwards: it must come to its end. */
function run(seed: number, faults: PairFaults): MachinePair {
  const pair = new MachinePair(EXCHANGES, seed, faults);
  for (let move = 0; move < MOVES_WITH_FAULTS && !pair.isDone; move++) pair.move();
  pair.heal();
  for (let move = 0; move < MOVES_TO_HEAL && !pair.isDone; move++) pair.move();
  assert.ok(pair.isDone, `seed ${seed}: ${pair.processes.map(({ state }) => `${state.phase} at ${state.step}`).join(', ')}`);
  // Whoever was killed after its report does the end again, and is told meanwhile that the run is over.
  for (const [agent, outcomes] of pair.outcomes.entries())
    assert.deepEqual(new Set(outcomes), new Set([valueAfter(EXCHANGES)]), `seed ${seed}: agent ${agent} ended elsewhere`);
  return pair;
}

test('a channel that loses, repeats and reorders: every exchange is applied once, in order', () => {
  for (let seed = 1; seed <= SEEDS; seed++) assert.deepEqual(run(seed, CHANNEL).applied, [EXCHANGES, EXCHANGES], `seed ${seed}`);
});

test('a link that keeps breaking changes nothing', () => {
  for (let seed = 1; seed <= SEEDS; seed++) assert.deepEqual(run(seed, { ...CHANNEL, breakLink: 0.03 }).applied, [EXCHANGES, EXCHANGES], `seed ${seed}`);
});

for (const killed of [[0], [1], [0, 1]]) {
  test(`agent ${killed.join(' and ')} killed again and again and restarted from an older step: the same end`, () => {
    let kills = 0;
    let replayed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const pair = run(seed, { ...CHANNEL, breakLink: 0.01, kill: 0.02, killed });
      kills += pair.kills;
      replayed += pair.applied[0] + pair.applied[1] - 2 * EXCHANGES;
    }
    // The test must be able to fail: agents did go back.
    assert.ok(kills > SEEDS && replayed > SEEDS, `${kills} kills, ${replayed} exchanges replayed`);
  });
}
