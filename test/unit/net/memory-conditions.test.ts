/** What the connection level does to links between hosts of the memory network: TCP's manners, in virtual time. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type LinkConditions, NO_CONDITIONS, type Party } from '../../../core/fault/plan.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Link } from '../../../net/link.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

const ABNORMAL = 1006;

interface Arrival {
  readonly n: number;
  readonly bytes: number;
  readonly atMs: number;
}

/** What one end has met. */
class End {
  readonly frames: Arrival[] = [];
  readonly closes: { readonly code: number; readonly atMs: number }[] = [];
  readonly link: Link;

  constructor(link: Link, clock: VirtualClock) {
    this.link = link;
    link.onFrame = (frame) => void this.frames.push({ n: frame[0], bytes: frame.length, atMs: clock.now() });
    link.onClose = (code) => void this.closes.push({ code, atMs: clock.now() });
  }
}

/** Agent 1 listens, agent 0 dials; a round trip takes no time unless conditions say so. */
class Scene {
  readonly clock = new VirtualClock();
  readonly between = new Map<string, LinkConditions>();
  readonly counts: Record<string, number> = {};
  /** How often anybody asked for conditions. */
  asked = 0;
  readonly network: MemoryNetwork;
  readonly outcomes: string[] = [];
  readonly dialled: End[] = [];
  readonly accepted: End[] = [];

  constructor(options: MemoryNetworkOptions = {}) {
    this.network = new MemoryNetwork(this.clock, {
      conditions: (from, to) => {
        this.asked++;
        return this.between.get(`${from} ${to}`) ?? NO_CONDITIONS;
      },
      count: (condition, from, to) => this.#note(`${from} ${to} ${condition}`),
      ...options,
    });
    const onLink = (link: Link): void => void this.accepted.push(new End(link, this.clock));
    this.network.host(1).listen(
      { authorize: () => 'agent 0', frameBytesMax: 1e6, onLink },
      () => undefined,
      () => assert.fail(),
    );
  }

  set(from: Party, to: Party, conditions: Partial<LinkConditions>): void {
    this.between.set(`${from} ${to}`, { ...NO_CONDITIONS, ...conditions });
  }

  dial(from: Party = 0): void {
    this.network.host(from).dial('memory:0', {
      bearer: '',
      peer: 'agent 1',
      frameBytesMax: 1e6,
      onOpen: (link) => {
        this.outcomes.push(`open at ${this.clock.now()}`);
        this.dialled.push(new End(link, this.clock));
      },
      onFailed: (reason, refused) => void this.outcomes.push(`${refused ? 'refused' : 'failed'} at ${this.clock.now()}: ${reason}`),
    });
  }

  /** Both ends of a link that is open; time starts here. */
  pair(): { dialler: End; listener: End; startMs: number } {
    this.dial();
    this.clock.run();
    return { dialler: this.dialled.at(-1)!, listener: this.accepted.at(-1)!, startMs: this.clock.now() };
  }

  #note(effect: string): void {
    this.counts[effect] = (this.counts[effect] ?? 0) + 1;
  }
}

const frame = (n: number, bytes = 1): Uint8Array => new Uint8Array(bytes).fill(n);
const numbers = (end: End): number[] => end.frames.map(({ n }) => n);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test('each direction has its own delay, on top of the link’s', () => {
  const scene = new Scene({ between: (from) => (from === 0 ? 2 : 3) });
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { delayMs: 50 });
  dialler.link.send(frame(1));
  listener.link.send(frame(2));
  scene.clock.run();
  assert.deepEqual([listener.frames[0].atMs - startMs, dialler.frames[0].atMs - startMs], [52, 3]);
  assert.deepEqual(scene.counts, { '0 1 delayMs': 1 });
});

test('jitter keeps the order, is keyed by the seed, and stays within its bounds', () => {
  const delays = (seed: number): number[] => {
    const scene = new Scene({ seed });
    const { dialler, listener, startMs } = scene.pair();
    scene.set(0, 1, { delayMs: 10, jitterMs: 40 });
    for (let n = 0; n < 200; n++) scene.clock.setTimer(100 * n, () => dialler.link.send(frame(n)));
    for (let n = 200; n < 250; n++) scene.clock.setTimer(30_000, () => dialler.link.send(frame(n)));
    scene.clock.run();
    assert.deepEqual(numbers(listener), upTo(250));
    return listener.frames.slice(0, 200).map(({ n, atMs }) => atMs - startMs - 100 * n);
  };
  const jittered = delays(1);
  assert.ok(jittered.every((ms) => ms >= 10 && ms < 50));
  assert.ok(Math.min(...jittered) < 12 && Math.max(...jittered) > 48);
  assert.deepEqual(delays(1), jittered);
  assert.notDeepEqual(delays(2), jittered);
});

test('bandwidth is the time a frame takes to leave; those behind it wait', () => {
  const scene = new Scene();
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { bandwidth: 1_000, delayMs: 7 });
  for (let n = 0; n < 3; n++) dialler.link.send(frame(n, 500));
  scene.clock.setTimer(5_000, () => dialler.link.send(frame(3, 100)));
  scene.clock.run();
  assert.deepEqual(
    listener.frames.map(({ atMs }) => atMs - startMs),
    [507, 1_007, 1_507, 5_107],
  );
});

test('a blackhole holds frames and closes in order until it is over, and the other direction never notices', () => {
  const scene = new Scene();
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { blackhole: true });
  for (let n = 0; n < 50; n++) scene.clock.setTimer(n, () => dialler.link.send(frame(n)));
  scene.clock.setTimer(60, () => listener.link.send(frame(7)));
  scene.clock.setTimer(1_000, () => dialler.link.close(4_001, 'because'));
  scene.clock.setTimer(1_500, () => assert.deepEqual([numbers(listener), listener.closes], [[], []]));
  scene.clock.setTimer(2_000, () => scene.set(0, 1, {}));
  scene.clock.run();
  assert.deepEqual([numbers(listener), numbers(dialler)], [upTo(50), [7]]);
  assert.ok(listener.frames.every(({ atMs }) => atMs - startMs >= 2_000 && atMs - startMs <= 2_010));
  assert.deepEqual([listener.closes[0].code, dialler.closes[0].code], [4_001, 4_001]);
  assert.deepEqual(scene.counts, { '0 1 blackhole': 1 });
  assert.ok(scene.asked < 2_000 / 5 + 200, `conditions were asked for ${scene.asked} times: whoever waits must ask once, not once per frame`);
});

test('what is under way when a blackhole begins is held too', () => {
  const scene = new Scene({ between: () => 20 });
  const { dialler, listener, startMs } = scene.pair();
  dialler.link.send(frame(1));
  scene.clock.setTimer(10, () => scene.set(0, 1, { blackhole: true }));
  scene.clock.setTimer(100, () => scene.set(0, 1, {}));
  scene.clock.run();
  assert.ok(listener.frames[0].atMs - startMs >= 100);
});

test('a blackhole that never ends brings nothing through, and still the network comes to rest', () => {
  const scene = new Scene();
  const { dialler, listener } = scene.pair();
  scene.set(0, 1, { blackhole: true });
  dialler.link.send(frame(1));
  scene.clock.run();
  assert.deepEqual([listener.frames, dialler.closes.map(({ code }) => code)], [[], [ABNORMAL]]);
  listener.link.terminate();
  scene.clock.run();
  assert.equal(listener.closes.length, 1);
});

test('polling ends with the link: two ends that gave up leave no timer behind', () => {
  const scene = new Scene();
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { blackhole: true });
  scene.set(1, 0, { blackhole: true });
  dialler.link.send(frame(1));
  scene.clock.setTimer(1_000, () => [dialler, listener].forEach(({ link }) => link.terminate()));
  scene.clock.run();
  assert.deepEqual([dialler.closes.length, listener.closes.length], [1, 1]);
  assert.ok(scene.clock.now() - startMs < 1_010, `events until ${scene.clock.now() - startMs} ms`);
});

test('a close that nobody answers is over after a while, at this end', () => {
  const scene = new Scene();
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { blackhole: true });
  dialler.link.close(1_000, '');
  scene.clock.setTimer(60_000, () => scene.set(0, 1, {}));
  scene.clock.run();
  assert.deepEqual(dialler.closes, [{ code: ABNORMAL, atMs: startMs + LIMITS.closeMs }]);
  assert.equal(listener.closes.length, 1);
});

test('dialling through a blackhole, either way, fails only when the handshake is given up', () => {
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ]) {
    const scene = new Scene();
    scene.set(from, to, { blackhole: true });
    scene.dial();
    scene.clock.run();
    assert.match(scene.outcomes.join(), new RegExp(`^failed at ${LIMITS.handshakeMs}: memory:0 did not answer`));
    assert.equal(scene.accepted.length, 0);
  }
});

test('a dial that hangs opens when the blackhole is over', () => {
  const scene = new Scene();
  scene.set(0, 1, { blackhole: true });
  scene.dial();
  scene.clock.setTimer(1_000, () => scene.set(0, 1, {}));
  scene.clock.run();
  assert.deepEqual([scene.outcomes.length, scene.accepted.length], [1, 1]);
  assert.match(scene.outcomes[0], /^open at 100\d$/);
});

test('a handshake that is cut half-way has one outcome, and the other end is told once it can be', () => {
  const scene = new Scene({ between: () => 10 });
  scene.dial();
  scene.clock.setTimer(5, () => scene.set(1, 0, { blackhole: true }));
  scene.clock.setTimer(10_000, () => scene.set(1, 0, {}));
  scene.clock.run();
  assert.match(scene.outcomes.join(), new RegExp(`^failed at ${LIMITS.handshakeMs}: `));
  assert.deepEqual(
    scene.accepted[0].closes.map(({ code }) => code),
    [ABNORMAL],
  );
});

test('a reset breaks the link at both ends with the next frame, drops what is under way, and refuses dials', () => {
  const scene = new Scene({ between: () => 20 });
  const { dialler, listener, startMs } = scene.pair();
  dialler.link.send(frame(1));
  scene.clock.setTimer(10, () => scene.set(0, 1, { reset: true }));
  scene.clock.setTimer(15, () => assert.equal(dialler.link.send(frame(2)), false));
  scene.clock.run();
  assert.deepEqual(listener.frames, []);
  assert.deepEqual([dialler.closes, listener.closes], [[{ code: ABNORMAL, atMs: startMs + 15 }], [{ code: ABNORMAL, atMs: startMs + 15 }]]);
  scene.dial();
  scene.clock.run();
  assert.match(scene.outcomes[1], /^failed at \d+: memory:0: the connection was reset$/);
});

test('a link closes after so many bytes and delivers what was before', () => {
  const scene = new Scene({ between: () => 5 });
  const { dialler, listener } = scene.pair();
  scene.set(0, 1, { limitData: 1_000 });
  const answers = [400, 600, 1, 1].map((bytes, n) => dialler.link.send(frame(n, bytes)));
  scene.clock.run();
  assert.deepEqual(
    [answers, numbers(listener)],
    [
      [true, true, false, false],
      [0, 1],
    ],
  );
  assert.deepEqual([dialler.closes[0].code, listener.closes[0].code], [ABNORMAL, ABNORMAL]);
});

test('a slow close comes late, and alone', () => {
  const scene = new Scene();
  const { dialler, listener, startMs } = scene.pair();
  scene.set(0, 1, { slowCloseMs: 700 });
  dialler.link.send(frame(1));
  dialler.link.close(4_001, 'because');
  scene.clock.run();
  assert.deepEqual([listener.frames[0].atMs - startMs, listener.closes], [0, [{ code: 4_001, atMs: startMs + 700 }]]);
  assert.equal(scene.clock.now() - startMs, 700, 'a timer was left behind');
});

test('slices leave frames whole', () => {
  const scene = new Scene();
  const { dialler, listener } = scene.pair();
  scene.set(0, 1, { slice: 10 });
  dialler.link.send(frame(1, 1_000));
  scene.clock.run();
  assert.deepEqual(
    listener.frames.map(({ bytes }) => bytes),
    [1_000],
  );
});

test('the plain network and links of other parties have no conditions', () => {
  const scene = new Scene();
  scene.set(0, 1, { blackhole: true });
  scene.dial(2);
  scene.network.dial('memory:0', { bearer: '', peer: 'x', frameBytesMax: 8, onOpen: () => void scene.outcomes.push('plain'), onFailed: assert.fail });
  scene.clock.run();
  assert.deepEqual(scene.outcomes.toSorted(), ['open at 0', 'plain']);
});
