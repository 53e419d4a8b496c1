/**
 * Every agent takes the prior of all and its own rows: w_k is the mean of its posterior,
 *   w_k = V_k (h_k / s_k + P m_k), V_k = (A_k / s_k + P_k)^-1    (labels: Newton steps on the same objective)
 * It needs no neighbours and no eta; the intercept is shrunk by its own variance. Without a prior the agent is alone.
 * Source: algorithms-3, section 2.
 */
import { assert } from '../errors.ts';
import { givenModel } from './given-model.ts';
import { nonCooperative } from './non-cooperative.ts';
import type { Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const hierarchical: Strategy = {
  name: 'hierarchical',
  summary: 'tables: own models, shrunk towards the prior learned from all agents (empirical Bayes; the default there)',
  cooperatesOver: 'prior',
  usesEta: false,
  start: (context) => (context.prior === undefined ? nonCooperative.start(context) : priorRun(context)),
};

function priorRun({ task, prior }: StrategyContext): StrategyRun {
  const answer = task.learns === 'solve' && prior !== undefined ? task.posterior?.(prior) : undefined;
  assert(answer !== undefined, 'a prior is for the rows of a table');
  return givenModel(answer.mean);
}
