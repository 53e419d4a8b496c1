/**
 * Every agent alone, the baseline of every table.
 * gradient: w <- w - mu g. solve: the agent's own ridge solution (ridge 0 where there is none).
 */
import type { DescentTask, SolveTask } from '../problem/problem.ts';
import { gradientStep, solveLocally, startOf } from './local-step.ts';
import type { Strategy, StrategyContext, StrategyRun } from './strategy.ts';

const NOTHING = new Float64Array(0);

export const nonCooperative: Strategy = {
  name: 'non-cooperative',
  summary: 'each agent learns alone',
  cooperatesOver: 'nothing',
  usesEta: false,
  start: (context) => (context.task.learns === 'gradient' ? gradientRun(context.task, context) : solveRun(context.task, context)),
};

function gradientRun(task: DescentTask, { stepSize }: StrategyContext): StrategyRun {
  const w = startOf(task);
  const gradient = new Float64Array(task.dimension);
  return {
    state: [w],
    outgoing: NOTHING,
    adapt: (iteration) => gradientStep(task, w, stepSize, iteration, gradient, w),
    hops: () => 0,
    combine: () => {},
    output: () => w,
  };
}

function solveRun(task: SolveTask, { ridge }: StrategyContext): StrategyRun {
  const w = new Float64Array(task.dimension);
  return {
    state: [w],
    outgoing: NOTHING,
    adapt: (iteration) => {
      if (iteration === 1) solveLocally(task, ridge, 0, w);
    },
    hops: () => 0,
    combine: () => {},
    output: () => w,
  };
}
