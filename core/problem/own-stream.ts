/**
 * A stream of one's own (core/own/stream.ts) as a task: step i learns from the mini-batch drawn under (seed, agent, 'batch', i).
 *
 * The loss is divided by its mean curvature h, so that step sizes, eta and the noise of estimates mean what they mean on
 * gmrf-regression, whose curvature is 1. A batch is kept until another step is asked for: comparing costs no draws.
 */
import { assert, KindredError } from '../errors.ts';
import type { OwnStream } from '../own/stream.ts';
import { draw, Random } from '../random.ts';
import type { GradientTask } from './problem.ts';

/** Mini-batches that are held out, where the stream has no evaluation of its own. */
const HELD_OUT_BATCHES = 8;

export interface StreamTaskSpec {
  readonly stream: OwnStream;
  /** h. */
  readonly curvature: number;
  readonly seed: number;
  readonly agent: number;
}

export function createStreamTask({ stream, curvature, seed, agent }: StreamTaskSpec): GradientTask {
  assert(curvature > 0, 'a loss without curvature');
  const random = new Random();
  let kept: { readonly step: number; readonly batch: unknown } | undefined;
  const batchOf = (step: number): unknown => {
    if (kept?.step !== step) kept = { step, batch: stream.sample(random.rekey(seed, agent, 'batch', step), step) };
    return kept.batch;
  };
  const judged = judge(stream, seed, agent);
  return {
    learns: 'gradient',
    dimension: stream.dimension,
    sharedFrom: 0,
    gradient(w, step, out) {
      stream.gradient(w, batchOf(step), out);
      for (let m = 0; m < out.length; m++) out[m] /= curvature;
    },
    lossDifference: (w, other, step) => (stream.loss(w, batchOf(step)) - stream.loss(other, batchOf(step))) / curvature,
    ...(stream.truth === undefined ? { evaluates: true } : {}),
    squaredDeviation: judged,
  };
}

/** What is reported of w: against the truth, by the stream's own evaluation, or by its loss on held-out batches. */
function judge(stream: OwnStream, seed: number, agent: number): (w: Float64Array) => number {
  const { truth } = stream;
  if (truth !== undefined) return (w) => truth.reduce((sum, value, m) => sum + (w[m] - value) ** 2, 0) / truth.length;
  if (stream.evaluate !== undefined) return (w) => numberFrom(stream.evaluate!(w), agent);
  let heldOut: readonly unknown[] | undefined;
  return (w) => {
    heldOut ??= Array.from({ length: HELD_OUT_BATCHES }, (_, i) => stream.sample(draw(seed, agent, 'comparison', i), 0));
    return numberFrom(heldOut.reduce<number>((sum, batch) => sum + stream.loss(w, batch), 0) / HELD_OUT_BATCHES, agent);
  };
}

function numberFrom(value: number, agent: number): number {
  if (typeof value === 'number') return value;
  throw new KindredError('MODULE_FAILED', `the evaluation of agent ${agent} is ${String(value)}, no number`);
}
