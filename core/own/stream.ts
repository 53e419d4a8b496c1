/**
 * A stream of one's own: what ONE agent learns from, mini-batch by mini-batch, and how it is judged. The platform draws (with
 * a key of its own for every agent and step), steps, explores, relates and cooperates; the stream knows its loss.
 */
import type { Random } from '../random.ts';
import type { OwnOptions } from './define.ts';

export interface OwnStream<Batch = unknown> {
  /** M, parameters of an agent: the same for all agents. All of them are coupled. */
  readonly dimension: number;
  /** The mini-batch of a step, in any form. All chance comes from `random`, which this agent's step keys; held-out batches are of step 0. */
  sample(random: Random, step: number): Batch;
  /** The loss at w, averaged over the mini-batch. Smooth in w. */
  loss(w: Float64Array, batch: Batch): number;
  /** out <- the gradient of that loss in w, every entry written. */
  gradient(w: Float64Array, batch: Batch, out: Float64Array): void;
  /** Where the agent's own true parameters are known (M): it is judged by its mean squared deviation from them. */
  readonly truth?: Float64Array;
  /** What is reported of w where no truth is known; the mean loss over held-out batches when left out. */
  evaluate?(w: Float64Array): number;
}

export interface StreamFacts {
  /** Whose stream it is, from 0, and of how many. */
  readonly agent: number;
  readonly agents: number;
  /** Of the run: what all agents share is drawn by `draw(seed, 0, 'truth', ...)`, what is the agent's own by its index. */
  readonly seed: number;
  readonly options: OwnOptions;
}
