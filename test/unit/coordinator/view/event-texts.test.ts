/** Events in words: what many agents tell at once is one line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventViews } from '../../../../coordinator/view/event-texts.ts';
import type { RunEvent } from '../../../../core/run-event.ts';

const NAMES = ['ash', 'elm', 'oak'];
const eventAt = (second: number, type: string, fields: Readonly<Record<string, unknown>> = {}): RunEvent => ({
  at: new Date(1e12 + 1000 * second).toISOString(),
  type,
  ...fields,
});
const textsOf = (...events: RunEvent[]): string[] => eventViews([eventAt(0, 'started', { agents: 3, seed: 1, mode: 'processes' }), ...events], NAMES).slice(1).map(({ ms, text }) => `${ms} ${text}`); // prettier-ignore

test('what several agents tell of the same thing, one after the other, is one line at the time of the first', () => {
  const joined = [0, 1, 2].map((agent) => eventAt(1 + agent, 'joined', { agent }));
  const began = [0, 2].map((agent) => eventAt(5, 'fault-began', { agent, detail: 'loss 10 % on 0<->1' }));
  const other = eventAt(6, 'fault-began', { agent: 1, detail: 'pause 1' });
  assert.deepEqual(textsOf(...joined, ...began, other), [
    '1000 3 agents joined',
    '5000 loss 10 % on 0<->1 began at 2 agents',
    '6000 pause 1 began at agent elm',
  ]);
});

test('what happens in between is told in its place', () => {
  const open = (agent: number): RunEvent => eventAt(1, 'link-open', { agent, neighbour: 1 });
  const lost = eventAt(1, 'link-lost', { agent: 0, neighbour: 1, detail: '1006' });
  assert.deepEqual(textsOf(open(0), open(2), lost, open(0)), [
    '1000 2 ends of links are open',
    '1000 agent ash: its link to agent elm broke: 1006',
    '1000 agent ash: its link to agent elm is open',
  ]);
});
