/**
 * What step sizes of a stream of one's own are measured by: the curvature of its loss where learning begins, w = 0.
 *
 * H_b is the Hessian of one mini-batch, H its mean: H_b v = (g(e v) - g(-e v)) / 2e on the same batch.
 *   h    = tr H / M, over random signs v: E v'H_b v / M
 *   beta = E||H_b v||^2 / v'H v, the largest of random signs and of the direction that power iteration finds: a step of
 *          mean-square stability mu beta < 2. With M Gaussian features of unit variance beta = (B + M + 1) / B, so that
 *   B    = (M + 1) / (beta / h - 1) is the batch of such features that is as unstable: what theory.ts asks for.
 * The draws are those of seed 1, so that runs which differ in their seed only have equal step sizes.
 */
import type { OwnStream } from '../own/stream.ts';
import { draw } from '../random.ts';

export interface Probe {
  /** h. */
  readonly curvature: number;
  /** B. */
  readonly batch: number;
}

export const PROBE_SEED = 1;
const BATCHES = 64;
const POWER_STEPS = 8;
const POWER_BATCHES = 4;
const SPREAD = 1e-4;
const BATCH_MAX = 1e6;
/** Figures that chance left: three of them say all there is to say. */
const DIGITS = 3;

/** Of some agents' streams. NaN or not positive where the loss has no curvature. */
export function probeStreams(streams: readonly { readonly agent: number; readonly stream: OwnStream }[]): Probe {
  const found = streams.map(({ agent, stream }) => probe(new Hessians(stream, agent)));
  const curvature = found.reduce((sum, one) => sum + one.curvature, 0) / found.length;
  const beta = Math.max(...found.map((one) => one.beta));
  const excess = Math.max(beta / curvature - 1, (streams[0].stream.dimension + 1) / BATCH_MAX);
  return { curvature: rounded(curvature), batch: rounded((streams[0].stream.dimension + 1) / excess) };
}

function probe(hessians: Hessians): { curvature: number; beta: number } {
  const { dimension } = hessians;
  const signs = hessians.moments((i) => hessians.signs(i));
  const top = hessians.top();
  const along = hessians.moments(() => top);
  return { curvature: signs.product / dimension, beta: Math.max(signs.squares / signs.product, along.squares / along.product) };
}

/** Products of one stream's batch Hessians at w = 0 with vectors; every call takes batches that no other has had. */
class Hessians {
  readonly dimension: number;
  readonly #stream: OwnStream;
  readonly #agent: number;
  #step = 0;

  constructor(stream: OwnStream, agent: number) {
    this.dimension = stream.dimension;
    this.#stream = stream;
    this.#agent = agent;
  }

  signs(which: number): Float64Array {
    const random = draw(PROBE_SEED, this.#agent, 'jitter', which);
    return Float64Array.from({ length: this.dimension }, () => (random.uniform() < 0.5 ? -1 : 1));
  }

  /** Means over batches of v'H_b v and ||H_b v||^2. */
  moments(direction: (batch: number) => Float64Array): { product: number; squares: number } {
    let [product, squares] = [0, 0];
    for (let i = 0; i < BATCHES; i++) {
      const v = direction(i);
      const hv = this.#times(v);
      product += dot(v, hv) / BATCHES;
      squares += dot(hv, hv) / BATCHES;
    }
    return { product, squares };
  }

  /** The direction of the largest curvature, as power iteration finds it. */
  top(): Float64Array {
    let v = unit(this.signs(BATCHES));
    for (let i = 0; i < POWER_STEPS; i++) {
      const sum = new Float64Array(this.dimension);
      for (let b = 0; b < POWER_BATCHES; b++) this.#times(v).forEach((value, m) => (sum[m] += value));
      v = unit(sum);
    }
    return v;
  }

  #times(v: Float64Array): Float64Array {
    this.#step++;
    const batch = this.#stream.sample(draw(PROBE_SEED, this.#agent, 'batch', this.#step), this.#step);
    const [above, below] = [SPREAD, -SPREAD].map((spread) => {
      const out = new Float64Array(this.dimension);
      this.#stream.gradient(
        v.map((value) => spread * value),
        batch,
        out,
      );
      return out;
    });
    return above.map((value, m) => (value - below[m]) / (2 * SPREAD));
  }
}

function unit(v: Float64Array): Float64Array {
  const length = Math.sqrt(dot(v, v));
  return v.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, m) => sum + value * b[m], 0);
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
