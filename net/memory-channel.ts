/**
 * One direction of a memory link. What it carries arrives in the order sent, each once, after the link's delay.
 *
 * Conditions are those of a TCP stream, asked as a frame is sent: delay and jitter keep the order, bandwidth is the time
 * that a frame takes to leave. A blackhole is judged where a frame would arrive: while it lasts nothing does, and what
 * was held comes in order when it is over. Frames stay whole: `slice` changes nothing here, and `limitData` counts what
 * frames carry. The message level is not the network's business: fault-link.ts.
 */
import type { ConnectionCondition, LinkConditions } from '../core/fault/plan.ts';
import { draw } from '../core/random.ts';
import type { Clock } from './clock.ts';

export interface ChannelOptions {
  readonly clock: Clock;
  /** Draws are keyed by (seed, number of the channel, number of what it carries). */
  readonly seed: number;
  readonly number: number;
  readonly delayMs: number;
  readonly conditions: () => LinkConditions;
  readonly count: (condition: ConnectionCondition) => void;
}

/** How often what is held asks whether the blackhole is over. */
export const POLL_MS = 5;
/** Linux gives a connection up after about so long without an answer (tcp_retries2); it also brings a simulation to rest. */
const RETRANSMIT_MS = 924_600;

export class MemoryChannel {
  /** The sender's: nothing got through for so long that its TCP gives up. */
  onGivenUp = (): void => undefined;
  readonly #options: ChannelOptions;
  /** In order of arrival. A timer runs the head, not its own event: order never hangs on how timers round. */
  #events: (() => void)[] = [];
  /** So many events at the head are due. */
  #due = 0;
  #lastArrivalMs = 0;
  /** When the last frame has left, where bandwidth is limited. */
  #leftAtMs = 0;
  #heldSinceMs: number | undefined;
  #carried = 0;
  #bytes = 0;
  #discarded = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Behind all that was sent before, and without bytes: openings and answers. */
  carry(event: () => void, extraMs = 0): void {
    this.#inOrder(this.#travelMs(this.#options.conditions(), 0) + extraMs, event);
  }

  carryClose(event: () => void): void {
    const { slowCloseMs } = this.#options.conditions();
    if (slowCloseMs > 0) this.#options.count('slowCloseMs');
    this.carry(event, slowCloseMs);
  }

  /** Returns the condition that breaks the link instead, if one does. */
  carryFrame(bytes: number, arrive: () => void): 'reset' | 'limitData' | undefined {
    const conditions = this.#options.conditions();
    this.#bytes += bytes;
    const breaks = conditions.reset ? 'reset' : conditions.limitData > 0 && this.#bytes > conditions.limitData ? 'limitData' : undefined;
    if (breaks === undefined) this.#inOrder(this.#travelMs(conditions, bytes), arrive);
    else this.#options.count(breaks);
    return breaks;
  }

  /** Nobody is there to receive any more: whatever is under way is dropped, and so is all that follows. */
  discard(): void {
    this.#discarded = true;
    this.#events = [];
  }

  /** From sending to arrival. */
  #travelMs(conditions: LinkConditions, bytes: number): number {
    const { clock, count, delayMs, number, seed } = this.#options;
    const n = this.#carried++;
    let travelMs = delayMs + conditions.delayMs;
    if (conditions.jitterMs > 0) travelMs += conditions.jitterMs * draw(seed, number, 'fault', n).uniform();
    if (travelMs > delayMs) count('delayMs');
    if (conditions.bandwidth === 0 || bytes === 0) return travelMs;
    count('bandwidth');
    this.#leftAtMs = Math.max(this.#leftAtMs, clock.now()) + (1_000 * bytes) / conditions.bandwidth;
    return travelMs + this.#leftAtMs - clock.now();
  }

  #inOrder(travelMs: number, event: () => void): void {
    if (this.#discarded) return;
    const { clock } = this.#options;
    const now = clock.now();
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, now + travelMs);
    this.#events.push(event);
    clock.setTimer(this.#lastArrivalMs - now, () => {
      this.#due++;
      // Else the poll sees to it.
      if (this.#heldSinceMs === undefined) this.#pass();
    });
  }

  #pass(): void {
    while (this.#due > 0 && !this.#discarded) {
      if (this.#options.conditions().blackhole) return this.#hold();
      this.#heldSinceMs = undefined;
      this.#due--;
      this.#events.shift()!();
    }
  }

  #hold(): void {
    const { clock, count } = this.#options;
    if (this.#heldSinceMs === undefined) count('blackhole');
    this.#heldSinceMs ??= clock.now();
    if (clock.now() - this.#heldSinceMs < RETRANSMIT_MS) return void clock.setTimer(POLL_MS, () => this.#pass());
    this.discard();
    this.onGivenUp();
  }
}
