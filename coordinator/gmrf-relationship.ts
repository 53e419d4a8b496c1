/**
 * The relationship of a run on gmrf-regression: what the agents told, what was learned of it once, what is learned on while they
 * cooperate (course.ts), and the truth; each of them as it is after any step of an arm.
 */
import { explorationDiagnostics } from '../core/diagnostics.ts';
import { assert } from '../core/errors.ts';
import { unsaid } from '../core/evidence-diagnostics.ts';
import { laplacian } from '../core/graph.ts';
import type { Graph } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { laplacianAt } from '../core/problem/drift.ts';
import type { GraphSchedule } from '../core/problem/drift.ts';
import { truthCovariance } from '../core/problem/gmrf-regression.ts';
import { taskCovariance } from '../core/problem/task-law.ts';
import { relativeError } from '../core/relationship/compare.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { strategyByName } from '../core/strategy/index.ts';
import { noiseAtStep, stability } from '../core/theory.ts';
import type { ArmSpec, Experiment, GmrfProblem, GradientProblem } from '../config/experiment.ts';
import { changeSteps, Course, isTelling, lookSteps } from './course.ts';
import type { Explored, Told } from './exploration.ts';
import type { ArmPlan, Learned } from './relate.ts';
import { estimate, estimatorOf, needsRelationship, planArm, planArms, withinNetwork } from './relate.ts';
import type { RelationshipInputs, ScriptContext, StageReports } from './script.ts';

export class GmrfRelationship {
  readonly #context: ScriptContext;
  readonly #problem: GradientProblem;
  readonly #explored: Explored;
  /** Of the arms. */
  readonly #stepSize: number;
  readonly #told = new Map<number, Told>();
  /** The truth at the beginning, where it is known. */
  readonly known: Matrix | undefined;
  /** How the true relationship changes while agents cooperate, if it does. */
  readonly #change: GraphSchedule | undefined;
  /** Covariance of the truth: made once, since many agents make it dear. */
  #signal: Matrix | undefined;
  #learned: Matrix | undefined;
  #course: Course | undefined;
  #version = 0;

  constructor(context: ScriptContext, problem: GradientProblem, explored: Explored, stepSize: number) {
    this.#context = context;
    this.#problem = problem;
    this.#explored = explored;
    this.#stepSize = stepSize;
    this.known = context.truth && laplacian(context.truth.graph);
    this.#change = problem.kind === 'gmrf-regression' ? changeOf(problem, context.truth?.changed) : undefined;
  }

  knows(agent: number): boolean {
    return this.#told.has(agent);
  }

  /** Learns, with this too. */
  learn(news: ReadonlyMap<number, Told>): void {
    for (const [agent, told] of news) this.#told.set(agent, told);
    this.#learnAgain();
  }

  /** All arms, for those who take part now. What was learned on the way was learned from others, and is forgotten. */
  plans(): ArmPlan[] {
    this.#course = undefined;
    return planArms(this.#context, this.#learned, this.known);
  }

  /** The same arm with the relationship of the steps after `step`, among those who are there. */
  planAfter(step: number, { spec, index }: ArmPlan): ArmPlan {
    const learned = (this.isRenewed(spec) ? this.#course?.at(step) : undefined) ?? this.#learned;
    return planArm(this.#context, spec, index, learned, this.#truthAfter(step));
  }

  /** After which steps the arm is another one, and its last step. */
  legEnds(spec: ArmSpec, steps: number): number[] {
    if (this.isRenewed(spec)) return [...lookSteps(this.#stepSize, steps), steps];
    const isOracle = spec.relationship === 'known' && this.#change !== undefined;
    return [...(isOracle ? changeSteps(this.#change, this.#stepSize) : []), steps];
  }

  /** What agents tell at every look of this arm; nothing where it only follows what an earlier one learned, or looks at nothing. */
  asks(spec: ArmSpec): readonly string[] {
    if (!this.isRenewed(spec)) return [];
    this.#course ??= new Course(this.#context.experiment, this.#evidenceOf(this.#context.participants()));
    return this.#course.isComplete ? [] : this.#course.needs;
  }

  /** Whether the arm's relationship is learned on. */
  isRenewed({ strategy, relationship }: ArmSpec): boolean {
    const uses = strategyByName(strategy)?.cooperatesOver === 'relationship' && relationship !== 'known' && relationship !== 'frozen';
    return uses && estimatorOf(this.#context.experiment).cadence === 'continuous';
  }

  /** The arm that asked was gone through: the others follow. */
  complete(): void {
    this.#course!.complete();
  }

  /** The relationship learned on, in use after this step. */
  look(step: number, reports: StageReports): void {
    if (!isTelling(step, this.#stepSize)) return;
    const learned = this.#course!.look(reports);
    const usable = withinNetwork(this.#context, learned.relationship.laplacian);
    this.#course!.renew(step, usable.laplacian);
    const noise = new Map(learned.contributors.map((agent) => [agent, reports.values[agent].get('noise')?.[0] ?? 0]));
    const inputs = { ...this.#inputs(learned.contributors), noise, stepSize: this.#stepSize };
    this.#recordLearned(learned, [...learned.diagnostics, ...usable.diagnostics], inputs, step);
    const alarms = learned.diagnostics
      .filter(({ code }) => code === 'RELATIONSHIP_CHANGED')
      .map((one) => ({ ...one, message: `after step ${step} ${one.message}` }));
    if (alarms.length > 0) this.#context.record({ type: 'diagnostics', diagnostics: alarms });
  }

  /** Of the truth over the coordinates. */
  get signal(): Matrix {
    return (this.#signal ??= this.#covariance());
  }

  /** n_k of an agent's own estimate at this step size. */
  noiseOf(agent: number, stepSize: number): number {
    return noiseAtStep(this.#told.get(agent)!.noisePower, stepSize, stability(stepSize, this.#problem.batch, this.#problem.dimension));
  }

  #covariance(): Matrix {
    assert(this.#problem.kind === 'gmrf-regression' && this.known !== undefined, 'the law of the truth is not known');
    const { tails, rank, outlier } = this.#problem;
    const isPlain = rank === undefined && outlier === undefined;
    return isPlain ? truthCovariance(this.known) : taskCovariance({ laplacian: this.known, tails, rank, outlier });
  }

  #truthAfter(step: number): Matrix | undefined {
    return this.known && laplacianAt(this.known, this.#change, step + 1);
  }

  #learnAgain(): void {
    const { experiment } = this.#context;
    if (!learns(experiment) || isLearnedByAgents(experiment)) return;
    const noise = (agent: number): number => this.noiseOf(agent, this.#explored.stepSize);
    this.take(estimate(experiment, this.#evidenceOf([...this.#told.keys()]), noise));
  }

  /** What was learned, whoever did. */
  take(learned: Learned): void {
    const usable = withinNetwork(this.#context, learned.relationship.laplacian);
    this.#learned = usable.laplacian;
    const { contributors } = learned;
    this.#recordLearned(learned, [...this.#diagnosticsOf(learned), ...usable.diagnostics], this.#inputs(contributors));
  }

  #inputs(contributors: readonly number[]): RelationshipInputs {
    const { stepSize, settledWindows } = this.#explored;
    const byAgent = (of: (agent: number) => number): Map<number, number> => new Map(contributors.map((agent) => [agent, of(agent)]));
    return {
      evidence: estimatorOf(this.#context.experiment).needs,
      dimension: this.#problem.dimension,
      noise: byAgent((agent) => this.#told.get(agent)!.evidence.noise?.[0] ?? this.noiseOf(agent, stepSize)),
      noisePower: byAgent((agent) => this.#told.get(agent)!.noisePower),
      stepSize,
      settledWindows,
    };
  }

  #diagnosticsOf({ own, contributors, diagnostics }: Learned): Diagnostic[] {
    if (this.#context.experiment.relationship.given !== undefined) return [...diagnostics];
    const { stepSize } = this.#explored;
    const { batch, dimension } = this.#problem;
    const noise = contributors.map((agent) => this.noiseOf(agent, stepSize));
    const about = explorationDiagnostics({ laplacian: own, noise, stepSize, batch, dimension });
    return [...diagnostics, ...unsaid(diagnostics, about), ...this.#explored.diagnostics];
  }

  #recordLearned({ relationship, contributors }: Learned, diagnostics: readonly Diagnostic[], inputs: RelationshipInputs, step?: number): void {
    const truth = this.#truthAfter(step ?? 0);
    // Of some of the agents, or of tasks in few directions, there is nothing to compare with.
    const isWhole = this.#problem.kind === 'gmrf-regression' && this.#problem.rank === undefined;
    const isComparable = contributors.length === this.#context.experiment.agents && isWhole;
    this.#context.record({
      type: 'relationship',
      relationship,
      version: ++this.#version,
      ...(step === undefined ? {} : { step }),
      diagnostics,
      relativeError: isComparable && truth !== undefined ? relativeError(relationship.laplacian, truth) : null,
      truth: truth ?? null,
      contributors,
      inputs,
    });
  }

  #evidenceOf(agents: readonly number[]): Evidence[] {
    return agents.map((agent) => this.#told.get(agent)!.evidence);
  }
}

/** An experiment whose every relationship is given needs no estimate; one without any is run for the estimate. */
function learns(experiment: Experiment): boolean {
  const uses = experiment.cooperate.arms.some((arm) => strategyByName(arm.strategy)?.cooperatesOver === 'relationship');
  return needsRelationship(experiment) || !uses;
}

export function isLearnedByAgents(experiment: Experiment): boolean {
  return learns(experiment) && estimatorOf(experiment).host === 'agent';
}

function changeOf({ drift }: GmrfProblem, changed: Graph | undefined): GraphSchedule | undefined {
  return changed && { at: drift?.at ?? 0, over: drift?.over ?? 0, after: laplacian(changed) };
}
