/**
 * The paper's strategy (arXiv 2510.10570): own models, pulled together along the Laplacian of the relationship.
 *
 * gradient: adapt-then-combine in difference form, psi = w - mu g; w <- psi - mu eta sum_l a_kl (psi - psi_l),
 *           that is W <- (I - mu eta L) Psi. A convex combination while a_kl >= 0 and mu eta L_kk <= 1.
 * solve:    block Jacobi on sum_k loss_k(w_k) + eta/2 tr(W' L W) over the shared coordinates:
 *           w_k <- argmin loss_k(w) + eta/2 L_kk ||w||^2 - eta w' sum_l a_kl w_l.
 */
import type { SolveTask } from '../problem/problem.ts';
import { adaptThenCombine, neighbourPull } from './coupling.ts';
import type { Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const multitask: Strategy = {
  name: 'multitask',
  summary: 'own models, pulled together along the learned relationship (the paper)',
  cooperatesOver: 'relationship',
  usesEta: true,
  start: (context) =>
    context.task.learns === 'gradient'
      ? adaptThenCombine(context.task, context.view, context.stepSize, context.stepSize * context.eta)
      : solveRun(context.task, context),
};

function solveRun(task: SolveTask, { view, agents, eta }: StrategyContext): StrategyRun {
  const w = new Float64Array(task.dimension);
  const shared = w.subarray(task.sharedFrom);
  const outgoing = new Float64Array(shared.length);
  const pull = new Float64Array(shared.length);
  let iterationNow = 0;
  return {
    state: [w],
    outgoing,
    adapt: (iteration) => {
      iterationNow = iteration;
      outgoing.set(shared);
    },
    hops: () => 1,
    combine: (_hop, inbox) => {
      const degree = neighbourPull(view, agents, outgoing, inbox, pull);
      for (let m = 0; m < pull.length; m++) pull[m] *= eta;
      task.solve(eta * degree, pull, iterationNow, w);
    },
    output: () => w,
  };
}
