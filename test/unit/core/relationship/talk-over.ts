/** Conversations of all agents in step, without any network: what each yields is told to its neighbours. */
import assert from 'node:assert/strict';
import type { Conversation } from '../../../../core/relationship/among-agents.ts';

/** What each returns. Asserts that they yield equally often, and vectors of one length at the same point. */
export function talkOver<T>(neighbours: readonly (readonly number[])[], talks: readonly Conversation<T>[]): T[] {
  let said = talks.map((talk) => talk.next());
  while (!said.every(({ done }) => done)) {
    assert.ok(
      said.every(({ done }) => !done),
      'some had nothing more to say',
    );
    const vectors = said.map(({ value }) => (value as Float64Array).slice());
    assert.equal(new Set(vectors.map(({ length }) => length)).size, 1);
    said = talks.map((talk, k) => talk.next(neighbours[k].map((l) => vectors[l])));
  }
  return said.map(({ value }) => value as T);
}
