/**
 * The paper's experiment on synthetic tasks: explore alone until steady, learn the Laplacian, run every arm.
 *
 * Phase 1 stops by the window test (algorithms: windows of one time constant 1 / mu; pass, then two more windows);
 * the noise of the cooperating phase is rescaled from the exploring one; eta by the eta rule; every arm's error curve
 * is predicted by the second-moment recursion and stored beside the measured one.
 */
import { cooperationDiagnostics, explorationDiagnostics } from '../core/diagnostics.ts';
import { laplacian } from '../core/graph.ts';
import { LIMITS } from '../core/limits.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { laplacianPseudoInverse } from '../core/linalg/ones-complement.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { relativeError } from '../core/relationship/compare.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { filterMatrix } from '../core/strategy/filter.ts';
import { strategyByName } from '../core/strategy/index.ts';
import { etaRule, largestStepSize, noiseAtStep, predictedCurve, stability } from '../core/theory.ts';
import type { Experiment, GmrfProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { explore, gather, numberOr } from './exploration.ts';
import type { Explored, Gathered } from './exploration.ts';
import { gradientArmResult, recordArmMetrics } from './arm-result.ts';
import type { ArmPlan } from './relate.ts';
import { combineMatrix, estimate, needsRelationship, planArms, withinNetwork } from './relate.ts';
import { connect } from './script.ts';
import type { Script, ScriptContext } from './script.ts';
import { filterSpectrumMax, linksOf } from './views.ts';

/** nu of the automatic step size where cooperation can help; exploring takes a smaller one. */
const COOPERATE_NU = 0.35;

export function* gmrfScript(context: ScriptContext, problem: GmrfProblem): Script {
  const known = laplacian(context.truth!);
  const explored = yield* explore(context, problem);
  const evidence = yield* gather(context);
  const learned = learns(context.experiment) ? learn(context, problem, explored, evidence, known) : undefined;
  const plans = planArms(context, learned, known);
  yield* connect(context, linksOf(plans.map((plan) => plan.views)));
  const stepSize = numberOr(context.experiment.cooperate.stepSize, () => largestStepSize(COOPERATE_NU, problem.batch, problem.dimension));
  for (const plan of plans) yield* cooperate(context, problem, plan, stepSize, explored, evidence);
}

/** An experiment whose every relationship is given needs no estimate; one without any is run for the estimate. */
function learns(experiment: Experiment): boolean {
  const uses = experiment.cooperate.arms.some((arm) => strategyByName(arm.strategy)?.cooperatesOver === 'relationship');
  return needsRelationship(experiment) || !uses;
}

function learn(context: ScriptContext, problem: GmrfProblem, explored: Explored, gathered: Gathered, known: Matrix): Matrix {
  const { experiment } = context;
  const { relationship, diagnostics } = estimate(experiment, gathered.evidence);
  const { laplacian: usable, diagnostics: dropped } = withinNetwork(context, relationship.laplacian);
  const noise = gathered.noisePowers.map((power) => noiseAtStep(power, explored.stepSize, nuOf(explored.stepSize, problem)));
  const about = explorationDiagnostics({
    laplacian: relationship.laplacian,
    noise,
    stepSize: explored.stepSize,
    batch: problem.batch,
    dimension: problem.dimension,
  });
  context.record({
    type: 'relationship',
    relationship,
    version: 1,
    diagnostics: [...diagnostics, ...about.filter(({ code }) => diagnostics.every((one) => one.code !== code)), ...explored.diagnostics, ...dropped],
    relativeError: relativeError(relationship.laplacian, known),
    truth: known,
  });
  return usable;
}

function* cooperate(context: ScriptContext, problem: GmrfProblem, plan: ArmPlan, stepSize: number, explored: Explored, gathered: Gathered): Script {
  const { experiment } = context;
  const noise = gathered.noisePowers.map((power) => noiseAtStep(power, stepSize, nuOf(stepSize, problem)));
  const { eta, diagnostics } = armEta(plan, stepSize, mean(noise));
  const steps = numberOr(experiment.cooperate.steps, () => automaticSteps(explored, stepSize));
  const spectrumMax = plan.laplacian === undefined ? 1 : filterSpectrumMax(plan.laplacian, noise);
  const works = plan.views.map((view, k): CooperateWork => ({
    kind: 'cooperate',
    arm: plan.index,
    epoch: plan.index + 1,
    strategy: plan.strategy.name,
    view,
    stepSize,
    etas: eta === null ? [] : [eta],
    noise: noise[k],
    spectrumMax,
    ridge: 0,
    heldOut: false,
    untilIteration: steps,
    lastIteration: steps,
    every: Math.max(experiment.output.every, Math.ceil(steps / LIMITS.curvePointsMax)),
  }));
  const reports = yield { phase: 'cooperating', label: `${plan.strategy.name} (${plan.relationship})`, works, until: steps, total: steps };
  const predict = (iterations: readonly number[]): number[] => predictedError(context, problem, plan, stepSize, eta ?? 0, noise, spectrumMax, iterations);
  context.record({ type: 'diagnostics', diagnostics });
  const result = gradientArmResult(plan, works[0], eta, reports, predict);
  context.record({ type: 'arm', ...result });
  recordArmMetrics(context, plan, reports);
}

function armEta(plan: ArmPlan, stepSize: number, noise: number): { eta: number | null; diagnostics: Diagnostic[] } {
  if (!plan.strategy.usesEta || plan.laplacian === undefined) return { eta: null, diagnostics: [] };
  const values = symmetricEigen(plan.laplacian).values;
  const maxDegree = Math.max(...diagonal(plan.laplacian));
  const eta = plan.spec.eta === 'auto' ? etaRule(values, noise, stepSize, maxDegree).eta : plan.spec.eta;
  const arm = `${plan.strategy.name} (${plan.relationship})`;
  return { eta, diagnostics: cooperationDiagnostics({ arm, eigenvalues: values, maxDegree, noise, stepSize, eta }) };
}

/** Theory's curve for the arm: A from the relationship in use, signal covariance from the true one. */
function predictedError(
  context: ScriptContext,
  problem: GmrfProblem,
  plan: ArmPlan,
  stepSize: number,
  eta: number,
  noise: readonly number[],
  spectrumMax: number,
  iterations: readonly number[],
): number[] {
  const filters = plan.strategy.name === 'filter' && plan.laplacian !== undefined;
  return predictedCurve({
    combine: combineMatrix(plan, stepSize, eta),
    mu: stepSize,
    batch: problem.batch,
    dimension: problem.dimension,
    noise: noise.map(() => problem.noise),
    signal: laplacianPseudoInverse(laplacian(context.truth!)),
    iterations,
    ...(filters ? { output: filterMatrix(plan.laplacian, noise, spectrumMax) } : {}),
  });
}

/** Three times the settling time, so that the last third is steady. */
function automaticSteps(explored: Explored, stepSize: number): number {
  return Math.ceil((3 * explored.settledWindows) / stepSize);
}

function nuOf(stepSize: number, problem: GmrfProblem): number {
  return stability(stepSize, problem.batch, problem.dimension);
}

function diagonal(matrix: Matrix): number[] {
  return Array.from({ length: matrix.rows }, (_, k) => matrix.data[k * matrix.cols + k]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
