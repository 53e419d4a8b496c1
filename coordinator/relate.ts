/**
 * From reports to the relationships that the arms use: the learned one, and the controls beside it.
 */
import { assert } from '../core/errors.ts';
import { evidenceDiagnostics, unsaid } from '../core/evidence-diagnostics.ts';
import { combine, fromRows, identity } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { draw } from '../core/random.ts';
import { cgl } from '../core/relationship/cgl.ts';
import { completeLaplacian, permutedLaplacian } from '../core/relationship/controls.ts';
import type { Estimate, Estimator, EstimatorOptions, Evidence } from '../core/relationship/estimator.ts';
import { ESTIMATOR_CARDS, estimatorByName, isLearned, OWN_ESTIMATORS, usedAs } from '../core/relationship/index.ts';
import { nounOf } from '../core/relationship/kinds.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { semidefinite } from '../core/relationship/semidefinite.ts';
import type { Diagnostic, PrecisionRelationship } from '../core/relationship/relationship.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import { metropolisWeights } from '../core/graph.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Strategy } from '../core/strategy/strategy.ts';
import type { ArmSpec, Experiment } from '../config/experiment.ts';
import { trace } from '../core/linalg/matrix.ts';
import type { RelationshipFile } from '../config/relationship-file.ts';
import { aboutNames, GIVEN, givenGraph, provenance } from './given.ts';
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
  /** W <- A Psi of a consensus arm; what a subspace is learned by among agents. */
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
  readonly relationship: PrecisionRelationship;
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings that name agents as the estimator counts them. */
const NAMES_AGENTS: readonly string[] = ['AGENTS_IDENTICAL', 'COMPONENTS'];

/** Of the arms over a graph: the section's where it learns one. */
export function estimatorOf({ relationship }: Experiment): Estimator {
  if (relationship.given !== undefined) return GIVEN;
  return estimatorByName(relationship.estimator) ?? cgl;
}

/** Options of an estimator that is not the section's are its defaults. */
export function optionsOf({ relationship }: Experiment, estimator: string): EstimatorOptions {
  return relationship.estimator === estimator ? relationship.options : {};
}

/** Whether agents learn the subspace among themselves. */
export function isGossiped(experiment: Experiment): boolean {
  return optionsOf(experiment, sharedSubspace.name)['host'] === 'agents';
}

/** An arm that cannot use what the section's estimator yields takes its own strategy's: said, where there is a section. */
export function estimatorDiagnostics(experiment: Experiment): Diagnostic[] {
  const { estimator, isDefault, given } = experiment.relationship;
  if (isDefault) return [];
  const learnsGraph = given !== undefined || estimatorByName(estimator) !== undefined;
  const usable = [learnsGraph ? 'relationship' : ESTIMATOR_CARDS[estimator].yields, ...(given === undefined ? [] : [usedAs(given.kind)])];
  const strategies = [...new Set(experiment.cooperate.arms.map(strategyOf))];
  return strategies.flatMap(({ name, cooperatesOver: over }) => {
    if (!isLearned(over) || usable.includes(over)) return [];
    const learning = given === undefined ? `what ${estimator} learns` : `${nounOf(given.kind)} that ${given.kind === 'groups' ? 'are' : 'is'} given`;
    const message = `${name} cannot use ${learning}; it takes ${OWN_ESTIMATORS[over].name}, with its defaults`;
    return [{ code: 'ESTIMATOR_OF_STRATEGY', message }];
  });
}

/** With `batch` those with a prior or a subspace still solve exactly: what is between them is not cooperation alone. */
export function solverDiagnostics({ problem, cooperate: { arms } }: Experiment): Diagnostic[] {
  if (problem.kind !== 'csv-table' || problem.batch === undefined) return [];
  const isExact = (arm: ArmSpec): boolean => ['prior', 'subspace'].includes(strategyOf(arm).cooperatesOver);
  const namesOf = (some: readonly ArmSpec[]): string => [...new Set(some.map(({ strategy }) => strategy))].join(', ');
  const [exact, stochastic] = [namesOf(arms.filter(isExact)), namesOf(arms.filter((arm) => !isExact(arm)))];
  if (exact === '' || stochastic === '') return [];
  const message = `${exact} solves exactly, ${stochastic} by mini-batches of ${problem.batch} rows: part of the difference between them is the solver's; leave problem.batch out to compare them`;
  return [{ code: 'UNEQUAL_SOLVERS', message, value: problem.batch }];
}

/** Whether any arm needs a learned relationship. */
export function needsRelationship(experiment: Experiment): boolean {
  return experiment.cooperate.arms.some((arm) => strategyOf(arm).cooperatesOver === 'relationship' && arm.relationship !== 'known');
}

/** The estimator sees the contributors only, counted from 0. `noiseOf`: of an agent's last estimate, where no average is reported. */
export function estimate(experiment: Experiment, evidence: readonly Evidence[], noiseOf: (agent: number) => number = () => 0): Learned {
  const { given } = experiment.relationship;
  if (given !== undefined) return taken(given, evidence, experiment);
  const estimator = estimatorOf(experiment);
  const options = optionsOf(experiment, estimator.name);
  const ordered = [...evidence].sort((a, b) => a.agent - b.agent);
  const contributors = ordered.map(({ agent }) => agent);
  let state = estimator.init(ordered.length, options);
  ordered.forEach((one, index) => (state = estimator.observe(state, { ...one, agent: index })));
  const learned = learnedFrom(experiment, contributors, estimator.estimate(state));
  const shown = unsaid(learned.diagnostics, shownBy(estimator, ordered, noiseOf));
  return { ...learned, diagnostics: [...learned.diagnostics, ...shown, ...aboutMissing(contributors, experiment.agents)] };
}

/** An estimate among the contributors as one among all agents. */
export function learnedFrom({ agents }: Experiment, contributors: readonly number[], { relationship, diagnostics }: Estimate): Learned {
  const laplacian = laplacianOfAll(relationship.laplacian, contributors, agents);
  const numbered = contributors.length === agents ? diagnostics : diagnostics.map((one) => renumbered(one, contributors));
  return { contributors, own: relationship.laplacian, relationship: { ...relationship, agents, laplacian }, diagnostics: numbered };
}

function shownBy(estimator: Estimator, ordered: readonly Evidence[], noiseOf: (agent: number) => number): Diagnostic[] {
  const rows = ordered.map((one) => one.average ?? one.iterate);
  if (!rows.every((row) => row !== undefined)) return [];
  const noise = ordered.map((one) => (one.average === undefined ? undefined : one.noise?.[0]) ?? noiseOf(one.agent));
  return evidenceDiagnostics(fromRows(rows), Float64Array.from(noise), estimator.name);
}

export function aboutMissing(contributors: readonly number[], agents: number): Diagnostic[] {
  const missing = Array.from({ length: agents }, (_, k) => k).filter((k) => !contributors.includes(k));
  if (missing.length === 0) return [];
  const message = `learned from ${contributors.length} of ${agents} agents: ${missing.join(', ')} told nothing and ${missing.length === 1 ? 'has' : 'have'} no edges`;
  return [{ code: 'AGENTS_NOT_IN_ESTIMATE', message, value: missing.length }];
}

/** A given relationship, as if it had been learned from those who take part. */
function taken(given: RelationshipFile, evidence: readonly Evidence[], { agentNames }: Experiment): Learned {
  const contributors = evidence.map(({ agent }) => agent).sort((a, b) => a - b);
  const graph = givenGraph(given);
  const own = laplacianAmong(graph.relationship.laplacian, contributors);
  const laplacian = laplacianOfAll(own, contributors, given.agents);
  const diagnostics = [provenance(given), ...graph.diagnostics, ...aboutNames(given, agentNames)];
  return { contributors, own, relationship: { kind: 'precision', agents: given.agents, laplacian }, diagnostics };
}

/** The estimator counts its contributors: where it names some of them, it is said which agents these are. */
function renumbered(diagnostic: Diagnostic, contributors: readonly number[]): Diagnostic {
  if (!NAMES_AGENTS.includes(diagnostic.code)) return diagnostic;
  return { ...diagnostic, message: `${diagnostic.message} (0 to ${contributors.length - 1} are the agents ${contributors.join(', ')})` };
}

/** The learned Laplacian as the network allows it: a learned edge that is no link opens one, unless network.open is false. */
export function withinNetwork(context: ScriptContext, learned: Matrix): { laplacian: Matrix; diagnostics: Diagnostic[] } {
  if (context.experiment.network.open) return { laplacian: learned, diagnostics: [] };
  const links = new Set(context.network.edges.map(({ source, target }) => `${Math.min(source, target)}-${Math.max(source, target)}`));
  const { laplacian: restricted, dropped } = restrictToLinks(learned, links);
  if (dropped.length === 0) return { laplacian: restricted, diagnostics: [] };
  const list = dropped.map(([k, l]) => `${k}-${l}`).join(', ');
  const message = `${dropped.length} learned edges are no links of the network and were left out (network.open: false): ${list}`;
  const { laplacian, kept } = semidefinite(restricted);
  return { laplacian, diagnostics: [{ code: 'EDGES_WITHOUT_LINK', message, value: dropped.length }, ...shrunk(kept)] };
}

function shrunk(kept: number): Diagnostic[] {
  if (kept === 1) return [];
  const message = `without these edges the relations of negative sign would drive agents apart: ${(100 * kept).toFixed(1)} % of their weight was kept`;
  return [{ code: 'NEGATIVE_WEIGHTS_LOWERED', message, value: kept }];
}

/** All arms of the experiment, for those who take part now. `known` is the true Laplacian where there is one; both are of all agents. */
export function planArms(context: ScriptContext, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan[] {
  return context.experiment.cooperate.arms.map((spec, index) => planArm(context, spec, index, learned, known));
}

export function planArm(context: ScriptContext, spec: ArmSpec, index: number, learned: Matrix | undefined, known: Matrix | undefined): ArmPlan {
  const { agents } = context.experiment;
  const members = context.participants();
  const strategy = strategyOf(spec);
  const base = { index, members, spec, strategy, laplacian: undefined, averaging: undefined };
  const views = (own: readonly LocalView[]): LocalView[] => viewsOfAll(own, members, agents);
  // A mean goes through a hub, which everybody must wait for, and is over all agents: else everybody talks to everybody.
  const mayHaveHub = context.experiment.network.rounds.kind === 'bsp' && members.length === agents;
  const averaged = (): Pick<ArmPlan, 'averaging' | 'views'> => {
    const averaging = metropolisWeights(graphAmong(context.network, members));
    return { averaging, views: views(averagingViews(averaging, mayHaveHub)) };
  };
  switch (strategy.cooperatesOver) {
    case 'nothing':
      return { ...base, relationship: 'none', views: views(members.map(() => NO_VIEW)) };
    case 'groups':
      // While all learn together; the groups' own views come from what that shows.
      return {
        ...base,
        relationship: spec.relationship,
        views: views(mayHaveHub ? meanViews(agents, 1) : averagingViews(uniformWeights(members.length), false)),
      };
    case 'prior':
      return { ...base, relationship: spec.relationship, views: views(members.map(() => NO_VIEW)) };
    case 'subspace':
      if (isGossiped(context.experiment)) return { ...base, relationship: spec.relationship, ...averaged() };
      return { ...base, relationship: spec.relationship, views: views(members.map(() => NO_VIEW)) };
    case 'network':
      return { ...base, relationship: 'network', ...averaged() };
    case 'relationship': {
      const laplacian = armLaplacian(spec, members, context.experiment.seed, learned, known);
      const asMean = spec.relationship === 'complete' && mayHaveHub;
      const own = asMean ? meanViews(agents, completeStrength(laplacian)) : laplacianViews(laplacian);
      return { ...base, relationship: spec.relationship, laplacian, views: views(own) };
    }
  }
}

function uniformWeights(size: number): Matrix {
  return { rows: size, cols: size, data: new Float64Array(size * size).fill(1 / size) };
}

/** Among the members. The controls are made from what is left of the relationship they are compared with. */
function armLaplacian(spec: ArmSpec, members: readonly number[], seed: number, learned: Matrix | undefined, known: Matrix | undefined): Matrix {
  const whole = spec.relationship === 'known' ? known : learned;
  assert(whole !== undefined, `no ${spec.relationship} relationship`);
  return controlOf(spec.relationship, semidefinite(laplacianAmong(whole, members)).laplacian, seed);
}

/** A relationship, or the control that is made of it. */
export function controlOf(relationship: ArmSpec['relationship'], base: Matrix, seed: number): Matrix {
  if (relationship === 'complete') return completeLaplacian(base.rows, trace(base));
  if (relationship === 'permuted') return permutedLaplacian(base, draw(seed, 0, 'permutation', 0).derangement(base.rows));
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
