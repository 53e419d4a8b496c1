/** One connection through the proxy: two sockets and a passage each way. It is over when both sockets are. */
import { Socket } from 'node:net';
import type { ConnectionCondition, LinkConditions } from '../core/fault/plan.ts';
import type { Clock } from './clock.ts';
import { POLL_MS, TcpPassage } from './tcp-passage.ts';

export type Direction = 'up' | 'down';

export interface ConnectionOptions {
  readonly dialler: Socket;
  readonly target: { readonly host: string; readonly port: number };
  readonly conditions: (direction: Direction) => LinkConditions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly count: (condition: ConnectionCondition, direction: Direction) => void;
  readonly onOver: () => void;
}

export class TcpConnection {
  readonly #options: ConnectionOptions;
  readonly #dialler: Socket;
  readonly #target = new Socket({ allowHalfOpen: true });
  readonly #passages: readonly TcpPassage[];
  #isOpening = true;
  #openSockets = 2;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#dialler = options.dialler;
    const sockets = [this.#dialler, this.#target];
    for (const socket of sockets) {
      // A 'close' follows, and says all that matters.
      socket.on('error', () => undefined);
      socket.setNoDelay();
      socket.on('close', () => this.#closed());
    }
    this.#passages = [this.#passage('up', this.#dialler, this.#target), this.#passage('down', this.#target, this.#dialler)];
    this.#open();
  }

  get heldBytes(): number {
    return this.#passages[0].heldBytes + this.#passages[1].heldBytes;
  }

  /** Both ends see a reset. */
  reset(): void {
    this.#stop();
    for (const socket of [this.#dialler, this.#target]) {
      if (socket.pending) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  destroy(): void {
    this.#stop();
    this.#dialler.destroy();
    this.#target.destroy();
  }

  #passage(direction: Direction, from: Socket, to: Socket): TcpPassage {
    const { clock, conditions, count, random } = this.#options;
    return new TcpPassage({
      from,
      to,
      clock,
      random,
      conditions: () => conditions(direction),
      count: (condition) => count(condition, direction),
      onBroken: (condition) => this.#break(condition, direction),
    });
  }

  /** Through a blackhole nobody is reached, not even to be told of a connection. */
  #open(): void {
    if (!this.#isOpening) return;
    const { clock, conditions, target } = this.#options;
    const [up, down] = [conditions('up'), conditions('down')];
    if (up.reset || down.reset) return this.#break('reset', up.reset ? 'up' : 'down');
    if (up.blackhole || down.blackhole) return void clock.setTimer(POLL_MS, () => this.#open());
    this.#isOpening = false;
    this.#target.connect(target.port, target.host);
  }

  #break(condition: 'reset' | 'limitData', direction: Direction): void {
    this.#options.count(condition, direction);
    if (condition === 'reset') return this.reset();
    this.#stop();
    // What was written before arrives.
    this.#dialler.destroySoon();
    this.#target.destroySoon();
  }

  #stop(): void {
    this.#isOpening = false;
    for (const passage of this.#passages) passage.stop();
  }

  #closed(): void {
    // The dialler left before the target was reached: there is nobody to tell.
    if (this.#isOpening) this.destroy();
    this.#openSockets--;
    if (this.#openSockets === 0) this.#options.onOver();
  }
}
