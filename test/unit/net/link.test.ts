import test from 'node:test';
import { NO_CONDITIONS } from '../../../core/fault/plan.ts';
import { throughProxies } from '../../../net/faulty-transport.ts';
import type { Transport } from '../../../net/link.ts';
import { MemoryNetwork } from '../../../net/memory-link.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';
import { LINK_LAWS, type LinkWorld } from '../../../testkit/link-laws.ts';
import { settleOn } from '../../support/settle.ts';

const DEADLINE_MS = 10_000;

function memoryWorld(transportOn: (network: MemoryNetwork) => Transport): LinkWorld {
  const clock = new VirtualClock();
  const delayMs = (from: string | number): number => (from === 'dialler' || from === 'coordinator' ? 3 : 5);
  const transport = transportOn(new MemoryNetwork(clock, { delayMs, between: delayMs }));
  return { transport, settle: (promise) => settleOn(clock, promise) };
}

/** The coordinator dials an agent. */
function betweenHosts(network: MemoryNetwork): Transport {
  const [dialler, listener] = [network.host('coordinator'), network.host(0)];
  return { listen: (...options) => listener.listen(...options), dial: (...options) => dialler.dial(...options) };
}

function webSocketWorld(transport: Transport): LinkWorld {
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let late: (error: Error) => void = () => undefined;
    const deadline = new Promise<never>((_, reject) => (late = reject));
    const timer = setTimeout(() => late(new Error(`it did not happen within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
  };
  return { transport, settle };
}

const worlds = {
  memory: () => memoryWorld((network) => network),
  'memory, between hosts': () => memoryWorld(betweenHosts),
  WebSocket: () => webSocketWorld(createWebSocketTransport({ trustedNetwork: false })),
  'WebSocket on a trusted network': () => webSocketWorld(createWebSocketTransport({ trustedNetwork: true })),
  'WebSocket through proxies without conditions': () => webSocketWorld(throughProxies(createWebSocketTransport(), { conditions: () => NO_CONDITIONS })),
};

for (const [name, createWorld] of Object.entries(worlds)) {
  for (const law of LINK_LAWS) test(`${name}: ${law.name}`, () => law.check(createWorld()));
}
