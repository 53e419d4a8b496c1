/**
 * The laws of a stream of one's own (core/own/stream.ts), run on its own mini-batches.
 *
 *   1 the gradient is that of the loss: central differences over some mini-batches, coordinate by coordinate, at several points
 *   2 every entry of `out` is written            3 asked again of one mini-batch, it says the same: neither w nor the batch is changed
 *   4 the same agent and step have the same mini-batch, whatever was drawn before, also in a module loaded anew
 *   5 losses and evaluations are finite where learning begins
 *   6 where the truth is known, the mean gradient vanishes there, within standard errors
 *   7 the laws of every problem with mini-batches (problem-laws.ts), as a run has it: keyed, and compared
 */
import type { OwnStream } from '../core/own/stream.ts';
import { createStreamTask } from '../core/problem/own-stream.ts';
import { draw } from '../core/random.ts';
import { gradientVerdict, pointOf, writtenVerdict } from './gradient-law.ts';
import { lawResult, sameBits, type LawResult, type Verdict } from './law-result.ts';
import { checkProblem } from './problem-laws.ts';

const SEED = 1;
/** Mini-batches that a loss is averaged over where its gradient is looked at. */
const BATCHES = 20;
const TRUTH_BATCHES = 2_000;
/** Of 100 coordinates one is beyond this by chance once in 20,000 runs. */
const STANDARD_ERRORS = 5;

/** `create` makes the stream of an agent anew. Never throws. */
export function checkOwnStream(create: (agent: number) => OwnStream, agent = 0): LawResult[] {
  const of = (): Batches => new Batches(create(agent), agent);
  return [
    lawResult('the gradient is that of the loss', () => gradientVerdict(of())),
    lawResult('every entry of the gradient is written', () => writtenVerdict(create(agent).dimension, (out) => of().write(out))),
    lawResult('neither w nor the mini-batch is changed', () => unchangedVerdict(of())),
    lawResult('a step of an agent has one mini-batch', () => keyedVerdict(of(), of())),
    lawResult('losses and evaluations are finite where learning begins', () => finiteVerdict(of())),
    lawResult('the mean gradient vanishes at the truth', () => truthVerdict(of())),
    ...checkedTask(() => create(agent), agent),
  ];
}

function checkedTask(create: () => OwnStream, agent: number): LawResult[] {
  try {
    const summed = new Batches(create(), agent);
    const task = () => createStreamTask({ stream: create(), curvature: 1, seed: SEED, agent });
    return checkProblem({ create: task, loss: (w) => summed.loss(w) }, { batches: BATCHES });
  } catch (error) {
    return [{ law: 'it can be learned', passed: false, detail: String(error) }];
  }
}

/** The first mini-batches of a stream, kept. */
class Batches {
  readonly stream: OwnStream;
  readonly agent: number;
  #kept: readonly unknown[] | undefined;

  constructor(stream: OwnStream, agent: number) {
    this.stream = stream;
    this.agent = agent;
  }

  get dimension(): number {
    return this.stream.dimension;
  }

  sample(step: number): unknown {
    return this.stream.sample(draw(SEED, this.agent, 'batch', step), step);
  }

  get all(): readonly unknown[] {
    return (this.#kept ??= Array.from({ length: BATCHES }, (_, i) => this.sample(i + 1)));
  }

  loss(w: Float64Array): number {
    return this.all.reduce<number>((sum, batch) => sum + this.stream.loss(w, batch), 0) / BATCHES;
  }

  gradient(w: Float64Array): Float64Array {
    const sum = new Float64Array(this.dimension);
    for (const batch of this.all) this.gradientOf(batch, w).forEach((value, m) => (sum[m] += value / BATCHES));
    return sum;
  }

  gradientOf(batch: unknown, w: Float64Array): Float64Array {
    const out = new Float64Array(this.dimension);
    this.stream.gradient(w, batch, out);
    return out;
  }

  write(out: Float64Array): void {
    this.stream.gradient(new Float64Array(this.dimension), this.all[0], out);
  }
}

function unchangedVerdict(of: Batches): Verdict {
  const w = pointOf(of.dimension, 1);
  const [batch] = of.all;
  const ask = (): Float64Array => Float64Array.of(of.stream.loss(w, batch), ...of.gradientOf(batch, w));
  const first = ask();
  of.stream.evaluate?.(w);
  return firstFailure([sameBits(w, pointOf(of.dimension, 1)), sameBits(ask(), first)], 'asked again, it says the same');
}

function keyedVerdict(one: Batches, fresh: Batches): Verdict {
  const w = pointOf(one.dimension, 1);
  const at = (of: Batches, step: number): Float64Array => {
    const batch = of.sample(step);
    return Float64Array.of(of.stream.loss(w, batch), ...of.gradientOf(batch, w));
  };
  const first = at(one, 3);
  at(one, 8);
  return firstFailure([sameBits(at(one, 3), first), sameBits(at(fresh, 3), first)], 'drawn again, and in another module, it has the same bits');
}

function finiteVerdict({ stream, dimension, all }: Batches): Verdict {
  const w = new Float64Array(dimension);
  const bad = all.findIndex((batch) => !Number.isFinite(stream.loss(w, batch)));
  const evaluation = stream.evaluate?.(w) ?? 0;
  if (bad >= 0) return { passed: false, detail: `the loss is ${stream.loss(w, all[bad])} at step ${bad + 1}, at w = 0` };
  return {
    passed: Number.isFinite(evaluation),
    detail: Number.isFinite(evaluation) ? `${all.length} mini-batches at w = 0` : `evaluate is ${evaluation} at w = 0`,
  };
}

function truthVerdict(of: Batches): Verdict {
  const { truth } = of.stream;
  if (truth === undefined) return { passed: true, detail: 'none is known' };
  const sums = [new Float64Array(of.dimension), new Float64Array(of.dimension)];
  for (let step = 1; step <= TRUTH_BATCHES; step++) {
    of.gradientOf(of.sample(step), truth.slice()).forEach((g, m) => {
      sums[0][m] += g / TRUTH_BATCHES;
      sums[1][m] += (g * g) / TRUTH_BATCHES;
    });
  }
  const errors = sums[0].map((mean, m) => Math.abs(mean) / Math.max(Math.sqrt(Math.max(sums[1][m] - mean * mean, 0) / TRUTH_BATCHES), Number.MIN_VALUE));
  const worst = errors.reduce((at, value, m) => (value > errors[at] ? m : at), 0);
  const detail = `coordinate ${worst}: ${errors[worst].toFixed(1)} standard errors over ${TRUTH_BATCHES} mini-batches`;
  return { passed: errors[worst] <= STANDARD_ERRORS || sums[0].every((mean) => Math.abs(mean) < 1e-12), detail };
}

function firstFailure(verdicts: readonly Verdict[], detail: string): Verdict {
  return verdicts.find(({ passed }) => !passed) ?? { passed: true, detail };
}
