import assert from 'node:assert/strict';
import test from 'node:test';
import type { Link, Listener, ListenOptions, Transport } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { SimProcess } from '../../../sim/sim-process.ts';
import { LINK_LAWS, type LinkWorld } from '../../../testkit/link-laws.ts';

const never = (): void => assert.fail('it happened all the same');

/** Process `a` listens, process `b` dials; every callback of `a` leaves a line with its time. */
class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock, { delayMs: () => 2 });
  readonly a = new SimProcess(this.clock, this.network);
  readonly b = new SimProcess(this.clock, this.network);
  readonly lines: string[] = [];
  readonly #accepted: Link[] = [];
  endpoint = '';

  note(what: string): void {
    this.lines.push(`${this.a.clock.now()} ${what}`);
  }

  /** The lines without their times. */
  events(): string[] {
    return this.lines.map((line) => line.replace(/^\d+ /, ''));
  }

  after(delayMs: number, what: string): () => void {
    return this.a.clock.setTimer(delayMs, () => this.note(what));
  }

  listen(): void {
    const ready = ({ endpoint }: Listener): void => void (this.endpoint = endpoint);
    const onLink = (link: Link): void => {
      this.#accepted.push(link);
      this.note('link');
      link.onFrame = (frame) => this.note(`frame ${frame[0]}`);
      link.onClose = (code) => this.note(`close ${code}`);
    };
    const options = { authorize: (bearer: string) => (bearer === 'b' ? 'b' : undefined), frameBytesMax: 8, onLink, onRefused: () => this.note('refused') };
    this.a.transport.listen(options, ready, assert.fail);
    this.clock.run();
    assert.notEqual(this.endpoint, '');
  }

  dial(bearer = 'b'): { link?: Link; failed?: { reason: string; refused: boolean } } {
    const outcome: { link?: Link; failed?: { reason: string; refused: boolean } } = {};
    const onOpen = (link: Link): void => void (outcome.link = link);
    const onFailed = (reason: string, refused: boolean): void => void (outcome.failed = { reason, refused });
    this.b.transport.dial(this.endpoint, { bearer, peer: 'a', frameBytesMax: 8, onOpen, onFailed });
    return outcome;
  }

  pair(): { dialled: Link; accepted: Link } {
    const outcome = this.dial();
    this.clock.run();
    this.lines.length = 0;
    return { dialled: outcome.link!, accepted: this.#accepted.at(-1)! };
  }
}

function linkedScene(): Scene & { readonly dialled: Link; readonly accepted: Link } {
  const scene = new Scene();
  scene.listen();
  return Object.assign(scene, scene.pair());
}

/** Every event of a world is held back and released at random moments. */
function stutteringWorld(): LinkWorld {
  const clock = new VirtualClock();
  const process = new SimProcess(clock, new MemoryNetwork(clock, { delayMs: () => 3 }));
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    for (let n = 1; n <= 12; n++) {
      process.pause();
      for (let events = 0; events < n * n && clock.step(); events++);
      process.resume();
      if (n % 3 === 0) clock.run();
      await Promise.resolve();
    }
    return promise;
  };
  return { transport: process.transport, settle };
}

function smoothWorld(): LinkWorld {
  const clock = new VirtualClock();
  const { transport } = new SimProcess(clock, new MemoryNetwork(clock, { delayMs: (from) => (from === 'dialler' ? 3 : 5) }));
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    clock.run();
    return promise;
  };
  return { transport, settle };
}

for (const law of LINK_LAWS) {
  test(`link law, in a process: ${law.name}`, () => law.check(smoothWorld()));
  test(`link law, in a process that is stopped again and again: ${law.name}`, () => law.check(stutteringWorld()));
}

test('an undisturbed process notices nothing of being one', () => {
  const scene = linkedScene();
  const start = scene.clock.now();
  scene.after(5, 'timer');
  scene.after(6, 'cancelled')();
  scene.a.clock.defer(() => scene.note('deferred'));
  scene.dialled.send(Uint8Array.of(1));
  scene.dialled.close(4_001, '');
  scene.clock.run();
  assert.deepEqual(scene.lines, [`${start} deferred`, `${start + 2} frame 1`, `${start + 2} close 4001`, `${start + 5} timer`]);
  assert.deepEqual([scene.dialled.peer, scene.dialled.framesSent, scene.dialled.bytesSent], ['a', 1, 1]);
});

test('a killed process: no timer, defer, frame, open, close or refusal any more', () => {
  const scene = linkedScene();
  scene.after(5, 'timer');
  scene.a.clock.defer(() => scene.note('deferred'));
  scene.dialled.send(Uint8Array.of(1));
  scene.dialled.close(1_000, '');
  scene.dial();
  scene.dial('wrong');
  scene.a.transport.dial(scene.endpoint, {
    bearer: 'b',
    peer: 'a',
    frameBytesMax: 8,
    onOpen: () => scene.note('open'),
    onFailed: () => scene.note('failed'),
  });
  scene.a.kill();
  scene.clock.run();
  assert.deepEqual(scene.lines, []);
});

test('a ghost does nothing: what a killed process still runs has no effect', () => {
  const scene = linkedScene();
  const arrived: string[] = [];
  scene.dialled.onFrame = () => void arrived.push('frame');
  scene.dialled.onClose = () => void arrived.push('close');
  scene.a.clock.defer(() => {
    scene.a.kill();
    assert.equal(scene.accepted.send(Uint8Array.of(1)), false);
    scene.accepted.close(1_000, '');
    scene.accepted.terminate();
    scene.after(1, 'timer');
    scene.a.clock.defer(() => scene.note('deferred'));
    const unheard = { authorize: () => 'b', frameBytesMax: 8, onLink: never };
    scene.a.transport.listen(unheard, () => scene.note('ready'), assert.fail);
    scene.a.transport.dial('memory:99', { bearer: '', peer: '', frameBytesMax: 8, onOpen: never, onFailed: () => scene.note('failed') });
    scene.accepted.onFrame = never;
    scene.accepted.onClose = never;
  });
  scene.clock.run();
  assert.deepEqual([scene.lines, arrived, scene.accepted.framesSent], [[], [], 0]);
});

test('a killed process listens to nothing: dialling it may be tried again', () => {
  const scene = linkedScene();
  scene.a.kill();
  const outcome = scene.dial();
  scene.clock.run();
  assert.equal(outcome.failed?.refused, false);
});

test('killed before its listener is ready: it never listens', () => {
  const scene = new Scene();
  scene.a.transport.listen({ authorize: () => 'b', frameBytesMax: 8, onLink: never }, never, never);
  scene.a.kill();
  scene.clock.run();
  scene.endpoint = 'memory:0';
  const outcome = scene.dial();
  scene.clock.run();
  assert.equal(outcome.failed?.refused, false);
});

test("a handshake under way is refused by the dead, and a ghost closes nobody else's listener", () => {
  let guarded: ListenOptions | undefined;
  let closes = 0;
  let close: (() => void) | undefined;
  const listen: Transport['listen'] = (options, ready) => {
    guarded = options;
    ready({ endpoint: 'x', close: () => void closes++ });
  };
  const process = new SimProcess(new VirtualClock(), { listen, dial: never });
  process.transport.listen({ authorize: () => 'b', frameBytesMax: 8, onLink: never }, (listener) => (close = () => listener.close()), never);
  assert.equal(guarded?.authorize(''), 'b');
  process.kill();
  assert.equal(guarded.authorize(''), undefined);
  close?.();
  assert.equal(closes, 1);
});

test('a handler that is replaced gets what was held for the old one, in order', () => {
  const scene = linkedScene();
  scene.a.pause();
  scene.a.clock.defer(() => (scene.accepted.onFrame = (frame) => scene.note(`new ${frame[0]}`)));
  for (const n of [1, 2, 3]) scene.dialled.send(Uint8Array.of(n));
  scene.clock.run();
  scene.a.resume();
  scene.clock.run();
  assert.deepEqual(scene.events(), ['new 1', 'new 2', 'new 3']);
});

test('killing one process leaves the others alone', () => {
  const scene = linkedScene();
  const late: number[] = [];
  scene.b.clock.setTimer(5, () => late.push(scene.clock.now()));
  scene.accepted.send(Uint8Array.of(7));
  scene.dialled.onFrame = (frame) => void late.push(frame[0]);
  scene.a.kill();
  scene.clock.run();
  assert.equal(late.length, 2);
});

test('a paused process: everything waits in order, time goes on, timers are late', () => {
  const scene = linkedScene();
  const start = scene.clock.now();
  const buffer = Uint8Array.of(1);
  scene.a.pause();
  scene.after(1, 'timer');
  scene.after(20, 'another');
  scene.after(60, 'in time');
  scene.a.clock.defer(() => scene.note('deferred'));
  scene.dialled.send(buffer);
  scene.dialled.send(Uint8Array.of(2));
  scene.dialled.close(4_001, '');
  const wrong = scene.dial('wrong');
  const right = scene.dial();
  scene.clock.setTimer(50, () => scene.a.resume());
  scene.clock.runUntil(() => scene.clock.now() === start + 50);
  assert.deepEqual(scene.lines, []);
  assert.deepEqual([wrong.failed?.refused, right.link === undefined], [true, false], 'a kernel connects for a stopped process');
  scene.clock.run();
  const held = ['deferred', 'refused', 'timer', 'frame 1', 'frame 2', 'close 4001', 'link', 'another'].map((what) => `${start + 50} ${what}`);
  assert.deepEqual(scene.lines, [...held, `${start + 60} in time`]);
});

test('a held frame is a copy', () => {
  const frames: Uint8Array[] = [];
  let deliver: (frame: Uint8Array) => void = never;
  const clock = new VirtualClock();
  const borrowed = {
    set onFrame(handler: (frame: Uint8Array) => void) {
      deliver = handler;
    },
  } as Link;
  const process = new SimProcess(clock, { listen: never, dial: (_, { onOpen }) => onOpen(borrowed) });
  const onOpen = (link: Link): void => void (link.onFrame = (frame) => void frames.push(frame));
  process.transport.dial('', { bearer: '', peer: '', frameBytesMax: 8, onOpen, onFailed: assert.fail });
  const buffer = Uint8Array.of(1);
  process.pause();
  deliver(buffer);
  buffer.fill(9);
  process.resume();
  clock.run();
  assert.deepEqual(frames, [Uint8Array.of(1)]);
});

test('what is held can still be cancelled, closed away, stopped again and killed', () => {
  const scene = linkedScene();
  scene.a.pause();
  const cancels: (() => void)[] = [];
  scene.a.clock.setTimer(1, () => {
    cancels[0]();
    scene.accepted.close(1_000, '');
    scene.a.pause();
    scene.note('first');
  });
  cancels.push(scene.after(2, 'cancelled'));
  scene.dialled.send(Uint8Array.of(1));
  scene.after(4, 'second');
  scene.clock.run();
  scene.a.resume();
  scene.clock.run();
  assert.deepEqual(scene.events(), ['first']);
  scene.a.resume();
  scene.clock.run();
  assert.deepEqual(scene.events(), ['first', 'second', 'close 1000']);
  scene.a.pause();
  scene.after(1, 'never');
  scene.clock.run();
  scene.a.resume();
  scene.a.kill();
  scene.clock.run();
  assert.equal(scene.lines.length, 3);
});

test('resume runs nothing inside its caller, and nothing overtakes what is held', () => {
  const scene = linkedScene();
  scene.a.pause();
  scene.after(1, 'held');
  scene.clock.run();
  // This timer is due at the instant of resume, before what was held is released.
  scene.clock.setTimer(5, () => scene.a.resume());
  scene.after(5, 'at that instant');
  scene.clock.step();
  assert.equal(scene.lines.length, 0);
  scene.clock.run();
  assert.deepEqual(scene.events(), ['held', 'at that instant']);
});

test('a slow process: every defer takes factor - 1 ms more, timers and frames as ever', () => {
  const { clock, a } = new Scene();
  const breathe = (breaths: number, then: () => void): void => (breaths === 0 ? then() : a.clock.defer(() => breathe(breaths - 1, then)));
  const timeOf = (factor: number): number => {
    a.slowDown(factor);
    const start = clock.now();
    let end = start;
    breathe(10, () => (end = clock.now()));
    clock.run();
    return end - start;
  };
  assert.deepEqual([1, 4, 1.5, 1].map(timeOf), [0, 30, 5, 0]);
  a.slowDown(8);
  const timer = clock.now() + 3;
  a.clock.setTimer(3, () => assert.equal(clock.now(), timer));
  clock.run();
  assert.equal(clock.now(), timer);
  assert.throws(() => a.slowDown(0.5), /0\.5/);
});

test('a change of speed changes no order', () => {
  const { clock, a } = new Scene();
  const order: number[] = [];
  for (const [n, factor] of [10, 1, 5, 2].entries()) {
    a.slowDown(factor);
    a.clock.defer(() => order.push(n));
  }
  clock.run();
  assert.deepEqual(order, [0, 1, 2, 3]);
});

test('a listener may raise its limit while it listens', () => {
  const scene = new Scene();
  const options = { authorize: () => 'b', frameBytesMax: 1, onLink: (link: Link) => void (link.onFrame = () => scene.note('frame')) };
  scene.a.transport.listen(options, ({ endpoint }) => (scene.endpoint = endpoint), assert.fail);
  scene.clock.run();
  options.frameBytesMax = 8;
  const outcome = scene.dial();
  scene.clock.run();
  outcome.link!.send(new Uint8Array(8));
  scene.clock.run();
  assert.equal(scene.lines.length, 1);
});
