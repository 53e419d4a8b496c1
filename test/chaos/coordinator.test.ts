/** The coordinator is killed in every phase and comes back from its log; the agents wait, or work on without it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { AGENTS, chaos, phaseOf, sightings } from '../support/chaos.ts';
import type { Observed } from '../support/chaos.ts';

const allRejoined = ({ events }: Observed): void => {
  const back = events.slice(events.findIndex(({ type }) => type === 'resumed')).filter(({ type }) => type === 'rejoined');
  assert.equal(new Set(back.map(({ agent }) => agent)).size, AGENTS);
};

describe('the coordinator is killed and restarted', () => {
  for (const phase of ['exploring', 'estimating', 'cooperating']) {
    chaos(`while ${phase}`, {
      faults: [`{ at: ${phase}, kill: coordinator, restartAfter: 500ms }`],
      more: (observed) => {
        const [kill] = sightings(observed.events, { type: 'fault', order: 'kill' });
        assert.equal(phaseOf(observed.events, kill), phase);
        allRejoined(observed);
      },
    });
  }
  chaos('in the middle of an arm, away for two seconds', {
    faults: ['{ at: 30, kill: coordinator, restartAfter: 2s }'],
    more: allRejoined,
  });
  chaos('twice', {
    faults: ['{ at: 20, restart: coordinator }', '{ at: 80, kill: coordinator, restartAfter: 300ms }'],
    more: ({ events }) => assert.equal(sightings(events, { type: 'resumed', agent: undefined }).length, 2),
  });
  chaos('together with an agent', {
    faults: ['{ at: 40, kill: coordinator, restartAfter: 800ms }', '{ at: 40, kill: 6, restartAfter: 300ms }'],
    sees: [{ type: 'rejoined', agent: 6, incarnation: 2 }],
  });
  chaos('together with an agent, while estimating', {
    faults: ['{ at: estimating, kill: coordinator, restartAfter: 300ms }', '{ at: estimating, kill: 1, restartAfter: 600ms }'],
    sees: [{ type: 'rejoined', agent: 1, incarnation: 2 }],
  });
  chaos('together with everybody', {
    faults: ['coordinator', 0, 1, 2, 3, 4, 5, 6, 7].map((party) => `{ at: 30, kill: ${party}, restartAfter: 300ms }`),
    more: allRejoined,
  });
  chaos('while the network is in two', {
    faults: ['{ at: 30, for: 3s, partition: [[coordinator, "0-3"], ["4-7"]] }', '{ at: 40, kill: coordinator, restartAfter: 500ms }'],
  });
  chaos('behind the back of an agent that is stopped', {
    faults: ['{ at: 30, pause: 3, for: 2500ms }', '{ at: 30, kill: coordinator, restartAfter: 1s }'],
    sees: [{ type: 'rejoined', agent: 3 }],
  });
});
