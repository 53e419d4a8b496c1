/**
 * One model for all: diffusion with Metropolis weights on the network (the view's weights).
 * gradient: psi = w - mu g; w <- psi - sum_l a_kl (psi - psi_l).
 * solve: the local solution once, then averaging of the shared coordinates; private ones are refitted to them.
 */
import type { SolveTask } from '../problem/problem.ts';
import { adaptThenCombine, neighbourDifference } from './coupling.ts';
import { solveLocally } from './local-step.ts';
import type { Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const consensus: Strategy = {
  name: 'consensus',
  summary: 'all agents agree on one model (Metropolis weights on the network)',
  cooperatesOver: 'network',
  usesEta: false,
  start: (context) =>
    context.task.learns === 'gradient' ? adaptThenCombine(context.task, context.view, context.stepSize, 1) : solveRun(context.task, context),
};

function solveRun(task: SolveTask, { view }: StrategyContext): StrategyRun {
  const w = new Float64Array(task.dimension);
  const shared = w.subarray(task.sharedFrom);
  const outgoing = new Float64Array(shared.length);
  const difference = new Float64Array(shared.length);
  return {
    state: [w],
    outgoing,
    adapt: (iteration) => {
      if (iteration === 1) solveLocally(task, 0, 0, w);
      outgoing.set(shared);
    },
    hops: () => 1,
    combine: (_hop, inbox) => {
      neighbourDifference(view, outgoing, inbox, difference);
      for (let m = 0; m < shared.length; m++) shared[m] = outgoing[m] - difference[m];
      task.refitPrivate(w);
    },
    output: () => w,
  };
}
