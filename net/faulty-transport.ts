/**
 * A transport whose links meet connection-level faults on real sockets: every dial goes through a TCP proxy of its own,
 * which is gone when its connection is. Listening is left alone, since the dialling end has the proxy.
 */
import type { ConnectionCondition, LinkConditions } from '../core/fault/plan.ts';
import { draw } from '../core/random.ts';
import { type Clock, systemClock } from './clock.ts';
import type { DialOptions, Listener, ListenOptions, Transport } from './link.ts';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';
import type { Direction } from './tcp-connection.ts';

export interface FaultyTransportOptions {
  /** Of the link to this peer (DialOptions.peer) at this moment; `out` is away from this process. */
  readonly conditions: (peer: string, direction: 'out' | 'in') => LinkConditions;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Keys the jitter, with the number of the dial. Default 0. */
  readonly seed?: number;
  /** Told whenever a condition took effect. */
  readonly count?: (condition: ConnectionCondition, peer: string, direction: 'out' | 'in') => void;
}

export interface FaultyTransport extends Transport {
  /** Cuts the connections that are open, and dials nothing any more. */
  close(): void;
}

const HTTP_PORT = 80;

export function throughProxies(transport: Transport, options: FaultyTransportOptions): FaultyTransport {
  return new ProxiedTransport(transport, options);
}

class ProxiedTransport implements FaultyTransport {
  readonly #transport: Transport;
  readonly #options: FaultyTransportOptions;
  readonly #proxies = new Set<TcpProxy>();
  #dials = 0;
  #isClosed = false;

  constructor(transport: Transport, options: FaultyTransportOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  listen(options: ListenOptions, ready: (listener: Listener) => void, failed: (reason: string) => void): void {
    this.#transport.listen(options, ready, failed);
  }

  dial(endpoint: string, options: DialOptions): void {
    // What is no address fails as it does without proxies.
    if (!URL.canParse(endpoint)) return this.#transport.dial(endpoint, options);
    const url = new URL(endpoint);
    startTcpProxy(this.#proxyOptions(url, options.peer)).then(
      (proxy) => this.#dialThrough(proxy, url, options),
      (error: Error) => options.onFailed(`${endpoint}: no proxy: ${error.message}`, false),
    );
  }

  close(): void {
    this.#isClosed = true;
    for (const proxy of this.#proxies) this.#end(proxy);
  }

  #proxyOptions({ hostname, port }: URL, peer: string): TcpProxyOptions {
    const { clock = systemClock, conditions, count, seed = 0 } = this.#options;
    const random = draw(seed, this.#dials++, 'fault', 0);
    return {
      target: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? HTTP_PORT : Number(port) },
      conditions: (direction) => conditions(peer, outOrIn(direction)),
      clock,
      random: () => random.uniform(),
      count: (condition, direction) => count?.(condition, peer, outOrIn(direction)),
      onIdle: (proxy) => this.#end(proxy),
    };
  }

  /** The proxy is no concern of anybody's: failures name the endpoint. */
  #dialThrough(proxy: TcpProxy, endpoint: URL, options: DialOptions): void {
    this.#proxies.add(proxy);
    const fail = (reason: string, refused: boolean): void => {
      this.#end(proxy);
      options.onFailed(reason, refused);
    };
    if (this.#isClosed) return fail(`${endpoint.href} was not dialled: this end has closed`, false);
    const near = new URL(endpoint);
    near.hostname = '127.0.0.1';
    near.port = String(proxy.port);
    const named = (reason: string): string => reason.replaceAll(near.href, endpoint.href).replaceAll(near.host, endpoint.host);
    this.#transport.dial(near.href, { ...options, onFailed: (reason, refused) => fail(named(reason), refused) });
  }

  #end(proxy: TcpProxy): void {
    this.#proxies.delete(proxy);
    proxy.close();
  }
}

const outOrIn = (direction: Direction): 'out' | 'in' => (direction === 'up' ? 'out' : 'in');
