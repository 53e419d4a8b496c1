/**
 * What one task gains when another learns with it, looked at in one step of learning together.
 *
 * Parameters of a task are its own head theta_j followed by phi, which all share. G_i is the gradient of task i's training
 * loss in phi, theta_j+ the head after its step; L_j is the loss on rows HELD OUT: on training rows gains measure overfitting.
 *   lookahead    S_ij = 1 - L_j(phi - eta (G_i + G_j), theta_j+) / L_j(phi - eta G_j, theta_j+)
 *   affinity     Z_ij = 1 - L_j(phi - eta G_i, theta_j) / L_j(phi, theta_j)
 *   cosine       C_ij = <G_i, G_j> / (|G_i| |G_j|)
 *   first order  F_ij = eta <G_i, g_j> / L_j,  g_j the gradient of L_j in phi at (phi - eta G_j, theta_j+)
 * S of a group whose gradients are SUMMED is the sum of S_ij up to eta^2; a group that averages them, as here, gains the mean.
 * A task that has nothing left to lose (L_j below LOSS_MIN) is not looked at: its column is NaN. Source: algorithms-2, section B1.
 */
import { zeros, type Matrix } from '../linalg/matrix.ts';

/** Below it the ratio of two losses says nothing. */
export const LOSS_MIN = 1e-8;

/** A task's rows held out. w is its head, then phi. */
export interface HeldOut {
  loss(w: Float64Array): number;
  /** out <- the gradient of `loss`, head included. */
  gradient(w: Float64Array, out: Float64Array): void;
}

/** A task in one step of learning together. */
export interface Learner {
  readonly heldOut: HeldOut;
  /** Before the step: head and phi. */
  readonly before: Float64Array;
  /** theta_j+: the head after it. */
  readonly head: Float64Array;
  /** G_j. */
  readonly gradient: Float64Array;
}

export interface LearningStep {
  readonly learners: readonly Learner[];
  readonly stepSize: number;
}

export const GAIN_NAMES = ['first-order', 'lookahead', 'affinity', 'cosine'] as const;
export type GainName = (typeof GAIN_NAMES)[number];

/** What the lookahead is made of: L_j by its own gradient alone, then with each of `others` beside it. */
export function lookaheadLosses(learner: Learner, others: readonly Float64Array[], stepSize: number): Float64Array {
  const { heldOut, head, gradient } = learner;
  const moves = [[gradient], ...others.map((other) => [other, gradient])];
  return Float64Array.from(moves, (gradients) => heldOut.loss(moved(learner, head, gradients, stepSize)));
}

/** What the affinity is made of: L_j where it stands, then by each of `others`. */
export function affinityLosses(learner: Learner, others: readonly Float64Array[], stepSize: number): Float64Array {
  const head = learner.before.subarray(0, learner.head.length);
  const moves = [[], ...others.map((other) => [other])];
  return Float64Array.from(moves, (gradients) => learner.heldOut.loss(moved(learner, head, gradients, stepSize)));
}

/** From everybody's losses, others in the order of the tasks. */
export function gainsFromLosses(losses: readonly Float64Array[]): Matrix {
  return gainMatrix(losses.length, (j) => {
    const [alone, ...together] = losses[j];
    return (i) => (alone < LOSS_MIN ? NaN : 1 - together[i] / alone);
  });
}

export function lookaheadGains({ learners, stepSize }: LearningStep): Matrix {
  const gradients = learners.map(({ gradient }) => gradient);
  return gainsFromLosses(learners.map((one) => lookaheadLosses(one, gradients, stepSize)));
}

export function affinityGains({ learners, stepSize }: LearningStep): Matrix {
  const gradients = learners.map(({ gradient }) => gradient);
  return gainsFromLosses(learners.map((one) => affinityLosses(one, gradients, stepSize)));
}

export function cosineGains(gradients: readonly Float64Array[]): Matrix {
  return gainMatrix(gradients.length, (j) => (i) => {
    const lengths = Math.sqrt(dot(gradients[i], gradients[i]) * dot(gradients[j], gradients[j]));
    return lengths > 0 ? dot(gradients[i], gradients[j]) / lengths : NaN;
  });
}

/** What a task tells of one step: three things, none of them about another task. */
export interface StepReport {
  /** G_i (p). */
  readonly gradient: Float64Array;
  /** g_i (p). */
  readonly heldOutGradient: Float64Array;
  readonly heldOutLoss: number;
}

/** Of tasks that told of the same step; undefined: not heard of. */
export function firstOrderGains(reports: readonly (StepReport | undefined)[], stepSize: number): Matrix {
  return gainMatrix(reports.length, (j) => (i) => {
    const [helper, helped] = [reports[i], reports[j]];
    if (helper === undefined || helped === undefined || !(helped.heldOutLoss >= LOSS_MIN)) return NaN;
    return (stepSize * dot(helper.gradient, helped.heldOutGradient)) / helped.heldOutLoss;
  });
}

export function stepReport(learner: Learner, stepSize: number): StepReport {
  const at = moved(learner, learner.head, [learner.gradient], stepSize);
  const gradient = new Float64Array(at.length);
  learner.heldOut.gradient(at, gradient);
  return { gradient: learner.gradient, heldOutGradient: gradient.subarray(learner.head.length), heldOutLoss: learner.heldOut.loss(at) };
}

/** (head, phi - eta sum of `gradients`). */
function moved({ before }: Learner, head: Float64Array, gradients: readonly Float64Array[], stepSize: number): Float64Array {
  const out = before.slice();
  out.set(head);
  for (const gradient of gradients) for (let m = 0; m < gradient.length; m++) out[head.length + m] -= stepSize * gradient[m];
  return out;
}

/** Column j by `entries(j)`; S_jj = 0, since a task that learns with itself learns alone. */
function gainMatrix(tasks: number, entries: (j: number) => (i: number) => number): Matrix {
  const out = zeros(tasks, tasks);
  for (let j = 0; j < tasks; j++) {
    const entry = entries(j);
    for (let i = 0; i < tasks; i++) if (i !== j) out.data[i * tasks + j] = entry(i);
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m];
  return sum;
}
