import assert from 'node:assert/strict';
import test from 'node:test';
import type { Link } from '../../../net/link.ts';
import { type MemoryFaults, MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

const FRAMES = 2_000;
const FAULTS: MemoryFaults = { seed: 1, duplicateRate: 0.1, delayRate: 0.2, delayMaxMs: 5 };

/** What arrives when a frame leaves every millisecond. */
function transcript(faults: MemoryFaults): { readonly n: number; readonly atMs: number }[] {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, { delayMs: () => 2, faults });
  const arrived: { n: number; atMs: number }[] = [];
  const onLink = (link: Link): void => {
    link.onFrame = (frame) => void arrived.push({ n: frame[0] + 256 * frame[1], atMs: clock.now() });
  };
  const onOpen = (link: Link): void => {
    for (let n = 0; n < FRAMES; n++) clock.setTimer(n, () => link.send(Uint8Array.of(n % 256, n >> 8)));
    clock.setTimer(FRAMES, () => link.close(1_000, ''));
  };
  network.listen({ authorize: () => 'a', frameBytesMax: 8, onLink }, ({ endpoint }) => {
    network.dial(endpoint, { bearer: '', peer: 'b', frameBytesMax: 8, onOpen, onFailed: assert.fail });
  });
  clock.run();
  return arrived;
}

const isSorted = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || values[i - 1] <= value);

test('duplicates come at their rate, in order, and nothing is lost', () => {
  const order = transcript(FAULTS).map(({ n }) => n);
  const duplicates = order.length - FRAMES;
  assert.equal(new Set(order).size, FRAMES);
  assert.ok(isSorted(order));
  assert.ok(duplicates > 0.07 * FRAMES && duplicates < 0.13 * FRAMES, `${duplicates} duplicates`);
});

test('delays happen in virtual time and hold up what is behind', () => {
  const sentAt = 2;
  const late = transcript({ ...FAULTS, duplicateRate: 0 }).filter(({ n, atMs }) => atMs > 2 + sentAt + n + 2);
  assert.ok(late.length > 0.2 * FRAMES, `${late.length} late frames`);
  assert.ok(late.every(({ n, atMs }) => atMs <= 2 + sentAt + n + 2 + FAULTS.delayMaxMs));
});

test('with reorder, delayed frames are overtaken', () => {
  const order = transcript({ ...FAULTS, reorder: true }).map(({ n }) => n);
  assert.equal(new Set(order).size, FRAMES);
  assert.ok(!isSorted(order));
});

test('the same seed meets the same faults, another seed others', () => {
  assert.deepEqual(transcript(FAULTS), transcript(FAULTS));
  assert.notDeepEqual(transcript(FAULTS), transcript({ ...FAULTS, seed: 2 }));
});
