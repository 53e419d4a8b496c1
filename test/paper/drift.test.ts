/**
 * Learning on while tasks wander and after every agent changed places (algorithms-1, section 3 (d), small: examples/drift.yaml
 * cut off after the window): one seed, without a network. The study's own setting is test/acceptance/drift.test.ts.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ArmResult, RunResult } from '../../core/run-result.ts';
import { direct, example } from '../support/experiments.ts';

const CHANGE = 700;
/** 20 / mu. */
const WINDOW = 500;

describe('after a change', () => {
  let result: RunResult;
  before(() => {
    result = direct(example('drift', ['cooperate.steps=1250', 'cooperate.arms=[{ strategy: multitask, relationship: frozen }, { strategy: multitask }]']));
  });
  const course = (from: number, to: number): number[] =>
    result.relationship!.course!.filter(({ step }) => step >= from && step <= to).map(({ relativeError }) => relativeError!);

  test('the error of the relationship leaps, and is below .35 within 20/mu steps', () => {
    const errors = course(CHANGE, CHANGE + WINDOW);
    assert.ok(errors[0] > 0.5 && Math.min(...course(0, CHANGE - 1)) < 0.2);
    assert.ok(errors.at(-1)! < 0.35, errors.map((error) => error.toFixed(2)).join(' '));
    assert.ok(result.relationship!.recoverySteps! <= WINDOW);
  });

  test('it is said that it changed, once and after the change', () => {
    const alarms = result.diagnostics.filter(({ code }) => code === 'RELATIONSHIP_CHANGED');
    assert.equal(alarms.length, 1);
    assert.match(alarms[0].message, /^after step [89]\d\d the relationship changed/);
  });

  test('the models are better than with what was learned before; until the change they were as good', () => {
    const [frozen, learned] = result.arms;
    const mean = ({ curve }: ArmResult, from: number, to: number): number => {
      const errors = curve!.error.filter((_, point) => curve!.iteration[point] > from && curve!.iteration[point] <= to);
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    };
    assert.ok(mean(learned, 950, 1_250) < 0.95 * mean(frozen, 950, 1_250), `${mean(learned, 950, 1_250)}, frozen ${mean(frozen, 950, 1_250)}`);
    assert.ok(Math.abs(mean(learned, 350, 700) / mean(frozen, 350, 700) - 1) < 0.05);
  });
});
