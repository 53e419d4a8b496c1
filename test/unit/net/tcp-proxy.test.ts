/** Every connection-level fault has its effect on real sockets, loses no byte, and wakes what it held when it ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { type LinkConditions, NO_CONDITIONS } from '../../../core/fault/plan.ts';
import { LIMITS } from '../../../core/limits.ts';
import { draw } from '../../../core/random.ts';
import { type Clock, systemClock } from '../../../net/clock.ts';
import { startTcpProxy, type TcpProxy } from '../../../net/tcp-proxy.ts';

/** Of a loaded machine; lower bounds are exact, since the clock is the proxy's own. */
const PATIENCE_MS = 10_000;
const READ_BYTES_MAX = 64 * 1024;

interface Conditions {
  up: LinkConditions;
  down: LinkConditions;
}

/** What one socket has received, and how it ended. */
class Received {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  bytes = 0;
  isEnded = false;
  isClosed = false;
  error = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.bytes += chunk.length;
    });
    socket.on('end', () => (this.isEnded = true));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', (error: Error & { code?: string }) => (this.error = error.code ?? error.message));
  }

  get all(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

class Scene {
  readonly conditions: Conditions = { up: NO_CONDITIONS, down: NO_CONDITIONS };
  readonly counts: Record<string, number> = {};
  readonly accepted: Received[] = [];
  readonly proxy: TcpProxy;
  readonly targetPort: number;
  readonly closeTarget: () => void;
  timers = 0;
  idles = 0;

  static async open(context: TestContext): Promise<Scene> {
    const scenes: Scene[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => scenes[0].accepted.push(new Received(socket.setNoDelay())));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const clock: Clock = { ...systemClock, setTimer: (...timer) => (scenes[0].timers++, systemClock.setTimer(...timer)) };
    const { port } = server.address() as AddressInfo;
    const proxy = await startTcpProxy({
      target: { host: '127.0.0.1', port },
      conditions: (direction) => scenes[0].conditions[direction],
      random: () => random.uniform(),
      clock,
      count: (condition, direction) => scenes[0].note(`${direction} ${condition}`),
      onIdle: () => void scenes[0].idles++,
    });
    const scene = new Scene(proxy, port, () => server.close());
    scenes.push(scene);
    context.after(() => {
      proxy.close();
      server.close();
      scene.accepted.forEach(({ socket }) => socket.destroy());
    });
    return scene;
  }

  private constructor(proxy: TcpProxy, targetPort: number, closeTarget: () => void) {
    this.proxy = proxy;
    this.targetPort = targetPort;
    this.closeTarget = closeTarget;
  }

  note(effect: string): void {
    this.counts[effect] = (this.counts[effect] ?? 0) + 1;
  }

  dial(): Received {
    return new Received(connect({ port: this.proxy.port, host: '127.0.0.1', allowHalfOpen: true }).setNoDelay());
  }

  /** Both ends of a connection that is open. */
  async pair(): Promise<{ dialler: Received; target: Received }> {
    const dialler = this.dial();
    const before = this.accepted.length;
    await until('the target is reached', () => this.accepted.length > before);
    return { dialler, target: this.accepted[before] };
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `it did not happen within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const random = draw(7, 0, 'fault', 0);
const NOISE = Uint8Array.from({ length: 65_537 }, () => random.integer(256));

/** Bytes in which every hole, repetition and change of order shows. */
const noise = (length: number): Buffer => Buffer.alloc(length, NOISE);

async function elapsed(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

test('without conditions bytes pass both ways, ends pass one by one, and no timer is ever set', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  const [there, back] = [noise(3_000_000), noise(2_000_000)];
  dialler.socket.end(there);
  await until('the target has it all', () => target.isEnded);
  assert.ok(target.all.equals(there));
  assert.ok(!dialler.isEnded);
  target.socket.end(back);
  await until('both are closed', () => dialler.isClosed && target.isClosed);
  assert.ok(dialler.all.equals(back));
  await until('idle', () => scene.idles === 1);
  assert.deepEqual([scene.timers, scene.counts, scene.proxy.heldBytes], [0, {}, 0]);
});

test('each direction has its own delay', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  scene.conditions.up = { ...NO_CONDITIONS, delayMs: 60 };
  scene.conditions.down = { ...NO_CONDITIONS, delayMs: 30 };
  const thereMs = await elapsed(async () => {
    dialler.socket.write('there');
    await until('it arrived', () => target.bytes === 5);
  });
  const backMs = await elapsed(async () => {
    target.socket.write('back');
    await until('it arrived', () => dialler.bytes === 4);
  });
  assert.ok(thereMs >= 60 && backMs >= 30, `${thereMs} ms there, ${backMs} ms back`);
  assert.deepEqual(scene.counts, { 'up delayMs': 1, 'down delayMs': 1 });
});

test('jitter keeps the order and adds at most what it may', async (context) => {
  const scene = await Scene.open(context);
  scene.conditions.up = { ...NO_CONDITIONS, delayMs: 10, jitterMs: 40 };
  const { dialler, target } = await scene.pair();
  const arrivals: number[] = [];
  for (let n = 0; n < 12; n++) {
    arrivals.push(
      await elapsed(async () => {
        dialler.socket.write(Uint8Array.of(n, n));
        await until('it arrived', () => target.bytes === 2 * n + 2);
      }),
    );
  }
  assert.ok(arrivals.every((ms) => ms >= 10));
  assert.ok(Math.max(...arrivals) >= 25, 'no jitter');
  for (let n = 12; n < 200; n++) dialler.socket.write(Uint8Array.of(n, n));
  await until('all arrived', () => target.bytes === 400);
  assert.deepEqual(
    [...target.all],
    Array.from({ length: 400 }, (_, i) => i >> 1),
  );
});

test('bandwidth takes as long as it must, and what waits is freed when the limit goes', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  scene.conditions.up = { ...NO_CONDITIONS, bandwidth: 64_000 };
  const bytes = noise(32_000);
  const ms = await elapsed(async () => {
    dialler.socket.write(bytes);
    await until('all arrived', () => target.bytes === bytes.length);
  });
  // 500 ms, less the burst of 50 ms and the last piece of 10.
  assert.ok(ms >= 440 && ms < 3_000, `${ms} ms`);
  assert.ok(target.all.equals(bytes));

  scene.conditions.up = { ...NO_CONDITIONS, bandwidth: 100 };
  dialler.socket.write(bytes);
  await until('it waits', () => scene.proxy.heldBytes > 30_000);
  scene.conditions.up = NO_CONDITIONS;
  const freedMs = await elapsed(() => until('all arrived', () => target.bytes === 2 * bytes.length));
  assert.ok(freedMs < 5_000, `${freedMs} ms instead of 320 s`);
});

test('nothing passes a blackhole; when it is over everything arrives in order, and the other direction never noticed', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  scene.conditions.up = { ...NO_CONDITIONS, blackhole: true };
  const bytes = noise(500_000);
  dialler.socket.end(bytes);
  target.socket.write('the other way');
  await until('all is held', () => scene.proxy.heldBytes >= bytes.length && dialler.bytes === 13);
  assert.deepEqual([target.bytes, target.isEnded, scene.counts], [0, false, { 'up blackhole': 1 }]);
  scene.conditions.up = NO_CONDITIONS;
  await until('the end arrived', () => target.isEnded);
  assert.ok(target.all.equals(bytes));
});

test('a dialler hangs in a blackhole and reaches the target when it is over', async (context) => {
  const scene = await Scene.open(context);
  for (const direction of ['up', 'down'] as const) {
    scene.conditions[direction] = { ...NO_CONDITIONS, blackhole: true };
    const before = scene.accepted.length;
    const dialler = scene.dial();
    dialler.socket.write('hello');
    await until('the proxy has it', () => scene.proxy.heldBytes >= 5);
    // Who dials the target itself comes later, and is the first there.
    connect(scene.targetPort, '127.0.0.1').end('direct');
    await until('the other is through', () => scene.accepted[before]?.isEnded);
    assert.deepEqual([scene.accepted[before].bytes, scene.accepted.length, dialler.isClosed], [6, before + 1, false]);
    scene.conditions[direction] = NO_CONDITIONS;
    await until('it arrived', () => scene.accepted[before + 1]?.bytes === 5);
  }
});

test('a dialler that leaves while it hangs leaves nothing behind', async (context) => {
  const scene = await Scene.open(context);
  scene.conditions.up = { ...NO_CONDITIONS, blackhole: true };
  const dialler = scene.dial();
  await once(dialler.socket, 'connect');
  dialler.socket.resetAndDestroy();
  await until('idle', () => scene.idles === 1);
  assert.equal(scene.accepted.length, 0);
});

test('a reset breaks a connection as soon as it carries something, and a new one at once', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  const quiet = await scene.pair();
  scene.conditions.down = { ...NO_CONDITIONS, reset: true };
  target.socket.write('x');
  await until('both are closed', () => dialler.isClosed && target.isClosed);
  assert.deepEqual([dialler.error, target.error, dialler.bytes], ['ECONNRESET', 'ECONNRESET', 0]);
  const late = scene.dial();
  await until('the new one is closed', () => late.isClosed);
  assert.equal(late.error, 'ECONNRESET');
  assert.ok(!quiet.dialler.isClosed && !quiet.target.isClosed);
  scene.conditions.down = NO_CONDITIONS;
  quiet.target.socket.write('x');
  await until('it arrived', () => quiet.dialler.bytes === 1);
});

test('reset() breaks what is open', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  scene.proxy.reset();
  await until('both are closed', () => dialler.isClosed && target.isClosed);
  assert.deepEqual([dialler.error, target.error], ['ECONNRESET', 'ECONNRESET']);
  await scene.pair();
});

test('slices change the chunks and not the bytes', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  const bytes = noise(20_000);
  dialler.socket.write(bytes);
  await until('all arrived', () => target.bytes === bytes.length);
  const whole = target.chunks.length;
  scene.conditions.up = { ...NO_CONDITIONS, slice: 100 };
  dialler.socket.write(bytes);
  await until('all arrived', () => target.bytes === 2 * bytes.length);
  assert.ok(target.all.equals(Buffer.concat([bytes, bytes])));
  const sliced = target.chunks.slice(whole);
  assert.ok(sliced.length >= 50 && whole < 10, `${whole} chunks without slices, ${sliced.length} with`);
  assert.ok(scene.counts['up slice'] >= 199, `${scene.counts['up slice']} slices`);
});

test('a connection closes after so many bytes, and delivers these', async (context) => {
  const scene = await Scene.open(context);
  scene.conditions.up = { ...NO_CONDITIONS, limitData: 10_000 };
  const { dialler, target } = await scene.pair();
  const bytes = noise(25_000);
  dialler.socket.write(bytes.subarray(0, 9_000));
  await until('below the limit all passes', () => target.bytes === 9_000);
  dialler.socket.write(bytes.subarray(9_000));
  await until('both saw the end', () => target.isEnded && dialler.isEnded);
  assert.ok(target.all.equals(bytes.subarray(0, 10_000)));
  await until('idle', () => scene.idles === 1);
});

test('a close is passed on only after so long; bytes are not', async (context) => {
  const scene = await Scene.open(context);
  const { dialler, target } = await scene.pair();
  scene.conditions.up = { ...NO_CONDITIONS, slowCloseMs: 80 };
  const start = performance.now();
  dialler.socket.end('bye');
  await until('the word arrived', () => target.bytes === 3);
  assert.ok(!target.isEnded);
  await until('the end arrived', () => target.isEnded);
  // A timer may be early by less than its unit.
  assert.ok(performance.now() - start >= 79);
  target.socket.end();
  await until('both are closed', () => dialler.isClosed && target.isClosed);
});

for (const [name, stalled] of [
  ['a reader that stalls', NO_CONDITIONS],
  ['a blackhole', { ...NO_CONDITIONS, blackhole: true }],
] as const) {
  test(`memory is bounded behind ${name}, its sender is held up, and nothing is lost`, async (context) => {
    const scene = await Scene.open(context);
    const { dialler, target } = await scene.pair();
    target.socket.pause();
    scene.conditions.up = stalled;
    const bytes = noise(32 * 1024 * 1024);
    let mostBytes = 0;
    const watch = setInterval(() => (mostBytes = Math.max(mostBytes, scene.proxy.heldBytes)), 1);
    context.after(() => clearInterval(watch));
    dialler.socket.end(bytes);
    await until('the proxy is full', () => scene.proxy.heldBytes >= LIMITS.proxyHeldBytesMax);
    assert.ok(!dialler.socket.writableFinished, 'the sender noticed nothing');
    scene.conditions.up = NO_CONDITIONS;
    target.socket.resume();
    await until('all arrived', () => target.isEnded);
    assert.ok(target.all.equals(bytes));
    assert.ok(mostBytes < LIMITS.proxyHeldBytesMax + READ_BYTES_MAX + 1_024, `${mostBytes} bytes were held`);
  });
}

test('an end that dies is seen to die by the other, and a target that nobody has by the dialler', async (context) => {
  const scene = await Scene.open(context);
  const one = await scene.pair();
  one.dialler.socket.resetAndDestroy();
  await until('the target saw the end', () => one.target.isEnded || one.target.isClosed);
  const other = await scene.pair();
  other.target.socket.resetAndDestroy();
  await until('the dialler saw the end', () => other.dialler.isEnded || other.dialler.isClosed);
  scene.closeTarget();
  const late = scene.dial();
  await until('the dialler saw the end', () => late.isEnded || late.isClosed);
});
