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
import { chooseRidge, etaGrid, leastTotal, ridgeGrid } from '../core/problem/ridge.ts';
import { meanFeatureVariance, mergeMoments, standardization, targetDeviation } from '../core/problem/standardize.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { recordArmMetrics, tableArmResult } from './arm-result.ts';
import { runArms } from './arms.ts';
import type { Season } from './arms.ts';
import type { Epoch, Epochs } from './epochs.ts';
import type { ArmPlan } from './relate.ts';
import { estimate, estimatorOf, needsRelationship, planArms, withinNetwork } from './relate.ts';
import { forEveryone, reportedByAll, valuesByAgent } from './script.ts';
import type { Script, ScriptContext, StageReports, Values } from './script.ts';
import { fitsOf } from './table-fits.ts';
import type { Fits, LocalFits } from './table-fits.ts';
import { filterSpectrumMax } from './views.ts';

/** Rounds between two looks at the relative change. */
const ROUNDS_PER_LOOK = 10;
const RELATIVE_CHANGE = 1e-6;

/** An arm, and the same arm by the relationship learned without the held-out rows. */
interface TablePlan {
  readonly arm: ArmPlan;
  readonly trial: ArmPlan;
}

export function* tableScript(context: ScriptContext, problem: TableProblem): Script {
  const { ridge } = yield* prepare(context, problem);
  const work = { kind: 'evidence', needs: estimatorOf(context.experiment).needs, ridge } as const;
  const reports = yield { phase: 'exploring', label: 'solving locally', works: forEveryone(context.experiment.agents, work) };
  yield* runArms(context, new TableSeason(context, problem, ridge, reports));
}

/** Global moments, standardisation, and the ridge of "alone". */
function* prepare(context: ScriptContext, problem: TableProblem): Script<{ ridge: number }> {
  const { agents } = context.experiment;
  const moments = yield { phase: 'exploring', label: 'reporting moments', works: forEveryone(agents, { kind: 'moments' }) };
  const merged = mergeMoments(reportedByAll(moments, 'moments'));
  const { shift, scale } = standardization(merged, problem.standardize, problem.loss);
  const grid = problem.ridge === 'auto' ? ridgeGrid(merged[0] / moments.participants.length, meanFeatureVariance(merged, scale)) : [];
  const own = problem.standardize === 'per-agent';
  const work = { kind: 'standardize', shift: own ? [] : [...shift], scale: own ? [] : [...scale], ridges: grid } as const;
  const losses = yield { phase: 'exploring', label: 'choosing the ridge', works: forEveryone(agents, work) };
  const ridge = problem.ridge === 'auto' ? chooseRidge(reportedByAll(losses, 'leaveOneOut'), grid) : problem.ridge;
  const targetSd = problem.loss === 'squared' ? { targetSd: targetDeviation(merged) } : {};
  context.record({ type: 'problem', problem: { kind: problem.kind, loss: problem.loss, ridge, ...targetSd } });
  return { ridge };
}

class TableSeason implements Season<TablePlan> {
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #problem: TableProblem;
  readonly #ridge: number;
  readonly #told: Map<number, Values>;
  #fits: LocalFits;
  #learned: Matrix | undefined;
  /** Without the held-out rows. */
  #learnedFitting: Matrix | undefined;
  #version = 0;

  constructor(context: ScriptContext, problem: TableProblem, ridge: number, reports: StageReports) {
    this.#context = context;
    this.#problem = problem;
    this.#ridge = ridge;
    this.evidenceStage = reports.stage;
    this.#told = valuesByAgent(reports);
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
    return planArms(this.#context, this.#learned, undefined).map((arm, index) => ({ arm, trial: trials[index] }));
  }

  viewsOf({ arm, trial }: TablePlan): ArmPlan['views'][] {
    return [arm.views, trial.views];
  }

  *run({ arm, trial }: TablePlan, epochs: Epochs): Script<boolean> {
    const { kind, loss } = this.#problem;
    const eta = yield* this.#chooseEta(arm, trial, epochs);
    if (eta === 'broken off') return false;
    const settled = yield* this.#settle(arm, this.#fits.all, eta === null ? [] : [eta], false, epochs);
    if (settled === 'broken off') return false;
    const { reports, rounds } = settled;
    const result = tableArmResult(arm, loss, eta, rounds, reports);
    this.#context.record({ type: 'arm', ...result });
    const aucLeftOut = reports.participants.filter((k) => result.arm.aucByAgent?.[k] === null);
    if (aucLeftOut.length > 0) this.#context.record({ type: 'problem', problem: { kind, aucLeftOut } });
    recordArmMetrics(this.#context, arm, reports);
    return true;
  }

  #learnAgain(): LocalFits {
    const context = this.#context;
    const all = fitsOf(this.#problem, this.#told, '', this.#ridge);
    const fitting = fitsOf(this.#problem, this.#told, 'fitting:', this.#ridge);
    if (!needsRelationship(context.experiment)) return { all, fitting };
    const { relationship, contributors, diagnostics } = estimate(context.experiment, all.evidence);
    const { laplacian, diagnostics: dropped } = withinNetwork(context, relationship.laplacian);
    const about = { diagnostics: [...diagnostics, ...dropped], relativeError: null, truth: null, contributors };
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

  /** Rounds until every candidate has settled. */
  *#settle(plan: ArmPlan, fits: Fits, etas: readonly number[], heldOut: boolean, epochs: Epochs): Script<Settled | 'broken off'> {
    const { agents, cooperate } = this.#context.experiment;
    const fixed = cooperate.steps;
    const last = fixed === 'auto' ? LIMITS.tableRoundsMax : fixed;
    const label = `${plan.strategy.name} (${plan.relationship})${heldOut ? ': choosing eta' : ''}`;
    const epoch = epochs.next(last);
    let elapsedMs = 0;
    const traffic = new Float64Array(agents);
    for (let until = Math.min(ROUNDS_PER_LOOK, last); ; until = Math.min(until + ROUNDS_PER_LOOK, last)) {
      const works = this.#works(plan, fits, { ...epoch, etas, heldOut, untilIteration: until, lastIteration: last });
      const reports = yield { phase: 'cooperating', label, works, from: until - ROUNDS_PER_LOOK, until, total: last };
      if (reports.brokenOff) return 'broken off';
      elapsedMs += reports.elapsedMs;
      for (const k of reports.participants) traffic[k] += reports.values[k].get('traffic')?.[0] ?? 0;
      if (until >= last || (fixed === 'auto' && isSettled(reports))) return { reports: withTotals(reports, elapsedMs, traffic), rounds: until };
    }
  }

  #works(plan: ArmPlan, fits: Fits, rest: Epoch & Pick<CooperateWork, 'etas' | 'heldOut' | 'untilIteration' | 'lastIteration'>): CooperateWork[] {
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
      every: output.every,
      ...rest,
    } as const;
    return plan.views.map((view, agent) => ({ ...common, view, noise: fits.noise.get(agent) ?? 0 }));
  }
}

interface Settled {
  readonly reports: StageReports;
  readonly rounds: number;
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
