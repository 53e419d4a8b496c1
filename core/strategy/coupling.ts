/**
 * The one combine kernel: what a relationship does to an agent's vector.
 *
 * Written with DIFFERENCES, d = sum_l a_kl (x_k - x_l), so that a missing neighbour leaves the combination stable
 * instead of pulling to zero. Neighbours are summed in index order: float addition is not associative.
 */
import type { LocalView } from '../relationship/local-view.ts';
import type { Inbox } from './strategy.ts';

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
    degree += weight;
    for (let m = 0; m < out.length; m++) out[m] += weight * other[m];
  }
  return degree;
}

function meanPull(strength: number, agents: number, own: Float64Array, mean: Float64Array | undefined, out: Float64Array): number {
  if (mean === undefined) return 0;
  for (let m = 0; m < out.length; m++) out[m] = strength * (mean[m] - own[m] / agents);
  return strength * (1 - 1 / agents);
}
