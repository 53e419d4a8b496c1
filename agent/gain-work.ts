/** What an agent tells in a step of learning together, so that it can be seen who gains by whom (core/grouping/gains.ts). */
import { assert, KindredError } from '../core/errors.ts';
import { affinityLosses, lookaheadLosses, stepReport, type Learner } from '../core/grouping/gains.ts';
import type { MlpTask } from '../core/problem/mlp-task.ts';
import type { SolveTask } from '../core/problem/problem.ts';
import type { CooperateWork } from '../proto/messages.ts';

const LOSSES = { lookahead: lookaheadLosses, affinity: affinityLosses };

/** Whether a stage is about gains of learning together; other stages know no held-out rows and needs at once. */
export function asksForGains({ heldOut, needs }: CooperateWork): boolean {
  return heldOut && needs.length > 0;
}

/** gradient: its own. heldOut: the gradient on rows held out, then the loss. lookahead, affinity: its losses by the gradients it is given. */
export function gainReport(learner: Learner, { needs, stepSize, gradients = [] }: CooperateWork): Map<string, Float64Array> {
  const told = new Map<string, Float64Array>();
  if (needs.includes('gradient')) told.set('gradient', learner.gradient);
  if (needs.includes('heldOut')) {
    const { heldOutGradient, heldOutLoss } = stepReport(learner, stepSize);
    told.set('heldOut', Float64Array.of(...heldOutGradient, heldOutLoss));
  }
  for (const [name, losses] of Object.entries(LOSSES)) {
    if (needs.includes(name)) told.set('losses', losses(learner, vectorsIn(gradients, learner.gradient.length), stepSize));
  }
  return told;
}

/** A table's agent at w. Its head is the private part, which is fitted anew wherever the shared part stands. */
export function tableLearner(task: SolveTask, w: Float64Array, stepSize: number): Learner {
  assert(task.lossGradient !== undefined, "a loss of one's own has no gains");
  const { sharedFrom } = task;
  const out = new Float64Array(task.dimension);
  const before = w.slice();
  task.refitPrivate(before);
  task.lossGradient(before, 'training', out);
  const gradient = out.slice(sharedFrom);
  const after = before.slice();
  gradient.forEach((slope, m) => (after[sharedFrom + m] -= stepSize * slope));
  task.refitPrivate(after);
  const heldOut = {
    loss: (at: Float64Array) => task.lossGradient!(at, 'heldOut', out),
    gradient: (at: Float64Array, to: Float64Array) => void task.lossGradient!(at, 'heldOut', to),
  };
  return { heldOut, before, head: after.slice(0, sharedFrom), gradient };
}

/** An agent with a network at w: the step is the one after the stage's last. */
export function networkLearner(task: MlpTask, w: Float64Array, { stepSize, untilIteration }: CooperateWork): Learner {
  const { sharedFrom, heldOut } = task;
  const gradient = new Float64Array(task.dimension);
  task.gradient(w, untilIteration + 1, gradient);
  const head = w.subarray(0, sharedFrom).map((x, m) => x - stepSize * gradient[m]);
  if (!head.every(Number.isFinite)) throw new KindredError('PARAMETERS_NOT_FINITE', `learning together diverged by iteration ${untilIteration}`);
  return { heldOut, before: w.slice(), head, gradient: gradient.slice(sharedFrom) };
}

function vectorsIn(numbers: readonly number[], length: number): Float64Array[] {
  return Array.from({ length: numbers.length / length }, (_, i) => Float64Array.from(numbers.slice(i * length, (i + 1) * length)));
}
