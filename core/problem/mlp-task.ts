/**
 * mlp: one agent's network, its data the rows of one task. It learns step by step, by gradients over a few of its training rows;
 * rows held out of these say when it was best. The head is the agent's own, the layer may be shared.
 */
import type { HeldOut } from '../grouping/gains.ts';
import { Random } from '../random.ts';
import { Mlp } from './mlp.ts';
import type { DescentTask } from './problem.ts';
import type { Rows } from './rows.ts';

/** Every so many steps the rows held out are looked at. */
export const LOOK_EVERY = 10;

export interface FittingRows {
  readonly training: Rows;
  readonly heldOut: Rows;
}

export interface MlpTaskOptions {
  readonly hidden: number;
  /** Rows of a gradient; all of them where there are no more. */
  readonly batch: number;
  readonly seed: number;
  readonly agent: number;
}

export interface MlpTask extends DescentTask {
  readonly initial: Float64Array;
  readonly network: Mlp;
  readonly heldOut: HeldOut;
}

export function createMlpTask({ training, heldOut }: FittingRows, { hidden, batch, seed, agent }: MlpTaskOptions): MlpTask {
  const network = new Mlp(training.features, hidden);
  const random = new Random();
  const order = new Uint32Array(training.count);
  const rows = order.subarray(0, batch);
  return {
    learns: 'gradient',
    dimension: network.dimension,
    sharedFrom: network.sharedFrom,
    initial: network.start(seed),
    network,
    gradient: (w, step, out) => {
      random.rekey(seed, agent, 'initial', step).permute(order);
      network.gradient(w, training, out, rows);
    },
    heldOut: {
      loss: (w) => network.loss(w, heldOut),
      gradient: (w, out) => network.gradient(w, heldOut, out),
    },
  };
}
