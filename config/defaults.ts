/** What an experiment means where the file says nothing. schema.ts documents these values, resolve.ts applies them. */
import type { ArmSpec, ProblemSpec } from './experiment.ts';

export const DEFAULTS = {
  seed: 1,
  agents: 10,
  estimator: 'cgl',
  outputDirectory: 'runs',
  every: 10,
  open: true,
  rounds: 'bsp',
  quorum: 'all',
  slowCpuFactor: 4,
  gmrf: { graph: 'reference', dimension: 200, batch: 20, noise: 200 },
  table: { task: 'task', target: 'y', loss: 'squared', standardize: 'global' },
  split: { train: 0.8, test: 'rest', seed: 1, order: 'random', tooFew: 'refuse' },
} as const;

const arm = (strategy: string, relationship: ArmSpec['relationship'] = 'learned'): ArmSpec => ({ strategy, relationship, eta: 'auto' });

/** Alone, what networks usually do, what is learned, and the oracle: one cannot judge a learned relationship without the others. */
const GMRF_ARMS: readonly ArmSpec[] = [arm('non-cooperative'), arm('consensus'), arm('multitask'), arm('multitask', 'known'), arm('filter')];

const TABLE_ARMS: readonly ArmSpec[] = [arm('non-cooperative'), arm('multitask', 'complete'), arm('multitask')];

export function defaultArms(kind: ProblemSpec['kind']): readonly ArmSpec[] {
  return kind === 'gmrf-regression' ? GMRF_ARMS : TABLE_ARMS;
}
