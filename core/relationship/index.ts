/** The registry of estimators: one entry here makes an estimator known to files, commands, help and tests. */
import { broughtEstimator } from '../own/brought.ts';
import { AGENT_HOSTED } from './agent-hosted.ts';
import { cglSparse } from './cgl-sparse.ts';
import { cgl } from './cgl.ts';
import { components } from './components.ts';
import type { Estimator, EstimatorCard } from './estimator.ts';
import { hierarchical } from './hierarchical.ts';
import { lagged } from './lagged.ts';
import { pinv } from './pinv.ts';
import { recursive } from './recursive.ts';
import { sharedSubspace } from './shared-subspace.ts';
import { signed } from './signed.ts';
import { taskGrouping } from './task-grouping.ts';

export const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  pinv,
  cgl,
  'cgl-sparse': cglSparse,
  components,
  lagged,
  recursive,
  signed,
  ...AGENT_HOSTED,
};

/** With those that are a conversation and no estimate out of reports: what files may name. */
export const ESTIMATOR_CARDS: Readonly<Record<string, EstimatorCard>> = {
  ...ESTIMATORS,
  hierarchical,
  'shared-subspace': sharedSubspace,
  'task-grouping': taskGrouping,
};

/** By what a strategy cooperates over: whom it takes where the section's estimator yields something else. */
export const OWN_ESTIMATORS = {
  relationship: cgl,
  prior: hierarchical,
  subspace: sharedSubspace,
  groups: taskGrouping,
} as const satisfies Readonly<Record<string, EstimatorCard>>;

export type CooperatesOverLearned = keyof typeof OWN_ESTIMATORS;

const USED_AS = { precision: 'relationship', covariance: 'relationship', prior: 'prior', subspace: 'subspace', groups: 'groups' } as const;

/** Over what a strategy cooperates that goes by this kind; of a covariance it takes the precision. */
export function usedAs(kind: keyof typeof USED_AS): CooperatesOverLearned {
  return USED_AS[kind];
}

export function isLearned(over: string | undefined): over is CooperatesOverLearned {
  return over !== undefined && Object.hasOwn(OWN_ESTIMATORS, over);
}

/** Built in, or brought by its path. */
export function estimatorByName(name: string): Estimator | undefined {
  return Object.hasOwn(ESTIMATORS, name) ? ESTIMATORS[name] : broughtEstimator(name);
}
