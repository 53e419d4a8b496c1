/**
 * Words of the experiment file that the interface defines and this version does not have yet.
 * They are refused as CONFIG_UNSUPPORTED rather than as mistakes. A name that enters a registry leaves this list by itself.
 */
import { ESTIMATOR_CARDS } from '../core/relationship/index.ts';
import type { FaultPhase } from '../core/fault/plan.ts';
import { STRATEGIES } from '../core/strategy/index.ts';

export const GRAPH_NAMES = ['reference', 'ring', 'star', 'grid', 'complete', 'erdos-renyi', 'random-geometric'] as const;
export const PROBLEM_KINDS = ['gmrf-regression', 'csv-table', 'mlp'] as const;
export const FAULT_PHASES: readonly FaultPhase[] = ['exploring', 'estimating', 'cooperating'];
export const ARM_RELATIONSHIPS = ['learned', 'known', 'permuted', 'complete', 'frozen'] as const;

const INTERFACE_ESTIMATORS = [
  'pinv',
  'cgl',
  'cgl-sparse',
  'components',
  'recursive',
  'neighbourhood',
  'flooded',
  'lagged',
  'signed',
  'task-grouping',
  'shared-subspace',
  'hierarchical',
];
const INTERFACE_STRATEGIES = ['non-cooperative', 'consensus', 'multitask', 'filter', 'hierarchical', 'grouped', 'shared-representation'];

export function estimatorNames(): string[] {
  return Object.values(ESTIMATOR_CARDS).map((estimator) => estimator.name);
}

export function strategyNames(): string[] {
  return Object.values(STRATEGIES).map((strategy) => strategy.name);
}

export function laterEstimators(): string[] {
  const here = new Set(estimatorNames());
  return INTERFACE_ESTIMATORS.filter((name) => !here.has(name));
}

export function laterStrategies(): string[] {
  const here = new Set(strategyNames());
  return INTERFACE_STRATEGIES.filter((name) => !here.has(name));
}
