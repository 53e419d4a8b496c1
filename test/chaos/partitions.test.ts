/** The network falls apart and heals: rounds wait for each other across the gap, and nothing else changes. */
import { describe } from 'node:test';
import { chaos } from '../support/chaos.ts';

const SILENT = 'nothing heard for 1750 ms';

describe('partitions', () => {
  chaos('in two halves', {
    faults: ['{ at: 30, for: 2500ms, partition: [["0-3"], ["4-7"]] }'],
    sees: [
      { type: 'link-lost', agent: 3, neighbour: 4, detail: SILENT },
      { type: 'link-lost', agent: 7, neighbour: 0 },
    ],
  });
  chaos('one way: half of the agents are not heard by the others', {
    faults: ['{ at: 30, for: 2500ms, partition: [["0-3"], ["4-7"]], direction: one-way }'],
    sees: [{ type: 'link-lost', agent: 4, neighbour: 3, detail: SILENT }],
  });
  chaos('in three groups', {
    faults: ['{ at: 40, for: 2s, partition: [[0, 1], ["2-4"], ["5-7"]] }'],
    sees: [
      { type: 'link-lost', agent: 1, neighbour: 2 },
      { type: 'link-lost', agent: 5, neighbour: 4 },
    ],
  });
  chaos('with the coordinator on one side', {
    faults: ['{ at: 30, for: 3s, partition: [[coordinator, "0-3"], ["4-7"]] }'],
    sees: [4, 5, 6, 7].flatMap((agent) => [
      { type: 'lost', agent, detail: SILENT },
      { type: 'rejoined', agent, incarnation: 1 },
    ]),
    waitsFor: [4, 7],
  });
  chaos('the coordinator hears nobody, and they hear it', {
    faults: ['{ at: 30, for: 3s, partition: [["0-7"], [coordinator]], direction: one-way }'],
    sees: [0, 7].map((agent) => ({ type: 'lost', agent, detail: SILENT })),
  });
  chaos('while exploring, from everybody and the coordinator', {
    faults: ['{ at: exploring, for: 2500ms, partition: [[coordinator], ["0-3"], ["4-7"]] }'],
    sees: [0, 7].map((agent) => ({ type: 'rejoined', agent, incarnation: 1 })),
  });
  chaos('an agent alone, cut off from the coordinator too', {
    faults: ['{ at: 50, for: 3s, isolate: 5 }'],
    sees: [
      { type: 'lost', agent: 5, detail: SILENT },
      { type: 'link-lost', agent: 4, neighbour: 5 },
      { type: 'rejoined', agent: 5, incarnation: 1 },
    ],
    waitsFor: [5],
  });
  chaos('an agent alone that restarts meanwhile', {
    faults: ['{ at: 50, for: 3s, isolate: 5 }', '{ at: 50, kill: 5, restartAfter: 500ms }'],
    sees: [{ type: 'rejoined', agent: 5, incarnation: 2 }],
  });
});
