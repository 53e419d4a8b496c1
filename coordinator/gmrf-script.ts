/**
 * The paper's experiment on synthetic tasks: explore alone until steady, learn the Laplacian, run every arm.
 *
 * Phase 1 stops by the window test (algorithms: windows of one time constant 1 / mu; pass, then two more windows);
 * the noise of the cooperating phase is rescaled from the exploring one; eta by the eta rule; every arm's error curve
 * is predicted by the second-moment recursion and stored beside the measured one.
 */
import { cooperationDiagnostics, explorationDiagnostics } from '../core/diagnostics.ts';
import { laplacian } from '../core/graph.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { laplacianPseudoInverse } from '../core/linalg/ones-complement.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { relativeError } from '../core/relationship/compare.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { filterMatrix } from '../core/strategy/filter.ts';
import { etaRule, largestStepSize, noiseAtStep, predictedCurve, stability } from '../core/theory.ts';
import { EXTRA_WINDOWS, PASS_CHANGE, windowSteps as windowStepsAt } from '../core/window-test.ts';
import type { GmrfProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { gradientArmResult, recordArmMetrics } from './arm-result.ts';
import type { ArmPlan } from './relate.ts';
import { combineMatrix, estimate, estimatorOf, planArms, withinNetwork } from './relate.ts';
import { connect, forEveryone, reported } from './script.ts';
import type { Script, ScriptContext, StageReports } from './script.ts';
import { filterSpectrumMax, linksOf } from './views.ts';

/** nu of the automatic step sizes: small where the relationship is learned, large where cooperation can help. */
const EXPLORE_NU = 0.05;
const COOPERATE_NU = 0.35;
/** Time constants after which exploring gives up waiting for the window test. */
const WINDOWS_MAX = 50;
/** The tail average covers at most four time constants. */
const TAIL_WINDOWS = 4;

interface Explored {
  readonly stepSize: number;
  /** Time constants until the iterates were steady. */
  readonly settledWindows: number;
}

export function* gmrfScript(context: ScriptContext, problem: GmrfProblem): Script {
  const known = laplacian(context.truth!);
  const explored = yield* explore(context, problem);
  const evidence = yield* gather(context, explored);
  const learned = learn(context, problem, explored, evidence, known);
  const plans = planArms(context, learned, known);
  yield* connect(context, linksOf(plans.map((plan) => plan.views)));
  const stepSize = numberOr(context.experiment.cooperate.stepSize, () => largestStepSize(COOPERATE_NU, problem.batch, problem.dimension));
  for (const plan of plans) yield* cooperate(context, problem, plan, stepSize, explored, evidence);
}

/** Learn alone until the window test passes at every agent, then two more windows (or exactly `steps`). */
function* explore({ experiment }: ScriptContext, problem: GmrfProblem): Script<Explored> {
  const stepSize = numberOr(experiment.explore.stepSize, () => largestStepSize(EXPLORE_NU, problem.batch, problem.dimension));
  const windowSteps = windowStepsAt(stepSize);
  if (experiment.explore.steps !== 'auto') return yield* exploreFor(experiment.agents, experiment.explore.steps, stepSize, windowSteps);
  let windows = 0;
  for (let passed = false; !passed && windows < WINDOWS_MAX;) {
    windows++;
    const reports = yield exploreStage(experiment.agents, stepSize, windowSteps, windows * windowSteps, NO_TAIL);
    passed = windows >= 2 && Math.max(...changes(reports)) <= PASS_CHANGE;
  }
  const until = (windows + EXTRA_WINDOWS) * windowSteps;
  yield exploreStage(experiment.agents, stepSize, windowSteps, until, windows * windowSteps);
  return { stepSize, settledWindows: windows };
}

/** The tail has not begun. */
const NO_TAIL = 0xffffffff;

function* exploreFor(agents: number, steps: number, stepSize: number, windowSteps: number): Script<Explored> {
  const tail = Math.min(TAIL_WINDOWS * windowSteps, Math.floor(steps / 2));
  yield exploreStage(agents, stepSize, windowSteps, steps, steps - tail);
  return { stepSize, settledWindows: Math.max(1, Math.round((steps - tail) / windowSteps)) };
}

function exploreStage(agents: number, stepSize: number, windowSteps: number, untilStep: number, tailFromStep: number) {
  const work = { kind: 'explore', stepSize, untilStep, windowSteps, tailFromStep } as const;
  return { phase: 'exploring', label: 'learning alone', works: forEveryone(agents, work), until: untilStep } as const;
}

function changes(reports: StageReports): number[] {
  return reports.values.map((_, k) => reported(reports, k, 'change')[0]);
}

interface Gathered {
  readonly evidence: readonly Evidence[];
  /** s_k / B by agent, measured by the energy identity. */
  readonly noisePowers: readonly number[];
}

function* gather({ experiment }: ScriptContext, _explored: Explored): Script<Gathered> {
  const needs = estimatorOf(experiment).needs;
  const work = { kind: 'evidence', needs, ridge: 0 } as const;
  const reports = yield { phase: 'estimating', label: 'reporting estimates', works: forEveryone(experiment.agents, work) };
  const evidence = reports.values.map((values, agent): Evidence => ({ agent, ...Object.fromEntries(needs.map((name) => [name, values.get(name)])) }));
  return { evidence, noisePowers: reports.values.map((_, k) => reported(reports, k, 'noisePower')[0]) };
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
    diagnostics: [...diagnostics, ...about, ...dropped],
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
    every: experiment.output.every,
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

function numberOr(value: number | 'auto', automatic: () => number): number {
  return value === 'auto' ? automatic() : value;
}

function diagonal(matrix: Matrix): number[] {
  return Array.from({ length: matrix.rows }, (_, k) => matrix.data[k * matrix.cols + k]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
