/**
 * The paper's experiment on streams, synthetic or of one's own: explore alone until steady, learn the Laplacian, run every arm.
 *
 * Phase 1 stops by the window test (algorithms: windows of one time constant 1 / mu; pass, then two more windows);
 * the noise of the cooperating phase is rescaled from the exploring one; eta by the eta rule; every arm's error curve
 * is predicted by the second-moment recursion and stored beside the measured one.
 */
import { assert } from '../core/errors.ts';
import { aboutStep } from '../core/diagnostics.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { largestStepSize, stability } from '../core/theory.ts';
import type { RunResult } from '../core/run-result.ts';
import type { GradientProblem, StreamProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { gradientArmResult, recordArmMetrics, StageTotals, steadyError } from './arm-result.ts';
import { runArms } from './arms.ts';
import type { OpenViews, Season } from './arms.ts';
import { AutonomousSeason } from './autonomous-season.ts';
import type { Epochs } from './epochs.ts';
import { explore, gather, numberOr, toldBy } from './exploration.ts';
import type { Explored, Gathered } from './exploration.ts';
import { exploredBefore } from './given.ts';
import { cooperateWorks, isPredictable, predictedError, tuneArm } from './gmrf-arm.ts';
import type { TunedArm } from './gmrf-arm.ts';
import { GmrfRelationship, isLearnedByAgents } from './gmrf-relationship.ts';
import type { ArmPlan, Learned } from './relate.ts';
import type { Script, ScriptContext, StageReports, Values } from './script.ts';
import { fallenBack, networkHarmed, transferOf, transferResult } from './transfer.ts';
import type { Transfer } from './transfer.ts';

/** nu of the automatic step size where cooperation can help; exploring takes a smaller one. */
const COOPERATE_NU = 0.35;

export function* gmrfScript(context: ScriptContext, problem: GradientProblem): Script {
  if (problem.kind === 'own-stream') context.record({ type: 'problem', problem: streamFacts(problem) });
  const before = exploredBefore(context.experiment, problem);
  const explored = before?.explored ?? (yield* explore(context, problem));
  const gathered = before?.gathered ?? (yield* gather(context));
  const season = new GmrfSeason(context, problem, explored, gathered);
  if (isLearnedByAgents(context.experiment)) yield* runArms(context, new AutonomousSeason(context, season));
  else yield* runArms(context, season);
}

export class GmrfSeason implements Season<ArmPlan> {
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #problem: GradientProblem;
  readonly #explored: Explored;
  readonly stepSize: number;
  readonly #relationship: GmrfRelationship;

  constructor(context: ScriptContext, problem: GradientProblem, explored: Explored, { stage, told }: Gathered) {
    this.#context = context;
    this.#problem = problem;
    this.#explored = explored;
    this.evidenceStage = stage;
    this.stepSize = numberOr(context.experiment.cooperate.stepSize, () => largestStepSize(COOPERATE_NU, problem.batch, problem.dimension));
    context.record({ type: 'diagnostics', diagnostics: aboutStep(stability(this.stepSize, problem.batch, problem.dimension), 'cooperating') });
    this.#relationship = new GmrfRelationship(context, problem, explored, this.stepSize);
    this.#relationship.learn(told);
  }

  knows(agent: number): boolean {
    return this.#relationship.knows(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    this.#relationship.learn(toldBy(this.#context.experiment, late));
  }

  /** What was learned, whoever did. */
  take(learned: Learned): void {
    this.#relationship.take(learned);
  }

  get known(): Matrix | undefined {
    return this.#relationship.known;
  }

  plan(): ArmPlan[] {
    return this.#relationship.plans();
  }

  viewsOf(plan: ArmPlan): [ArmPlan['views']] {
    return [plan.views];
  }

  *run(planned: ArmPlan, epochs: Epochs, open: OpenViews): Script<boolean> {
    const { experiment } = this.#context;
    const { steps } = this;
    const epoch = epochs.next(steps);
    const needs = this.#relationship.asks(planned.spec);
    const label = `${planned.strategy.name} (${planned.relationship})`;
    const totals = new StageTotals();
    let [arm, works]: [TunedArm | undefined, CooperateWork[]] = [undefined, []];
    for (let from = 0; from < steps;) {
      const until = this.#relationship.legEnds(planned.spec, steps).find((end) => end > from)!;
      arm = this.tuned(this.#relationship.planAfter(from, planned));
      if (!(yield* open([arm.plan.views]))) return false;
      works = cooperateWorks(experiment, arm, steps, { ...epoch, untilIteration: until, needs });
      const reports = yield { phase: 'cooperating', label, works, from, until, total: steps };
      if (reports.brokenOff) return false;
      totals.add(reports);
      if (needs.length > 0 && until < steps) this.#relationship.look(until, reports);
      from = until;
    }
    if (needs.length > 0) this.#relationship.complete();
    assert(arm !== undefined, 'an arm without a step');
    const { plan } = arm;
    const cooperated = totals.ofArm();
    this.#context.record({ type: 'diagnostics', diagnostics: arm.diagnostics });
    const transfer = transferOf(plan, cooperated, this.#context.experiment.agentNames);
    if (!transfer?.harms || !plan.spec.guard) {
      this.conclude(arm, works, cooperated, transfer, null);
      return true;
    }
    const alone = yield {
      phase: 'cooperating',
      label: `${label}: falling back`,
      works: works.map((work) => ({ ...work, fallBack: true })),
      from: steps,
      until: steps,
      total: steps,
    };
    if (alone.brokenOff) return false;
    this.conclude(arm, works, fallenBack(cooperated, alone), transfer, steadyError(cooperated));
    return true;
  }

  /** Of every arm. */
  get steps(): number {
    return numberOr(this.#context.experiment.cooperate.steps, () => automaticSteps(this.#explored, this.stepSize));
  }

  get dimension(): number {
    return this.#problem.dimension;
  }

  /** Of the members' own estimates, at the cooperating step size. */
  noiseOf(members: readonly number[]): number[] {
    return members.map((agent) => this.#relationship.noiseOf(agent, this.stepSize));
  }

  tuned(plan: ArmPlan): TunedArm {
    return tuneArm(plan, this.stepSize, this.noiseOf(plan.members), this.#context.experiment.network.rounds.kind === 'bsp');
  }

  /** `fellBackFrom`: the error of the cooperating models, where they are not what is delivered. */
  conclude(arm: TunedArm, works: readonly CooperateWork[], reports: StageReports, transfer: Transfer | undefined, fellBackFrom: number | null): void {
    const { plan } = arm;
    const delivering = fellBackFrom === null ? arm : { ...arm, plan: { ...plan, laplacian: undefined } };
    const { seed } = this.#context.experiment;
    const problem = this.#problem;
    const predict =
      isWhole(reports, plan) && isPredictable(problem, plan) && !this.#relationship.isRenewed(plan.spec)
        ? (iterations: readonly number[]): number[] => predictedError(this.#relationship.signal, problem, seed, delivering, iterations)
        : undefined;
    const gains = transfer && transferResult(transfer, fellBackFrom);
    const result = gradientArmResult(plan, works[plan.members[0]], arm.eta, reports, predict, gains);
    this.#context.record({ type: 'arm', ...result });
    recordArmMetrics(this.#context, plan, result.arm, reports);
    if (transfer === undefined) return;
    const harm = transfer.harms ? [networkHarmed(plan, transfer, fellBackFrom ?? steadyError(reports))] : [];
    this.#context.record({ type: 'diagnostics', diagnostics: [...transfer.diagnostics, ...harm] });
  }
}

function streamFacts({ kind, own, curvature, measure }: StreamProblem): NonNullable<RunResult['problem']> {
  return { kind, module: own.module, options: own.options, curvature, ...(measure === undefined ? {} : { measure }) };
}

/** Theory knows no arm that somebody left in the middle. */
function isWhole({ participants }: StageReports, { members }: ArmPlan): boolean {
  return participants.length === members.length;
}

/** Three times the settling time, so that the last third is steady. */
function automaticSteps(explored: Explored, stepSize: number): number {
  return Math.ceil((3 * explored.settledWindows) / stepSize);
}
