import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relationshipRecovery, withDriftFigures } from '../../../core/drift-figures.ts';
import type { ArmResult } from '../../../core/run-result.ts';

const arm = (strategy: string, relationship: string, error: readonly number[]): ArmResult =>
  ({ strategy, relationship, curve: { iteration: error.map((_, i) => 10 * i), error, predicted: null } }) as unknown as ArmResult;

const ALONE = arm('non-cooperative', 'none', [9, 3, 3, 3, 3, 3, 3]);
const ORACLE = arm('multitask', 'known', [9, 1, 1, 1, 1, 1, 1]);
const LEARNED = arm('multitask', 'learned', [9, 1, 1, 1, 2, 1.5, 1.05]);
const FROZEN = arm('multitask', 'frozen', [9, 1, 1, 1, 2, 2, 2]);

test('regret is the mean excess after the start', () => {
  const [alone, oracle, learned] = withDriftFigures([ALONE, ORACLE, LEARNED], undefined);
  assert.deepEqual(alone.regret, { oracle: null, alone: null });
  assert.deepEqual(oracle.regret, { oracle: null, alone: -2 });
  assert.ok(Math.abs(learned.regret!.oracle! - 1.55 / 6) < 1e-12);
  assert.ok(!('recoverySteps' in learned));
});

test('an arm has recovered once its error stays near what it was before', () => {
  const steps = withDriftFigures([ALONE, LEARNED, FROZEN], 40).map(({ recoverySteps }) => recoverySteps);
  assert.deepEqual(steps, [0, 20, null]);
});

test('a relationship has recovered when three quarters of the leap are made up', () => {
  const course = [0.3, 0.1, 0.1, 0.7, 0.5, 0.26, 0.2].map((relativeError, i) => ({ version: i + 1, step: 10 * i, relativeError }));
  assert.equal(relationshipRecovery(course, 30), 30);
  assert.equal(relationshipRecovery(course.slice(0, 5), 30), null);
  assert.equal(relationshipRecovery(course.slice(0, 2), 30), null);
});
