/**
 * The subspace of a table's agents: learned when an arm first needs it, again when somebody comes or goes, one stage for every
 * round. All of it is a function of the reports: a coordinator that restarts between two rounds comes to the same basis.
 */
import { assert } from '../core/errors.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { fromLowerTriangle } from '../core/linalg/triangle.ts';
import { guardDiagnostic } from '../core/hierarchical/diagnostics.ts';
import { judge } from '../core/hierarchical/guard.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { subspaceChain, type SubspaceFit } from '../core/subspace/chain.ts';
import { subspaceDiagnostics } from '../core/subspace/diagnostics.ts';
import type { BasisQuestion, HalfMoments, HeadAnswer } from '../core/subspace/local.ts';
import type { Experiment, TableProblem } from '../config/experiment.ts';
import type { LocalBasis } from '../proto/messages.ts';
import { BROKEN_OFF, converse, gainOf, isComplete, worksOf } from './prior-questions.ts';
import { optionsOf, type ArmPlan } from './relate.ts';
import { named, type Script, type ScriptContext, type Values } from './script.ts';

type Told = ReadonlyMap<number, Values>;
type OrBrokenOff<T> = Script<T | typeof BROKEN_OFF>;

interface Learned {
  readonly members: readonly number[];
  readonly fit: SubspaceFit;
}

export function rankOf(experiment: Experiment): number | 'auto' {
  const rank = optionsOf(experiment, sharedSubspace.name)['rank'];
  return typeof rank === 'number' ? rank : 'auto';
}

export class Subspaces {
  readonly #context: ScriptContext;
  readonly #problem: TableProblem;
  readonly #rank: number | 'auto';
  readonly #ridge: number;
  readonly #nextVersion: () => number;
  #learned: Learned | undefined;

  constructor(context: ScriptContext, problem: TableProblem, rank: number | 'auto', ridge: number, nextVersion: () => number) {
    this.#context = context;
    this.#problem = problem;
    this.#rank = rank;
    this.#ridge = ridge;
    this.#nextVersion = nextVersion;
  }

  /** What each member is told in this arm; nothing where it is better off alone. */
  *of(arm: ArmPlan, told: Told): OrBrokenOff<ReadonlyMap<number, LocalBasis>> {
    const { members, spec } = arm;
    const fit = yield* this.#learn(members, told);
    if (fit === BROKEN_OFF) return BROKEN_OFF;
    const alone = spec.guard && this.#problem.loss === 'squared' ? yield* this.#harmed(arm, fit) : [];
    if (alone === BROKEN_OFF) return BROKEN_OFF;
    return new Map(members.flatMap((agent, i) => (alone.includes(agent) ? [] : [[agent, localBasis(fit.questions[i])] as const])));
  }

  /** Who is better off alone, by leave-one-out residuals that the agents compare themselves. */
  *#harmed({ members, strategy }: ArmPlan, { questions }: SubspaceFit): OrBrokenOff<readonly number[]> {
    const works = worksOf(this.#context, members, (i) => ({ kind: 'heads', basis: localBasis(questions[i]), aloneRidge: this.#ridge }));
    const reports = yield { phase: 'estimating', label: 'asking whether the subspace helps', works };
    if (!isComplete(reports, members)) return BROKEN_OFF;
    const verdict = judge(members.map((agent) => gainOf(named(reports.values[agent], agent, 'gain'))));
    const harmed = members.filter((_, i) => verdict.fallBack[i]);
    this.#context.record({ type: 'diagnostics', diagnostics: [guardDiagnostic(strategy.name, verdict, harmed, 'subspace')] });
    return harmed;
  }

  *#learn(members: readonly number[], told: Told): OrBrokenOff<SubspaceFit> {
    if (this.#learned?.members.join(' ') === members.join(' ')) return this.#learned.fit;
    const { loss } = this.#problem;
    assert(loss !== 'own', 'a shared basis must know the loss');
    const moments = members.map((agent) => halfMomentsOf(told.get(agent), agent));
    const scatters = members.map((agent, i) => scatterOf(told.get(agent), agent, moments[i].first.length));
    const chain = subspaceChain(moments, scatters, { loss, intercept: true, rank: this.#rank });
    const fit = yield* converse(chain, this.#asker(members));
    if (fit === BROKEN_OFF) return BROKEN_OFF;
    this.#record(fit, members);
    this.#learned = { members, fit };
    return fit;
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

  #record(fit: SubspaceFit, members: readonly number[]): void {
    this.#context.record({
      type: 'relationship',
      relationship: { kind: 'subspace', agents: this.#context.experiment.agents, basis: fit.basis },
      version: this.#nextVersion(),
      contributors: members,
      diagnostics: subspaceDiagnostics(fit, members.length),
      relativeError: null,
      truth: null,
      estimator: sharedSubspace.name,
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
