/**
 * The paper's experiment on synthetic tasks: explore alone until steady, learn the Laplacian, run every arm.
 *
 * Phase 1 stops by the window test (algorithms: windows of one time constant 1 / mu; pass, then two more windows);
 * the noise of the cooperating phase is rescaled from the exploring one; eta by the eta rule; every arm's error curve
 * is predicted by the second-moment recursion and stored beside the measured one.
 */
import { explorationDiagnostics } from '../core/diagnostics.ts';
import { laplacian } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { truthCovariance } from '../core/problem/gmrf-regression.ts';
import { relativeError } from '../core/relationship/compare.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { strategyByName } from '../core/strategy/index.ts';
import { largestStepSize, noiseAtStep, stability } from '../core/theory.ts';
import type { Experiment, GmrfProblem } from '../config/experiment.ts';
import { gradientArmResult, recordArmMetrics } from './arm-result.ts';
import { runArms } from './arms.ts';
import type { Season } from './arms.ts';
import type { Epochs } from './epochs.ts';
import { explore, gather, numberOr, toldBy } from './exploration.ts';
import type { Explored, Gathered, Told } from './exploration.ts';
import { cooperateWorks, predictedError, tuneArm } from './gmrf-arm.ts';
import type { ArmPlan, Learned } from './relate.ts';
import { estimate, needsRelationship, planArms, withinNetwork } from './relate.ts';
import type { Script, ScriptContext, StageReports, Values } from './script.ts';

/** nu of the automatic step size where cooperation can help; exploring takes a smaller one. */
const COOPERATE_NU = 0.35;

export function* gmrfScript(context: ScriptContext, problem: GmrfProblem): Script {
  const explored = yield* explore(context, problem);
  const gathered = yield* gather(context);
  yield* runArms(context, new GmrfSeason(context, problem, explored, gathered));
}

/** An experiment whose every relationship is given needs no estimate; one without any is run for the estimate. */
function learns(experiment: Experiment): boolean {
  const uses = experiment.cooperate.arms.some((arm) => strategyByName(arm.strategy)?.cooperatesOver === 'relationship');
  return needsRelationship(experiment) || !uses;
}

class GmrfSeason implements Season<ArmPlan> {
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #problem: GmrfProblem;
  readonly #explored: Explored;
  readonly #told: Map<number, Told>;
  readonly #known: Matrix;
  /** Covariance of the truth: made once, since many agents make it dear. */
  #signal: Matrix | undefined;
  readonly #stepSize: number;
  #learned: Matrix | undefined;
  #version = 0;

  constructor(context: ScriptContext, problem: GmrfProblem, explored: Explored, { stage, told }: Gathered) {
    const { stepSize } = context.experiment.cooperate;
    this.#context = context;
    this.#problem = problem;
    this.#explored = explored;
    this.evidenceStage = stage;
    this.#told = told;
    this.#known = laplacian(context.truth!);
    this.#stepSize = numberOr(stepSize, () => largestStepSize(COOPERATE_NU, problem.batch, problem.dimension));
    this.#learnAgain();
  }

  knows(agent: number): boolean {
    return this.#told.has(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    for (const [agent, told] of toldBy(this.#context.experiment, late)) this.#told.set(agent, told);
    this.#learnAgain();
  }

  plan(): ArmPlan[] {
    return planArms(this.#context, this.#learned, this.#known);
  }

  viewsOf(plan: ArmPlan): [ArmPlan['views']] {
    return [plan.views];
  }

  *run(plan: ArmPlan, epochs: Epochs): Script<boolean> {
    const noise = plan.members.map((agent) => this.#noiseOf(agent, this.#stepSize));
    const arm = tuneArm(plan, this.#stepSize, noise);
    const steps = numberOr(this.#context.experiment.cooperate.steps, () => automaticSteps(this.#explored, this.#stepSize));
    const works = cooperateWorks(this.#context.experiment, arm, steps, epochs.next(steps));
    const reports = yield { phase: 'cooperating', label: `${plan.strategy.name} (${plan.relationship})`, works, until: steps, total: steps };
    if (reports.brokenOff) return false;
    this.#context.record({ type: 'diagnostics', diagnostics: arm.diagnostics });
    const predict = isWhole(reports, plan)
      ? (iterations: readonly number[]): number[] => predictedError((this.#signal ??= truthCovariance(this.#known)), this.#problem, arm, iterations)
      : undefined;
    this.#context.record({ type: 'arm', ...gradientArmResult(plan, works[plan.members[0]], arm.eta, reports, predict) });
    recordArmMetrics(this.#context, plan, reports);
    return true;
  }

  #learnAgain(): void {
    if (!learns(this.#context.experiment)) return;
    const { agents } = this.#context.experiment;
    const learned = estimate(
      this.#context.experiment,
      Array.from(this.#told.values(), ({ evidence }) => evidence),
    );
    const { relationship, contributors } = learned;
    const usable = withinNetwork(this.#context, relationship.laplacian);
    this.#learned = usable.laplacian;
    this.#context.record({
      type: 'relationship',
      relationship,
      version: ++this.#version,
      diagnostics: [...this.#diagnosticsOf(learned), ...usable.diagnostics],
      // Of some of the agents there is nothing to compare with.
      relativeError: contributors.length === agents ? relativeError(relationship.laplacian, this.#known) : null,
      truth: this.#known,
      contributors,
    });
  }

  #diagnosticsOf({ own, contributors, diagnostics }: Learned): Diagnostic[] {
    const { stepSize } = this.#explored;
    const { batch, dimension } = this.#problem;
    const noise = contributors.map((agent) => this.#noiseOf(agent, stepSize));
    const about = explorationDiagnostics({ laplacian: own, noise, stepSize, batch, dimension });
    return [...diagnostics, ...about.filter(({ code }) => diagnostics.every((one) => one.code !== code)), ...this.#explored.diagnostics];
  }

  #noiseOf(agent: number, stepSize: number): number {
    return noiseAtStep(this.#told.get(agent)!.noisePower, stepSize, stability(stepSize, this.#problem.batch, this.#problem.dimension));
  }
}

/** Theory knows no arm that somebody left in the middle. */
function isWhole({ participants }: StageReports, { members }: ArmPlan): boolean {
  return participants.length === members.length;
}

/** Three times the settling time, so that the last third is steady. */
function automaticSteps(explored: Explored, stepSize: number): number {
  return Math.ceil((3 * explored.settledWindows) / stepSize);
}
