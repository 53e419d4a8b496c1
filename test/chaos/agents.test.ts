/** Agents are killed and started again: they go on from their checkpoints to the same bits. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { AGENTS, chaos, phaseOf, sightings } from '../support/chaos.ts';
import type { Observed } from '../support/chaos.ts';

const everybody = Array.from({ length: AGENTS }, (_, agent) => agent);

const killedWhile =
  (phase: string) =>
  ({ events }: Observed): void => {
    const kills = sightings(events, { type: 'fault', order: 'kill' });
    assert.deepEqual([...new Set(kills.map((kill) => phaseOf(events, kill)))], [phase]);
  };

describe('agents are killed and restarted', () => {
  for (const phase of ['exploring', 'estimating', 'cooperating']) {
    chaos(`one while ${phase}`, {
      faults: [`{ at: ${phase}, kill: 3, restartAfter: 300ms }`],
      sees: [{ type: 'rejoined', agent: 3, incarnation: 2 }],
      more: killedWhile(phase),
    });
  }
  chaos('one in the middle of an arm, away for two seconds', {
    faults: ['{ at: 30, kill: 4, restartAfter: 2s }'],
    sees: [
      { type: 'lost', agent: 4 },
      { type: 'link-lost', agent: 3, neighbour: 4 },
      { type: 'resumed', agent: 4 },
    ],
    waitsFor: [4],
  });
  chaos('the same one twice, the second time in the other arm', {
    faults: ['{ at: 20, kill: 6, restartAfter: 200ms }', '{ at: 80, restart: 6 }'],
    sees: [{ type: 'rejoined', agent: 6, incarnation: 3 }],
  });
  chaos('the same one again while it recovers', {
    faults: ['{ at: 30, restart: 2 }', '{ at: 31, restart: 2 }', '{ at: 32, restart: 2 }'],
    sees: [{ type: 'rejoined', agent: 2, incarnation: 4 }],
  });
  chaos('two neighbours at once', {
    faults: ['{ at: 40, kill: 1, restartAfter: 500ms }', '{ at: 40, kill: 2, restartAfter: 1s }'],
    sees: [
      { type: 'resumed', agent: 1 },
      { type: 'resumed', agent: 2 },
    ],
  });
  chaos('all of them at once', {
    faults: everybody.map((agent) => `{ at: 30, kill: ${agent}, restartAfter: 300ms }`),
    sees: everybody.map((agent) => ({ type: 'rejoined', agent, incarnation: 2 })),
  });
  chaos('one after the other', { faults: everybody.map((agent) => `{ at: ${10 + 12 * agent}, restart: ${agent} }`) });
  chaos('the hub that computes the mean of a complete relationship', {
    faults: ['{ at: 25, kill: 0, restartAfter: 500ms }', '{ at: 90, restart: 0 }'],
    overrides: ['cooperate.arms=[{strategy: multitask, relationship: complete}, {strategy: filter, relationship: complete}]'],
    sees: [{ type: 'rejoined', agent: 0, incarnation: 3 }],
  });
  chaos('one on a network that loses and damages frames', {
    faults: ['{ link: all, loss: 5%, corrupt: 1%, duplicate: 10% }', '{ at: 30, kill: 4, restartAfter: 300ms }'],
  });
  chaos('one over a learned graph whose links the ring lacks', {
    faults: ['{ at: 20, restart: 5 }', '{ at: 70, kill: 1, restartAfter: 300ms }'],
    overrides: ['network.open=true', 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]'],
  });
});
