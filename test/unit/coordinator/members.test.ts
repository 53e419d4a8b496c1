import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Members } from '../../../coordinator/members.ts';
import { closeCode } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Link } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { decode, encode } from '../../../proto/codec.ts';
import { PROTOCOL_VERSION } from '../../../proto/messages.ts';
import type { ControlMessage, Hello } from '../../../proto/messages.ts';

const hello = (agent: number): Hello => ({ type: 'hello', version: PROTOCOL_VERSION, agent, session: '', boot: true, stage: 0, endpoint: `ws://${agent}` });
const finish: ControlMessage = { type: 'assign', stage: 9, abandon: true, work: { kind: 'finish', status: 'completed', code: '', detail: '' } };

/** The other end of one of the coordinator's links. */
interface Caller {
  readonly link: Link;
  readonly heard: ControlMessage[];
  readonly closed: [code: number, reason: string][];
  say(message: ControlMessage): void;
}

/** Members whose every Hello is answered by `onHello`. */
class World {
  readonly clock = new VirtualClock();
  readonly told: string[] = [];
  onHello = (link: Link, { agent, endpoint }: Hello): void => this.members.adopt(agent, link, endpoint, 'replaced');
  readonly members: Members;
  readonly #network = new MemoryNetwork(this.clock);
  #endpoint = '';

  constructor() {
    this.members = new Members(this.clock, {
      hello: (link, message) => this.onHello(link, message),
      message: (agent, message) => void this.told.push(`${message.type} of ${agent}`),
      detached: (agent, detail) => void this.told.push(`detached ${agent}: ${detail}`),
      suspect: (agent) => void this.told.push(`suspect ${agent}`),
    });
    const onLink = (link: Link): void => this.members.accept(link);
    this.#network.listen({ authorize: () => 'somebody', frameBytesMax: 65_536, onLink }, ({ endpoint }) => (this.#endpoint = endpoint));
    this.wait(1);
  }

  wait(ms: number): void {
    let isOver = false;
    this.clock.setTimer(ms, () => (isOver = true));
    this.clock.runUntil(() => isOver);
  }

  call(): Caller {
    let caller: Caller | undefined;
    const onOpen = (link: Link): void => {
      const heard: ControlMessage[] = [];
      const closed: Caller['closed'] = [];
      link.onFrame = (frame) => void heard.push(decode(frame));
      link.onClose = (...close) => void closed.push(close);
      caller = { link, heard, closed, say: (message) => void link.send(encode(message)) };
    };
    this.#network.dial(this.#endpoint, { bearer: '', peer: 'coordinator', frameBytesMax: 65_536, onOpen, onFailed: (reason) => assert.fail(reason) });
    this.wait(1);
    return caller!;
  }

  join(agent: number): Caller {
    const caller = this.call();
    caller.say(hello(agent));
    this.wait(1);
    return caller;
  }
}

describe('a connection', () => {
  test('becomes a member by Hello', () => {
    const world = new World();
    const caller = world.join(3);
    assert.deepEqual([world.members.has(3), world.members.size, world.members.indices(), world.members.endpoint(3)], [true, 1, [3], 'ws://3']);
    caller.say({ type: 'heartbeat', ask: 0, answer: 0 });
    world.members.tell(3, finish);
    world.wait(1);
    assert.deepEqual([world.told, caller.heard], [['heartbeat of 3'], [finish]]);
  });
  test('that says nothing is cut after its time, one that said Hello is not', () => {
    const world = new World();
    const silent = world.call();
    world.wait(LIMITS.handshakeMs - 2);
    assert.deepEqual(silent.closed, []);
    world.wait(2);
    assert.equal(silent.closed[0][0], 1006);
  });
  test('that says something else first is closed by name', () => {
    const world = new World();
    const caller = world.call();
    caller.say({ type: 'heartbeat', ask: 0, answer: 0 });
    world.wait(1);
    assert.deepEqual(caller.closed, [[closeCode('WIRE_UNEXPECTED'), 'say hello first']]);
  });
  test('that sends garbage is closed by name, before and after Hello, and no other is', () => {
    const world = new World();
    const [stranger, member, other] = [world.call(), world.join(1), world.join(2)];
    for (const { link } of [stranger, member]) link.send(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    world.wait(1);
    for (const { closed } of [stranger, member]) assert.match(closed[0][1], /^WIRE_(CORRUPT|GARBAGE)$/);
    assert.deepEqual([other.closed, world.members.indices()], [[], [2]]);
    assert.match(world.told[0], /^detached 1: /);
  });
});

describe('a member', () => {
  test('that comes on a new link has the old one closed, unheard and without a word of loss', () => {
    const world = new World();
    const old = world.join(3);
    old.say({ type: 'leave', code: '', detail: 'under way while it is replaced' });
    const renewed = world.call();
    world.told.length = 0;
    renewed.say(hello(3));
    world.wait(1);
    assert.deepEqual([old.closed, world.told, world.members.size], [[[1001, 'replaced']], [], 1]);
    world.members.tell(3, finish);
    world.wait(1);
    assert.deepEqual([old.heard, renewed.heard], [[], [finish]]);
  });
  test('whose place a new process takes is told that it is fenced off', () => {
    const world = new World();
    const old = world.join(3);
    world.onHello = (link, { agent, endpoint }) => world.members.adopt(agent, link, endpoint, 'WIRE_FENCED');
    world.join(3);
    assert.deepEqual(old.closed, [[closeCode('WIRE_FENCED'), 'WIRE_FENCED']]);
  });
  test('that is silent is suspected, then lost by name; its address is kept', () => {
    const world = new World();
    const silent = world.join(3);
    world.wait(LIMITS.suspectMs);
    assert.deepEqual(world.told, ['suspect 3']);
    world.wait(LIMITS.lostMs - LIMITS.suspectMs);
    assert.deepEqual(world.told, ['suspect 3', `detached 3: nothing heard for ${LIMITS.lostMs} ms`]);
    assert.deepEqual([world.members.has(3), world.members.endpoint(3), silent.closed.length], [false, 'ws://3', 1]);
  });
  test('that talks is not, and hears heartbeats', () => {
    const world = new World();
    const caller = world.join(3);
    for (let i = 0; i < 10; i++) {
      caller.say({ type: 'progress', stage: 1, iteration: i, bytesSent: 0, waitingFor: '', paused: false, errors: [], links: [] });
      world.wait(LIMITS.suspectMs - 10);
    }
    assert.deepEqual(new Set(world.told), new Set(['progress of 3']));
    assert.ok(caller.heard.length >= 10 && caller.heard.every(({ type }) => type === 'heartbeat'));
  });
  test('whose link closes is detached, with the reason', () => {
    const world = new World();
    world.join(3).link.close(1001, 'done');
    world.wait(1);
    assert.deepEqual(world.told, ['detached 3: its link closed (1001 done)']);
  });
  test('that is left out is told why', () => {
    const world = new World();
    const caller = world.join(3);
    world.members.cut(3, 'RUN_OVER');
    world.wait(1);
    assert.deepEqual(caller.closed, [[closeCode('RUN_OVER'), 'RUN_OVER']]);
    assert.match(world.told[0], /^detached 3/);
  });
});

test('nobody is told nothing, and at the end every link is cut', () => {
  const world = new World();
  world.members.tell(7, finish);
  world.members.cut(7, 'RUN_OVER');
  assert.equal(world.members.endpoint(7), '');
  const callers = [world.join(1), world.join(2)];
  world.members.terminateAll();
  world.wait(1);
  for (const { closed } of callers) assert.equal(closed[0][0], 1006);
});
