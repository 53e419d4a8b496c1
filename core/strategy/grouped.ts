/**
 * Groups of agents with common slopes, each with an intercept of its own: in a group A
 *   min over z of  sum_{k in A} min over private p of loss_k(p, z),
 * by consensus ADMM, rho = eta the mean curvature of the local losses:
 *   w_k <- argmin loss_k(w) + rho/2 ||w_S - z + u_k||^2;  z <- mean over A of w_S + u;  u_k <- u_k + w_S - z.
 * The view's weights are 1 / |A|. Alone in its group an agent learns alone: its ridge solution, once. With a step size it is the learning together from
 * which gains are collected: w_S <- mean over all of w_S - mu g. By gradients, every step is w_S <- mean over A of w_S - mu g,
 * while gains are collected and after. Source: Boyd et al. 2011, section 7.1; algorithms-2, B3.
 */
import { assert } from '../errors.ts';
import type { SolveTask } from '../problem/problem.ts';
import { adaptThenCombine, neighbourDifference } from './coupling.ts';
import { solveLocally } from './local-step.ts';
import type { Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const grouped: Strategy = {
  name: 'grouped',
  summary: 'tables and networks: agents in groups learned from transfer gains; common slopes, or a common layer, inside a group',
  cooperatesOver: 'groups',
  usesEta: false,
  start: (context) => {
    const { task, view, stepSize } = context;
    if (task.learns === 'gradient') return adaptThenCombine(task, view, stepSize, 1);
    if (stepSize > 0) return togetherRun(task, context);
    return view.kind === 'none' || view.neighbours.length === 0 ? aloneRun(task, context) : consensusRun(task, context);
  },
};

function togetherRun(task: SolveTask, { view, stepSize }: StrategyContext): StrategyRun {
  assert(task.lossGradient !== undefined, 'learning together needs a gradient');
  const w = new Float64Array(task.dimension);
  const shared = w.subarray(task.sharedFrom);
  const gradient = new Float64Array(task.dimension);
  const outgoing = new Float64Array(shared.length);
  const difference = new Float64Array(shared.length);
  return {
    state: [w],
    outgoing,
    adapt: () => {
      task.refitPrivate(w);
      task.lossGradient!(w, 'training', gradient);
      for (let m = 0; m < shared.length; m++) outgoing[m] = shared[m] - stepSize * gradient[task.sharedFrom + m];
    },
    hops: () => 1,
    combine: (_hop, inbox) => {
      neighbourDifference(view, outgoing, inbox, difference);
      for (let m = 0; m < shared.length; m++) shared[m] = outgoing[m] - difference[m];
    },
    output: () => w,
  };
}

function aloneRun(task: SolveTask, { ridge }: StrategyContext): StrategyRun {
  const w = new Float64Array(task.dimension);
  return {
    state: [w],
    outgoing: new Float64Array(task.dimension - task.sharedFrom),
    adapt: (iteration) => {
      if (iteration === 1) solveLocally(task, ridge, 0, w);
    },
    // Nothing is sent, and steps are counted as the others count them.
    hops: () => 1,
    combine: () => {},
    output: () => w,
  };
}

function consensusRun(task: SolveTask, { view, eta: rho }: StrategyContext): StrategyRun {
  const w = new Float64Array(task.dimension);
  const shared = w.subarray(task.sharedFrom);
  const common = new Float64Array(shared.length);
  const price = new Float64Array(shared.length);
  const outgoing = new Float64Array(shared.length);
  const scratch = new Float64Array(shared.length);
  const delivered = new Float64Array(task.dimension);
  return {
    state: [w, common, price],
    outgoing,
    adapt: (iteration) => {
      for (let m = 0; m < scratch.length; m++) scratch[m] = rho * (common[m] - price[m]);
      for (let pass = 0; pass < task.passes; pass++) task.solve(rho, scratch, iteration * task.passes + pass, w);
      for (let m = 0; m < outgoing.length; m++) outgoing[m] = shared[m] + price[m];
    },
    hops: () => 1,
    combine: (_hop, inbox) => {
      neighbourDifference(view, outgoing, inbox, scratch);
      for (let m = 0; m < common.length; m++) {
        common[m] = outgoing[m] - scratch[m];
        price[m] = scratch[m];
      }
    },
    output: () => {
      delivered.set(w);
      delivered.set(common, task.sharedFrom);
      task.refitPrivate(delivered);
      return delivered;
    },
  };
}
