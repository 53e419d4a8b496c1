/**
 * Liveness of one link: any frame counts as life, there are no answers to wait for.
 *
 * Silent for heartbeatMs towards the other end: send the heartbeat. Nothing heard for suspectMs: suspect; for lostMs: lost.
 * A verdict must not be this process's own fault, so (1) a timer that fires late adds its lateness to the other end's
 * grace, and (2) the verdict waits until the event loop has read what was already there.
 */
import { LIMITS } from '../core/limits.ts';
import type { Clock } from './clock.ts';
import type { Link } from './link.ts';

export interface HeartbeatOptions {
  readonly link: Pick<Link, 'send'>;
  readonly clock: Clock;
  /** An encoded heartbeat message. */
  readonly frame: Uint8Array;
  readonly onSuspect: () => void;
  /** The watch is over with it: whoever lost a link terminates it. */
  readonly onLost: () => void;
  /** A frame came after all. */
  readonly onAlive?: () => void;
  readonly limits?: HeartbeatLimits;
}

export interface HeartbeatLimits {
  readonly heartbeatMs: number;
  readonly suspectMs: number;
  readonly lostMs: number;
  readonly loopLagMs: number;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #clock: Clock;
  readonly #limits: HeartbeatLimits;
  #lastSent: number;
  #lastReceived: number;
  #isSuspect = false;
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#limits = options.limits ?? LIMITS;
    this.#lastSent = this.#lastReceived = this.#clock.now();
    this.#arm();
  }

  /** Tell of every frame that was sent: it spares a heartbeat. */
  sent(): void {
    this.#lastSent = this.#clock.now();
  }

  /** Tell of every frame that came. */
  received(): void {
    this.#lastReceived = this.#clock.now();
    if (!this.#isSuspect) return;
    this.#isSuspect = false;
    this.#options.onAlive?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** One timer per link, not one per frame: it looks when something can be due at the earliest. */
  #arm(): void {
    if (this.#stopped) return;
    const verdict = this.#lastReceived + (this.#isSuspect ? this.#limits.lostMs : this.#limits.suspectMs);
    const due = Math.min(verdict, this.#lastSent + this.#limits.heartbeatMs);
    const delayMs = Math.max(1, due - this.#clock.now());
    const planned = this.#clock.now() + delayMs;
    this.#cancel = this.#clock.setTimer(delayMs, () => this.#wake(planned));
  }

  #wake(planned: number): void {
    const lateMs = this.#clock.now() - planned;
    if (lateMs > this.#limits.loopLagMs) this.#lastReceived += lateMs;
    if (this.#clock.now() - this.#lastSent >= this.#limits.heartbeatMs) {
      this.sent();
      this.#options.link.send(this.#options.frame);
    }
    if (this.#silentMs() < this.#limits.suspectMs) return this.#arm();
    this.#clock.defer(() => {
      if (!this.#stopped) this.#judge();
    });
  }

  #judge(): void {
    const silentMs = this.#silentMs();
    if (silentMs >= this.#limits.lostMs) {
      this.stop();
      return this.#options.onLost();
    }
    if (silentMs >= this.#limits.suspectMs && !this.#isSuspect) {
      this.#isSuspect = true;
      this.#options.onSuspect();
    }
    this.#arm();
  }

  #silentMs(): number {
    return this.#clock.now() - this.#lastReceived;
  }
}
