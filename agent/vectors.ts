/**
 * The vectors of one agent on their way: its own are encoded, kept for who may ask again and sent; those of its neighbours are
 * held until their exchange is due.
 */
import { KindredError } from '../core/errors.ts';
import type { Sync } from '../proto/messages.ts';
import { allFinite, VectorFrameWriter } from '../proto/vector-frame.ts';
import type { TransportStep } from './exchange.ts';
import { FrameInbox } from './inbox.ts';
import type { AgentLinks } from './links.ts';
import type { Memory } from './memory.ts';

/** The exchange under way. */
export interface Wanted {
  readonly step: TransportStep;
  readonly epoch: number;
}

export class Vectors {
  readonly #links: AgentLinks;
  readonly #memory: Memory;
  readonly #inbox = new FrameInbox();
  #writer = new VectorFrameWriter(0);

  constructor(links: AgentLinks, memory: Memory) {
    this.#links = links;
    this.#memory = memory;
  }

  /** No vector of the run is longer. */
  prepare(lengthMax: number): void {
    this.#writer = new VectorFrameWriter(lengthMax);
  }

  publish({ epoch, step: { vector } }: Wanted, to: readonly number[], step: number): void {
    if (!allFinite(vector)) throw new KindredError('PARAMETERS_NOT_FINITE', `own parameters at exchange ${step}`);
    const frame = this.#writer.encode({ epoch, step, durableStep: this.#memory.durableStep }, vector);
    this.#memory.published(step, to, frame);
    this.#links.send(to, frame);
  }

  /** That neighbour will never again ask for anything up to `step`. */
  durable(agent: number, step: number): void {
    this.#memory.history.durable(agent, step);
  }

  /** Once more to who missed it, should it have been for it and still be there. */
  resend(agent: number, step: number): void {
    const entry = this.#memory.history.get(step);
    if (entry?.to.includes(agent)) this.#links.send([agent], entry.frame);
  }

  keep(agent: number, step: number, frame: Uint8Array): void {
    this.#inbox.keep(agent, step, frame);
  }

  /** What the exchange takes: of agent from[i] its vector of steps[i], undefined where that is 0. */
  taken({ epoch, step: { vector } }: Wanted, from: readonly number[], steps: readonly number[]): (Float64Array | undefined)[] {
    return from.map((agent, i) => (steps[i] === 0 ? undefined : this.#inbox.take(agent, steps[i], epoch, vector.length)));
  }

  /** What a neighbour must know to ask for what it misses. */
  sync(): Sync {
    const { history, durableStep, publishedStep } = this.#memory;
    return { type: 'sync', step: publishedStep, durableStep, oldestStep: history.oldestStep(publishedStep + 1) };
  }
}
