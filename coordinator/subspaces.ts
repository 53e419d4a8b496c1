/**
 * The subspace of a table's agents: given, or learned when an arm first needs it, again when somebody comes or goes, one stage for every
 * round. All of it is a function of the reports: a coordinator that restarts between two rounds comes to the same basis.
 */
import { assert } from '../core/errors.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { fromLowerTriangle } from '../core/linalg/triangle.ts';
import { guardDiagnostic } from '../core/hierarchical/diagnostics.ts';
import { judge } from '../core/hierarchical/guard.ts';
import type { Diagnostic, SubspaceRelationship } from '../core/relationship/relationship.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { subspaceChain } from '../core/subspace/chain.ts';
import { aboutRows, subspaceDiagnostics } from '../core/subspace/diagnostics.ts';
import { heldBasis } from '../core/subspace/held.ts';
import type { BasisQuestion, HalfMoments, HeadAnswer, LocalLoss } from '../core/subspace/local.ts';
import type { Experiment, TableProblem } from '../config/experiment.ts';
import { heldOf } from '../config/given-relationship.ts';
import type { LocalBasis } from '../proto/messages.ts';
import { provenance } from './given.ts';
import { BROKEN_OFF, converse, gainOf, isComplete, worksOf } from './prior-questions.ts';
import { optionsOf, type ArmPlan } from './relate.ts';
import { named, type Script, type ScriptContext, type Values } from './script.ts';
import { coordinates, type Prepared } from './table-fits.ts';

type Told = ReadonlyMap<number, Values>;
type OrBrokenOff<T> = Script<T | typeof BROKEN_OFF>;

interface Learned {
  readonly members: readonly number[];
  /** What each of them is to answer. */
  readonly questions: readonly BasisQuestion[];
}

export function rankOf(experiment: Experiment): number | 'auto' {
  const rank = optionsOf(experiment, sharedSubspace.name)['rank'];
  return typeof rank === 'number' ? rank : 'auto';
}

export class Subspaces {
  readonly #context: ScriptContext;
  readonly #problem: TableProblem;
  readonly #rank: number | 'auto';
  readonly #prepared: Prepared;
  readonly #nextVersion: () => number;
  #learned: Learned | undefined;

  constructor(context: ScriptContext, problem: TableProblem, rank: number | 'auto', prepared: Prepared, nextVersion: () => number) {
    this.#context = context;
    this.#problem = problem;
    this.#rank = rank;
    this.#prepared = prepared;
    this.#nextVersion = nextVersion;
  }

  /** What each member is told in this arm; nothing where it is better off alone. */
  *of(arm: ArmPlan, told: Told): OrBrokenOff<ReadonlyMap<number, LocalBasis>> {
    const { members, spec } = arm;
    const questions = this.#held(members, told) ?? (yield* this.#learn(members, told));
    if (questions === BROKEN_OFF) return BROKEN_OFF;
    const alone = spec.guard && this.#problem.loss === 'squared' ? yield* this.#harmed(arm, questions) : [];
    if (alone === BROKEN_OFF) return BROKEN_OFF;
    return new Map(members.flatMap((agent, i) => (alone.includes(agent) ? [] : [[agent, localBasis(questions[i])] as const])));
  }

  /** Who is better off alone, by leave-one-out residuals that the agents compare themselves. */
  *#harmed({ members, strategy }: ArmPlan, questions: readonly BasisQuestion[]): OrBrokenOff<readonly number[]> {
    const works = worksOf(this.#context, members, (i) => ({ kind: 'heads', basis: localBasis(questions[i]), aloneRidge: this.#prepared.ridge }));
    const reports = yield { phase: 'estimating', label: 'asking whether the subspace helps', works };
    if (!isComplete(reports, members)) return BROKEN_OFF;
    const verdict = judge(members.map((agent) => gainOf(named(reports.values[agent], agent, 'gain'))));
    const harmed = members.filter((_, i) => verdict.fallBack[i]);
    this.#context.record({ type: 'diagnostics', diagnostics: [guardDiagnostic(strategy.name, verdict, harmed, 'subspace')] });
    return harmed;
  }

  /** In a basis that is given nobody is asked anything: how many rows each has was told. */
  #held(members: readonly number[], told: Told): readonly BasisQuestion[] | undefined {
    const given = heldOf(this.#context.experiment, 'subspace');
    const known = this.#known(members);
    if (given === undefined || known !== undefined) return known;
    const { held, file } = given;
    assert(held.heads !== undefined, 'a subspace that does not say how heads are shrunk');
    const rows = members.map((agent) => named(told.get(agent), agent, 'rows')[0]);
    const { questions, short } = heldBasis(held.basis, held.heads, rows, this.#about);
    this.#record(held, members, [provenance(file), ...aboutRows({ basis: held.basis, short, questions })]);
    return this.#keep(members, questions);
  }

  *#learn(members: readonly number[], told: Told): OrBrokenOff<readonly BasisQuestion[]> {
    const known = this.#known(members);
    if (known !== undefined) return known;
    const moments = members.map((agent) => halfMomentsOf(told.get(agent), agent));
    const scatters = members.map((agent, i) => scatterOf(told.get(agent), agent, moments[i].first.length));
    const chain = subspaceChain(moments, scatters, { ...this.#about, rank: this.#rank });
    const fit = yield* converse(chain, this.#asker(members));
    if (fit === BROKEN_OFF) return BROKEN_OFF;
    this.#record({ basis: fit.basis, heads: fit.shrinking }, members, subspaceDiagnostics(fit, members.length));
    return this.#keep(members, fit.questions);
  }

  get #about(): LocalLoss {
    const { loss } = this.#problem;
    assert(loss !== 'own', 'a shared basis must know the loss');
    return { loss, intercept: true };
  }

  #known(members: readonly number[]): readonly BasisQuestion[] | undefined {
    return this.#learned?.members.join(' ') === members.join(' ') ? this.#learned.questions : undefined;
  }

  #keep(members: readonly number[], questions: readonly BasisQuestion[]): readonly BasisQuestion[] {
    this.#learned = { members, questions };
    return questions;
  }

  /** One stage for every round; a member that is lost ends the conversation, and it begins again without it. */
  #asker(members: readonly number[]): (questions: readonly BasisQuestion[]) => OrBrokenOff<readonly HeadAnswer[]> {
    const context = this.#context;
    let round = 0;
    return function* ask(questions) {
      const works = worksOf(context, members, (i) => ({ kind: 'heads', basis: localBasis(questions[i]) }));
      const reports = yield { phase: 'estimating', label: `learning the subspace, round ${++round}`, works };
      return isComplete(reports, members) ? members.map((agent, i) => answerOf(reports.values[agent], agent, questions[i].basis)) : BROKEN_OFF;
    };
  }

  #record({ basis, heads }: Pick<SubspaceRelationship, 'basis' | 'heads'>, members: readonly number[], diagnostics: readonly Diagnostic[]): void {
    this.#context.record({
      type: 'relationship',
      relationship: { kind: 'subspace', agents: this.#context.experiment.agents, basis, ...(heads && { heads }) },
      version: this.#nextVersion(),
      contributors: members,
      diagnostics,
      relativeError: null,
      truth: null,
      estimator: sharedSubspace.name,
      ...coordinates(this.#prepared),
    });
  }
}

function localBasis({ basis, ridge }: BasisQuestion): LocalBasis {
  return { values: Array.from(basis.data), rank: basis.cols, ridge };
}

function halfMomentsOf(values: Values | undefined, agent: number): HalfMoments {
  const halves = named(values, agent, 'halves');
  const d = halves.length / 2;
  const [rows] = named(values, agent, 'rows');
  return { rows, first: halves.subarray(0, d), second: halves.subarray(d), squares: named(values, agent, 'variation')[0] };
}

function scatterOf(values: Values | undefined, agent: number, d: number): Matrix {
  return fromLowerTriangle(named(values, agent, 'scatter'), d);
}

function answerOf(values: Values, agent: number, { rows: d }: Matrix): HeadAnswer {
  const answer = named(values, agent, 'answer');
  return { gradient: answer.subarray(0, d), head: answer.subarray(d) };
}
