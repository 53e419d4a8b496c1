/** What is left of a process on the memory network when it dies, and of a machine when it disappears. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import type { Link, Listener } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

const DELAY_MS = 10;

/** The coordinator listens; agents dial it. Whatever anybody hears is in the transcript, with its time. */
class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock, { between: () => DELAY_MS });
  readonly heard: string[] = [];
  readonly links = new Map<string, Link>();
  endpoint = '';
  listener: Listener | undefined;

  constructor() {
    this.listen();
    this.clock.run();
  }

  listen(): void {
    this.network.host('coordinator').listen(
      { authorize: (bearer) => bearer, frameBytesMax: 1_000, onLink: (link) => this.#open('coordinator', link) },
      (listener) => {
        this.listener = listener;
        this.endpoint = listener.endpoint;
      },
      () => assert.fail(),
    );
  }

  dial(agent: number): void {
    const name = `agent ${agent}`;
    const onOpen = (link: Link): void => this.#open(name, link);
    const onFailed = (reason: string): void => this.#note(name, `failed: ${reason}`);
    this.network.host(agent).dial(this.endpoint, { bearer: name, peer: 'coordinator', frameBytesMax: 1_000, onOpen, onFailed });
  }

  /** Runs until nothing is left to happen, and hands over what was heard since. */
  run(): string[] {
    this.clock.run();
    return this.heard.splice(0);
  }

  #open(who: string, link: Link): void {
    const name = `${who} <- ${link.peer}`;
    this.links.set(name, link);
    this.#note(name, 'open');
    link.onFrame = (frame) => this.#note(name, `frame ${frame[0]}`);
    link.onClose = (code) => this.#note(name, `close ${code}`);
  }

  #note(who: string, what: string): void {
    this.heard.push(`${this.clock.now()} ${who}: ${what}`);
  }
}

function connected(): { scene: Scene; there: Link; back: Link } {
  const scene = new Scene();
  scene.dial(0);
  scene.run();
  return { scene, there: scene.links.get('agent 0 <- coordinator')!, back: scene.links.get('coordinator <- agent 0')! };
}

test('of a process that died, what it had sent arrives, then its links break; itself it hears and does nothing', () => {
  const { scene, there, back } = connected();
  there.send(Uint8Array.of(1));
  back.send(Uint8Array.of(2));
  scene.network.host(0).vanish();
  assert.equal(there.send(Uint8Array.of(3)), false);
  there.close(1_000, '');
  there.terminate();
  assert.deepEqual(scene.run(), ['20 coordinator <- agent 0: frame 1', '20 coordinator <- agent 0: close 1006']);
});

test('a close under way does not come back to the dead', () => {
  const { scene, there } = connected();
  there.close(4_001, 'because');
  scene.clock.setTimer(5, () => scene.network.host(0).vanish());
  assert.deepEqual(scene.run(), ['20 coordinator <- agent 0: close 4001']);
});

test('where a process died nothing listens; its next one listens elsewhere', () => {
  const { scene } = connected();
  scene.network.host('coordinator').vanish();
  assert.deepEqual(scene.run(), ['20 agent 0 <- coordinator: close 1006']);
  scene.dial(0);
  assert.deepEqual(scene.run(), ['20 agent 0: failed: nothing listens at memory:0']);
  scene.listen();
  scene.run();
  scene.dial(0);
  assert.deepEqual(scene.run().toSorted(), ['30 agent 0 <- coordinator: open', '30 coordinator <- agent 0: open']);
  assert.equal(scene.endpoint, 'memory:1');
});

test('a process that dies while it dials opens nothing; the other end sees a link that breaks', () => {
  const scene = new Scene();
  scene.dial(0);
  scene.clock.setTimer(5, () => scene.network.host(0).vanish());
  assert.deepEqual(scene.run(), ['10 coordinator <- agent 0: open', '15 coordinator <- agent 0: close 1006']);
});

test('a process that dies while it is dialled accepts nothing; the other end sees a link that breaks', () => {
  const scene = new Scene();
  scene.dial(0);
  scene.clock.setTimer(5, () => scene.network.host('coordinator').vanish());
  assert.deepEqual(scene.run(), ['10 agent 0 <- coordinator: open', '15 agent 0 <- coordinator: close 1006']);
});

test('a machine that disappears tells nobody: links stay silent, closes are not answered, dialling hangs', () => {
  const { scene, there, back } = connected();
  scene.network.host(0).vanish(true);
  there.terminate();
  back.send(Uint8Array.of(1));
  assert.deepEqual(scene.run(), []);
  back.close(1_000, '');
  assert.deepEqual(scene.run(), [`${DELAY_MS + LIMITS.closeMs} coordinator <- agent 0: close 1006`]);
  scene.network.host('coordinator').vanish(true);
  const start = scene.clock.now();
  scene.dial(1);
  assert.deepEqual(scene.run(), [`${start + LIMITS.handshakeMs} agent 1: failed: memory:0 did not answer within ${LIMITS.handshakeMs} ms`]);
});

test('what the dead do is void: a handle from before neither dials, nor listens, nor vanishes again', () => {
  const { scene } = connected();
  const old = scene.network.host(0);
  old.vanish();
  scene.run();
  scene.dial(0);
  scene.run();
  old.vanish();
  old.dial(scene.endpoint, { bearer: 'x', peer: 'y', frameBytesMax: 1, onOpen: () => assert.fail(), onFailed: () => assert.fail() });
  old.listen(
    { authorize: () => 'x', frameBytesMax: 1, onLink: () => assert.fail() },
    () => assert.fail(),
    () => assert.fail(),
  );
  scene.links.get('agent 0 <- coordinator')!.send(Uint8Array.of(9));
  assert.equal(scene.run().length, 1);
});
