/**
 * Links inside one process, on any clock: what the simulator runs on.
 *
 * Every direction of a link is a channel with a delay; what it carries arrives in order and once, unless `faults` says
 * otherwise. Faults are keyed draws of (seed, channel, frame number): the same run meets the same faults again.
 */
import { LIMITS } from '../core/limits.ts';
import { draw } from '../core/random.ts';
import type { Clock } from './clock.ts';
import { closeCodeOf, reasonOf } from './close-reason.ts';
import { LinkReceiver } from './link-receiver.ts';
import type { DialOptions, Link, Listener, ListenOptions, Transport } from './link.ts';

/** Message-level faults. A rate is the probability per frame. */
export interface MemoryFaults {
  readonly seed: number;
  readonly duplicateRate: number;
  readonly delayRate: number;
  /** A delayed frame is late by a uniform time up to this. */
  readonly delayMaxMs: number;
  /** Let a delayed frame be overtaken; without it, it holds up those behind. */
  readonly reorder?: boolean;
}

export interface MemoryNetworkOptions {
  /** One-way delay from one end to the other, by the names the ends know each other under. Default 0. */
  readonly delayMs?: (from: string, to: string) => number;
  readonly faults?: MemoryFaults;
}

const ABNORMAL = 1006;

export class MemoryNetwork implements Transport {
  readonly #clock: Clock;
  readonly #options: MemoryNetworkOptions;
  readonly #listeners = new Map<string, ListenOptions>();
  #listenerCount = 0;
  #channelCount = 0;

  constructor(clock: Clock, options: MemoryNetworkOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  listen(options: ListenOptions, ready: (listener: Listener) => void): void {
    const endpoint = `memory:${this.#listenerCount++}`;
    this.#listeners.set(endpoint, options);
    this.#clock.defer(() => ready({ endpoint, close: () => void this.#listeners.delete(endpoint) }));
  }

  /** A handshake is decided at once; its outcome reaches either end with the link's delay. */
  dial(endpoint: string, options: DialOptions): void {
    this.#clock.defer(() => {
      const listener = this.#listeners.get(endpoint);
      if (listener === undefined) return options.onFailed(`nothing listens at ${endpoint}`, false);
      const dialler = listener.authorize(options.bearer);
      if (dialler !== undefined) return this.#connect(dialler, listener, options);
      listener.onRefused?.(reasonOf('WIRE_TOKEN'));
      options.onFailed(reasonOf('WIRE_TOKEN'), true);
    });
  }

  #connect(dialler: string, listener: ListenOptions, options: DialOptions): void {
    const there = this.#channel(dialler, options.peer);
    const back = this.#channel(options.peer, dialler);
    const listening = new MemoryLink(dialler, listener.frameBytesMax, back, this.#clock);
    const dialling = new MemoryLink(options.peer, options.frameBytesMax, there, this.#clock);
    listening.join(dialling);
    dialling.join(listening);
    there.carry(() => listener.onLink(listening));
    back.carry(() => options.onOpen(dialling));
  }

  #channel(from: string, to: string): Channel {
    return new Channel(this.#clock, this.#channelCount++, this.#options.delayMs?.(from, to) ?? 0, this.#options.faults);
  }
}

/** One direction of a link. */
class Channel {
  readonly #clock: Clock;
  readonly #number: number;
  readonly #delayMs: number;
  readonly #faults: MemoryFaults | undefined;
  /** In order of arrival. A timer runs the head, not its own event: order never hangs on how timers round. */
  readonly #events: (() => void)[] = [];
  #lastArrival = 0;
  #frames = 0;

  constructor(clock: Clock, number: number, delayMs: number, faults: MemoryFaults | undefined) {
    this.#clock = clock;
    this.#number = number;
    this.#delayMs = delayMs;
    this.#faults = faults;
  }

  /** Never faulty, and behind all that was sent before: openings and closes. */
  carry(event: () => void): void {
    this.#inOrder(0, event);
  }

  carryFrame(arrive: () => void, arriveAgain: () => void): void {
    const faults = this.#faults;
    if (faults === undefined) return this.#inOrder(0, arrive);
    const random = draw(faults.seed, this.#number, 'fault', this.#frames++);
    const extraMs = (): number => (random.uniform() < faults.delayRate ? random.uniform() * faults.delayMaxMs : 0);
    this.#faulty(extraMs(), arrive);
    if (random.uniform() < faults.duplicateRate) this.#faulty(extraMs(), arriveAgain);
  }

  #faulty(extraMs: number, event: () => void): void {
    if (!this.#faults?.reorder) return this.#inOrder(extraMs, event);
    const delayMs = this.#delayMs + extraMs;
    this.#lastArrival = Math.max(this.#lastArrival, this.#clock.now() + delayMs);
    this.#clock.setTimer(delayMs, event);
  }

  #inOrder(extraMs: number, event: () => void): void {
    const now = this.#clock.now();
    this.#lastArrival = Math.max(this.#lastArrival, now + this.#delayMs + extraMs);
    this.#events.push(event);
    this.#clock.setTimer(this.#lastArrival - now, () => this.#events.shift()!());
  }
}

class MemoryLink implements Link {
  readonly peer: string;
  bytesSent = 0;
  framesSent = 0;
  readonly #frameBytesMax: number;
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #receiver = new LinkReceiver();
  #other!: MemoryLink;
  #bufferedBytes = 0;
  #closed = false;

  constructor(peer: string, frameBytesMax: number, channel: Channel, clock: Clock) {
    this.peer = peer;
    this.#frameBytesMax = frameBytesMax;
    this.#channel = channel;
    this.#clock = clock;
  }

  join(other: MemoryLink): void {
    this.#other = other;
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#receiver.setOnFrame(handler);
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#receiver.setOnClose(handler);
  }

  send(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    if (this.#bufferedBytes > LIMITS.linkBufferedBytesMax) return this.#giveUp();
    // Not slice(): a Node Buffer's is a view.
    const bytes = new Uint8Array(frame);
    this.framesSent++;
    this.bytesSent += bytes.length;
    this.#bufferedBytes += bytes.length;
    const arrive = (): void => {
      this.#bufferedBytes -= bytes.length;
      this.#other.#receive(bytes);
    };
    this.#channel.carryFrame(arrive, () => this.#other.#receive(new Uint8Array(bytes)));
    return this.#bufferedBytes <= LIMITS.linkBackpressureBytes;
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#shut();
    this.#channel.carry(() => this.#other.#closedByPeer(code, reason));
  }

  terminate(): void {
    this.#abort(ABNORMAL, 'terminated');
  }

  #receive(frame: Uint8Array): void {
    if (this.#closed) return;
    if (frame.length > this.#frameBytesMax) this.close(closeCodeOf('WIRE_TOO_LARGE'), reasonOf('WIRE_TOO_LARGE'));
    else if (!this.#receiver.deliver(frame)) this.terminate();
  }

  /** The answer tells the end that closed that all it had sent was delivered. */
  #closedByPeer(code: number, reason: string): void {
    this.#closed = true;
    this.#receiver.end(code, reason);
    this.#channel.carry(() => this.#other.#receiver.end(code, reason));
  }

  #giveUp(): false {
    this.#abort(closeCodeOf('WIRE_SILENT'), reasonOf('WIRE_SILENT', 'the other end does not read'));
    return false;
  }

  #abort(code: number, reason: string): void {
    this.#shut();
    this.#clock.defer(() => this.#receiver.end(code, reason));
    this.#channel.carry(() => this.#other.#vanished());
  }

  #vanished(): void {
    this.#closed = true;
    this.#receiver.end(ABNORMAL, 'the connection broke');
  }

  /** This end closes: nothing goes out any more, nothing is handed over. */
  #shut(): void {
    this.#closed = true;
    this.#receiver.stop();
  }
}
