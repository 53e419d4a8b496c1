/** When a coordinator that says nothing is looked for, and when it is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoordinatorSilence } from '../../../cli/coordinator-silence.ts';
import { LIMITS } from '../../../core/limits.ts';

function bench() {
  let now = 1_000;
  const silence = new CoordinatorSilence({ now: () => now });
  return { silence, pass: (ms: number) => void (now += ms) };
}

test('silent for long it is looked for, and then not again for as long', () => {
  const { silence, pass } = bench();
  silence.heard();
  pass(LIMITS.supervisorSilenceMs - 1);
  assert.equal(silence.isDue(), false);
  pass(1);
  assert.equal(silence.isDue(), true);
  assert.equal(silence.isDue(), false);
});

test('one that was never heard is not looked for', () => {
  const { silence, pass } = bench();
  silence.returns();
  pass(10 * LIMITS.supervisorSilenceMs);
  assert.equal(silence.isDue(), false);
});

test('killed by plan it may be away for as long as the plan says; a start that fails is noticed', () => {
  const { silence, pass } = bench();
  silence.heard();
  silence.left();
  pass(2 * LIMITS.supervisorSilenceMs);
  assert.equal(silence.isDue(), false);
  silence.returns();
  assert.equal(silence.isDue(), false);
  pass(LIMITS.supervisorSilenceMs);
  assert.equal(silence.isDue(), true);
});
