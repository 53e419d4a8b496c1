import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';
import { LINK_LAWS, type LinkWorld } from '../../../testkit/link-laws.ts';

const DEADLINE_MS = 10_000;

function memoryWorld(): LinkWorld {
  const clock = new VirtualClock();
  const transport = new MemoryNetwork(clock, { delayMs: (from) => (from === 'dialler' ? 3 : 5) });
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    clock.run();
    // A few microtasks, because promises may be chained; nothing else can settle it once no event is left.
    for (let i = 0; i < 10 && !settled; i++) await Promise.resolve();
    assert.ok(settled, 'no event is left and it did not happen');
    return promise;
  };
  return { transport, settle };
}

function webSocketWorld(trustedNetwork: boolean): LinkWorld {
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let late: (error: Error) => void = () => undefined;
    const deadline = new Promise<never>((_, reject) => (late = reject));
    const timer = setTimeout(() => late(new Error(`it did not happen within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
  };
  return { transport: createWebSocketTransport({ trustedNetwork }), settle };
}

const worlds = {
  memory: memoryWorld,
  WebSocket: () => webSocketWorld(false),
  'WebSocket on a trusted network': () => webSocketWorld(true),
};

for (const [name, createWorld] of Object.entries(worlds)) {
  for (const law of LINK_LAWS) test(`${name}: ${law.name}`, () => law.check(createWorld()));
}
