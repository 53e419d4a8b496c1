/**
 * The vectors an agent holds for the current exchange and the next: two slots per neighbour, by the parity of the step
 * (nobody can be further ahead in bsp). Frames are kept as bytes until their exchange is due: a neighbour may send for
 * an arm this agent was not assigned yet, so the shape is known only then.
 */
import { readVectorFrame } from '../proto/vector-frame.ts';
import { KindredError } from '../core/errors.ts';
import type { VectorHeader } from '../proto/messages.ts';

interface Slot {
  bytes: Uint8Array;
  length: number;
  step: number;
}

export class FrameInbox {
  readonly #slots = new Map<number, [Slot, Slot]>();
  readonly #vectors = new Map<number, Float64Array>();
  readonly #header: VectorHeader = { epoch: 0, step: 0, durableStep: 0 };

  /** Copies the frame: its bytes belong to the socket. */
  keep(agent: number, step: number, frame: Uint8Array): void {
    const slot = this.#slotsOf(agent)[step % 2];
    if (slot.bytes.length < frame.length) slot.bytes = new Uint8Array(frame.length);
    slot.bytes.set(frame);
    slot.length = frame.length;
    slot.step = step;
  }

  /** The vector of `agent` for `step`; valid until the next call for the same agent. Refuses another shape or epoch. */
  take(agent: number, step: number, epoch: number, dimension: number): Float64Array {
    const slot = this.#slotsOf(agent)[step % 2];
    const vector = this.#vectorOf(agent, dimension);
    readVectorFrame(slot.bytes.subarray(0, slot.length), dimension, this.#header, vector);
    if (slot.step !== step || this.#header.epoch !== epoch) {
      throw new KindredError('WIRE_UNEXPECTED', `agent ${agent} sent epoch ${this.#header.epoch}, expected ${epoch}, at step ${step}`);
    }
    return vector;
  }

  #slotsOf(agent: number): [Slot, Slot] {
    let slots = this.#slots.get(agent);
    if (slots === undefined) {
      const empty = (): Slot => ({ bytes: new Uint8Array(0), length: 0, step: 0 });
      slots = [empty(), empty()];
      this.#slots.set(agent, slots);
    }
    return slots;
  }

  #vectorOf(agent: number, dimension: number): Float64Array {
    let vector = this.#vectors.get(agent);
    if (vector === undefined || vector.length !== dimension) {
      vector = new Float64Array(dimension);
      this.#vectors.set(agent, vector);
    }
    return vector;
  }
}
