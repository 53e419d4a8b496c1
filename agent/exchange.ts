/**
 * One neighbour exchange as transport steps: who gets this agent's vector, from whom one is due.
 *
 * edges: one step, everybody with its neighbours.
 * mean:  two steps: all send to the hub; the hub sends back the mean, summed in index order (2 (K - 1) messages
 *        instead of K (K - 1), and the same bits at every agent).
 *
 * Where a vector may be missing (bounded and async rounds), the hub averages those that are there, its own included, and
 * an agent that the mean does not reach has none for this exchange.
 */
import type { LocalView } from '../core/relationship/local-view.ts';

export interface TransportStep {
  readonly sendTo: readonly number[];
  readonly receiveFrom: readonly number[];
  readonly vector: Float64Array;
}

/** What arrived, in the order of receiveFrom. */
export type Vectors = readonly (Float64Array | undefined)[];

const NOBODY: readonly number[] = [];

export class Exchange {
  readonly #view: LocalView;
  readonly #agent: number;
  readonly #everybody: readonly number[];
  readonly #others: readonly number[];
  readonly #mean: Float64Array;
  #part = 0;
  #hasMean = false;

  constructor(view: LocalView, agent: number, agents: number, length: number) {
    this.#view = view;
    this.#agent = agent;
    this.#everybody = view.kind === 'mean' ? Array.from({ length: agents }, (_, k) => k) : NOBODY;
    this.#others = this.#everybody.filter((k) => k !== agent);
    this.#mean = new Float64Array(view.kind === 'mean' ? length : 0);
  }

  /** Transport steps of one exchange. */
  get parts(): number {
    return this.#view.kind === 'mean' ? 2 : 1;
  }

  /** The next transport step for `own`, or undefined when the exchange is complete. */
  next(own: Float64Array): TransportStep | undefined {
    if (this.#view.kind !== 'mean') return this.#part === 0 ? this.#neighbourStep(own) : undefined;
    const isHub = this.#agent === this.#view.hub;
    if (this.#part === 0) return { sendTo: isHub ? NOBODY : [this.#view.hub], receiveFrom: isHub ? this.#others : NOBODY, vector: own };
    if (this.#part === 1) return { sendTo: isHub ? this.#others : NOBODY, receiveFrom: isHub ? NOBODY : [this.#view.hub], vector: this.#mean };
    return undefined;
  }

  /** What arrived for the step: vectors in the order of receiveFrom, undefined where missing. */
  received(own: Float64Array, vectors: Vectors): void {
    if (this.#view.kind === 'mean') {
      if (this.#agent === this.#view.hub) this.#gather(own, vectors);
      else this.#takeMean(vectors[0]);
    }
    this.#part++;
  }

  restart(): void {
    this.#part = 0;
  }

  /** The mean of the last exchange; the same array every time, undefined where there is none. */
  get mean(): Float64Array | undefined {
    return this.#hasMean ? this.#mean : undefined;
  }

  #neighbourStep(own: Float64Array): TransportStep {
    return { sendTo: this.#view.neighbours, receiveFrom: this.#view.neighbours, vector: own };
  }

  /** At the hub, in the first step. */
  #gather(own: Float64Array, vectors: Vectors): void {
    if (this.#part > 0) return;
    const mean = this.#mean.fill(0);
    let next = 0;
    let present = 0;
    for (const k of this.#everybody) {
      const vector = k === this.#agent ? own : vectors[next++];
      if (vector === undefined) continue;
      present++;
      for (let m = 0; m < mean.length; m++) mean[m] += vector[m];
    }
    for (let m = 0; m < mean.length; m++) mean[m] /= present;
    this.#hasMean = true;
  }

  /** Elsewhere, in the second; nothing arrives in the first. */
  #takeMean(mean: Float64Array | undefined): void {
    this.#hasMean = mean !== undefined;
    if (mean !== undefined) this.#mean.set(mean);
  }
}
