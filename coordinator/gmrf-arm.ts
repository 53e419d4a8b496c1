/**
 * One arm of gmrf-regression with its numbers: eta by the eta rule, the noise of its agents, and the error curve that the
 * second-moment recursion predicts for it. All of it is about the arm's members, in their order.
 */
import { cooperationDiagnostics } from '../core/diagnostics.ts';
import { LIMITS } from '../core/limits.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { filterMatrix } from '../core/strategy/filter.ts';
import { etaCap, etaRule, predictedCurve } from '../core/theory.ts';
import type { Experiment, GmrfProblem } from '../config/experiment.ts';
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

export function tuneArm(plan: ArmPlan, stepSize: number, noise: readonly number[]): TunedArm {
  const spectrumMax = plan.laplacian === undefined ? 1 : filterSpectrumMax(plan.laplacian, noise);
  return { plan, noise, stepSize, ...armEta(plan, stepSize, mean(noise)), spectrumMax };
}

/** By agent; what the missing get is never assigned. */
export function cooperateWorks(experiment: Experiment, { plan, noise, stepSize, eta, spectrumMax }: TunedArm, steps: number, epoch: Epoch): CooperateWork[] {
  const { rounds } = experiment.network;
  const common = {
    kind: 'cooperate',
    arm: plan.index,
    ...epoch,
    strategy: plan.strategy.name,
    stepSize,
    etas: eta === null ? [] : [eta],
    spectrumMax,
    ridge: 0,
    rounds: rounds.kind,
    staleness: rounds.staleness,
    heldOut: false,
    untilIteration: steps,
    lastIteration: steps,
    every: Math.max(experiment.output.every, Math.ceil(steps / LIMITS.curvePointsMax)),
  } as const;
  const byAgent = new Map(plan.members.map((agent, i) => [agent, noise[i]]));
  return plan.views.map((view, agent) => ({ ...common, view, noise: byAgent.get(agent) ?? 0 }));
}

function armEta(plan: ArmPlan, stepSize: number, noise: number): { eta: number | null; diagnostics: Diagnostic[] } {
  if (!plan.strategy.usesEta || plan.laplacian === undefined) return { eta: null, diagnostics: [] };
  const values = symmetricEigen(plan.laplacian).values;
  const maxDegree = Math.max(...diagonal(plan.laplacian));
  const given = plan.spec.eta === 'auto' ? etaRule(values, noise, stepSize, maxDegree).eta : plan.spec.eta;
  const eta = Math.min(given, etaCap(Math.max(...values), stepSize, maxDegree));
  const arm = `${plan.strategy.name} (${plan.relationship})`;
  const lowered: Diagnostic[] =
    eta < given ? [{ code: 'ETA_LOWERED', message: `${arm}: eta ${given} is unstable here; ${eta.toPrecision(3)} was used`, value: eta }] : [];
  return { eta, diagnostics: [...lowered, ...cooperationDiagnostics({ arm, eigenvalues: values, maxDegree, noise, stepSize, eta })] };
}

/** Theory's curve for the arm: A from the relationship in use, `signal` the covariance of the truth, of all agents. */
export function predictedError(
  signal: Matrix,
  problem: GmrfProblem,
  { plan, noise, stepSize, eta, spectrumMax }: TunedArm,
  iterations: readonly number[],
): number[] {
  const filters = plan.strategy.name === 'filter' && plan.laplacian !== undefined;
  return predictedCurve({
    combine: combineMatrix(plan, stepSize, eta ?? 0),
    mu: stepSize,
    batch: problem.batch,
    dimension: problem.dimension,
    noise: noise.map(() => problem.noise),
    signal: principalPart(signal, plan.members),
    iterations,
    ...(filters ? { output: filterMatrix(plan.laplacian, noise, spectrumMax) } : {}),
  });
}

function diagonal(matrix: Matrix): number[] {
  return Array.from({ length: matrix.rows }, (_, k) => matrix.data[k * matrix.cols + k]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
