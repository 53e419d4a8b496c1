/** Frames that are lost, doubled, overtaken or damaged, on all links, on one, and one way: the same bits. */
import { describe } from 'node:test';
import { chaos } from '../support/chaos.ts';

describe('messages', () => {
  chaos('loss of 10 % on all links, those to the coordinator included', { faults: ['{ link: all, loss: 10% }'] });
  chaos('loss of half of everything on one link', { faults: ['{ at: 5, for: 20 rounds, link: 2<->3, loss: 40% }'] });
  chaos('loss one way', { faults: ['{ at: 5, for: 40 rounds, link: 5->4, loss: 50% }'] });
  chaos('loss between an agent and the coordinator, from the first word on', { faults: ['{ link: 6<->coordinator, loss: 30% }'] });
  chaos('duplicates on all links', { faults: ['{ link: all, duplicate: 30% }'] });
  chaos('every frame of a link twice', { faults: ['{ at: cooperating, link: 0<->7, duplicate: 100% }'] });
  chaos('frames overtake each other on all links', { faults: ['{ link: all, reorder: 20% }'] });
  chaos('frames overtake each other one way', { faults: ['{ at: 10, for: 60 rounds, link: 1->2, reorder: 50% }'] });
  chaos('bits are wrong on all links', { faults: ['{ link: all, corrupt: 3% }'] });
  chaos('bits are wrong in a third of the frames of a link', { faults: ['{ at: 5, for: 60 rounds, link: 3<->4, corrupt: 0.3 }'] });
  chaos('bits are wrong in what the coordinator sends', { faults: ['{ at: exploring, link: coordinator->1, corrupt: 20% }'] });
  chaos('everything at once', { faults: ['{ link: all, loss: 3%, duplicate: 10%, reorder: 10%, corrupt: 1% }'] });
});
