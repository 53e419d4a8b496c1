import assert from 'node:assert/strict';
import test from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { backoffMs } from '../../../net/backoff.ts';
import { dialUntil, type DialPolicy } from '../../../net/dial-until.ts';
import type { Link } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

function scene(policy: Partial<DialPolicy> = {}) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, { delayMs: () => 10 });
  const events: string[] = [];
  const accepted: Link[] = [];
  const listen = (): void =>
    network.listen(
      { authorize: (bearer) => (bearer === 'right' ? 'a' : undefined), frameBytesMax: 8, onLink: (link) => void accepted.push(link) },
      () => undefined,
    );
  const dial = (bearer: string): (() => void) =>
    dialUntil(
      network,
      'memory:0',
      {
        bearer,
        peer: 'agent 3',
        frameBytesMax: 8,
        onOpen: () => void events.push('open'),
        onFailed: (error) => void events.push(`${error.code} at ${clock.now()}: ${error.message}`),
      },
      { clock, deadlineMs: 15_000, seed: 1, agent: 2, ...policy },
    );
  return { clock, events, accepted, listen, dial };
}

test('it goes on until somebody listens', () => {
  const { clock, events, listen, dial } = scene();
  dial('right');
  clock.setTimer(4_000, listen);
  clock.run();
  assert.deepEqual(events, ['open']);
  assert.ok(clock.now() < 15_000, 'a timer was left behind');
});

test('a refusal is final at once and keeps its code', () => {
  const { clock, events, listen, dial } = scene();
  listen();
  dial('wrong');
  clock.run();
  assert.equal(events.length, 1);
  assert.match(events[0], /^WIRE_TOKEN at 0: agent 3 /);
});

test('at the deadline it fails with the code it was given, naming whom and why', () => {
  const { clock, events, dial } = scene({ code: 'COORDINATOR_UNREACHABLE' });
  dial('right');
  clock.run();
  assert.deepEqual(events, ['COORDINATOR_UNREACHABLE at 15000: agent 3 not reached within 15000 ms: nothing listens at memory:0']);
});

test('a link that opens after it gave up is terminated', () => {
  const { clock, events, accepted, listen, dial } = scene();
  listen();
  const cancel = dial('right');
  clock.setTimer(5, cancel);
  clock.run();
  let closed = 0;
  accepted[0].onClose = () => void closed++;
  assert.deepEqual([events, closed], [[], 1]);
});

test('waits are keyed, full-jittered and bounded', () => {
  const waits = (agent: number): number[] => Array.from({ length: 400 }, (_, attempt) => backoffMs(1, agent, attempt));
  assert.deepEqual(waits(1), waits(1));
  assert.notDeepEqual(waits(1), waits(2));
  waits(1).forEach((wait, attempt) => assert.ok(wait >= 0 && wait < Math.min(LIMITS.dialBackoffMaxMs, LIMITS.dialBackoffMinMs * 2 ** attempt)));
  assert.ok(Math.max(...waits(1)) > 0.95 * LIMITS.dialBackoffMaxMs && Math.min(...waits(1)) < 0.05 * LIMITS.dialBackoffMaxMs);
});
