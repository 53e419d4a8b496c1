/**
 * From the agents' last reports of an arm to its row in the results.
 */
import type { ArmResult } from '../core/run-result.ts';
import { isCurvePoint } from '../core/arm-schedule.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { parametersDigest } from './parameters-digest.ts';
import type { ArmPlan } from './relate.ts';
import { reportedByAll } from './script.ts';
import type { ScriptContext, StageReports } from './script.ts';

interface Recorded {
  readonly arm: ArmResult;
  /** Of those that took part, ascending. */
  readonly parameters: readonly Float64Array[];
}

/** gmrf-regression: errors against the truth, theory beside them where it has a word to say. */
export function gradientArmResult(
  plan: ArmPlan,
  work: CooperateWork,
  eta: number | null,
  reports: StageReports,
  predict: ((iterations: readonly number[]) => number[]) | undefined,
): Recorded {
  const errors = reportedByAll(reports, 'error').map(([error]) => error);
  const curves = reportedByAll(reports, 'curve');
  const iteration = [0, ...curvePoints(work)];
  const error = iteration.map((_, point) => mean(curves.map((curve) => curve[point])));
  const predicted = predict?.(iteration) ?? null;
  return recorded(plan, eta, work.untilIteration, reports, {
    steadyError: mean(errors),
    errorByAgent: byAgent(plan, reports, errors),
    auc: null,
    aucByAgent: null,
    predictedError: predicted?.at(-1) ?? null,
    curve: { iteration, error, predicted },
  });
}

/** Tables: errors on the held-out rows, in the target's own units, or error rates and AUC. */
export function tableArmResult(plan: ArmPlan, loss: 'squared' | 'logistic', eta: number | null, rounds: number, reports: StageReports): Recorded {
  const tests = reportedByAll(reports, 'test');
  const aucs = reports.participants.map((k) => reports.values[k].get('auc')?.[0] ?? null);
  const known = aucs.filter((value) => value !== null);
  const errors = tests.map(([loss0, rows]) => (loss === 'squared' ? Math.sqrt(loss0 / rows) : loss0 / rows));
  const total = (at: number): number => tests.reduce((sum, test) => sum + test[at], 0);
  return recorded(plan, eta, rounds, reports, {
    steadyError: loss === 'squared' ? Math.sqrt(total(0) / total(1)) : mean(errors),
    errorByAgent: byAgent(plan, reports, errors),
    auc: loss === 'logistic' && known.length > 0 ? mean(known) : null,
    aucByAgent: loss === 'logistic' ? byAgent(plan, reports, aucs) : null,
    predictedError: null,
    curve: null,
  });
}

type Measured = Pick<ArmResult, 'steadyError' | 'errorByAgent' | 'auc' | 'aucByAgent' | 'predictedError' | 'curve'>;

function recorded(plan: ArmPlan, eta: number | null, rounds: number, reports: StageReports, measured: Measured): Recorded {
  const parameters = reportedByAll(reports, 'parameters');
  const bytesSent = reports.participants.reduce((sum, k) => sum + (reports.values[k].get('traffic')?.[0] ?? 0), 0);
  const arm: ArmResult = {
    strategy: plan.strategy.name,
    relationship: plan.relationship,
    participants: reports.participants,
    ...measured,
    eta,
    rounds,
    roundsPerSecond: reports.elapsedMs > 0 ? (1000 * rounds) / reports.elapsedMs : 0,
    bytesSent,
    parametersSha256: parametersDigest(parameters),
  };
  return { arm, parameters };
}

/** One line per agent in metrics.jsonl. */
export function recordArmMetrics(context: ScriptContext, plan: ArmPlan, reports: StageReports): void {
  for (const agent of reports.participants) {
    const values = reports.values[agent];
    const [bytesSent, framesSent] = values.get('traffic') ?? [0, 0];
    const error = values.get('error')?.[0] ?? null;
    const curve = values.get('curve');
    context.record({
      type: 'metrics',
      arm: plan.index,
      agent,
      values: { strategy: plan.strategy.name, relationship: plan.relationship, error, bytesSent, framesSent, ...(curve ? { curve: Array.from(curve) } : {}) },
    });
  }
}

/** One entry per agent of the run; null where it took no part. */
function byAgent(plan: ArmPlan, { participants }: StageReports, figures: readonly (number | null)[]): (number | null)[] {
  const known = new Map(participants.map((agent, i) => [agent, figures[i]]));
  return plan.views.map((_, agent) => known.get(agent) ?? null);
}

function curvePoints(work: CooperateWork): number[] {
  return Array.from({ length: work.lastIteration }, (_, i) => i + 1).filter((iteration) => isCurvePoint(iteration, work));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
