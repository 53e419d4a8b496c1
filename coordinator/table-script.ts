/**
 * A real table, agent = task. Nothing is tuned by the user:
 *   moments -> standardise -> ONE ridge by pooled leave-one-out -> reports -> relationship -> every arm.
 * An arm with a strength chooses eta by the held-out fifth of the training rows (the relationship learned again without
 * them), all candidates travelling in one frame, and is then fitted on all rows.
 * Rounds go on until the relative change is below 1e-6, at most 500.
 */
import { LIMITS } from '../core/limits.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { trace } from '../core/linalg/matrix.ts';
import { chooseRidge, etaGrid, leastTotal, ridgeGrid } from '../core/problem/ridge.ts';
import { meanFeatureVariance, mergeMoments, standardization, targetDeviation } from '../core/problem/standardize.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { recordArmMetrics, tableArmResult } from './arm-result.ts';
import type { ArmPlan } from './relate.ts';
import { estimate, estimatorOf, needsRelationship, planArms, withinNetwork } from './relate.ts';
import { connect, forEveryone, reported } from './script.ts';
import type { Script, ScriptContext, StageReports } from './script.ts';
import { filterSpectrumMax, linksOf } from './views.ts';

/** Rounds between two looks at the relative change. */
const ROUNDS_PER_LOOK = 10;
const RELATIVE_CHANGE = 1e-6;

/** What the local fits told, once for all training rows and once without the held-out ones. */
interface Fits {
  readonly ridge: number;
  readonly evidence: readonly Evidence[];
  readonly noise: readonly number[];
  readonly meanCurvature: number;
}

interface LocalFits {
  readonly all: Fits;
  readonly fitting: Fits;
}

export function* tableScript(context: ScriptContext, problem: TableProblem): Script {
  const { ridge } = yield* prepare(context, problem);
  const fits = yield* fitLocally(context, problem, ridge);
  const learned = needsRelationship(context.experiment) ? learn(context, fits.all.evidence) : undefined;
  const learnedFitting = needsRelationship(context.experiment) ? estimateWithin(context, fits.fitting.evidence) : undefined;
  const plans = planArms(context, learned, undefined);
  const trials = planArms(context, learnedFitting, undefined);
  yield* connect(context, linksOf([...plans, ...trials].map((plan) => plan.views)));
  for (const plan of plans) yield* runArm(context, problem, plan, trials[plan.index], fits);
}

/** Global moments, standardisation, and the ridge of "alone". */
function* prepare(context: ScriptContext, problem: TableProblem): Script<{ ridge: number }> {
  const { agents } = context.experiment;
  const moments = yield { phase: 'exploring', label: 'reporting moments', works: forEveryone(agents, { kind: 'moments' }) };
  const merged = mergeMoments(moments.values.map((_, k) => reported(moments, k, 'moments')));
  const { shift, scale } = standardization(merged, problem.standardize, problem.loss);
  const grid = problem.ridge === 'auto' ? ridgeGrid(merged[0] / agents, meanFeatureVariance(merged, scale)) : [];
  const own = problem.standardize === 'per-agent';
  const work = { kind: 'standardize', shift: own ? [] : [...shift], scale: own ? [] : [...scale], ridges: grid } as const;
  const losses = yield { phase: 'exploring', label: 'choosing the ridge', works: forEveryone(agents, work) };
  const ridge =
    problem.ridge === 'auto'
      ? chooseRidge(
          losses.values.map((_, k) => reported(losses, k, 'leaveOneOut')),
          grid,
        )
      : problem.ridge;
  const targetSd = problem.loss === 'squared' ? { targetSd: targetDeviation(merged) } : {};
  context.record({ type: 'problem', problem: { kind: problem.kind, loss: problem.loss, ridge, ...targetSd } });
  return { ridge };
}

function* fitLocally({ experiment }: ScriptContext, problem: TableProblem, ridge: number): Script<LocalFits> {
  const work = { kind: 'evidence', needs: estimatorOf(experiment).needs, ridge } as const;
  const reports = yield { phase: 'exploring', label: 'solving locally', works: forEveryone(experiment.agents, work) };
  return { all: fitsOf(problem, reports, '', ridge), fitting: fitsOf(problem, reports, 'fitting:', ridge) };
}

/** n_k = s mean diag(P A P), s the pooled residual variance (1 for labels). */
function fitsOf(problem: TableProblem, reports: StageReports, prefix: string, ridge: number): Fits {
  const agents = reports.values.map((_, k) => k);
  const residuals = agents.map((k) => reported(reports, k, `${prefix}residual`));
  const total = (at: number): number => residuals.reduce((sum, one) => sum + one[at], 0);
  const variance = problem.loss === 'squared' ? total(0) / Math.max(total(1), 1) : 1;
  const noise = agents.map((k) => variance * reported(reports, k, `${prefix}spread`)[0]);
  const evidence = agents.map((agent): Evidence => {
    const estimateOf = reported(reports, agent, `${prefix}estimate`);
    return { agent, iterate: estimateOf, average: estimateOf, noise: Float64Array.of(noise[agent]) };
  });
  const curvatures = agents.map((k) => reported(reports, k, `${prefix}curvature`)[0]);
  return { ridge, evidence, noise, meanCurvature: curvatures.reduce((sum, one) => sum + one, 0) / agents.length };
}

function learn(context: ScriptContext, evidence: readonly Evidence[]): Matrix {
  const { relationship, diagnostics } = estimate(context.experiment, evidence);
  const { laplacian, diagnostics: dropped } = withinNetwork(context, relationship.laplacian);
  context.record({ type: 'relationship', relationship, version: 1, diagnostics: [...diagnostics, ...dropped], relativeError: null, truth: null });
  return laplacian;
}

function estimateWithin(context: ScriptContext, evidence: readonly Evidence[]): Matrix {
  return withinNetwork(context, estimate(context.experiment, evidence).relationship.laplacian).laplacian;
}

function* runArm(context: ScriptContext, problem: TableProblem, plan: ArmPlan, trial: ArmPlan, fits: LocalFits): Script {
  const eta = yield* chooseEta(context, plan, trial, fits.fitting);
  const { reports, rounds } = yield* settle(context, plan, fits.all, eta === null ? [] : [eta], false);
  const result = tableArmResult(plan, problem.loss, eta, rounds, reports);
  context.record({ type: 'arm', ...result });
  const aucLeftOut = result.arm.aucByAgent?.flatMap((auc, k) => (auc === null ? [k] : [])) ?? [];
  if (aucLeftOut.length > 0) context.record({ type: 'problem', problem: { kind: problem.kind, aucLeftOut } });
  recordArmMetrics(context, plan, reports);
}

/** null where the strategy has none; else the file's value, or the candidate with the least held-out loss over all agents. */
function* chooseEta(context: ScriptContext, plan: ArmPlan, trial: ArmPlan, fits: Fits): Script<number | null> {
  if (!plan.strategy.usesEta || trial.laplacian === undefined || plan.laplacian === undefined) return null;
  if (plan.spec.eta !== 'auto') return plan.spec.eta;
  const candidates = etaGrid(fits.meanCurvature, meanDegree(trial.laplacian));
  const { reports } = yield* settle(context, trial, fits, candidates, true);
  const best = leastTotal(reports.values.map((_, k) => reported(reports, k, 'heldOut')));
  // A strength is relative to the relationship's own scale, which differs between the two estimates.
  return (candidates[best] * meanDegree(trial.laplacian)) / meanDegree(plan.laplacian);
}

function meanDegree(laplacian: Matrix): number {
  return trace(laplacian) / laplacian.rows;
}

/** Rounds until every candidate has settled. Epochs are unique: two per arm, the trial's and the fit's. */
function* settle(
  context: ScriptContext,
  plan: ArmPlan,
  fits: Fits,
  etas: readonly number[],
  heldOut: boolean,
): Script<{ reports: StageReports; rounds: number }> {
  const { experiment } = context;
  const fixed = experiment.cooperate.steps;
  const last = fixed === 'auto' ? LIMITS.tableRoundsMax : fixed;
  const label = `${plan.strategy.name} (${plan.relationship})${heldOut ? ': choosing eta' : ''}`;
  const spectrumMax = plan.laplacian === undefined ? 1 : filterSpectrumMax(plan.laplacian, fits.noise);
  let elapsedMs = 0;
  const traffic = new Float64Array(experiment.agents);
  for (let until = Math.min(ROUNDS_PER_LOOK, last); ; until = Math.min(until + ROUNDS_PER_LOOK, last)) {
    const works = plan.views.map((view, k): CooperateWork => ({
      kind: 'cooperate',
      arm: plan.index,
      epoch: 2 * plan.index + (heldOut ? 1 : 2),
      strategy: plan.strategy.name,
      view,
      stepSize: 0,
      etas,
      noise: fits.noise[k],
      spectrumMax,
      ridge: fits.ridge,
      heldOut,
      untilIteration: until,
      lastIteration: last,
      every: experiment.output.every,
    }));
    const reports = yield { phase: 'cooperating', label, works, from: until - ROUNDS_PER_LOOK, until, total: last };
    elapsedMs += reports.elapsedMs;
    reports.values.forEach((values, k) => (traffic[k] += values.get('traffic')?.[0] ?? 0));
    if (until >= last || (fixed === 'auto' && isSettled(reports))) return { reports: withTotals(reports, elapsedMs, traffic), rounds: until };
  }
}

/** ||W - W'||_F < 1e-6 ||W||_F over all agents, for every candidate; sums in agent order. */
function isSettled(reports: StageReports): boolean {
  const changes = reports.values.map((_, k) => reported(reports, k, 'change'));
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
  const values = reports.values.map((own, k) => new Map([...own, ['traffic', Float64Array.of(traffic[k])] as const]));
  return { values, elapsedMs };
}
