import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AgentLinks } from '../../../agent/links.ts';
import { LIMITS } from '../../../core/limits.ts';
import { linkBearer, linkSecret } from '../../../net/credentials.ts';
import type { Link } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import type { Neighbour } from '../../../proto/messages.ts';
import { VectorFrameWriter } from '../../../proto/vector-frame.ts';

const RUN = 'run-1';
const TOKEN = 'token';
const FRAME_BYTES_MAX = 64 * 1024;

/** What each end was told, in order. */
interface End {
  readonly links: AgentLinks;
  readonly told: string[];
  endpoint: string;
  /** Replaced where a test breaks frames on purpose. */
  send: (forward: (frame: Uint8Array) => boolean, frame: Uint8Array) => boolean;
}

class World {
  readonly clock = new VirtualClock();
  readonly #network = new MemoryNetwork(this.clock);

  /** Listens, and lets neighbours in that have a ticket. */
  end(agent: number, admitted = true): End {
    const told: string[] = [];
    const links = new AgentLinks({
      transport: this.#network,
      clock: this.clock,
      self: () => agent,
      decorate: (_, link) => withSend(link, (forward, frame) => end.send(forward, frame)),
      events: {
        opened: (other) => void told.push(`open ${other}`),
        lost: (other, reason) => void told.push(`lost ${other}: ${reason}`),
        vector: (other, { epoch, step }, frame) => void told.push(`vector ${other} ${epoch}/${step} ${frame.length}`),
        asked: (other, message) => void told.push(`${message.type} ${other} ${message.step}`),
        counted: (other, { sent, received }) => void told.push(`counted ${other} ${sent} ${received}`),
        answered: (other, question) => void told.push(`answered ${other} ${question}`),
        refused: (reason) => void told.push(`refused ${reason}`),
        unreachable: (other, reason) => void told.push(`unreachable ${other}: ${reason}`),
      },
    });
    const end: End = { links, told, endpoint: '', send: (forward, frame) => forward(frame) };
    links.listen(
      (endpoint) => (end.endpoint = endpoint),
      (reason) => assert.fail(reason),
    );
    this.settle();
    if (admitted) links.admit(linkSecret(TOKEN, RUN, agent), FRAME_BYTES_MAX);
    return end;
  }

  /** Long enough for what is under way, too short for a heartbeat. */
  settle(): void {
    this.wait(10);
  }

  wait(ms: number): void {
    let isOver = false;
    this.clock.setTimer(ms, () => (isOver = true));
    this.clock.runUntil(() => isOver);
  }

  /** 1 and 2, linked: 1 dialled. */
  pair(): [End, End] {
    const ends: [End, End] = [this.end(1), this.end(2)];
    ends[0].links.dial(planned(1, 2, ends[1]));
    this.settle();
    for (const { told } of ends) told.length = 0;
    return ends;
  }
}

/** How `from` reaches `to`: incarnations of both. */
function planned(from: number, to: number, end: End, incarnations: readonly [number, number] = [1, 1]): Neighbour {
  const ticket = linkBearer(linkSecret(TOKEN, RUN, to), { agent: from, incarnation: incarnations[0] });
  return { agent: to, endpoint: end.endpoint, ticket, dial: true, incarnation: incarnations[1] };
}

/** The same link, with another way to send. */
function withSend(link: Link, send: End['send']): Link {
  return new Proxy(link, {
    get: (target, key) => {
      if (key === 'send') return (frame: Uint8Array) => send((one) => target.send(one), frame);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

const vectorFrame = (step: number): Uint8Array => new VectorFrameWriter(2).encode({ epoch: 1, step, durableStep: 0 }, Float64Array.of(1, 2));

describe('a link', () => {
  test('opens at both ends for whoever has a ticket, and carries vectors and questions', () => {
    const world = new World();
    const [one, two] = [world.end(1), world.end(2)];
    one.links.dial(planned(1, 2, two));
    world.settle();
    assert.deepEqual([one.told, two.told], [['open 2'], ['open 1']]);
    one.links.send([2], vectorFrame(7));
    two.links.tell(1, { type: 'pull', step: 3 });
    two.links.tellAll({ type: 'sync', step: 5, durableStep: 4, oldestStep: 3 });
    world.settle();
    assert.deepEqual(one.told.slice(1), ['pull 2 3', 'sync 2 5']);
    assert.match(two.told[1], /^vector 1 1\/7 /);
    assert.deepEqual([one.links.traffic.frames, two.links.traffic.frames], [1, 2]);
  });
  test('says with a question and with its answer how many frames went before: lost ones and damaged ones are missing', () => {
    const world = new World();
    const [one, two] = world.pair();
    let frames = 0;
    one.send = (forward, frame) => (frames++ === 1 ? true : forward(frames === 3 ? frame.map((byte) => byte ^ 1) : frame));
    for (const step of [1, 2, 3, 4]) one.links.send([2], vectorFrame(step));
    one.links.ask(2, 9);
    world.settle();
    const counts = (told: readonly string[]): string[] => told.filter((line) => /^(counted|answered)/.test(line));
    assert.deepEqual([counts(one.told), counts(two.told)], [['counted 2 1 1', 'answered 2 9'], ['counted 1 5 3']]);
  });
  test('opens for nobody else: a ticket of another agent, listener or run, or before the run is known', () => {
    const world = new World();
    const two = world.end(2);
    const late = world.end(3, false);
    const strangers = ['', 'nonsense', linkBearer(linkSecret(TOKEN, RUN, 3), { agent: 1, incarnation: 1 }), linkBearer('', { agent: 1, incarnation: 1 })];
    for (const ticket of strangers) world.end(1).links.dial({ ...planned(1, 2, two), ticket });
    world.end(1).links.dial(planned(1, 3, late));
    world.settle();
    assert.deepEqual(two.told, Array(strangers.length).fill('refused WIRE_TOKEN: the join token is wrong'));
    assert.deepEqual(late.told, ['refused WIRE_TOKEN: the join token is wrong']);
  });
  test('that was refused is dialled again: the other end may not know its run yet', () => {
    const world = new World();
    const [one, two] = [world.end(1), world.end(2, false)];
    one.links.dial(planned(1, 2, two));
    world.settle();
    two.links.admit(linkSecret(TOKEN, RUN, 2), FRAME_BYTES_MAX);
    world.wait(LIMITS.dialBackoffMaxMs);
    assert.equal(one.told.at(-1), 'open 2');
  });
  test('to nobody is nothing', () => {
    const one = new World().end(1);
    one.links.send([2], vectorFrame(1));
    one.links.tell(2, { type: 'pull', step: 1 });
    assert.deepEqual(one.links.traffic, { bytes: 0, frames: 0 });
  });
});

describe('invariant 1: one link per neighbour', () => {
  test('a new one replaces the old one without a word of loss at the end that has it', () => {
    const world = new World();
    const [one, two] = world.pair();
    const restarted = world.end(1);
    restarted.links.dial(planned(1, 2, two, [2, 1]));
    world.settle();
    assert.deepEqual([restarted.told, two.told], [['open 2'], ['open 1']]);
    assert.match(one.told.join(), /^lost 2: 1006/);
    two.links.send([1], vectorFrame(4));
    world.settle();
    assert.match(restarted.told[1], /^vector 2/);
  });
  test('an older incarnation is refused once a later one is known, and its open link is cut', () => {
    const world = new World();
    const [one, two] = world.pair();
    two.links.fence({ ...planned(2, 1, one), incarnation: 2 });
    world.settle();
    assert.match(one.told.join(), /^lost 2/);
    assert.match(two.told.join(), /^lost 1/);
    one.links.dial(planned(1, 2, two));
    world.settle();
    assert.match(one.told.at(-1)!, /^unreachable 2.*WIRE_TOKEN/);
    world.end(1).links.dial(planned(1, 2, two, [2, 1]));
    world.settle();
    assert.equal(two.told.at(-1), 'open 1');
  });
  test('fencing a link of the incarnation that counts cuts nothing', () => {
    const world = new World();
    const [one, two] = world.pair();
    two.links.fence(planned(2, 1, one));
    world.settle();
    assert.deepEqual([one.told, two.told], [[], []]);
  });
  test('a later dial replaces an earlier one', () => {
    const world = new World();
    const [one, two] = [world.end(1), world.end(2)];
    one.links.dial({ ...planned(1, 2, two), endpoint: 'memory:nowhere' });
    one.links.dial(planned(1, 2, two));
    world.wait(LIMITS.connectMs + LIMITS.dialBackoffMaxMs);
    assert.deepEqual(one.told, ['open 2']);
  });
  test('once the neighbour has dialled itself, it is dialled no more', () => {
    const world = new World();
    const [one, two] = [world.end(1), world.end(2)];
    one.links.dial({ ...planned(1, 2, two), endpoint: 'memory:nowhere' });
    two.links.dial(planned(2, 1, one));
    world.wait(LIMITS.connectMs + LIMITS.dialBackoffMaxMs);
    assert.deepEqual(one.told, ['open 2']);
  });
  test('BUG: a link of an older incarnation does not take the place of a newer one', () => {
    const world = new World();
    const [older, two] = [world.end(1), world.end(2)];
    const newer = world.end(1);
    newer.links.dial(planned(1, 2, two, [2, 1]));
    world.settle();
    older.links.dial(planned(1, 2, two, [1, 1]));
    world.settle();
    assert.deepEqual(newer.told, ['open 2']);
  });
});

describe('invariant 2: silence', () => {
  test('ends a link after its time, at the end that hears nothing', () => {
    const world = new World();
    const [one, two] = world.pair();
    one.send = () => true;
    world.wait(LIMITS.lostMs - 50);
    assert.deepEqual(two.told, []);
    world.wait(100);
    assert.deepEqual(two.told, [`lost 1: nothing heard for ${LIMITS.lostMs} ms`]);
    assert.match(one.told.join(), /^lost 2/);
  });
  test('heartbeats keep an idle link open', () => {
    const world = new World();
    const [one, two] = world.pair();
    world.wait(10 * LIMITS.lostMs);
    assert.deepEqual([one.told, two.told], [[], []]);
  });
});

describe('invariant 3: bad frames', () => {
  test('a damaged one is dropped and counted, the next one arrives', () => {
    const world = new World();
    const [one, two] = world.pair();
    one.send = (forward, frame) => forward(frame.map((byte, i) => (i === frame.length - 9 ? byte ^ 1 : byte)));
    one.links.send([2], vectorFrame(1));
    one.links.tell(2, { type: 'pull', step: 1 });
    world.settle();
    assert.deepEqual([two.told, two.links.damaged], [[], 2]);
    one.send = (forward, frame) => forward(frame);
    one.links.send([2], vectorFrame(2));
    world.settle();
    assert.match(two.told.join(), /^vector 1 1\/2/);
  });
  test('one that is too large ends its link, and only that one', () => {
    const world = new World();
    const [one, two] = world.pair();
    const three = world.end(3);
    three.links.dial(planned(3, 2, two));
    world.settle();
    one.links.send([2], new Uint8Array(FRAME_BYTES_MAX + 1));
    world.settle();
    assert.deepEqual(
      two.told.map((one) => one.slice(0, 6)),
      ['open 3', 'lost 1'],
    );
    assert.match(one.told.join(), /^lost 2: 1009/);
    assert.deepEqual(three.told, ['open 2']);
  });
});

describe('the end', () => {
  test('closing tells the neighbours, not oneself; nobody is let in any more', () => {
    const world = new World();
    const [one, two] = world.pair();
    one.links.close();
    world.settle();
    assert.deepEqual([one.told, two.told], [[], ['lost 1: 1001 done']]);
    two.links.dial(planned(2, 1, one));
    world.settle();
    assert.equal(two.told.length, 1);
  });
  test('breaking all of them is a loss at both ends', () => {
    const world = new World();
    const [one, two] = world.pair();
    one.links.breakAll();
    world.settle();
    assert.deepEqual([one.told.length, two.told.length], [1, 1]);
  });
  test('what was sent over links that are gone still counts', () => {
    const world = new World();
    const [one, two] = world.pair();
    one.links.send([2], vectorFrame(1));
    const { traffic } = one.links;
    assert.equal(traffic.frames, 1);
    one.links.breakAll();
    world.settle();
    one.links.dial(planned(1, 2, two));
    world.settle();
    assert.deepEqual(one.links.traffic, traffic);
  });
});
