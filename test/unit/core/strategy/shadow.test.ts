import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGmrfTask } from '../../../../core/problem/gmrf-regression.ts';
import type { GradientTask } from '../../../../core/problem/problem.ts';
import { NO_VIEW } from '../../../../core/relationship/local-view.ts';
import { nonCooperative } from '../../../../core/strategy/non-cooperative.ts';
import { Shadow } from '../../../../core/strategy/shadow.ts';

const STEP_SIZE = 0.05;

function task(): GradientTask {
  return createGmrfTask({ truth: Float64Array.of(1, -2, 0.5, 3), batch: 3, noise: 2, seed: 4, agent: 1 });
}

test('a shadow has the bits of the arm non-cooperative, also where its draws are shared with another point', () => {
  const shared = task();
  const shadow = new Shadow(shared, STEP_SIZE);
  const context = {
    task: task(),
    view: NO_VIEW,
    agents: 2,
    stepSize: STEP_SIZE,
    eta: 0,
    ridge: 0,
    noise: 0,
    spectrumMax: 1,
    options: {},
    isRecorded: () => true,
  };
  const alone = nonCooperative.start(context);
  const other = new Float64Array(4);
  for (let iteration = 1; iteration <= 50; iteration++) {
    shared.gradient(Float64Array.of(iteration, 0, 1, 2), iteration, other);
    shadow.advance(iteration);
    alone.adapt(iteration);
    assert.deepEqual(shadow.output(), alone.output());
  }
  assert.notDeepEqual(shadow.gradient, other);
});

test('its state is all it remembers', () => {
  const [whole, first, second] = [1, 2, 3].map(() => new Shadow(task(), STEP_SIZE));
  for (let iteration = 1; iteration <= 9; iteration++) {
    whole.advance(iteration);
    if (iteration <= 4) first.advance(iteration);
    if (iteration === 4) second.state.forEach((vector, i) => vector.set(first.state[i]));
    if (iteration > 4) second.advance(iteration);
  }
  assert.deepEqual(second.output(), whole.output());
});
