import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph } from '../../../../core/graph.ts';
import { neighboursBy, type Pair } from '../../../../core/relationship/among-agents.ts';
import { flood, floodRounds } from '../../../../core/relationship/flooding.ts';
import { talkOver } from './talk-over.ts';

const pairsOf = (graph: Parameters<typeof buildGraph>[0], agents: number, seed = 0): Pair[] =>
  buildGraph(graph, agents, seed).edges.map(({ source, target }) => [source, target] as const);

/** Everybody begins with a figure of its own, 100 k. */
function heardAfter(agents: number, pairs: readonly Pair[], rounds: number): Map<number, number>[] {
  const talks = Array.from({ length: agents }, (_, k) => flood(new Map([[k, 100 * k]]), agents, rounds));
  return talkOver(neighboursBy(agents, pairs), talks);
}

test('the rounds are the diameter', () => {
  assert.equal(floodRounds(10, pairsOf('ring', 10)), 5);
  assert.equal(floodRounds(10, pairsOf('star', 10)), 2);
  assert.equal(floodRounds(10, pairsOf('complete', 10)), 1);
  assert.equal(floodRounds(9, pairsOf('grid', 9)), 4);
  assert.equal(floodRounds(5, []), 0);
});

for (const graph of ['ring', 'star', 'grid', 'erdos-renyi'] as const) {
  test(`${graph}: after so many rounds everybody knows everything, after one less somebody does not`, () => {
    const pairs = pairsOf(graph, 12, 3);
    const rounds = floodRounds(12, pairs);
    const everything = Array.from({ length: 12 }, (_, k) => [k, 100 * k]);
    for (const known of heardAfter(12, pairs, rounds)) assert.deepEqual([...known], everything);
    assert.ok(heardAfter(12, pairs, rounds - 1).some((known) => known.size < 12));
  });
}

test('nothing crosses from one component to another', () => {
  const known = heardAfter(4, [[0, 1], [2, 3]], 3); // prettier-ignore
  assert.deepEqual(known.map((one) => [...one.keys()]), [[0, 1], [0, 1], [2, 3], [2, 3]]); // prettier-ignore
});

test('more figures than there are is refused: somebody speaks nonsense', () => {
  const talk = flood(new Map([[0, 1], [1, 1]]), 1, 1); // prettier-ignore
  assert.throws(() => talk.next(), { code: 'WIRE_UNEXPECTED' });
});
