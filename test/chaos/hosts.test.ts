/** Processes that stand still, compute slowly or cannot write: the run waits, says for whom, and ends in the same bits. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { chaos, sightings } from '../support/chaos.ts';

/** Rounds slow enough that checkpoints are due during them. */
const SLOWLY = '{ link: all, delay: 20ms }';

describe('hosts', () => {
  chaos('an agent is stopped for longer than its silence is suffered', {
    faults: ['{ at: 30, pause: 2, for: 3s }'],
    sees: [
      { type: 'suspect', agent: 2 },
      { type: 'lost', agent: 2, detail: 'nothing heard for 1750 ms' },
      { type: 'link-lost', agent: 1, neighbour: 2 },
      { type: 'rejoined', agent: 2, incarnation: 1 },
    ],
    waitsFor: [2],
  });
  chaos('an agent is stopped for a moment', { faults: ['{ at: 30, pause: 2, for: 400ms }'] });
  chaos('two agents are stopped while exploring', {
    faults: ['{ at: exploring, pause: 0, for: 2500ms }', '{ at: exploring, pause: 5, for: 2s }'],
  });
  chaos('the coordinator is stopped for longer than its silence is suffered', {
    faults: ['{ at: 30, pause: coordinator, for: 3s }'],
    sees: [0, 7].map((agent) => ({ type: 'rejoined', agent, incarnation: 1 })),
  });
  chaos('the coordinator is stopped while estimating', { faults: ['{ at: estimating, pause: coordinator, for: 2500ms }'] });
  chaos('two agents compute slowly', {
    faults: ['{ at: 10, for: 40 rounds, slowCpu: 3, factor: 15 }', '{ at: 20, for: 20 rounds, slowCpu: 4, factor: 30 }'],
  });
  chaos('the disk of an agent is full: its last good checkpoint is named', {
    faults: ['{ at: cooperating, diskFull: 2 }', SLOWLY],
    more: ({ events }) => {
      const [first] = sightings(events, { type: 'checkpoint-failed', agent: 2 });
      assert.match(String(first?.detail), /; the last good one is of exchange \d+$/);
      assert.deepEqual(
        sightings(events, { type: 'checkpoint-failed' }).filter(({ agent }) => agent !== 2),
        [],
      );
    },
  });
  chaos('the disk of an agent is full, and then it is killed', {
    faults: ['{ at: 20, diskFull: 2 }', '{ at: 100, kill: 2, restartAfter: 200ms }', SLOWLY],
    sees: [
      { type: 'checkpoint-failed', agent: 2 },
      { type: 'rejoined', agent: 2, incarnation: 2 },
    ],
  });
  chaos('the disk of an agent is full while a neighbour restarts', {
    faults: ['{ at: 10, diskFull: 2 }', '{ at: 100, kill: 3, restartAfter: 200ms }', SLOWLY],
    sees: [{ type: 'resumed', agent: 3 }],
  });
});
