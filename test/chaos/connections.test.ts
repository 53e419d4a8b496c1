/** Connections through the TCP proxies: late, narrow, half-open, reset, sliced, cut off after some bytes, slow to close. */
import { describe } from 'node:test';
import { chaos } from '../support/chaos.ts';

describe('connections', () => {
  chaos('delay and jitter on all links, those to the coordinator included', { faults: ['{ link: all, delay: 5ms, jitter: 10ms }'] });
  chaos('delay one way', { faults: ['{ at: 10, for: 30 rounds, link: 4->3, delay: 40ms }'] });
  chaos('bandwidth of 8 kB/s on a link', { faults: ['{ at: 10, for: 40 rounds, link: 0<->1, bandwidth: 8kB/s }'] });
  chaos('a half-open connection: nothing passes either way, and nobody is told', {
    faults: ['{ at: 30, for: 2500ms, link: 2<->3, blackhole: true }'],
    sees: [
      { type: 'link-lost', agent: 2, neighbour: 3, detail: 'nothing heard for 1750 ms' },
      { type: 'link-lost', agent: 3, neighbour: 2 },
    ],
  });
  chaos('a half-open connection: nothing passes one way', {
    faults: ['{ at: 30, for: 2500ms, link: 5->6, blackhole: true }'],
    sees: [{ type: 'link-lost', agent: 6, neighbour: 5, detail: 'nothing heard for 1750 ms' }],
  });
  chaos('a half-open connection to the coordinator', {
    faults: ['{ at: 30, for: 2500ms, link: 4<->coordinator, blackhole: true }'],
    sees: [
      { type: 'lost', agent: 4, detail: 'nothing heard for 1750 ms' },
      { type: 'rejoined', agent: 4, incarnation: 1 },
    ],
  });
  chaos('resets on a link', {
    faults: ['{ at: 20, for: 1s, link: 6<->7, reset: true }'],
    sees: [
      { type: 'link-lost', agent: 6, neighbour: 7 },
      { type: 'link-lost', agent: 7, neighbour: 6 },
    ],
  });
  chaos('resets on all links at once, those to the coordinator included', {
    faults: ['{ at: 500ms, for: 700ms, link: all, reset: true }', '{ link: all, delay: 5ms }'],
    sees: [{ type: 'lost' }, { type: 'rejoined' }],
  });
  chaos('segments of 7 bytes on all links', { faults: ['{ link: all, slice: 7 }'] });
  chaos('connections close after 4 kB', {
    faults: ['{ at: cooperating, link: 1<->2, limitData: 4kB }'],
    sees: [
      { type: 'link-lost', agent: 1, neighbour: 2 },
      { type: 'link-open', agent: 2, neighbour: 1 },
    ],
  });
  chaos('closes are passed on late, while an agent restarts', {
    faults: ['{ link: all, slowClose: 700ms }', '{ at: 40, restart: 3 }'],
  });
});
