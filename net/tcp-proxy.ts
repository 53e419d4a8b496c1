/**
 * A TCP proxy that makes one link's connection-level conditions come true on real sockets. It lives in the process that
 * dials, on loopback, so that it knows whose link it is and which direction is which. Conditions change while
 * connections live: they are asked all the time.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { type ConnectionOptions, TcpConnection } from './tcp-connection.ts';

export interface TcpProxyOptions extends Pick<ConnectionOptions, 'target' | 'conditions' | 'random'> {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Told whenever a condition took effect. */
  readonly count?: ConnectionOptions['count'];
  /** The last of its connections is over. */
  readonly onIdle?: (proxy: TcpProxy) => void;
}

export interface TcpProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Held back at this moment, bookkeeping included. */
  readonly heldBytes: number;
  /** Accepts nothing more and cuts what is open. */
  close(): void;
  /** Resets the connections that are open. */
  reset(): void;
}

/** Rejects when the system gives no port. */
export function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = new ListeningProxy(options);
  return proxy.listen();
}

class ListeningProxy implements TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #connections = new Set<TcpConnection>();
  readonly #server = createServer({ allowHalfOpen: true }, (dialler) => this.#accept(dialler));

  constructor(options: TcpProxyOptions) {
    this.#options = options;
  }

  listen(): Promise<TcpProxy> {
    return new Promise((resolve, reject) => {
      // Later it is of a single connection that could not be accepted: its dialler sees it fail.
      this.#server.on('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve(this));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get heldBytes(): number {
    return [...this.#connections].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  #accept(dialler: Socket): void {
    const { clock = systemClock, conditions, count = () => undefined, onIdle, random, target } = this.#options;
    const onOver = (): void => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) onIdle?.(this);
    };
    const connection: TcpConnection = new TcpConnection({ dialler, target, conditions, clock, random, count, onOver });
    this.#connections.add(connection);
  }
}
