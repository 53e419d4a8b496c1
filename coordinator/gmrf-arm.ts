/**
 * One arm of gmrf-regression with its numbers: eta by the eta rule, the noise of its agents, and the error curve that the
 * second-moment recursion predicts for it. All of it is about the arm's members, in their order.
 */
import { cooperationDiagnostics } from '../core/diagnostics.ts';
import { curveEvery } from '../core/arm-schedule.ts';
import { isModulePath } from '../core/own/brought.ts';
import { agentNoise } from '../core/problem/gmrf-regression.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { filterMatrix } from '../core/strategy/filter.ts';
import { largestDegrees } from '../core/strategy/stability-guard.ts';
import { etaCap, etaRule, predictedCurve, STALE_PUSH_MAX } from '../core/theory.ts';
import type { Experiment, GmrfProblem, GradientProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { Epoch } from './epochs.ts';
import type { ArmPlan } from './relate.ts';
import { combineMatrix } from './relate.ts';
import { principalPart } from './subset.ts';
import { filterSpectrumMax } from './views.ts';

export interface TunedArm {
  readonly plan: ArmPlan;
  /** Of each member's own estimate, at this step size. */
  readonly noise: readonly number[];
  readonly stepSize: number;
  readonly eta: number | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly spectrumMax: number;
}

export function tuneArm(plan: ArmPlan, stepSize: number, noise: readonly number[], waits: boolean): TunedArm {
  const spectrumMax = plan.laplacian === undefined ? 1 : filterSpectrumMax(plan.laplacian, noise);
  return { plan, noise, stepSize, ...armEta(plan, stepSize, mean(noise), waits), spectrumMax };
}

/** One stage of an arm. */
export type Leg = Epoch & Pick<CooperateWork, 'untilIteration' | 'needs'>;

/** As the agents tuned it themselves. */
export function tunedByAgents(plan: ArmPlan, stepSize: number, noise: readonly number[], eta: number | null, spectrumMax: number): TunedArm {
  const diagnostics = eta === null || plan.laplacian === undefined ? [] : aboutEta(plan, plan.laplacian, stepSize, mean(noise), eta);
  return { plan, noise, stepSize, eta, diagnostics, spectrumMax };
}

/** By agent; what the missing get is never assigned. */
export function cooperateWorks(experiment: Experiment, { plan, noise, stepSize, eta, spectrumMax }: TunedArm, steps: number, leg: Leg): CooperateWork[] {
  const { rounds } = experiment.network;
  const common = {
    kind: 'cooperate',
    arm: plan.index,
    ...leg,
    strategy: plan.strategy.name,
    stepSize,
    etas: eta === null ? [] : [eta],
    spectrumMax,
    ridge: 0,
    rounds: rounds.kind,
    staleness: rounds.staleness,
    heldOut: false,
    fallBack: false,
    lastIteration: steps,
    every: curveEvery(steps, experiment.output.every),
  } as const;
  const byAgent = new Map(plan.members.map((agent, i) => [agent, noise[i]]));
  return plan.views.map((view, agent) => ({ ...common, view, noise: byAgent.get(agent) ?? 0 }));
}

/** `waits`: every vector is waited for, so that no combination is ever partial. */
function armEta(plan: ArmPlan, stepSize: number, noise: number, waits: boolean): { eta: number | null; diagnostics: Diagnostic[] } {
  if (!plan.strategy.usesEta || plan.laplacian === undefined) return { eta: null, diagnostics: [] };
  const values = symmetricEigen(plan.laplacian).values;
  const { absolute: maxDegree, negative } = largestDegrees(plan.laplacian);
  const given = plan.spec.eta === 'auto' ? etaRule(values, noise, stepSize, maxDegree).eta : plan.spec.eta;
  const staleCap = waits || negative === 0 ? Infinity : STALE_PUSH_MAX / (2 * negative);
  const eta = Math.min(given, etaCap(Math.max(...values), stepSize, maxDegree), staleCap);
  return { eta, diagnostics: aboutEta(plan, plan.laplacian, stepSize, noise, eta) };
}

function aboutEta({ strategy, relationship, spec }: ArmPlan, laplacian: Matrix, stepSize: number, noise: number, eta: number): Diagnostic[] {
  const arm = `${strategy.name} (${relationship})`;
  const eigenvalues = symmetricEigen(laplacian).values;
  const maxDegree = largestDegrees(laplacian).absolute;
  const about = cooperationDiagnostics({ arm, eigenvalues, maxDegree, noise, stepSize, eta });
  if (spec.eta === 'auto' || eta >= spec.eta) return about;
  return [{ code: 'ETA_LOWERED', message: `${arm}: eta ${spec.eta} is unstable here; ${eta.toPrecision(3)} was used`, value: eta }, ...about];
}

/** Theory's curve knows tasks that stand still and features that are all alike. */
export function isPredictable(problem: GradientProblem, { strategy }: Pick<ArmPlan, 'strategy'>): problem is GmrfProblem {
  if (problem.kind !== 'gmrf-regression') return false;
  const { drift, featureSpread = 1 } = problem;
  return drift === undefined && featureSpread === 1 && !isModulePath(strategy.name);
}

/** Theory's curve for the arm: A from the relationship in use, `signal` the covariance of the truth, of all agents. */
export function predictedError(
  signal: Matrix,
  problem: GmrfProblem,
  seed: number,
  { plan, noise, stepSize, eta, spectrumMax }: TunedArm,
  iterations: readonly number[],
): number[] {
  const filters = plan.strategy.name === 'filter' && plan.laplacian !== undefined;
  return predictedCurve({
    combine: combineMatrix(plan, stepSize, eta ?? 0),
    mu: stepSize,
    batch: problem.batch,
    dimension: problem.dimension,
    noise: plan.members.map((agent) => agentNoise(problem.noise, problem.noiseSpread, agent, plan.views.length, seed)),
    signal: principalPart(signal, plan.members),
    iterations,
    ...(filters ? { output: filterMatrix(plan.laplacian, noise, spectrumMax) } : {}),
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
