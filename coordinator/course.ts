/**
 * What the learned relationship was at every step of an arm, where the estimator goes on learning while agents cooperate.
 *
 * The first arm that uses the learned relationship is cut into stages, one look each: every agent tells of its shadow, the
 * estimator learns on, and the next stage has the new views. Shadows are the same in all arms, so that later arms follow
 * the same course at the same steps without asking again. All of it is a function of the reports in the log.
 */
import { LOOK_TIME_CONSTANTS } from '../core/relationship/recursive.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { Experiment } from '../config/experiment.ts';
import { estimatorOf, learnedFrom } from './relate.ts';
import type { Learned } from './relate.ts';
import { named } from './script.ts';
import type { StageReports } from './script.ts';

/** Until a shadow that begins at 0 tells of its task: time constants 4. What is told at the end of this is not used. */
const LOOKS_TO_SETTLE = 2;

export class Course {
  readonly #experiment: Experiment;
  readonly #needs: readonly string[];
  #contributors: readonly number[] = [];
  #look = 0;
  /** The estimator's own: never looked into here. */
  #state: unknown;
  readonly #versions: { readonly from: number; readonly laplacian: Matrix }[] = [];
  #isComplete = false;

  /** Begins with what exploring told. */
  constructor(experiment: Experiment, evidence: readonly Evidence[]) {
    this.#experiment = experiment;
    this.#needs = estimatorOf(experiment).needs;
    this.#begin(evidence);
  }

  /** Whether an arm went along it from beginning to end. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  complete(): void {
    this.#isComplete = true;
  }

  /** Evidence that is asked for at every look. */
  get needs(): readonly string[] {
    return this.#needs;
  }

  /** Learns on. Where others took part than before, it begins with what these tell now. */
  look({ values, participants }: StageReports): Learned {
    const told = participants.map((agent): Evidence => ({
      agent,
      ...Object.fromEntries(this.#needs.map((name) => [name, named(values[agent], agent, name)])),
    }));
    if (participants.join(' ') === this.#contributors.join(' ')) this.#observe(told);
    else this.#begin(told);
    return learnedFrom(this.#experiment, this.#contributors, estimatorOf(this.#experiment).estimate(this.#state as never));
  }

  /** In use after this step. */
  renew(from: number, laplacian: Matrix): void {
    this.#versions.push({ from, laplacian });
  }

  /** What is in use after this step; undefined before the first look. */
  at(step: number): Matrix | undefined {
    return this.#versions.findLast(({ from }) => from <= step)?.laplacian;
  }

  #begin(evidence: readonly Evidence[]): void {
    const ordered = [...evidence].sort((a, b) => a.agent - b.agent);
    const { estimator, options } = { estimator: estimatorOf(this.#experiment), options: this.#experiment.relationship.options };
    this.#contributors = ordered.map(({ agent }) => agent);
    this.#state = estimator.init(ordered.length, options);
    this.#look = 0;
    this.#observe(ordered);
  }

  #observe(told: readonly Evidence[]): void {
    const estimator = estimatorOf(this.#experiment);
    told.forEach((one, index) => (this.#state = estimator.observe(this.#state as never, { ...one, agent: index, look: this.#look })));
    this.#look++;
  }
}

/** After which steps of an arm the relationship is looked at again. */
export function lookSteps(stepSize: number, steps: number): number[] {
  const every = stepsPerLook(stepSize);
  const count = Math.max(0, Math.ceil(steps / every) - LOOKS_TO_SETTLE);
  return Array.from({ length: count }, (_, i) => (i + LOOKS_TO_SETTLE) * every).filter((step) => step < steps);
}

/** The first look only ends the time to settle. */
export function isTelling(step: number, stepSize: number): boolean {
  return step > LOOKS_TO_SETTLE * stepsPerLook(stepSize);
}

/** After which steps the true relationship is another one: at once, or look after look while it slides. */
export function changeSteps({ at, over }: { readonly at: number; readonly over: number }, stepSize: number): number[] {
  const every = stepsPerLook(stepSize);
  const between = Array.from({ length: Math.ceil(over / every) }, (_, i) => at - 1 + i * every);
  return [...between, at - 1 + over];
}

function stepsPerLook(stepSize: number): number {
  return Math.max(1, Math.round(LOOK_TIME_CONSTANTS / stepSize));
}
