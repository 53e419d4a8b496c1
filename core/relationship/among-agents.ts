import type { Estimator, EstimatorOptions, EvidenceState, OptionSchema } from './estimator.ts';
import { KindredError } from '../errors.ts';
import { evidenceRows, evidenceScalars } from './evidence.ts';
import type { Told } from './measured-distances.ts';

/**
 * The estimator seam where agents learn the relationship themselves, each its own row, by talking to its neighbours in the
 * network and to nobody else. Nothing here may import linalg/eigen.ts: agents compute with it.
 *
 * A conversation is a generator: it yields the vector that all neighbours are told, is resumed with what they told, in the
 * order of `neighbours`, and returns the weights a_kl of their edges. All agents yield equally often, and at the same
 * point vectors of the same length. `estimate` gives, from everybody's evidence, the same Laplacian to the bit.
 */
export interface AgentHostedEstimator extends Estimator {
  readonly host: 'agent';
  converse(among: Among): Conversation<Float64Array>;
}

export type Conversation<T> = Generator<Float64Array, T, readonly Float64Array[]>;

/** An agent among its neighbours. */
export interface Among {
  readonly agent: number;
  /** K, all agents of the run. */
  readonly agents: number;
  /** Ascending. */
  readonly neighbours: readonly number[];
  readonly own: Told;
  /** Pairs of neighbours in the whole network. */
  readonly pairs: number;
  /** After so many rounds of forwarding everybody has heard what anybody said, as far as the network reaches. */
  readonly rounds: number;
  readonly options: EstimatorOptions;
}

/** Numbers in the longest vector of a conversation and of the agreement after it. */
export function conversationLengthMax(agents: number, pairs: number, dimension: number): number {
  return Math.max(dimension + 1, 2 * pairs, 4 * agents);
}

/** The first thing neighbours tell each other: average and noise. */
export function* introduce(own: Told): Conversation<Told[]> {
  const dimension = own.average.length;
  const told = new Float64Array(dimension + 1);
  told.set(own.average);
  told[dimension] = own.noise;
  const heard = yield told;
  // Copies: what was heard is overwritten by what is heard next.
  return heard.map((vector) => ({ average: vector.slice(0, dimension), noise: vector[dimension] }));
}

export const PAIRS_OPTION: OptionSchema = {
  type: 'string',
  description: 'which agents know each other, as "0-1 1-2 ..."; all where it is absent. In a run it is network.graph that says so',
};

export type Pair = readonly [number, number];

/** What everybody told, by agent. */
export function toldBy(state: EvidenceState): Told[] {
  const { rows, cols, data } = evidenceRows(state, 'average');
  const noise = evidenceScalars(state, 'noise');
  return Array.from({ length: rows }, (_, k) => ({ average: data.subarray(k * cols, (k + 1) * cols), noise: noise[k] }));
}

/** Who knows whom: k < l, in order, no pair twice. */
export function allowedPairs({ agents, options }: EvidenceState): Pair[] {
  const given = options['pairs'];
  return typeof given === 'string' ? parsePairs(given, agents) : allPairs(agents);
}

/** The neighbours of every agent, ascending. */
export function neighboursBy(agents: number, pairs: readonly Pair[]): number[][] {
  const out: number[][] = Array.from({ length: agents }, () => []);
  for (const [k, l] of pairs) {
    out[k].push(l);
    out[l].push(k);
  }
  return out.map((list) => list.sort((a, b) => a - b));
}

export function pairsText(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.join('-')).join(' ');
}

function allPairs(agents: number): Pair[] {
  return Array.from({ length: agents }, (_, k) => Array.from({ length: agents - k - 1 }, (_, i): Pair => [k, k + 1 + i])).flat();
}

function parsePairs(text: string, agents: number): Pair[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const codes = words.map((word) => {
    const [, k, l] = /^(\d+)-(\d+)$/.exec(word)?.map(Number) ?? [];
    if (k === undefined || l === undefined || k === l || k >= agents || l >= agents)
      throw new KindredError('ESTIMATES_INVALID', `"${word}" in pairs is no pair of two of the agents 0 to ${agents - 1}`);
    return Math.min(k, l) * agents + Math.max(k, l);
  });
  return [...new Set(codes)].sort((a, b) => a - b).map((code): Pair => [Math.floor(code / agents), code % agents]);
}
