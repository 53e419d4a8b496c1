/**
 * From the agents' last reports of an arm to its row in the results.
 */
import type { ArmResult } from '../core/run-result.ts';
import { assert } from '../core/errors.ts';
import { isCurvePoint } from '../core/arm-schedule.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { parametersDigest } from './parameters-digest.ts';
import type { ArmPlan } from './relate.ts';
import { reportedByAll } from './script.ts';
import type { ScriptContext, StageReports, Values } from './script.ts';

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
  transfer: Pick<ArmResult, 'gainByAgent' | 'gain' | 'fellBack'> = {},
): Recorded {
  const errors = reportedByAll(reports, 'error').map(([error]) => error);
  const curves = reportedByAll(reports, 'curve');
  const iteration = [0, ...curvePoints(work)];
  const error = iteration.map((_, point) => mean(curves.map((curve) => curve[point])));
  const predicted = predict?.(iteration) ?? null;
  return recorded(plan, eta, work.untilIteration, reports, {
    steadyError: steadyError(reports),
    errorByAgent: byAgent(plan, reports, errors),
    auc: null,
    aucByAgent: null,
    predictedError: predicted?.at(-1) ?? null,
    curve: { iteration, error, predicted },
    ...transfer,
  });
}

/** Mean over the agents of the error over the last third. */
export function steadyError(reports: StageReports): number {
  return mean(reportedByAll(reports, 'error').map(([error]) => error));
}

/** Tables: errors on the held-out rows, in the target's own units, or error rates and AUC, or what a module measures. */
export function tableArmResult(plan: ArmPlan, loss: TableProblem['loss'], eta: number | null, rounds: number, reports: StageReports): Recorded {
  const tests = reportedByAll(reports, 'test');
  const aucs = reports.participants.map((k) => reports.values[k].get('auc')?.[0] ?? null);
  const known = aucs.filter((value) => value !== null);
  const errors = tests.map(([loss0, rows]) => (loss === 'squared' ? Math.sqrt(loss0 / rows) : loss0 / rows));
  const total = (at: number): number => tests.reduce((sum, test) => sum + test[at], 0);
  return recorded(plan, eta, rounds, reports, {
    steadyError: loss === 'logistic' ? mean(errors) : loss === 'squared' ? Math.sqrt(total(0) / total(1)) : total(0) / total(1),
    errorByAgent: byAgent(plan, reports, errors),
    auc: loss === 'logistic' && known.length > 0 ? mean(known) : null,
    aucByAgent: loss === 'logistic' ? byAgent(plan, reports, aucs) : null,
    predictedError: null,
    curve: null,
  });
}

type Measured = Pick<ArmResult, 'steadyError' | 'errorByAgent' | 'auc' | 'aucByAgent' | 'predictedError' | 'curve' | 'gainByAgent' | 'gain' | 'fellBack'>;

function recorded(plan: ArmPlan, eta: number | null, rounds: number, reports: StageReports, measured: Measured): Recorded {
  const parameters = reportedByAll(reports, 'parameters');
  const bytesSent = reports.participants.reduce((sum, k) => sum + (reports.values[k].get('traffic')?.[0] ?? 0), 0);
  const arm: ArmResult = {
    strategy: plan.strategy.name,
    ...(plan.spec.options === undefined ? {} : { options: plan.spec.options }),
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
export function recordArmMetrics(context: ScriptContext, plan: ArmPlan, arm: ArmResult, reports: StageReports): void {
  for (const agent of reports.participants) {
    const values = reports.values[agent];
    const [bytesSent, framesSent] = values.get('traffic') ?? [0, 0];
    const error = arm.errorByAgent[agent];
    const auc = arm.aucByAgent?.[agent];
    const curve = values.get('curve');
    context.record({
      type: 'metrics',
      arm: plan.index,
      agent,
      values: {
        strategy: plan.strategy.name,
        relationship: plan.relationship,
        error,
        ...(auc === undefined ? {} : { auc }),
        bytesSent,
        framesSent,
        ...(curve ? { curve: Array.from(curve) } : {}),
      },
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

/** The time and the traffic of all stages of an arm, with what its last one reported. */
export class StageTotals {
  #elapsedMs = 0;
  readonly #traffic = new Map<number, Float64Array>();
  #last: StageReports | undefined;

  add(reports: StageReports): void {
    this.#elapsedMs += reports.elapsedMs;
    for (const agent of reports.participants) {
      const before = this.#traffic.get(agent) ?? [0, 0];
      const [bytes = 0, frames = 0] = reports.values[agent].get('traffic') ?? [];
      this.#traffic.set(agent, Float64Array.of(before[0] + bytes, before[1] + frames));
    }
    this.#last = reports;
  }

  ofArm(): StageReports {
    assert(this.#last !== undefined, 'an arm without a stage');
    const values: Values[] = [];
    for (const k of this.#last.participants) values[k] = new Map([...this.#last.values[k], ['traffic', this.#traffic.get(k)!]]);
    return { ...this.#last, values, elapsedMs: this.#elapsedMs };
  }
}
