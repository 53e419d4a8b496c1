/**
 * From reports to the relationships that the arms use: the learned one, and the controls beside it.
 */
import { assert } from '../core/errors.ts';
import { combine, identity } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { draw } from '../core/random.ts';
import { completeLaplacian, permutedLaplacian } from '../core/relationship/controls.ts';
import type { Estimate, Estimator, EstimatorOptions, Evidence } from '../core/relationship/estimator.ts';
import { estimatorByName } from '../core/relationship/index.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import { metropolisWeights } from '../core/graph.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Strategy } from '../core/strategy/strategy.ts';
import type { ArmSpec, Experiment } from '../config/experiment.ts';
import { trace } from '../core/linalg/matrix.ts';
import type { ScriptContext } from './script.ts';
import { averagingViews, completeStrength, laplacianViews, meanViews, restrictToLinks } from './views.ts';

/** One arm, resolved: what its agents get. */
export interface ArmPlan {
  readonly index: number;
  readonly spec: ArmSpec;
  readonly strategy: Strategy;
  /** The label of its relationship in results. */
  readonly relationship: string;
  /** undefined for arms without a relationship. */
  readonly laplacian: Matrix | undefined;
  /** W <- A Psi of a consensus arm. */
  readonly averaging: Matrix | undefined;
  readonly views: readonly LocalView[];
}

export function estimatorOf(experiment: Experiment): Estimator {
  const estimator = estimatorByName(experiment.relationship.estimator);
  assert(estimator !== undefined, `unknown estimator ${experiment.relationship.estimator}`);
  return estimator;
}

/** Whether any arm needs a learned relationship. */
export function needsRelationship(experiment: Experiment): boolean {
  return experiment.cooperate.arms.some((arm) => strategyOf(arm).cooperatesOver === 'relationship' && arm.relationship !== 'known');
}

export function estimate(experiment: Experiment, evidence: readonly Evidence[]): Estimate {
  const estimator = estimatorOf(experiment);
  const options: EstimatorOptions = experiment.relationship.options;
  let state = estimator.init(experiment.agents, options);
  for (const one of evidence) state = estimator.observe(state, one);
  return estimator.estimate(state);
}

/** The learned Laplacian as the network allows it: a learned edge that is no link opens one, unless network.open is false. */
export function withinNetwork(context: ScriptContext, learned: Matrix): { laplacian: Matrix; diagnostics: Diagnostic[] } {
  if (context.experiment.network.open) return { laplacian: learned, diagnostics: [] };
  const links = new Set(context.network.edges.map(({ source, target }) => `${Math.min(source, target)}-${Math.max(source, target)}`));
  const { laplacian, dropped } = restrictToLinks(learned, links);
  if (dropped.length === 0) return { laplacian, diagnostics: [] };
  const list = dropped.map(([k, l]) => `${k}-${l}`).join(', ');
  const message = `${dropped.length} learned edges are no links of the network and were left out (network.open: false): ${list}`;
  return { laplacian, diagnostics: [{ code: 'EDGES_WITHOUT_LINK', message, value: dropped.length }] };
}

/** All arms of the experiment with their views. `known` is the true Laplacian where there is one. */
export function planArms(context: ScriptContext, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan[] {
  return context.experiment.cooperate.arms.map((spec, index) => planArm(context, spec, index, learned, known));
}

function planArm(context: ScriptContext, spec: ArmSpec, index: number, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan {
  const { agents, seed } = context.experiment;
  const strategy = strategyOf(spec);
  const base = { index, spec, strategy, laplacian: undefined, averaging: undefined };
  if (strategy.cooperatesOver === 'nothing') return { ...base, relationship: 'none', views: Array.from({ length: agents }, () => NO_VIEW) };
  if (strategy.cooperatesOver === 'network') {
    const averaging = metropolisWeights(context.network);
    return { ...base, relationship: 'network', averaging, views: averagingViews(averaging) };
  }
  const laplacian = armLaplacian(spec, agents, seed, learned, known);
  const views = spec.relationship === 'complete' ? meanViews(agents, completeStrength(laplacian)) : laplacianViews(laplacian);
  return { ...base, relationship: spec.relationship, laplacian, views };
}

function armLaplacian(spec: ArmSpec, agents: number, seed: number, learned: Matrix | undefined, known: Matrix | undefined): Matrix {
  const base = spec.relationship === 'known' ? known : learned;
  assert(base !== undefined, `no ${spec.relationship} relationship`);
  if (spec.relationship === 'complete') return completeLaplacian(agents, trace(base));
  if (spec.relationship === 'permuted') return permutedLaplacian(base, draw(seed, 0, 'permutation', 0).derangement(agents));
  return base;
}

/** The matrix A of W <- A Psi: I - mu eta L, the averaging weights, or I. */
export function combineMatrix(plan: ArmPlan, stepSize: number, eta: number): Matrix {
  const agents = plan.views.length;
  if (plan.averaging !== undefined) return plan.averaging;
  if (plan.laplacian === undefined || !plan.strategy.usesEta) return identity(agents);
  return combine(1, identity(agents), -stepSize * eta, plan.laplacian);
}

function strategyOf(spec: ArmSpec): Strategy {
  const strategy = strategyByName(spec.strategy);
  assert(strategy !== undefined, `unknown strategy ${spec.strategy}`);
  return strategy;
}
