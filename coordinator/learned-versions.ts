/**
 * The relationships that a run has learned: versions count over all of them. A run on a table may learn a graph, a prior and a
 * subspace, each for its own arms: the result tells of the one that the experiment's section asks for, of the graph, then the
 * prior where there is no section, with what only the others have beside it, and lists them all.
 */
import { relationshipRecovery } from '../core/drift-figures.ts';
import { ESTIMATOR_CARDS } from '../core/relationship/index.ts';
import { RELATIONSHIP_KINDS } from '../core/relationship/kinds.ts';
import type { Relationship } from '../core/relationship/relationship.ts';
import type { ArmResult, LearnedRelationship, RelationshipStep, RunResult } from '../core/run-result.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Experiment } from '../config/experiment.ts';

export type Told = NonNullable<RunResult['relationship']>;

/** By what a strategy cooperates over. */
const KIND_OF: Readonly<Record<string, Relationship['kind']>> = { relationship: 'precision', prior: 'prior', subspace: 'subspace', groups: 'groups' };

export class LearnedVersions {
  readonly #section: Experiment['relationship'];
  readonly #all: { readonly told: Told; readonly step: number }[] = [];

  constructor(section: Experiment['relationship']) {
    this.#section = section;
  }

  /** `step`: of an arm after which it is in use; 0 where it was learned before one. */
  add(told: Told, step: number): void {
    this.#all.push({ told, step });
  }

  /** `at`: the step of an arm at which the true graph changes. */
  told(at: number | undefined): Told | null {
    const latest = RELATIONSHIP_KINDS.flatMap((kind) => this.#latest(({ told }) => told.kind === kind) ?? []);
    const first = latest.find(({ kind }) => kind === this.#askedKind()) ?? latest[0];
    if (first === undefined) return null;
    if (latest.length === 1) return { ...first, ...this.#course(at) };
    const others = latest.filter((one) => one !== first);
    const diagnostics = [first, ...others].flatMap((one) => one.diagnostics);
    const graph = others.find(({ laplacian }) => laplacian !== null);
    const lent = first.laplacian === null && graph !== undefined ? { laplacian: graph.laplacian, laplacianVersion: graph.version } : {};
    const beside = others.reduce((all, one) => ({ ...all, ...only(one) }), {});
    return { ...first, ...lent, ...beside, diagnostics, learned: this.#list(), ...this.#course(at) };
  }

  /** What the arm that just ended went by; undefined where that was not learned. */
  versionOf({ strategy, relationship }: ArmResult): number | undefined {
    if (relationship === 'known') return undefined;
    const kind = KIND_OF[strategyByName(strategy)?.cooperatesOver ?? ''];
    return this.#latest(({ told, step }) => told.kind === kind && (relationship !== 'frozen' || step === 0))?.version;
  }

  #latest(is: (one: { readonly told: Told; readonly step: number }) => boolean): Told | undefined {
    return this.#all.findLast(is)?.told;
  }

  /** A graph where it says nothing, or names a module. */
  #askedKind(): string | undefined {
    const { isDefault, given, estimator } = this.#section;
    return isDefault === true || given !== undefined ? undefined : ESTIMATOR_CARDS[estimator]?.yields;
  }

  #list(): LearnedRelationship[] {
    return this.#all.map(({ told: { version, kind, estimator, contributors } }) => ({ version, kind, estimator, contributors }));
  }

  /** Versions that were learned once are no course. */
  #course(at: number | undefined): Pick<Told, 'course' | 'recoverySteps'> {
    if (this.#all.every(({ step }) => step === 0)) return {};
    const course: RelationshipStep[] = this.#all.map(({ told: { version, relativeError }, step }) => ({ version, step, relativeError }));
    return { course, ...(at === undefined ? {} : { recoverySteps: relationshipRecovery(course, at) }) };
  }
}

/** What this kind has and no other. */
function only({ prior, subspace, groups, servedBy }: Told): Pick<Told, 'prior' | 'subspace' | 'groups' | 'servedBy'> {
  return { ...(prior && { prior }), ...(subspace && { subspace }), ...(groups && servedBy && { groups, servedBy }) };
}
