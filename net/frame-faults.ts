/**
 * The message-level faults of one direction of a link. Every frame has a number, and what happens to it are draws keyed
 * by (seed, stream, number): the same seed, the same faults.
 * What is held back is a copy; it leaves after the next frame that passes, or after LIMITS.reorderHoldMs.
 */
import type { LinkConditions, MessageCondition } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { Random } from '../core/random.ts';
import type { Clock } from './clock.ts';

export interface FrameFaultOptions {
  readonly seed: number;
  readonly clock: Clock;
  readonly count?: (kind: MessageCondition) => void;
}

export class FrameFaults {
  readonly #options: FrameFaultOptions;
  readonly #stream: number;
  readonly #forward: (frame: Uint8Array) => boolean;
  readonly #random = new Random();
  #held: Uint8Array[] = [];
  #cancel: () => void = () => undefined;

  constructor(options: FrameFaultOptions, stream: number, forward: (frame: Uint8Array) => boolean) {
    this.#options = options;
    this.#stream = stream;
    this.#forward = forward;
  }

  get holds(): boolean {
    return this.#held.length > 0;
  }

  /** What the link answers; true for a frame that is lost or held back. */
  pass(frame: Uint8Array, number: number, { loss, duplicate, reorder, corrupt }: LinkConditions): boolean {
    const random = this.#random.rekey(this.#options.seed, this.#stream, 'fault', number);
    // Always all of them, in this order: one probability does not change what another does to the frame.
    const isLost = this.#happens('loss', loss, random.uniform());
    const isDoubled = random.uniform();
    const isLate = random.uniform();
    const isWrong = random.uniform();
    if (isLost) return true;
    const bytes = frame.length > 0 && this.#happens('corrupt', corrupt, isWrong) ? withWrongBit(frame, random) : frame;
    const goesAhead = this.#happens('duplicate', duplicate, isDoubled) ? this.#forward(bytes) : true;
    if (this.#happens('reorder', reorder, isLate)) return this.#hold(bytes) && goesAhead;
    const accepted = this.#forward(bytes);
    this.#release();
    return accepted && goesAhead;
  }

  drop(): void {
    this.#held = [];
    this.#cancel();
  }

  #happens(kind: MessageCondition, probability: number, uniform: number): boolean {
    if (uniform >= probability) return false;
    this.#options.count?.(kind);
    return true;
  }

  #hold(frame: Uint8Array): boolean {
    this.#held.push(new Uint8Array(frame));
    if (this.#held.length === 1) this.#cancel = this.#options.clock.setTimer(LIMITS.reorderHoldMs, () => this.#release());
    else if (this.#held.length === LIMITS.reorderFramesMax) this.#release();
    return true;
  }

  /** The last first: also frames that were all held back come in another order. */
  #release(): void {
    if (this.#held.length === 0) return;
    this.#cancel();
    const frames = this.#held.reverse();
    this.#held = [];
    for (const frame of frames) this.#forward(frame);
  }
}

function withWrongBit(frame: Uint8Array, random: Random): Uint8Array {
  const copy = new Uint8Array(frame);
  const bit = random.integer(8 * copy.length);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}
