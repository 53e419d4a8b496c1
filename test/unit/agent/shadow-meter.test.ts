import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GmrfTrainer } from '../../../agent/gmrf-trainer.ts';
import type { GmrfTasks } from '../../../agent/gmrf-trainer.ts';
import { DeviationMeter } from '../../../agent/arm-meters.ts';
import { ShadowMeter } from '../../../agent/shadow-meter.ts';
import type { GmrfJob } from '../../../config/job.ts';
import { createGmrfTask } from '../../../core/problem/gmrf-regression.ts';
import { NO_VIEW } from '../../../core/relationship/local-view.ts';
import { Shadow } from '../../../core/strategy/shadow.ts';
import type { CooperateWork } from '../../../proto/messages.ts';

const M = 8;
const STEPS = 60;
const TRUTH = Float64Array.from({ length: M }, (_, m) => m - 3);

const WORK: CooperateWork = {
  kind: 'cooperate',
  arm: 0,
  epoch: 1,
  firstStep: 0,
  strategy: 'multitask',
  view: NO_VIEW,
  stepSize: 0.2,
  etas: [0.3],
  noise: 0.1,
  spectrumMax: 2,
  ridge: 0,
  rounds: 'bsp',
  staleness: 0,
  heldOut: false,
  fallBack: false,
  untilIteration: STEPS,
  lastIteration: STEPS,
  every: 10,
  needs: [],
};

function task(): ReturnType<typeof createGmrfTask> {
  return createGmrfTask({ truth: TRUTH, batch: 4, noise: 1, seed: 3, agent: 1 });
}

const tasks = (): GmrfTasks => ({ exploring: task(), cooperating: task() });

/** What the trainer reports of an arm without neighbours. */
function reported(work: CooperateWork, trainer = new GmrfTrainer(tasks(), { batch: 4 } as GmrfJob, 1, 3)): ReadonlyMap<string, Float64Array> {
  const activity = trainer.begin(work);
  for (;;) {
    const request = activity.advance();
    if (request.kind === 'report') return request.values;
    if (request.kind === 'exchange') activity.deliver([]);
  }
}

test('an arm without neighbours gains nothing, to the last bit', () => {
  assert.deepEqual(reported(WORK).get('gain'), new Float64Array(6));
});

test('the gain is the loss of the shadow minus the loss of the model on the next batch, in means over batches of the steady part', () => {
  const own = task();
  const meter = new ShadowMeter(own, WORK);
  const model = Float64Array.from(TRUTH, (x) => x + 0.1);
  const shadow = new Shadow(task(), WORK.stepSize);
  const fresh = task();
  const expected = new Float64Array(6);
  for (let i = 1; i <= STEPS; i++) {
    meter.recorded(i, [{ output: () => model } as never]);
    shadow.advance(i);
    if (i > 42) expected[Math.floor((i - 43) / 3)] += -fresh.lossDifference(model, shadow.output(), i + 1) / 3;
  }
  const { gain, error } = Object.fromEntries(meter.report([{ output: () => model } as never], { fallBack: false }));
  gain.forEach((value, b) => assert.ok(Math.abs(value - expected[b]) < 1e-12));
  assert.ok(Math.abs(error[0] - 0.01) < 1e-12);
});

test('asked to fall back, the same arm delivers what the arm non-cooperative delivers', () => {
  const trainer = new GmrfTrainer(tasks(), { batch: 4 } as GmrfJob, 1, 3);
  const pulled = { ...WORK, view: { kind: 'edges', neighbours: [0], weights: [2], strength: 0, hub: 0 } as const };
  const activity = trainer.begin(pulled);
  for (let request = activity.advance(); request.kind !== 'report'; request = activity.advance()) {
    if (request.kind === 'exchange') activity.deliver([new Float64Array(M).fill(9)]);
  }
  const alone = reported({ ...WORK, strategy: 'non-cooperative', etas: [] });
  const fallen = reported({ ...pulled, fallBack: true }, trainer);
  for (const name of ['error', 'curve', 'parameters']) assert.deepEqual(fallen.get(name), alone.get(name), name);
  assert.ok(fallen.get('gain')!.every((value) => value < 0));
});

test('arms without a relationship keep no shadow', () => {
  assert.equal(reported({ ...WORK, strategy: 'non-cooperative', etas: [] }).has('gain'), false);
  const meter = new DeviationMeter(task(), WORK);
  assert.deepEqual([...meter.snapshot().keys()], ['curve', 'steady']);
});
