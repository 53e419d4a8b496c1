/**
 * The local half of every strategy: one stochastic gradient step, or the local optimum of a table.
 */
import type { DescentTask, SolveTask } from '../problem/problem.ts';

/** psi <- w - mu g(w): one step on the mini-batch keyed by `step`. */
export function gradientStep(task: DescentTask, w: Float64Array, stepSize: number, step: number, gradient: Float64Array, psi: Float64Array): void {
  task.gradient(w, step, gradient);
  for (let m = 0; m < psi.length; m++) psi[m] = w[m] - stepSize * gradient[m];
}

/** A fresh w where the task starts. */
export function startOf({ initial, dimension }: DescentTask): Float64Array {
  return initial?.slice() ?? new Float64Array(dimension);
}

/** w <- the agent's own solution with a ridge on the shared coordinates. Stochastic solvers take several passes. */
export function solveLocally(task: SolveTask, ridge: number, step: number, w: Float64Array): void {
  const noPull = new Float64Array(task.dimension - task.sharedFrom);
  for (let pass = 0; pass < task.passes; pass++) task.solve(ridge, noPull, step * task.passes + pass, w);
}
