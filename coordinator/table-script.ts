/**
 * A real table, agent = task. Nothing is tuned by the user:
 *   moments -> standardise -> ONE ridge by pooled leave-one-out -> reports -> relationship -> every arm.
 * An arm with a strength chooses eta by the held-out fifth of the training rows (the relationship learned again without
 * them), all candidates travelling in one frame, and is then fitted on all rows.
 * Rounds go on until the relative change is below 1e-6, at most 500.
 * Who comes late is standardised as everybody else: its rows change no scale, its fit does count.
 */
import { LIMITS } from '../core/limits.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { trace } from '../core/linalg/matrix.ts';
import { broughtProblem } from '../core/own/brought.ts';
import { chooseRidge, etaGrid, leastTotal, ridgeGrid } from '../core/problem/ridge.ts';
import { meanFeatureVariance, mergeMoments, standardization, targetDeviation } from '../core/problem/standardize.ts';
import type { RunResult } from '../core/run-result.ts';
import type { TableProblem } from '../config/experiment.ts';
import { givenStandard } from '../config/given-coordinates.ts';
import { heldOf } from '../config/given-relationship.ts';
import { goesBy } from '../config/goes-by.ts';
import { hierarchical } from '../core/relationship/hierarchical.ts';
import { ROUNDS_MAX as SUBSPACE_ROUNDS_MAX } from '../core/subspace/chain.ts';
import type { CooperateWork, LocalBasis, LocalPrior } from '../proto/messages.ts';
import { recordArmMetrics, tableArmResult } from './arm-result.ts';
import { runArms } from './arms.ts';
import type { OpenViews, Season } from './arms.ts';
import type { Epoch, Epochs } from './epochs.ts';
import type { ArmPlan } from './relate.ts';
import { groupLayers, inLayer, servedReports, type Layer } from './group-layers.ts';
import { GROUP_GAIN, guardGroups } from './group-guard.ts';
import { gossipedRecord, gossipOf, type Gossip } from './gossiped-subspace.ts';
import { priorOptions, type PriorOptions } from './prior-fit.ts';
import { Priors } from './priors.ts';
import { estimate, estimatorDiagnostics, estimatorOf, isGossiped, needsRelationship, optionsOf, planArms, solverDiagnostics, withinNetwork } from './relate.ts';
import { forEveryone, named, reportedByAll, valuesByAgent } from './script.ts';
import type { Script, ScriptContext, StageReports, Values } from './script.ts';
import { coordinates, fitsOf } from './table-fits.ts';
import type { Fits, LocalFits, Prepared } from './table-fits.ts';
import { rankOf, Subspaces } from './subspaces.ts';
import { TaskGroups } from './task-groups.ts';
import { filterSpectrumMax } from './views.ts';

/** Rounds between two looks at the relative change. */
const ROUNDS_PER_LOOK = 10;
/** Agents who learn a subspace among themselves mostly are done by then: they need nobody in between. */
const GOSSIP_ROUNDS_PER_LOOK = 30;
const RELATIVE_CHANGE = 1e-6;

/** An arm, and the same arm by the relationship learned without the held-out rows. */
interface TablePlan {
  readonly arm: ArmPlan;
  readonly trial: ArmPlan;
}

export function* tableScript(context: ScriptContext, problem: TableProblem): Script {
  const { experiment } = context;
  const prepared = yield* prepare(context, problem);
  const { ridge, dimension } = prepared;
  const about = priorOptions(optionsOf(experiment, hierarchical.name), problem, experiment.agents, dimension);
  const moments = goesBy(experiment, 'prior') && about.gathers ? ['information'] : [];
  const learnsSubspace = goesBy(experiment, 'subspace') && !isGossiped(experiment) && heldOf(experiment, 'subspace') === undefined;
  const needs = [...estimatorOf(experiment).needs, ...moments, ...(learnsSubspace ? ['halves'] : [])];
  const work = { kind: 'evidence', needs, ridge } as const;
  const reports = yield { phase: 'exploring', label: 'solving locally', works: forEveryone(experiment.agents, work) };
  const diagnostics = [...estimatorDiagnostics(experiment), ...solverDiagnostics(experiment)];
  if (diagnostics.length > 0) context.record({ type: 'diagnostics', diagnostics });
  yield* runArms(context, new TableSeason(context, problem, prepared, about, reports));
}

/** Global moments, standardisation (of a prior or a subspace that is given: its own), and the ridge of "alone". */
function* prepare(context: ScriptContext, problem: TableProblem): Script<Prepared> {
  const { agents } = context.experiment;
  const moments = yield { phase: 'exploring', label: 'reporting moments', works: forEveryone(agents, { kind: 'moments' }) };
  const merged = mergeMoments(reportedByAll(moments, 'moments'));
  const common = givenStandard(context.experiment) ?? standardization(merged, problem.standardize, problem.loss);
  const { shift, scale } = common;
  const grid = problem.ridge === 'auto' ? ridgeGrid(merged[0] / moments.participants.length, meanFeatureVariance(merged, scale)) : [];
  const own = problem.standardize === 'per-agent';
  const work = { kind: 'standardize', shift: own ? [] : [...shift], scale: own ? [] : [...scale], ridges: grid } as const;
  const losses = yield { phase: 'exploring', label: 'choosing the ridge', works: forEveryone(agents, work) };
  const ridge = problem.ridge === 'auto' ? chooseRidge(reportedByAll(losses, 'leaveOneOut'), grid) : problem.ridge;
  const targetSd = problem.loss === 'squared' ? { targetSd: targetDeviation(merged) } : {};
  context.record({ type: 'problem', problem: { kind: problem.kind, loss: problem.loss, ridge, ...targetSd, ...ownFacts(problem) } });
  return { ridge, dimension: scale.length, ...(own ? {} : { standardization: common }) };
}

/** For whoever reads the results: whose loss it is, and what its error measures. */
function ownFacts({ own }: TableProblem): Pick<NonNullable<RunResult['problem']>, 'module' | 'options' | 'measure'> {
  const measure = own && broughtProblem(own.module)?.measure;
  return own === undefined ? {} : { module: own.module, options: own.options, ...(measure === undefined ? {} : { measure }) };
}

class TableSeason implements Season<TablePlan> {
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #problem: TableProblem;
  readonly #prepared: Prepared;
  readonly #told: Map<number, Values>;
  readonly #priors: Priors;
  readonly #subspaces: Subspaces;
  readonly #groups: TaskGroups;
  #fits: LocalFits;
  #learned: Matrix | undefined;
  /** Without the held-out rows. */
  #learnedFitting: Matrix | undefined;
  #version = 0;

  constructor(context: ScriptContext, problem: TableProblem, prepared: Prepared, prior: PriorOptions, reports: StageReports) {
    this.#context = context;
    this.#problem = problem;
    this.#prepared = prepared;
    this.evidenceStage = reports.stage;
    this.#told = valuesByAgent(reports);
    this.#priors = new Priors(context, problem, prior, prepared, () => ++this.#version);
    this.#subspaces = new Subspaces(context, problem, rankOf(context.experiment), prepared, () => ++this.#version);
    this.#groups = new TaskGroups(
      context,
      () => ++this.#version,
      (agent) => named(this.#told.get(agent), agent, 'rows')[0],
    );
    this.#fits = this.#learnAgain();
  }

  knows(agent: number): boolean {
    return this.#told.has(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    for (const [agent, values] of late) this.#told.set(agent, values);
    this.#fits = this.#learnAgain();
  }

  plan(): TablePlan[] {
    const trials = planArms(this.#context, this.#learnedFitting, undefined);
    return planArms(this.#context, this.#learned, undefined).map((arm, index) => ({ arm: this.#groups.planned(arm), trial: trials[index] }));
  }

  viewsOf({ arm, trial }: TablePlan): ArmPlan['views'][] {
    return arm.laplacian === undefined ? [arm.views] : [arm.views, trial.views];
  }

  *run({ arm, trial }: TablePlan, epochs: Epochs, open: OpenViews): Script<boolean> {
    const { kind, loss } = this.#problem;
    const layers = arm.strategy.cooperatesOver === 'groups' ? yield* this.#inGroups(arm, epochs, open) : [{ views: arm.views, serves: arm.members }];
    if (layers === 'broken off') return false;
    const eta = yield* this.#chooseEta(arm, trial, epochs);
    if (eta === 'broken off') return false;
    const shared = yield* this.#shared(arm);
    if (shared === 'broken off') return false;
    const settled = yield* this.#settleLayers(arm, layers, this.#strengths(arm, eta), epochs, shared);
    if (settled === 'broken off') return false;
    const { rounds, works, told } = settled;
    const { strategy } = arm;
    const reports = this.#needsOf(arm).length === 0 ? settled.reports : yield* guardGroups(this.#context, strategy.name, layers, works, told, settled.reports);
    if (reports === 'broken off') return false;
    const result = tableArmResult(arm, loss, eta, rounds, reports);
    const gossip = this.#gossipOf(arm);
    if (gossip !== undefined) {
      const slopes = result.parameters.map((w) => w.subarray(1));
      const found = gossipedRecord(arm, this.#context.experiment.agents, slopes, gossip, rounds);
      this.#context.record({ ...found, ...coordinates(this.#prepared), version: ++this.#version });
    }
    this.#context.record({ type: 'arm', ...result });
    const aucLeftOut = reports.participants.filter((k) => result.arm.aucByAgent?.[k] === null);
    if (aucLeftOut.length > 0) this.#context.record({ type: 'problem', problem: { kind, aucLeftOut } });
    recordArmMetrics(this.#context, arm, result.arm, reports);
    return true;
  }

  /** What every member is told beside its view: of a prior, or of a subspace. */
  *#shared(arm: ArmPlan): Script<Shared | 'broken off'> {
    switch (arm.strategy.cooperatesOver) {
      case 'prior': {
        const priors = yield* this.#priors.of(arm, this.#told);
        return priors === 'broken off' ? priors : new Map(Array.from(priors, ([agent, prior]) => [agent, { prior }]));
      }
      case 'subspace': {
        const gossip = this.#gossipOf(arm);
        if (gossip !== undefined) return new Map(arm.members.map((agent) => [agent, { basis: gossip.start }]));
        const bases = yield* this.#subspaces.of(arm, this.#told);
        return bases === 'broken off' ? bases : new Map(Array.from(bases, ([agent, basis]) => [agent, { basis }]));
      }
      default:
        return new Map();
    }
  }

  /** The layers of its groups, their links open. */
  *#inGroups(arm: ArmPlan, epochs: Epochs, open: OpenViews): Script<Layer[] | 'broken off'> {
    const dimension = this.#fits.fitting.evidence[0].average!.length;
    const rows = this.#fits.fitting.meanRows;
    const stepSize = rows / (this.#fits.fitting.meanCurvature * dimension);
    const groups = yield* this.#groups.of(arm, stepSize, epochs, (terms) => this.#works(arm, this.#fits.fitting, { etas: [], ...terms }, new Map()));
    if (groups === 'broken off') return groups;
    const layers = groupLayers(groups);
    return (yield* open(layers.map(({ views }) => views))) ? layers : 'broken off';
  }

  /** What is told with every look: in groups with a guard, how the group does. */
  #needsOf({ strategy, spec }: ArmPlan): string[] {
    return strategy.cooperatesOver === 'groups' && spec.guard && this.#problem.loss === 'squared' ? [GROUP_GAIN] : [];
  }

  /** Of a group's consensus: how stiff it is. */
  #strengths({ strategy }: ArmPlan, eta: number | null): number[] {
    if (strategy.cooperatesOver === 'groups') return [this.#fits.all.meanCurvature];
    return eta === null ? [] : [eta];
  }

  /** Where the arm's agents learn its subspace among themselves. */
  #gossipOf(arm: ArmPlan): Gossip | undefined {
    if (arm.strategy.cooperatesOver !== 'subspace' || arm.averaging === undefined) return undefined;
    const [one] = arm.members;
    return gossipOf(arm, this.#context, named(this.#told.get(one), one, 'estimate').length);
  }

  #learnAgain(): LocalFits {
    const context = this.#context;
    const all = fitsOf(this.#problem, this.#told, '', this.#prepared.ridge);
    const fitting = fitsOf(this.#problem, this.#told, 'fitting:', this.#prepared.ridge);
    if (!needsRelationship(context.experiment)) return { all, fitting };
    const { relationship, contributors, diagnostics } = estimate(context.experiment, all.evidence);
    const { laplacian, diagnostics: dropped } = withinNetwork(context, relationship.laplacian);
    const { name: estimator, needs } = estimatorOf(context.experiment);
    const inputs = { evidence: needs, dimension: all.evidence[0].average!.length, noise: all.noise };
    const about = { diagnostics: [...diagnostics, ...dropped], relativeError: null, truth: null, contributors, estimator, inputs };
    context.record({ type: 'relationship', relationship, version: ++this.#version, ...about });
    this.#learned = laplacian;
    this.#learnedFitting = withinNetwork(context, estimate(context.experiment, fitting.evidence).relationship.laplacian).laplacian;
    return { all, fitting };
  }

  /** null where the strategy has none; else the file's value, or the candidate with the least held-out loss over all agents. */
  *#chooseEta(plan: ArmPlan, trial: ArmPlan, epochs: Epochs): Script<number | null | 'broken off'> {
    if (!plan.strategy.usesEta || trial.laplacian === undefined || plan.laplacian === undefined) return null;
    if (plan.spec.eta !== 'auto') return plan.spec.eta;
    const scale = meanDegree(plan.laplacian);
    const trialScale = meanDegree(trial.laplacian);
    // Nobody is left that any of them is related to.
    if (scale === 0 || trialScale === 0) return 0;
    const candidates = etaGrid(this.#fits.fitting.meanCurvature, trialScale);
    const settled = yield* this.#settle(trial, this.#fits.fitting, candidates, true, epochs);
    if (settled === 'broken off') return settled;
    const best = leastTotal(reportedByAll(settled.reports, 'heldOut'));
    // A strength is relative to the relationship's own scale, which differs between the two estimates.
    return (candidates[best] * trialScale) / scale;
  }

  /** Of an arm with groups, one layer after another; of any other the one that there is. */
  *#settleLayers(arm: ArmPlan, layers: readonly Layer[], etas: readonly number[], epochs: Epochs, shared: Shared): Script<SettledLayers | 'broken off'> {
    const all: Settled[] = [];
    for (const index of layers.keys()) {
      const settled = yield* this.#settle(inLayer(arm, layers, index), this.#fits.all, etas, false, epochs, shared);
      if (settled === 'broken off') return settled;
      all.push(settled);
    }
    const told = all.map((one) => one.reports);
    return { reports: servedReports(layers, told), told, rounds: all.reduce((sum, one) => sum + one.rounds, 0), works: all.at(-1)!.works };
  }

  /** Rounds until every candidate has settled. */
  *#settle(plan: ArmPlan, fits: Fits, etas: readonly number[], heldOut: boolean, epochs: Epochs, shared: Shared = new Map()): Script<Settled | 'broken off'> {
    const { agents, cooperate } = this.#context.experiment;
    const fixed = cooperate.steps;
    const gossip = this.#gossipOf(plan);
    const last = fixed !== 'auto' ? fixed : gossip === undefined ? LIMITS.tableRoundsMax : SUBSPACE_ROUNDS_MAX;
    const label = `${plan.strategy.name} (${plan.relationship})${heldOut ? ': choosing eta' : ''}`;
    const perLook = gossip === undefined ? ROUNDS_PER_LOOK : GOSSIP_ROUNDS_PER_LOOK;
    const epoch = epochs.next(last, gossip?.exchangesMax);
    let elapsedMs = 0;
    const traffic = new Float64Array(agents);
    for (let until = Math.min(perLook, last); ; until = Math.min(until + perLook, last)) {
      const works = this.#works(
        plan,
        fits,
        { ...epoch, ...(gossip && { spectrumMax: gossip.bound }), etas, heldOut, needs: this.#needsOf(plan), untilIteration: until, lastIteration: last },
        shared,
      );
      const reports = yield { phase: 'cooperating', label, works, from: until - perLook, until, total: last };
      if (reports.brokenOff) return 'broken off';
      elapsedMs += reports.elapsedMs;
      for (const k of reports.participants) traffic[k] += reports.values[k].get('traffic')?.[0] ?? 0;
      if (until >= last || (fixed === 'auto' && isSettled(reports))) return { reports: withTotals(reports, elapsedMs, traffic), rounds: until, works };
    }
  }

  #works(
    plan: ArmPlan,
    fits: Fits,
    rest: Epoch & Pick<CooperateWork, 'etas' | 'heldOut' | 'untilIteration' | 'lastIteration'> & Partial<CooperateWork>,
    shared: Shared,
  ): CooperateWork[] {
    const { network, output } = this.#context.experiment;
    const noise = plan.members.map((agent) => fits.noise.get(agent)!);
    const common = {
      kind: 'cooperate',
      arm: plan.index,
      strategy: plan.strategy.name,
      stepSize: 0,
      spectrumMax: plan.laplacian === undefined ? 1 : filterSpectrumMax(plan.laplacian, noise),
      ridge: fits.ridge,
      rounds: network.rounds.kind,
      staleness: network.rounds.staleness,
      fallBack: false,
      every: output.every,
      needs: [],
      ...rest,
    } as const;
    return plan.views.map((view, agent) => ({ ...common, view, noise: fits.noise.get(agent) ?? 0, ...shared.get(agent) }));
  }
}

/** By agent. */
type Shared = ReadonlyMap<number, { readonly prior: LocalPrior } | { readonly basis: LocalBasis }>;

interface Settled {
  readonly reports: StageReports;
  readonly rounds: number;
  /** Of the last stage. */
  readonly works: readonly CooperateWork[];
}

interface SettledLayers extends Settled {
  /** By layer. */
  readonly told: readonly StageReports[];
}

function meanDegree(laplacian: Matrix): number {
  return trace(laplacian) / laplacian.rows;
}

/** ||W - W'||_F < 1e-6 ||W||_F over all agents, for every candidate; sums in agent order. */
function isSettled(reports: StageReports): boolean {
  const changes = reportedByAll(reports, 'change');
  for (let candidate = 0; candidate < changes[0].length; candidate += 2) {
    let change = 0;
    let norm = 0;
    for (const one of changes) {
      change += one[candidate];
      norm += one[candidate + 1];
    }
    if (!(change <= RELATIVE_CHANGE ** 2 * norm)) return false;
  }
  return true;
}

/** Figures about the whole arm, not its last look only. */
function withTotals(reports: StageReports, elapsedMs: number, traffic: Float64Array): StageReports {
  const values: Values[] = [];
  for (const k of reports.participants) values[k] = new Map([...reports.values[k], ['traffic', Float64Array.of(traffic[k])] as const]);
  return { ...reports, values, elapsedMs };
}
