/**
 * From reports to the relationships that the arms use: the learned one, and the controls beside it.
 */
import { assert } from '../core/errors.ts';
import { combine, identity } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { draw } from '../core/random.ts';
import { completeLaplacian, permutedLaplacian } from '../core/relationship/controls.ts';
import type { Estimator, EstimatorOptions, Evidence } from '../core/relationship/estimator.ts';
import { estimatorByName } from '../core/relationship/index.ts';
import type { Diagnostic, Relationship } from '../core/relationship/relationship.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import { metropolisWeights } from '../core/graph.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Strategy } from '../core/strategy/strategy.ts';
import type { ArmSpec, Experiment } from '../config/experiment.ts';
import { trace } from '../core/linalg/matrix.ts';
import type { ScriptContext } from './script.ts';
import { graphAmong, laplacianAmong, laplacianOfAll, viewsOfAll } from './subset.ts';
import { averagingViews, completeStrength, laplacianViews, meanViews, restrictToLinks } from './views.ts';

/** One arm, resolved: what its agents get. */
export interface ArmPlan {
  readonly index: number;
  /** Who takes part, ascending. The matrices have a row for each of them, in this order. */
  readonly members: readonly number[];
  readonly spec: ArmSpec;
  readonly strategy: Strategy;
  /** The label of its relationship in results. */
  readonly relationship: string;
  /** undefined for arms without a relationship. */
  readonly laplacian: Matrix | undefined;
  /** W <- A Psi of a consensus arm. */
  readonly averaging: Matrix | undefined;
  /** By agent; the missing have none. */
  readonly views: readonly LocalView[];
}

/** What an estimator made of the reports that there are. */
export interface Learned {
  /** Whose reports, ascending. */
  readonly contributors: readonly number[];
  /** Among the contributors, in their order. */
  readonly own: Matrix;
  /** Among all agents: the missing have no edges. */
  readonly relationship: Relationship;
  readonly diagnostics: readonly Diagnostic[];
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

/** The estimator sees the contributors only, counted from 0. */
export function estimate(experiment: Experiment, evidence: readonly Evidence[]): Learned {
  const estimator = estimatorOf(experiment);
  const options: EstimatorOptions = experiment.relationship.options;
  const ordered = [...evidence].sort((a, b) => a.agent - b.agent);
  const contributors = ordered.map(({ agent }) => agent);
  let state = estimator.init(ordered.length, options);
  ordered.forEach((one, index) => (state = estimator.observe(state, { ...one, agent: index })));
  const { relationship, diagnostics } = estimator.estimate(state);
  const { agents } = experiment;
  const laplacian = laplacianOfAll(relationship.laplacian, contributors, agents);
  const numbered = contributors.length === agents ? diagnostics : diagnostics.map((one) => renumbered(one, contributors));
  return { contributors, own: relationship.laplacian, relationship: { ...relationship, agents, laplacian }, diagnostics: numbered };
}

/** The estimator counts its contributors: where it names some of them, it is said which agents these are. */
function renumbered(diagnostic: Diagnostic, contributors: readonly number[]): Diagnostic {
  if (diagnostic.code !== 'AGENTS_IDENTICAL') return diagnostic;
  return { ...diagnostic, message: `${diagnostic.message} (0 to ${contributors.length - 1} are the agents ${contributors.join(', ')})` };
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

/** All arms of the experiment, for those who take part now. `known` is the true Laplacian where there is one; both are of all agents. */
export function planArms(context: ScriptContext, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan[] {
  return context.experiment.cooperate.arms.map((spec, index) => planArm(context, spec, index, learned, known));
}

function planArm(context: ScriptContext, spec: ArmSpec, index: number, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan {
  const { agents } = context.experiment;
  const members = context.participants();
  const strategy = strategyOf(spec);
  const base = { index, members, spec, strategy, laplacian: undefined, averaging: undefined };
  const views = (own: readonly LocalView[]): LocalView[] => viewsOfAll(own, members, agents);
  // A mean goes through a hub, which everybody must wait for, and is over all agents: else everybody talks to everybody.
  const mayHaveHub = context.experiment.network.rounds.kind === 'bsp' && members.length === agents;
  switch (strategy.cooperatesOver) {
    case 'nothing':
      return { ...base, relationship: 'none', views: views(members.map(() => NO_VIEW)) };
    case 'network': {
      const averaging = metropolisWeights(graphAmong(context.network, members));
      return { ...base, relationship: 'network', averaging, views: views(averagingViews(averaging, mayHaveHub)) };
    }
    case 'relationship': {
      const laplacian = armLaplacian(spec, members, context.experiment.seed, learned, known);
      const asMean = spec.relationship === 'complete' && mayHaveHub;
      const own = asMean ? meanViews(agents, completeStrength(laplacian)) : laplacianViews(laplacian);
      return { ...base, relationship: spec.relationship, laplacian, views: views(own) };
    }
  }
}

/** Among the members. The controls are made from what is left of the relationship they are compared with. */
function armLaplacian(spec: ArmSpec, members: readonly number[], seed: number, learned: Matrix | undefined, known: Matrix | undefined): Matrix {
  const whole = spec.relationship === 'known' ? known : learned;
  assert(whole !== undefined, `no ${spec.relationship} relationship`);
  const base = laplacianAmong(whole, members);
  if (spec.relationship === 'complete') return completeLaplacian(members.length, trace(base));
  if (spec.relationship === 'permuted') return permutedLaplacian(base, draw(seed, 0, 'permutation', 0).derangement(members.length));
  return base;
}

/** The matrix A of W <- A Psi: I - mu eta L, the averaging weights, or I. */
export function combineMatrix(plan: ArmPlan, stepSize: number, eta: number): Matrix {
  const size = plan.members.length;
  if (plan.averaging !== undefined) return plan.averaging;
  if (plan.laplacian === undefined || !plan.strategy.usesEta) return identity(size);
  return combine(1, identity(size), -stepSize * eta, plan.laplacian);
}

function strategyOf(spec: ArmSpec): Strategy {
  const strategy = strategyByName(spec.strategy);
  assert(strategy !== undefined, `unknown strategy ${spec.strategy}`);
  return strategy;
}
