import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian } from '../../../../core/graph.ts';
import { copy, type Matrix } from '../../../../core/linalg/matrix.ts';
import { sampleTruth } from '../../../../core/problem/gmrf-regression.ts';
import { changedGraph } from '../../../../core/problem/true-graph.ts';
import { draw } from '../../../../core/random.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { relativeError } from '../../../../core/relationship/compare.ts';
import type { Evidence } from '../../../../core/relationship/estimator.ts';
import { recursive, type RecursiveState } from '../../../../core/relationship/recursive.ts';

const K = 10;
const M = 200;
const NOISE = 0.02;
const REFERENCE = buildGraph('reference', K, 0);
const L = laplacian(REFERENCE);
const AFTER = laplacian(changedGraph(REFERENCE, 'permutation', 1));

/** What the agents tell at one look: fresh tasks of this relationship, with noise. */
function look(number: number, relationship: Matrix, dimension = M): Evidence[] {
  const w = copy(sampleTruth(relationship, dimension, 100 + number));
  const random = draw(100 + number, 0, 'jitter', 0);
  for (let i = 0; i < w.data.length; i++) w.data[i] += Math.sqrt(NOISE) * random.gaussian();
  return Array.from({ length: K }, (_, agent) => ({
    agent,
    look: number,
    average: w.data.slice(agent * dimension, (agent + 1) * dimension),
    noise: Float64Array.of(NOISE),
  }));
}

const observed = (state: RecursiveState, reports: readonly Evidence[]): RecursiveState => reports.reduce((now, one) => recursive.observe(now, one), state);
const begun = (): RecursiveState => recursive.init(K, {});
const errorOf = (state: RecursiveState, truth: Matrix): number => relativeError(recursive.estimate(state).relationship.laplacian, truth);
const isAlarm = (state: RecursiveState): boolean => recursive.estimate(state).diagnostics.some(({ code }) => code === 'RELATIONSHIP_CHANGED');

test('one look is learned from as cgl learns', () => {
  const reports = look(0, L);
  const once = reports.reduce((state, one) => cgl.observe(state, one), cgl.init(K, {}));
  const expected = cgl.estimate(once).relationship.laplacian;
  assert.ok(relativeError(recursive.estimate(observed(begun(), reports)).relationship.laplacian, expected) < 1e-9);
});

test('looks at fresh tasks add up: the error shrinks as with so many more dimensions', () => {
  let state = begun();
  const errors: number[] = [];
  for (let i = 0; i < 10; i++) {
    state = observed(state, look(i, L));
    errors.push(errorOf(state, L));
  }
  // Ten looks are 2,000 coordinates: 1 / sqrt(10) of the error, give or take.
  assert.ok(errors[9] < 0.5 * errors[0], errors.map((error) => error.toFixed(3)).join(' '));
  assert.equal(isAlarm(state), false);
});

test('a look that was heard before changes nothing, and half a look is not learned from', () => {
  const state = observed(observed(begun(), look(0, L)), look(1, L));
  assert.equal(observed(state, look(1, L)), state);
  const half = observed(state, look(2, L).slice(0, 4));
  assert.deepEqual(recursive.estimate(half), recursive.estimate(state));
});

test('its state is data: written down and read again it goes on with the same bits', () => {
  const state = observed(observed(begun(), look(0, L)), look(1, L));
  const again = structuredClone(state);
  assert.deepEqual(recursive.estimate(observed(again, look(2, L))), recursive.estimate(observed(state, look(2, L))));
});

test('a changed relationship is noticed at the second look at it, and the past is forgotten', () => {
  let state = begun();
  for (let i = 0; i < 12; i++) {
    state = observed(state, look(i, L));
    assert.equal(isAlarm(state), false, `a false alarm at look ${i}`);
  }
  state = observed(state, look(12, AFTER));
  assert.equal(isAlarm(state), false, 'one look may be strange by chance');
  const muddled = errorOf(state, AFTER);
  state = observed(state, look(13, AFTER));
  assert.equal(isAlarm(state), true);
  assert.ok(errorOf(state, AFTER) < 0.3 && muddled > 0.5, `${muddled} before, ${errorOf(state, AFTER)} after`);
  state = observed(state, look(14, AFTER));
  assert.equal(isAlarm(state), false, 'it says so once');
});

test('without an alarm it would take a window', () => {
  const deaf = { alarm: 1e9 };
  let state = recursive.init(K, deaf);
  for (let i = 0; i < 12; i++) state = observed(state, look(i, L));
  for (let i = 12; i < 14; i++) state = observed(state, look(i, AFTER));
  assert.ok(errorOf(state, AFTER) > 0.5);
});
