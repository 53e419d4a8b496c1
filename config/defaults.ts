/** What an experiment means where the file says nothing. schema.ts documents these values, resolve.ts applies them. */
import { FAMILY_TASKS } from '../core/problem/mlp-families.ts';
import { isLearned, OWN_ESTIMATORS, usedAs } from '../core/relationship/index.ts';
import type { Relationship } from '../core/relationship/relationship.ts';
import { STRATEGIES, strategyByName } from '../core/strategy/index.ts';
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
  /** Step size .1 and 400 steps: measured in the study task-grouping. */
  mlp: { hidden: 3, batch: 20, stepSize: 0.1, steps: 400 },
  split: { train: 0.8, test: 'rest', seed: 1, order: 'random', tooFew: 'refuse' },
} as const;

type Arm = Omit<ArmSpec, 'guard'>;

const arm = (strategy: string, relationship: ArmSpec['relationship'] = 'learned'): Arm => ({ strategy, relationship, eta: 'auto' });

/** Alone, what networks usually do, what is learned, and the oracle: one cannot judge a learned relationship without the others. */
const GMRF_ARMS: readonly Arm[] = [arm('non-cooperative'), arm('consensus'), arm('multitask'), arm('multitask', 'known'), arm('filter')];

/** Alone, and the prior; where a relationship is given, what goes by it. */
function tableArms(given: Relationship['kind'] | undefined): readonly Arm[] {
  const goesBy = STRATEGIES.find(({ cooperatesOver }) => given !== undefined && cooperatesOver === usedAs(given));
  return [arm('non-cooperative'), arm(goesBy?.name ?? 'hierarchical')];
}

/** A prior needs to know the loss, and nobody knows the true relationship. */
const OWN_ARMS: readonly Arm[] = [arm('non-cooperative'), arm('consensus'), arm('multitask')];

/** Alone, one layer for all, and one in each group. */
const MLP_ARMS: readonly Arm[] = [arm('non-cooperative'), arm('consensus'), arm('grouped')];

/** `given`: the kind of relationship that the experiment is given, where it is. */
export function defaultArms(problem: ProblemSpec, given?: Relationship['kind']): readonly ArmSpec[] {
  return armsOf(problem, given).map((one) => ({ ...one, guard: defaultGuard(problem) }));
}

function armsOf(problem: ProblemSpec, given: Relationship['kind'] | undefined): readonly Arm[] {
  if (problem.kind === 'gmrf-regression') return GMRF_ARMS;
  if (problem.kind === 'mlp') return MLP_ARMS;
  return problem.kind === 'own-stream' || problem.loss === 'own' ? OWN_ARMS : tableArms(given);
}

/** A family has its own number of tasks. */
export function defaultAgents({ kind }: { readonly kind: string }): number {
  return kind === 'mlp' ? FAMILY_TASKS : DEFAULTS.agents;
}

/** A graph's where an arm needs one, else that of the first arm which learns anything. */
export function defaultEstimator(arms: readonly ArmSpec[]): string {
  const over = arms.map((one) => strategyByName(one.strategy)?.cooperatesOver).filter(isLearned);
  return over.length === 0 || over.includes('relationship') ? DEFAULTS.estimator : OWN_ESTIMATORS[over[0]].name;
}

/** Squared errors show harm on few rows; labels do not (algorithms-3, section 3). */
export function defaultGuard(problem: ProblemSpec): boolean {
  return problem.kind !== 'csv-table' || problem.loss === 'squared';
}
