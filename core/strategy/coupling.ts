/**
 * The one combine kernel: what a relationship does to an agent's vector.
 *
 * Written with DIFFERENCES, d = sum_l a_kl (x_k - x_l), so that a missing neighbour leaves the combination stable
 * instead of pulling to zero. Neighbours are summed in index order: float addition is not associative.
 */
import type { DescentTask } from '../problem/problem.ts';
import type { LocalView } from '../relationship/local-view.ts';
import { gradientStep, startOf } from './local-step.ts';
import type { Inbox, StrategyRun } from './strategy.ts';

/** Adapt, then combine: psi = w - mu g(w); w <- psi - strength sum_l a_kl (psi - psi_l), in the shared coordinates; others are psi. */
export function adaptThenCombine(task: DescentTask, view: LocalView, stepSize: number, strength: number): StrategyRun {
  const { sharedFrom } = task;
  const w = startOf(task);
  const psi = new Float64Array(task.dimension);
  const scratch = new Float64Array(task.dimension);
  const [outgoing, difference] = [psi.subarray(sharedFrom), scratch.subarray(sharedFrom)];
  return {
    state: [w],
    outgoing,
    adapt: (iteration) => gradientStep(task, w, stepSize, iteration, scratch, psi),
    hops: () => 1,
    combine: (_hop, inbox) => {
      neighbourDifference(view, outgoing, inbox, difference);
      for (let m = 0; m < sharedFrom; m++) w[m] = psi[m];
      for (let m = sharedFrom; m < w.length; m++) w[m] = psi[m] - strength * scratch[m];
    },
    output: () => w,
  };
}

/** out <- sum over present l of a_kl (own - x_l). A mean view: strength (own - mean), the mean taken over all agents present. */
export function neighbourDifference(view: LocalView, own: Float64Array, inbox: Inbox, out: Float64Array): void {
  out.fill(0);
  if (view.kind === 'mean') addDifference(view.strength, own, inbox.mean, out);
  else for (let i = 0; i < view.weights.length; i++) addDifference(view.weights[i], own, inbox.vectors[i], out);
}

function addDifference(weight: number, own: Float64Array, other: Float64Array | undefined, out: Float64Array): void {
  if (other === undefined) return;
  for (let m = 0; m < out.length; m++) out[m] += weight * (own[m] - other[m]);
}

/**
 * out <- sum over present l of a_kl x_l; returns the degree sum over present l of a_kl.
 * A weight a < 0 counts as |a| in the degree and adds 2 |a| own: the same fixed point, the local problem stays convex, and
 * block Jacobi converges wherever H + eta L is positive definite (its splitting M - N has M + N diagonally dominant).
 * A mean view needs the number of agents to take its own share out of the mean: a_kl = strength / K for l != k. Degree and
 * own share stay those of K agents where the mean is over fewer (nobody but the hub knows), so that agents who agree still
 * do not move.
 */
export function neighbourPull(view: LocalView, agents: number, own: Float64Array, inbox: Inbox, out: Float64Array): number {
  out.fill(0);
  if (view.kind === 'mean') return meanPull(view.strength, agents, own, inbox.mean, out);
  let degree = 0;
  for (let i = 0; i < view.weights.length; i++) {
    const other = inbox.vectors[i];
    if (other === undefined) continue;
    const weight = view.weights[i];
    degree += Math.abs(weight);
    for (let m = 0; m < out.length; m++) out[m] += weight * other[m];
    if (weight < 0) for (let m = 0; m < out.length; m++) out[m] -= 2 * weight * own[m];
  }
  return degree;
}

function meanPull(strength: number, agents: number, own: Float64Array, mean: Float64Array | undefined, out: Float64Array): number {
  if (mean === undefined) return 0;
  for (let m = 0; m < out.length; m++) out[m] = strength * (mean[m] - own[m] / agents);
  return strength * (1 - 1 / agents);
}
