/**
 * The prior of a table's agents: given, or learned when an arm first needs it, again when somebody comes or goes, with a graph on
 * top where the experiment asks for one, and made into what each agent is told. All of it is a function of the reports: a
 * coordinator that restarts comes to the same prior.
 */
import { assert } from '../core/errors.ts';
import type { Fit } from '../core/hierarchical/chain.ts';
import { gateDiagnostic, guardDiagnostic, heldDiagnostics, priorDiagnostics, tooLargeDiagnostic } from '../core/hierarchical/diagnostics.ts';
import { graphGate, type Gate } from '../core/hierarchical/gate.ts';
import { couplingOf, graphChain, graphOnTop } from '../core/hierarchical/graph.ts';
import { judge } from '../core/hierarchical/guard.ts';
import { NEWTON_STEPS } from '../core/hierarchical/logistic-chain.ts';
import { precisionOf } from '../core/hierarchical/posterior.ts';
import type { Question } from '../core/hierarchical/question.ts';
import { LIMITS } from '../core/limits.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { hierarchical } from '../core/relationship/hierarchical.ts';
import type { Diagnostic, Prior, PriorRelationship } from '../core/relationship/relationship.ts';
import type { TableProblem } from '../config/experiment.ts';
import { heldOf } from '../config/given-relationship.ts';
import type { LocalPrior, PosteriorWork } from '../proto/messages.ts';
import { provenance } from './given.ts';
import { askFor, fitPrior, type PriorOptions, type PriorRows } from './prior-fit.ts';
import { BROKEN_OFF, converse, gainOf, isComplete, localPrior, worksOf } from './prior-questions.ts';
import { controlOf, type ArmPlan } from './relate.ts';
import { named, type Script, type ScriptContext, type Values } from './script.ts';
import { laplacianOfAll } from './subset.ts';
import { coordinates, type Prepared } from './table-fits.ts';

type Told = ReadonlyMap<number, Values>;
type OrBrokenOff<T> = Script<T | typeof BROKEN_OFF>;

interface Learned {
  readonly members: readonly number[];
  readonly fit: Fit;
  /** The graph on top, where there is one and it was adopted. */
  readonly graph: Matrix | undefined;
}

export class Priors {
  readonly #context: ScriptContext;
  readonly #problem: TableProblem;
  readonly #options: PriorOptions;
  readonly #prepared: Prepared;
  readonly #nextVersion: () => number;
  #learned: Learned | undefined;

  constructor(context: ScriptContext, problem: TableProblem, options: PriorOptions, prepared: Prepared, nextVersion: () => number) {
    this.#context = context;
    this.#problem = problem;
    this.#options = options;
    this.#prepared = prepared;
    this.#nextVersion = nextVersion;
  }

  /** What each agent is told in this arm; nothing where it is better off alone. */
  *of(arm: ArmPlan, told: Told): OrBrokenOff<ReadonlyMap<number, LocalPrior>> {
    const { members, spec } = arm;
    const learned = yield* this.#learn(members, told);
    if (learned === BROKEN_OFF) return BROKEN_OFF;
    const { fit, graph } = learned;
    const control = graph && controlOf(spec.relationship, graph, this.#context.experiment.seed);
    const questions = yield* this.#questions(fit, control, { members, heldOut: false }, told);
    if (questions === BROKEN_OFF) return BROKEN_OFF;
    const alone = spec.guard && this.#problem.loss === 'squared' ? yield* this.#harmed(arm, questions) : [];
    if (alone === BROKEN_OFF) return BROKEN_OFF;
    return new Map(members.flatMap((agent, i) => (alone.includes(agent) ? [] : [[agent, localPrior(questions[i])] as const])));
  }

  *#learn(members: readonly number[], told: Told): OrBrokenOff<Learned> {
    if (this.#learned?.members.join(' ') === members.join(' ')) return this.#learned;
    const given = heldOf(this.#context.experiment, 'prior');
    const fit = yield* this.#fit({ members, heldOut: false }, told, given?.held.prior);
    if (fit === BROKEN_OFF) return BROKEN_OFF;
    if (given !== undefined) {
      this.#record(fit, members, undefined, [provenance(given.file), ...aboutGraph(given.held), ...heldDiagnostics(fit)]);
      return (this.#learned = { members, fit, graph: undefined });
    }
    const top = yield* this.#graph(fit, members, told);
    if (top === BROKEN_OFF) return BROKEN_OFF;
    this.#record(fit, members, top.graph, [...priorDiagnostics(fit), ...top.diagnostics]);
    return (this.#learned = { members, fit, graph: top.graph });
  }

  #record({ prior }: Fit, members: readonly number[], graph: Matrix | undefined, diagnostics: readonly Diagnostic[]): void {
    const { agents } = this.#context.experiment;
    const laplacian = graph && { laplacian: laplacianOfAll(graph, members, agents) };
    this.#context.record({
      type: 'relationship',
      relationship: { kind: 'prior', agents, prior, ...laplacian },
      version: this.#nextVersion(),
      contributors: members,
      diagnostics,
      relativeError: null,
      truth: null,
      estimator: hierarchical.name,
      ...coordinates(this.#prepared),
    });
  }

  *#fit(rows: PriorRows, told: Told, held?: Prior): OrBrokenOff<Fit> {
    const ask = askFor(this.#context, this.#options, rows, told, held && 'asking about the given prior');
    return yield* fitPrior(ask, this.#problem, { covariance: this.#options.covariance, ...(held && { held }) }, rows, told);
  }

  /** The learned graph where it is asked for, and adopted. */
  *#graph(fit: Fit, members: readonly number[], told: Told): OrBrokenOff<Top> {
    if (this.#options.graph === 'none') return { graph: undefined, diagnostics: [] };
    const size = members.length * fit.prior.mean.length;
    if (size > LIMITS.jointParametersMax) return { graph: undefined, diagnostics: [tooLargeDiagnostic(size)] };
    const gate = yield* this.#gate(members, told);
    if (gate === BROKEN_OFF) return BROKEN_OFF;
    const isAdopted = gate.isOpen || this.#options.graph === 'always';
    return { graph: isAdopted ? graphOnTop(fit) : undefined, diagnostics: [gateDiagnostic(gate, isAdopted)] };
  }

  /** Both learned without the held-out rows, and compared on them. */
  *#gate(members: readonly number[], told: Told): OrBrokenOff<Gate> {
    const rows = { members, heldOut: true };
    const fit = yield* this.#fit(rows, told);
    if (fit === BROKEN_OFF) return BROKEN_OFF;
    const losses: number[][] = [];
    for (const graph of [undefined, graphOnTop(fit)]) {
      const questions = yield* this.#questions(fit, graph, rows, told);
      const reports = questions === BROKEN_OFF ? BROKEN_OFF : yield* this.#tell(members, questions, 'heldOut', 'trying the graph on held-out rows');
      if (reports === BROKEN_OFF) return BROKEN_OFF;
      losses.push(reports.map(([loss, count]) => loss / count));
    }
    return graphGate(losses[0], losses[1]);
  }

  /** What the agents are to be asked under the prior, or under the prior and a graph. */
  *#questions(fit: Fit, graph: Matrix | undefined, rows: PriorRows, told: Told): OrBrokenOff<readonly Question[]> {
    const { loss } = this.#problem;
    assert(loss !== 'own', 'a prior must know the loss');
    if (graph !== undefined) return yield* converse(graphChain(fit, couplingOf(graph), loss), askFor(this.#context, this.#options, rows, told));
    const belief = { mean: fit.prior.mean, precision: precisionOf(fit.prior.covariance) };
    const [start, steps] = loss === 'logistic' ? [fit.posteriors.map(({ mean }) => mean), NEWTON_STEPS] : [[], 0];
    return fit.posteriors.map((_, i) => ({ belief, noise: fit.noise.byAgent[i], start: start[i] ?? new Float64Array(0), steps }));
  }

  /** Who is better off alone, by leave-one-out residuals that the agents compare themselves. */
  *#harmed({ members, strategy }: ArmPlan, questions: readonly Question[]): OrBrokenOff<readonly number[]> {
    const gains = yield* this.#tell(members, questions, 'gain', 'asking whether the prior helps');
    if (gains === BROKEN_OFF) return BROKEN_OFF;
    const verdict = judge(gains.map(gainOf));
    const harmed = members.filter((_, i) => verdict.fallBack[i]);
    this.#context.record({ type: 'diagnostics', diagnostics: [guardDiagnostic(strategy.name, verdict, harmed)] });
    return harmed;
  }

  /** One named vector of every member, about the model that its question leads to. */
  *#tell(members: readonly number[], questions: readonly Question[], what: 'gain' | 'heldOut', label: string): OrBrokenOff<readonly Float64Array[]> {
    const ask = { kind: 'posterior', heldOut: what === 'heldOut', ridge: this.#prepared.ridge, tell: [what] } satisfies Omit<PosteriorWork, 'prior'>;
    const works = worksOf(this.#context, members, (i) => ({ ...ask, prior: localPrior(questions[i]) }));
    const reports = yield { phase: 'estimating', label, works };
    return isComplete(reports, members) ? members.map((agent) => named(reports.values[agent], agent, what)) : BROKEN_OFF;
  }
}

interface Top {
  readonly graph: Matrix | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** A graph on top is of the agents that it was learned from, and of what their own rows left open. */
function aboutGraph({ laplacian }: PriorRelationship): Diagnostic[] {
  if (laplacian === undefined) return [];
  return [{ code: 'GRAPH_LEFT_OUT', message: 'the given prior has a graph on top, which is of the agents that it was learned from: the prior alone is used' }];
}
