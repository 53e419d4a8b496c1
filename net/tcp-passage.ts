/**
 * One direction of a connection through the proxy: bytes read from one socket, held as long as the conditions want it,
 * written to the other in the same order, none missing.
 *
 * 1. Conditions are asked anew for every write. A delay is fixed when bytes come in; what is on its way keeps it.
 * 2. A blackhole loses nothing, since TCP would send again: what comes in is held and goes on when it is over.
 * 3. Memory is bounded: at LIMITS.proxyHeldBytesMax the sender is no longer read, and feels it as backpressure. Hence a
 *    delay also limits the rate, to that much per delay, as a TCP window does.
 * 4. Ends wait behind the bytes before them. Timers run only while something is held.
 */
import type { Socket } from 'node:net';
import type { ConnectionCondition, LinkConditions } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import type { Clock } from './clock.ts';
import { TcpPacer } from './tcp-pacer.ts';

export interface PassageOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly conditions: () => LinkConditions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly count: (condition: ConnectionCondition) => void;
  /** The connection breaks; both of its passages are to be stopped. */
  readonly onBroken: (condition: 'reset' | 'limitData') => void;
}

interface Parcel {
  bytes: Buffer;
  readonly dueMs: number;
  /** `half`: the sender has no more to say (FIN); `whole`: it is gone. */
  readonly end: 'none' | 'half' | 'whole';
}

/** How often what is held asks whether it may pass. */
export const POLL_MS = 10;
/** What a parcel costs beside its bytes: counted, else a million small ones would be free. */
const PARCEL_BYTES = 256;
const NOTHING = Buffer.alloc(0);

export class TcpPassage {
  readonly #options: PassageOptions;
  readonly #pacer = new TcpPacer();
  #parcels: Parcel[] = [];
  #heldBytes = 0;
  #passedBytes = 0;
  #isOver = false;
  #heldBy: ConnectionCondition | undefined;
  #wake: (() => void) | undefined;

  constructor(options: PassageOptions) {
    const { from, to } = options;
    this.#options = options;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#takeEnd('half'));
    from.on('close', () => this.#takeEnd('whole'));
    to.on('connect', () => this.#flow());
    to.on('drain', () => this.#flow());
    to.on('close', () => this.stop());
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Nothing is written any more and nothing held. The sender is read on, so that its end is seen. */
  stop(): void {
    this.#isOver = true;
    this.#cancelWake();
    this.#parcels = [];
    this.#heldBytes = 0;
    this.#options.from.resume();
  }

  #take(bytes: Buffer): void {
    const { conditions, from, onBroken } = this.#options;
    if (this.#isOver) return;
    const present = conditions();
    if (present.reset) return onBroken('reset');
    this.#hold({ bytes, dueMs: this.#dueMs(present, 0), end: 'none' });
    if (this.#heldBytes >= LIMITS.proxyHeldBytesMax) from.pause();
    this.#flow();
  }

  #takeEnd(end: 'half' | 'whole'): void {
    if (this.#isOver) return;
    const present = this.#options.conditions();
    if (present.slowCloseMs > 0) this.#options.count('slowCloseMs');
    this.#hold({ bytes: NOTHING, dueMs: this.#dueMs(present, present.slowCloseMs), end });
    this.#flow();
  }

  /** Nothing overtakes: what is due earlier than the one before it waits for that. */
  #dueMs(conditions: LinkConditions, extraMs: number): number {
    const { clock, count, random } = this.#options;
    if (conditions.delayMs + conditions.jitterMs > 0) count('delayMs');
    const jitterMs = conditions.jitterMs > 0 ? conditions.jitterMs * random() : 0;
    return clock.now() + conditions.delayMs + jitterMs + extraMs;
  }

  #hold(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#heldBytes += parcel.bytes.length + PARCEL_BYTES;
  }

  /** Lets pass what may pass, and sees to it that the rest is asked again. */
  #flow(): void {
    const { conditions, onBroken, to } = this.#options;
    this.#cancelWake();
    for (let head = this.#parcels[0]; head !== undefined; head = this.#parcels[0]) {
      // 'connect' and 'drain' come back here.
      if (to.pending || to.writableNeedDrain) return;
      const present = conditions();
      if (present.reset) return onBroken('reset');
      const waitMs = this.#waitMs(head, present);
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#heldBy = undefined;
      this.#pass(head, present);
      // Each slice in a turn of its own, else the system joins them again.
      if (present.slice > 0 && this.#parcels.length > 0) return this.#wakeSoon();
    }
  }

  #waitMs(head: Parcel, conditions: LinkConditions): number {
    const now = this.#options.clock.now();
    if (head.dueMs > now) return head.dueMs - now;
    if (conditions.blackhole) return this.#waitFor('blackhole', POLL_MS);
    const paceMs = conditions.bandwidth > 0 ? this.#pacer.waitMs(now) : 0;
    return paceMs > 0 ? this.#waitFor('bandwidth', Math.min(POLL_MS, paceMs)) : 0;
  }

  #waitFor(condition: ConnectionCondition, waitMs: number): number {
    if (this.#heldBy !== condition) this.#options.count(condition);
    this.#heldBy = condition;
    return waitMs;
  }

  #pass(head: Parcel, conditions: LinkConditions): void {
    if (head.end === 'none') return this.#passBytes(head, conditions);
    this.#parcels.shift();
    this.#release(PARCEL_BYTES);
    if (head.end === 'half') this.#options.to.end();
    else this.#options.to.destroySoon();
  }

  #passBytes(head: Parcel, { bandwidth, limitData, slice }: LinkConditions): void {
    const { clock, count, onBroken, to } = this.#options;
    const leftBytes = limitData > 0 ? limitData - this.#passedBytes : Infinity;
    if (leftBytes <= 0) return onBroken('limitData');
    const length = Math.min(head.bytes.length, slice || Infinity, leftBytes, this.#pacer.pieceBytes(bandwidth));
    if (slice > 0 && length === slice) count('slice');
    this.#pacer.passed(length, bandwidth, clock.now());
    this.#passedBytes += length;
    to.write(head.bytes.subarray(0, length));
    if (length === leftBytes) return onBroken('limitData');
    head.bytes = head.bytes.subarray(length);
    if (head.bytes.length === 0) this.#parcels.shift();
    this.#release(head.bytes.length === 0 ? length + PARCEL_BYTES : length);
  }

  #release(bytes: number): void {
    this.#heldBytes -= bytes;
    if (this.#heldBytes < LIMITS.proxyHeldBytesMax / 2) this.#options.from.resume();
  }

  #wakeIn(waitMs: number): void {
    this.#wake = this.#options.clock.setTimer(waitMs, () => this.#flow());
  }

  #wakeSoon(): void {
    let isWanted = true;
    this.#wake = () => (isWanted = false);
    this.#options.clock.defer(() => isWanted && this.#flow());
  }

  #cancelWake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
