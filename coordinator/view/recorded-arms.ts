/**
 * The arms of a run that left no result, from its metrics and events: it crashed, or its coordinator does not answer. What
 * theory predicted and how sure the gains are stands in the result only.
 */
import type { Experiment } from '../../config/experiment.ts';
import { curveEvery, curveIteration } from '../../core/arm-schedule.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { ArmResult } from '../../core/run-result.ts';

/** A line of metrics.jsonl. */
export interface AgentMetrics {
  readonly arm: number;
  readonly agent: number;
  readonly strategy: string;
  readonly relationship: string;
  readonly error: number | null;
  readonly auc?: number | null;
  readonly bytesSent?: number;
  readonly curve?: readonly number[];
}

/** As much of an arm's result as is recorded when it ends. */
export type EndedArm = Pick<
  ArmResult,
  'strategy' | 'relationship' | 'steadyError' | 'errorByAgent' | 'auc' | 'aucByAgent' | 'predictedError' | 'curve' | 'rounds'
>;

/** Those that ended, in their order. */
export function recordedArms(experiment: Experiment, events: readonly RunEvent[], metrics: readonly AgentMetrics[]): EndedArm[] {
  const ends = events.filter(({ type }) => type === 'arm');
  const rounds = experiment.cooperate.steps === 'auto' ? lastUntil(events) : experiment.cooperate.steps;
  return ends.flatMap(({ steadyError }, arm) => {
    const lines = lastOfEach(metrics.filter((one) => one.arm === arm));
    return lines.length === 0 ? [] : [armOf(experiment, lines, steadyError as number, rounds)];
  });
}

function armOf({ agents, output }: Experiment, lines: readonly AgentMetrics[], steadyError: number, rounds: number): EndedArm {
  const [{ strategy, relationship }] = lines;
  const aucs = lines.flatMap(({ auc }) => (typeof auc === 'number' ? [auc] : []));
  return {
    strategy,
    relationship,
    steadyError,
    errorByAgent: byAgent(agents, lines, ({ error }) => error),
    auc: aucs.length === 0 ? null : mean(aucs),
    aucByAgent: byAgent(agents, lines, ({ auc }) => auc ?? null),
    predictedError: null,
    curve: meanCurve(lines, { lastIteration: rounds, every: curveEvery(rounds, output.every) }),
    rounds,
  };
}

/** Null where an agent has none, or one of another length: nobody could say at which iterations it was looked at. */
function meanCurve(lines: readonly AgentMetrics[], schedule: { readonly lastIteration: number; readonly every: number }): EndedArm['curve'] {
  const points = Math.ceil(schedule.lastIteration / schedule.every) + 1;
  if (!lines.every(({ curve }) => curve?.length === points)) return null;
  const iteration = Array.from({ length: points }, (_, point) => curveIteration(point, schedule));
  return { iteration, error: iteration.map((_, point) => mean(lines.map(({ curve }) => curve![point]))), predicted: null };
}

/** What a resumed run wrote last counts. */
function lastOfEach(lines: readonly AgentMetrics[]): AgentMetrics[] {
  return [...new Map(lines.map((line) => [line.agent, line])).values()];
}

function byAgent<T>(agents: number, lines: readonly AgentMetrics[], value: (line: AgentMetrics) => T): (T | null)[] {
  const known = new Map(lines.map((line) => [line.agent, value(line)]));
  return Array.from({ length: agents }, (_, agent) => known.get(agent) ?? null);
}

/** Until where the agents were last to go on in an arm. */
function lastUntil(events: readonly RunEvent[]): number {
  return (events.findLast(({ type, phase }) => type === 'stage' && phase === 'cooperating')?.['until'] as number | undefined) ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
