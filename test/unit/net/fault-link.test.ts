/** Every message-level fault does what it says, as often as it says; without faults a link is a link. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CONDITIONS, type LinkConditions, type Party } from '../../../core/fault/plan.ts';
import { LIMITS } from '../../../core/limits.ts';
import { streamOf, withFaults, type FaultLinkOptions } from '../../../net/fault-link.ts';
import type { MessageCondition } from '../../../core/fault/plan.ts';
import type { Link, Transport } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { LINK_LAWS, type LinkWorld } from '../../../testkit/link-laws.ts';
import { settleOn } from '../../support/settle.ts';

const FRAMES = 20_000;
const ABNORMAL = 1006;

type Way = 'out' | 'in';

/** Two ends of a memory link; the dialling end is decorated. */
class Pair {
  readonly clock = new VirtualClock();
  readonly counts: Record<MessageCondition, number> = { loss: 0, duplicate: 0, reorder: 0, corrupt: 0 };
  readonly faulty: Link;
  readonly plain: Link;
  conditions: LinkConditions = NO_CONDITIONS;

  constructor(way: Way, more: Partial<FaultLinkOptions> = {}) {
    const links: Link[] = [];
    const network = new MemoryNetwork(this.clock);
    network.listen({ authorize: () => 'a', frameBytesMax: 1_024, onLink: (link) => void links.push(link) }, ({ endpoint }) => {
      network.dial(endpoint, { bearer: '', peer: 'b', frameBytesMax: 1_024, onOpen: (link) => void links.push(link), onFailed: assert.fail });
    });
    this.clock.run();
    const now = (): LinkConditions => this.conditions;
    const none = (): LinkConditions => NO_CONDITIONS;
    const directions = way === 'out' ? { conditions: now } : { conditions: none, incoming: now };
    const count = (kind: MessageCondition): void => void this.counts[kind]++;
    const options = { seed: 1, stream: streamOf(3, 7), clock: this.clock, count, ...directions, ...more };
    [this.plain, this.faulty] = [links[0], withFaults(links[1], options)];
  }

  /** Sender and receiver of the direction that is faulty. */
  ends(way: Way): { from: Link; to: Link } {
    return way === 'out' ? { from: this.faulty, to: this.plain } : { from: this.plain, to: this.faulty };
  }
}

interface Outcome {
  /** As they arrived: n, and whether the frame is as it was sent. */
  readonly arrived: readonly { readonly n: number; readonly intact: boolean; readonly atMs: number }[];
  readonly counts: Record<MessageCondition, number>;
  readonly answers: readonly boolean[];
}

/** Frame n, 8 bytes: its number twice, so that one wrong bit leaves one of them right. */
function frameOf(n: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(n, n).buffer);
}

/** One frame a millisecond under these conditions. */
function transmit(way: Way, conditions: Partial<LinkConditions>, more: Partial<FaultLinkOptions> = {}, frames = FRAMES): Outcome {
  const pair = new Pair(way, more);
  pair.conditions = { ...NO_CONDITIONS, ...conditions };
  const { from, to } = pair.ends(way);
  const arrived: { n: number; intact: boolean; atMs: number }[] = [];
  const answers: boolean[] = [];
  to.onFrame = (frame) => {
    const [a, b] = new Uint32Array(new Uint8Array(frame).buffer);
    arrived.push({ n: a < frames ? a : b, intact: a === b, atMs: pair.clock.now() });
    // A handler owns its frame during the call.
    frame.fill(0xff);
  };
  const buffer = new Uint8Array(8);
  for (let n = 0; n < frames; n++) {
    pair.clock.setTimer(n, () => {
      buffer.set(frameOf(n));
      answers.push(from.send(buffer));
      buffer.fill(0xee);
    });
  }
  pair.clock.run();
  return { arrived, counts: pair.counts, answers };
}

function assertRate(count: number, probability: number, of = FRAMES): void {
  const sigma = Math.sqrt((probability * (1 - probability)) / of);
  const rate = count / of;
  assert.ok(Math.abs(rate - probability) <= 4 * sigma, `${count} of ${of} is ${((rate - probability) / sigma).toFixed(1)} sigma from ${probability}`);
}

const numbersOf = ({ arrived }: Outcome): number[] => arrived.map(({ n }) => n);

for (const way of ['out', 'in'] as const) {
  test(`${way}: lost frames do not arrive, and their sender is not told`, () => {
    const outcome = transmit(way, { loss: 0.1 });
    const numbers = numbersOf(outcome);
    assertRate(FRAMES - numbers.length, 0.1);
    assert.equal(outcome.counts.loss, FRAMES - numbers.length);
    assert.ok(numbers.every((n, i) => i === 0 || numbers[i - 1] < n));
    assert.ok(outcome.answers.every(Boolean));
    assert.equal(transmit(way, { loss: 1 }, {}, 100).arrived.length, 0);
  });

  test(`${way}: doubled frames come twice in a row, each as it was sent`, () => {
    const outcome = transmit(way, { duplicate: 0.25 });
    const numbers = numbersOf(outcome);
    assertRate(numbers.length - FRAMES, 0.25);
    assert.equal(outcome.counts.duplicate, numbers.length - FRAMES);
    assert.ok(outcome.arrived.every(({ intact }) => intact));
    assert.ok(numbers.every((n, i) => i === 0 || n === numbers[i - 1] || n === numbers[i - 1] + 1));
  });

  test(`${way}: a frame held back is overtaken by the next that passes, and nothing is lost`, () => {
    const outcome = transmit(way, { reorder: 0.2 });
    const numbers = numbersOf(outcome);
    assert.equal(new Set(numbers).size, FRAMES);
    assert.equal(numbers.length, FRAMES);
    const positions = new Map(numbers.map((n, i) => [n, i]));
    const overtaken = numbers.filter((n) => numbers[positions.get(n)! - 1] > n);
    assertRate(overtaken.length, 0.2);
    assertRate(outcome.counts.reorder, 0.2);
    assert.ok(outcome.arrived.every(({ n, atMs, intact }) => intact && atMs - n <= LIMITS.reorderHoldMs));
  });

  test(`${way}: a corrupt frame has exactly one wrong bit, and all bits are met`, () => {
    const outcome = transmit(way, { corrupt: 0.3 });
    assert.equal(outcome.arrived.length, FRAMES);
    const wrong = outcome.arrived.filter(({ intact }) => !intact).length;
    assertRate(wrong, 0.3);
    assert.equal(outcome.counts.corrupt, wrong);
    assert.deepEqual(
      bitsMet(way),
      Array.from({ length: 64 }, (_, bit) => bit),
    );
  });

  test(`${way}: the same seed meets the same faults, another seed, stream or count of frames others`, () => {
    const conditions = { loss: 0.2, duplicate: 0.2, reorder: 0.2, corrupt: 0.2 };
    const once = (more: Partial<FaultLinkOptions>) => transmit(way, conditions, more, 500).arrived;
    assert.deepEqual(once({}), once({}));
    for (const other of [{ seed: 2 }, { stream: streamOf(7, 3) }, { frames: { out: 500, in: 500 } }]) assert.notDeepEqual(once(other), once({}));
  });

  test(`${way}: a frame held back leaves after a while when no other comes, and at once when the fault is over`, () => {
    const pair = new Pair(way);
    const { from, to } = pair.ends(way);
    const arrived: [number, number][] = [];
    to.onFrame = (frame) => void arrived.push([frame[0], pair.clock.now()]);
    pair.conditions = { ...NO_CONDITIONS, reorder: 1 };
    from.send(frameOf(1));
    pair.clock.run();
    assert.deepEqual(arrived, [[1, LIMITS.reorderHoldMs]]);
    for (const n of [2, 3]) from.send(frameOf(n));
    pair.clock.runUntil(() => pair.clock.now() === LIMITS.reorderHoldMs && pair.counts.reorder === 3);
    pair.conditions = NO_CONDITIONS;
    from.send(frameOf(4));
    pair.clock.run();
    assert.deepEqual(
      arrived.slice(1),
      [4, 3, 2].map((n) => [n, LIMITS.reorderHoldMs]),
    );
  });

  test(`${way}: what is held back is bounded`, () => {
    const pair = new Pair(way);
    const { from, to } = pair.ends(way);
    let arrived = 0;
    to.onFrame = () => void arrived++;
    pair.conditions = { ...NO_CONDITIONS, reorder: 1 };
    for (let n = 0; n < LIMITS.reorderFramesMax; n++) from.send(frameOf(n));
    pair.clock.runUntil(() => arrived > 0 || pair.clock.now() > 0);
    assert.equal(pair.clock.now(), 0);
  });

  for (const end of ['close', 'terminate', 'closed by the other end'] as const) {
    test(`${way}: ${end} drops what is held back, leaves no timer, and takes nothing any more`, () => {
      const pair = new Pair(way);
      const { from, to } = pair.ends(way);
      const arrived: number[] = [];
      const closes: number[] = [];
      to.onFrame = (frame) => void arrived.push(frame[0]);
      pair.faulty.onClose = (code) => void closes.push(code);
      pair.conditions = { ...NO_CONDITIONS, reorder: 1 };
      from.send(frameOf(1));
      pair.clock.runUntil(() => pair.counts.reorder === 1);
      if (end === 'close') pair.faulty.close(4_001, 'because');
      else if (end === 'terminate') pair.faulty.terminate();
      else pair.plain.close(4_001, 'because');
      pair.clock.run();
      pair.conditions = { ...NO_CONDITIONS, loss: 1 };
      assert.equal(pair.faulty.send(frameOf(2)), false);
      assert.deepEqual([arrived, closes, pair.clock.now()], [[], [end === 'terminate' ? ABNORMAL : 4_001], 0]);
    });
  }
}

/** Which of a frame's 64 bits were ever wrong. */
function bitsMet(way: Way): number[] {
  const pair = new Pair(way);
  const { from, to } = pair.ends(way);
  const met = new Set<number>();
  to.onFrame = (frame) => {
    const wrong = [...frame].flatMap((byte, i) => Array.from({ length: 8 }, (_, b) => ((byte >> b) & 1 ? [8 * i + b] : [])).flat());
    assert.equal(wrong.length, 1);
    met.add(wrong[0]);
  };
  pair.conditions = { ...NO_CONDITIONS, corrupt: 1 };
  for (let n = 0; n < 1_000; n++) from.send(new Uint8Array(8));
  pair.clock.run();
  return [...met].sort((a, b) => a - b);
}

test('faults are independent: one probability does not change what another does', () => {
  const conditions = { loss: 0.2, corrupt: 0.2 };
  const lost = (more: Partial<LinkConditions>) => {
    const numbers = new Set(numbersOf(transmit('out', { ...conditions, ...more }, {}, 500)));
    return Array.from({ length: 500 }, (_, n) => n).filter((n) => !numbers.has(n));
  };
  assert.deepEqual(lost({ duplicate: 0.5, reorder: 0.5 }), lost({}));
});

test('an empty frame has no bit to go wrong', () => {
  const pair = new Pair('out');
  pair.conditions = { ...NO_CONDITIONS, corrupt: 1 };
  assert.equal(pair.faulty.send(new Uint8Array(0)), true);
  assert.equal(pair.counts.corrupt, 0);
});

test("a wrong bit is never in the sender's own bytes", () => {
  const pair = new Pair('out');
  pair.conditions = { ...NO_CONDITIONS, corrupt: 1 };
  const frame = frameOf(5);
  pair.faulty.send(frame);
  assert.deepEqual([frame, pair.counts.corrupt], [frameOf(5), 1]);
});

test('a handler that closes the link gets no second copy', () => {
  const pair = new Pair('in');
  pair.conditions = { ...NO_CONDITIONS, duplicate: 1 };
  let calls = 0;
  pair.faulty.onFrame = () => {
    calls++;
    pair.faulty.close(1_000, '');
  };
  pair.plain.send(frameOf(1));
  pair.clock.run();
  assert.equal(calls, 1);
});

test('faults of the connection do nothing here', () => {
  const conditions = { delayMs: 50, jitterMs: 5, bandwidth: 1, blackhole: true, reset: true, slice: 1, limitData: 1, slowCloseMs: 1 };
  const { arrived } = transmit('out', conditions, {}, 100);
  assert.deepEqual(
    arrived,
    Array.from({ length: 100 }, (_, n) => ({ n, intact: true, atMs: n })),
  );
});

test('a count of frames goes over to the next link', () => {
  const frames = { out: 0, in: 0 };
  transmit('out', { loss: 0.1 }, { frames }, 30);
  assert.deepEqual(frames, { out: 30, in: 0 });
});

test('every direction has a stream of its own; the opposite one differs in the last bit', () => {
  const parties: Party[] = ['coordinator', ...Array.from({ length: 40 }, (_, k) => k), LIMITS.agentsMax - 1];
  const streams = parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => ({ there: streamOf(from, to), back: streamOf(to, from) })));
  assert.equal(new Set(streams.map(({ there }) => there)).size, streams.length);
  assert.ok(streams.every(({ there, back }) => (there ^ 1) === back && Number.isInteger(there) && there < 2 ** 32));
});

/** Both ends of every link decorated, both ways, with no faults. */
function decorated(transport: Transport, clock: VirtualClock): Transport {
  const none = (): LinkConditions => NO_CONDITIONS;
  const decorate = (link: Link): Link => withFaults(link, { seed: 1, stream: 0, conditions: none, incoming: none, clock });
  return {
    listen: (options, ready, failed) => transport.listen({ ...options, onLink: (link) => options.onLink(decorate(link)) }, ready, failed),
    dial: (endpoint, options) => transport.dial(endpoint, { ...options, onOpen: (link) => options.onOpen(decorate(link)) }),
  };
}

function world(): LinkWorld {
  const clock = new VirtualClock();
  return { transport: decorated(new MemoryNetwork(clock, { delayMs: () => 3 }), clock), settle: (promise) => settleOn(clock, promise) };
}

for (const law of LINK_LAWS) test(`without faults: ${law.name}`, () => law.check(world()));
