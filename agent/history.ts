/**
 * The vectors an agent has published and may have to send again: to a neighbour that missed one, or that restarted from
 * its checkpoint. A frame is kept until every agent it went to has a checkpoint behind it; hence checkpoints every second
 * suffice and replay is bitwise. Bounded: beyond LIMITS.historyBytesMax the oldest are dropped, and who needs them is told.
 */
import { LIMITS } from '../core/limits.ts';

export interface Published {
  readonly step: number;
  readonly to: readonly number[];
  readonly frame: Uint8Array;
}

export class History {
  readonly #entries: Published[] = [];
  #bytes = 0;
  /** The last durable step heard of each neighbour. */
  readonly #durable = new Map<number, number>();

  /** `frame` is copied: its bytes belong to the writer. */
  record(step: number, to: readonly number[], frame: Uint8Array): void {
    this.#entries.push({ step, to, frame: frame.slice() });
    this.#bytes += frame.length;
    while (this.#bytes > LIMITS.historyBytesMax && this.#entries.length > 1) this.#drop();
  }

  /** A neighbour will never again ask for anything up to `step`. */
  durable(agent: number, step: number): void {
    if (step <= (this.#durable.get(agent) ?? 0)) return;
    this.#durable.set(agent, step);
    while (this.#entries.length > 0 && this.#isDurable(this.#entries[0])) this.#drop();
  }

  /** The arms began anew without somebody: nobody goes through what was before again. */
  clear(): void {
    this.#entries.length = this.#bytes = 0;
  }

  /** The frame of this step, or undefined when it was not published, or is gone. */
  get(step: number): Published | undefined {
    // Steps ascend, with gaps where nothing was sent.
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].step < step) low = middle + 1;
      else high = middle;
    }
    const entry = this.#entries[low];
    return entry?.step === step ? entry : undefined;
  }

  /** Everything kept, oldest first: part of a checkpoint. */
  all(): Published[] {
    return this.#entries.slice();
  }

  get last(): Published | undefined {
    return this.#entries.at(-1);
  }

  /** The oldest step kept; `otherwise` when nothing is. */
  oldestStep(otherwise: number): number {
    return this.#entries[0]?.step ?? otherwise;
  }

  get bytes(): number {
    return this.#bytes;
  }

  #isDurable({ step, to }: Published): boolean {
    return to.every((agent) => (this.#durable.get(agent) ?? 0) >= step);
  }

  #drop(): void {
    this.#bytes -= this.#entries.shift()!.frame.length;
  }
}
