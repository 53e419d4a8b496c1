/**
 * What every implementation of the link seam (net/link.ts) must do: run each law in a fresh world.
 *
 *   for (const law of LINK_LAWS) test(law.name, () => law.check(createWorld()));
 *
 * Laws wait on events only. A world says how events come to happen: a simulated one runs its clock.
 */
import assert from 'node:assert/strict';
import { LIMITS } from '../core/limits.ts';
import type { Link, Listener, Transport } from '../net/link.ts';

export interface LinkWorld {
  readonly transport: Transport;
  /** Lets events happen until the promise settles; rejects when it never will. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

export interface LinkLaw {
  readonly name: string;
  readonly check: (world: LinkWorld) => Promise<void>;
}

const RIGHT = 'right';
const FRAME_BYTES_MAX = 1024 * 1024;
/** WebSocket header and mask at most; nothing in memory. */
const HEADER_BYTES_MAX = 14;

/** Two ends of one link and what the listener refused. */
interface Pair {
  readonly accepted: Link;
  readonly dialled: Link;
}

/** Collects what arrives at one end, as copies. */
class Arrivals {
  readonly frames: Uint8Array[] = [];
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  #checks: (() => void)[] = [];

  constructor(link: Link) {
    link.onFrame = (frame) => this.#note(() => this.frames.push(new Uint8Array(frame)));
    link.onClose = (code, reason) => this.#note(() => this.closes.push({ code, reason }));
  }

  when(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => void (condition() && resolve());
      this.#checks.push(check);
      check();
    });
  }

  count(frames: number): Promise<void> {
    return this.when(() => this.frames.length >= frames);
  }

  get closed(): Promise<void> {
    return this.when(() => this.closes.length > 0);
  }

  #note(change: () => void): void {
    change();
    for (const check of this.#checks) check();
  }
}

/** One listener in a world, the links that were opened to it, and what it refused. */
class Scene {
  readonly world: LinkWorld;
  readonly refusals: string[] = [];
  readonly #links: Link[] = [];
  readonly #accepted: Link[] = [];
  #listener!: Listener;
  #dials = 0;
  #outcomes = 0;

  constructor(world: LinkWorld) {
    this.world = world;
  }

  async listen(): Promise<this> {
    const listening = new Promise<Listener>((resolve, reject) => {
      const options = {
        authorize: (bearer: string) => (bearer === RIGHT ? 'dialler' : undefined),
        frameBytesMax: FRAME_BYTES_MAX,
        onLink: (link: Link) => void this.#accepted.push(link),
        onRefused: (reason: string) => void this.refusals.push(reason),
      };
      this.world.transport.listen(options, resolve, (reason) => reject(new Error(reason)));
    });
    this.#listener = await this.world.settle(listening);
    return this;
  }

  stopListening(): void {
    this.#listener.close();
  }

  dial(bearer = RIGHT): Promise<Link | { readonly reason: string; readonly refused: boolean }> {
    this.#dials++;
    const dialling = new Promise<Link | { reason: string; refused: boolean }>((resolve) => {
      const outcome = (result: Link | { reason: string; refused: boolean }): void => {
        this.#outcomes++;
        resolve(result);
      };
      const onFailed = (reason: string, refused: boolean): void => outcome({ reason, refused });
      this.world.transport.dial(this.#listener.endpoint, { bearer, peer: 'listener', frameBytesMax: FRAME_BYTES_MAX, onOpen: outcome, onFailed });
    });
    return this.world.settle(dialling);
  }

  async pair(): Promise<Pair> {
    const dialled = await this.dial();
    assert.ok('send' in dialled, 'the dial failed');
    const accepted = this.#accepted.pop();
    assert.ok(accepted !== undefined, 'the dialler has a link and the listener has none');
    this.#links.push(dialled, accepted);
    return { accepted, dialled };
  }

  end(): void {
    for (const link of this.#links) link.terminate();
    this.#listener.close();
    assert.equal(this.#outcomes, this.#dials, 'a dial has one outcome');
  }
}

function law(name: string, body: (scene: Scene, settle: LinkWorld['settle']) => Promise<void>): LinkLaw {
  const check = async (world: LinkWorld): Promise<void> => {
    const scene = await new Scene(world).listen();
    try {
      await body(scene, (promise) => world.settle(promise));
    } finally {
      scene.end();
    }
  };
  return { name, check };
}

const numbered = (n: number, length: number): Uint8Array => new Uint8Array(length).fill(n % 256);

export const LINK_LAWS: readonly LinkLaw[] = [
  law('frames arrive in order, each once, both ways, whatever their length', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    const there = new Arrivals(accepted);
    const back = new Arrivals(dialled);
    const frames = Array.from({ length: 300 }, (_, n) => numbered(n, [0, 1, 125, 126, 8_017, 70_000][n % 6]));
    for (const frame of frames) [dialled, accepted].forEach((link) => link.send(frame));
    await settle(Promise.all([there.count(frames.length), back.count(frames.length)]));
    assert.deepEqual([there.frames, back.frames], [frames, frames]);
    assert.deepEqual([accepted.peer, dialled.peer], ['dialler', 'listener']);
  }),

  law('send has taken the bytes when it returns', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    for (const [from, to] of [
      [accepted, dialled],
      [dialled, accepted],
    ] as const) {
      const arrivals = new Arrivals(to);
      const buffer = Buffer.alloc(100_000);
      for (let n = 0; n < 100; n++) from.send(buffer.fill(n));
      buffer.fill(0xff);
      await settle(arrivals.count(100));
      assert.ok(arrivals.frames.every((frame, n) => frame[0] === n && frame.at(-1) === n));
    }
  }),

  law('frames wait until a handler is set', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    dialled.send(numbered(1, 10));
    dialled.send(numbered(2, 10));
    await scene.pair();
    const arrivals = new Arrivals(accepted);
    await settle(arrivals.count(2));
    assert.deepEqual(arrivals.frames, [numbered(1, 10), numbered(2, 10)]);
  }),

  law('close delivers what was sent, then closes both ends once with its code and reason', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    const there = new Arrivals(accepted);
    const back = new Arrivals(dialled);
    for (let n = 0; n < 50; n++) dialled.send(numbered(n, 5_000));
    dialled.close(4_001, 'because');
    dialled.close(4_002, 'again');
    await settle(Promise.all([there.closed, back.closed]));
    await scene.pair();
    assert.equal(there.frames.length, 50);
    assert.deepEqual([there.closes, back.closes], [[{ code: 4_001, reason: 'because' }], [{ code: 4_001, reason: 'because' }]]);
  }),

  law('an end that closed takes and hands over nothing any more', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    const arrivals = new Arrivals(dialled);
    dialled.send(numbered(1, 10));
    const before = [dialled.framesSent, dialled.bytesSent];
    for (let n = 0; n < 50; n++) accepted.send(numbered(n, 10));
    dialled.close(1_000, '');
    assert.equal(dialled.send(numbered(2, 10)), false);
    await settle(arrivals.closed);
    assert.equal(dialled.send(numbered(2, 10)), false);
    assert.equal(arrivals.frames.length, 0);
    assert.deepEqual([dialled.framesSent, dialled.bytesSent], before);
  }),

  law('a close waits behind frames that wait for a handler', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    dialled.send(numbered(1, 10));
    dialled.close(4_001, 'because');
    await settle(new Arrivals(dialled).closed);
    const events: string[] = [];
    const over = new Promise<void>((resolve) => {
      accepted.onClose = (code) => resolve(void events.push(`close ${code}`));
      accepted.onFrame = (frame) => void events.push(`frame ${frame[0]}`);
    });
    await settle(over);
    assert.deepEqual(events, ['frame 1', 'close 4001']);
  }),

  law('a wrong credential is refused for good and counted; the right one is still welcome', async (scene) => {
    for (const wrong of ['wrong', '', `${RIGHT}x`]) {
      const failure = await scene.dial(wrong);
      assert.ok('refused' in failure && failure.refused && failure.reason.startsWith('WIRE_TOKEN'), JSON.stringify(failure));
    }
    assert.equal(scene.refusals.length, 3);
    await scene.pair();
  }),

  law('where nothing listens the dial fails, and may be tried again', async (scene) => {
    scene.stopListening();
    const failure = await scene.dial();
    assert.ok('refused' in failure && !failure.refused);
  }),

  law('an oversized frame, either way, closes its link at both ends and no other link', async (scene, settle) => {
    const other = await scene.pair();
    for (const way of ['there', 'back'] as const) {
      const { accepted, dialled } = await scene.pair();
      const [from, to] = way === 'there' ? [dialled, accepted] : [accepted, dialled];
      const [sender, receiver] = [new Arrivals(from), new Arrivals(to)];
      from.send(numbered(1, FRAME_BYTES_MAX));
      from.send(numbered(2, FRAME_BYTES_MAX + 1));
      from.send(numbered(3, 10));
      await settle(Promise.all([sender.closed, receiver.closed]));
      assert.deepEqual(
        receiver.frames.map((frame) => frame[0]),
        [1],
      );
      assert.deepEqual([sender.closes[0].code, receiver.closes[0].code], [1_009, 1_009]);
    }
    const elsewhere = new Arrivals(other.accepted);
    other.dialled.send(numbered(4, 10));
    await settle(elsewhere.count(1));
  }),

  law('send says when the other end falls behind, and loses nothing', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    const arrivals = new Arrivals(accepted);
    assert.equal(dialled.send(numbered(0, 1_000)), true);
    let sent = 1;
    for (let goes = true; goes && sent < 1_000; sent++) goes = dialled.send(numbered(sent, 100_000));
    assert.ok(sent < 1_000, 'never told to slow down');
    await settle(arrivals.count(sent));
    assert.ok(arrivals.frames.every((frame, n) => frame[0] === n % 256));
    assert.equal(dialled.send(numbered(0, 1_000)), true);
  }),

  law('an end that takes nothing is cut before memory runs out', async (scene, settle) => {
    const { dialled } = await scene.pair();
    const back = new Arrivals(dialled);
    const frame = new Uint8Array(FRAME_BYTES_MAX);
    const enough = (2 * LIMITS.linkBufferedBytesMax) / FRAME_BYTES_MAX;
    for (let n = 0; n < enough; n++) dialled.send(frame);
    assert.ok(dialled.framesSent < enough, 'memory would have run out');
    await settle(back.closed);
    assert.equal(back.closes[0].code, 4_408);
  }),

  law('terminate closes both ends once, without a handshake', async (scene, settle) => {
    const { accepted, dialled } = await scene.pair();
    const there = new Arrivals(accepted);
    const back = new Arrivals(dialled);
    dialled.terminate();
    dialled.terminate();
    assert.equal(dialled.send(numbered(1, 1)), false);
    await settle(Promise.all([there.closed, back.closed]));
    assert.deepEqual([there.closes.map(({ code }) => code), back.closes.map(({ code }) => code)], [[1_006], [1_006]]);
  }),

  law('frames and bytes are counted', async (scene) => {
    const { accepted, dialled } = await scene.pair();
    for (const link of [accepted, dialled]) {
      for (const length of [10, 1_000, 100_000]) link.send(new Uint8Array(length));
      assert.equal(link.framesSent, 3);
      assert.ok(link.bytesSent >= 101_010 && link.bytesSent <= 101_010 + 3 * HEADER_BYTES_MAX);
    }
  }),
];
