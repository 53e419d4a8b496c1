/**
 * Flooding: everybody tells its neighbours all figures it knows, round by round, until everybody knows all of them.
 * Figures have keys, a vector holds [key, value] pairs, and the first value of a key counts: all who measured it agree.
 *
 * After r rounds an agent knows what was known to agents at most r links away. How many are needed depends on the network
 * alone: the longest of the shortest ways.
 */
import { KindredError } from '../errors.ts';
import type { Conversation, Pair } from './among-agents.ts';
import { neighboursBy } from './among-agents.ts';

/** Keys are at least 0. */
const NOTHING = -1;

/** All figures, by key in ascending order; `count` bounds how many there are in the whole network. */
export function* flood(own: ReadonlyMap<number, number>, count: number, rounds: number): Conversation<Map<number, number>> {
  const known = new Map(own);
  for (let round = 0; round < rounds; round++) {
    for (const vector of yield packed(known, count)) addFrom(vector, known);
  }
  return new Map([...known].sort(([a], [b]) => a - b));
}

function packed(known: ReadonlyMap<number, number>, count: number): Float64Array {
  const out = new Float64Array(2 * count).fill(NOTHING);
  let at = 0;
  for (const [key, value] of known) {
    if (at === out.length) throw tooMany(count);
    out[at++] = key;
    out[at++] = value;
  }
  return out;
}

function addFrom(vector: Float64Array, known: Map<number, number>): void {
  for (let at = 0; at < vector.length && vector[at] !== NOTHING; at += 2) {
    if (!known.has(vector[at])) known.set(vector[at], vector[at + 1]);
  }
}

const tooMany = (count: number): KindredError => new KindredError('WIRE_UNEXPECTED', `a neighbour told of more than the ${count} figures there are`);

/** Rounds until everybody has heard of everybody in its reach: the diameter of the largest component. */
export function floodRounds(agents: number, pairs: readonly Pair[]): number {
  const neighbours = neighboursBy(agents, pairs);
  return Math.max(...neighbours.map((_, from) => farthest(neighbours, from)));
}

/** Links on the way to whoever is farthest from here, breadth first. */
function farthest(neighbours: readonly (readonly number[])[], from: number): number {
  const seen = new Set([from]);
  let frontier = [from];
  let links = -1;
  while (frontier.length > 0) {
    links++;
    frontier = frontier.flatMap((k) =>
      neighbours[k].filter((l) => {
        const isNew = !seen.has(l);
        seen.add(l);
        return isNew;
      }),
    );
  }
  return links;
}
