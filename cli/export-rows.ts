/**
 * Runs in long form: one row for one number, with whose it is, of what, and its unit. A number that a run does not have is no
 * row. Numbers are those of run.json and metrics.jsonl, to the last bit.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { armLabels } from '../figures/arms.ts';
import type { FinishedRun } from './chosen-runs.ts';
import { splitOf } from './measured-runs.ts';

/** In the order of the CSV. Null where it does not apply: an arm's number is nobody's in particular. */
export interface ExportRow {
  readonly run: string;
  readonly experiment: string;
  readonly seed: number;
  /** Of a table. */
  readonly splitSeed: number | null;
  readonly mode: string;
  readonly arm: string | null;
  readonly strategy: string | null;
  readonly relationship: string | null;
  readonly agent: number | null;
  readonly agentName: string | null;
  /** Of a curve. */
  readonly iteration: number | null;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
}

export const COLUMNS = [
  'run',
  'experiment',
  'seed',
  'splitSeed',
  'mode',
  'arm',
  'strategy',
  'relationship',
  'agent',
  'agentName',
  'iteration',
  'metric',
  'unit',
  'value',
] as const satisfies readonly (keyof ExportRow)[];

type Which = Omit<ExportRow, 'metric' | 'unit' | 'value'>;
type Figure = readonly [metric: string, unit: string, value: number | null | undefined];

/** A line of metrics.jsonl. */
interface AgentMetrics {
  readonly arm: number;
  readonly agent: number;
  readonly bytesSent: number;
  readonly framesSent?: number;
  readonly curve?: readonly number[];
}

const RATIO = '1';
const METRICS_FILE = 'metrics.jsonl';

/** Run by run: the run's own figures, then of every arm its own, its agents', and its curves. */
export function exportRows(run: FinishedRun): ExportRow[] {
  const { result, experiment } = run;
  const none = { arm: null, strategy: null, relationship: null, agent: null, agentName: null, iteration: null };
  const which: Which = {
    run: run.runId,
    experiment: result.experiment,
    seed: result.seed,
    splitSeed: splitOf(experiment?.problem) ?? null,
    mode: result.mode,
    ...none,
  };
  const labels = armLabels(result.arms);
  const metrics = agentMetrics(run.directory);
  const arms = result.arms.flatMap((arm, i) => {
    const named = { ...which, arm: labels[i], strategy: arm.strategy, relationship: arm.relationship };
    return armRows(named, arm, result, metrics.get(i) ?? new Map<number, AgentMetrics>());
  });
  return [...rows(which, runFigures(result)), ...arms];
}

function rows(which: Which, figures: readonly Figure[]): ExportRow[] {
  return figures.flatMap(([metric, unit, value]) => (typeof value === 'number' ? [{ ...which, metric, unit, value }] : []));
}

function runFigures({ timings, relationship }: RunResult): Figure[] {
  return [...Object.entries(timings).map(([name, value]): Figure => [name, 'ms', value]), ['relationshipRelativeError', RATIO, relationship?.relativeError]];
}

function armRows(which: Which, arm: ArmResult, result: RunResult, metrics: ReadonlyMap<number, AgentMetrics>): ExportRow[] {
  const unit = errorUnit(result);
  const agents = arm.errorByAgent.map((_, agent) => ({ ...which, agent, agentName: result.agents.names[agent] ?? String(agent) }));
  return [
    ...rows(which, armFigures(arm, unit)),
    ...agents.flatMap((one, agent) => rows(one, agentFigures(arm, agent, unit, metrics.get(agent)))),
    ...curveRows(which, arm, unit),
    ...agents.flatMap((one, agent) => agentCurve(one, arm, metrics.get(agent)?.curve, unit)),
  ];
}

/** Of steadyError, of agents' errors, of curves. */
function errorUnit({ problem }: RunResult): string {
  if (problem?.loss === 'logistic') return 'share of rows';
  if (problem?.kind === 'own-stream') return problem.measure ?? 'squared parameter';
  if (problem?.module !== undefined) return problem.measure ?? 'loss';
  return problem?.kind === 'csv-table' || problem?.kind === 'mlp' ? 'unit of the target' : 'squared parameter';
}

function armFigures(arm: ArmResult, unit: string): Figure[] {
  return [
    ['error', unit, arm.steadyError],
    ['predictedError', unit, arm.predictedError],
    ['auc', RATIO, arm.auc],
    ['eta', RATIO, arm.eta],
    ['rounds', 'rounds', arm.rounds],
    ['roundsPerSecond', '1/s', arm.roundsPerSecond],
    ['bytesSent', 'bytes', arm.bytesSent],
    ['transferGain', 'loss', arm.gain?.gain],
    ['transferGainLow', 'loss', arm.gain?.low],
    ['transferGainHigh', 'loss', arm.gain?.high],
  ];
}

function agentFigures(arm: ArmResult, agent: number, unit: string, metrics: AgentMetrics | undefined): Figure[] {
  const gain = arm.gainByAgent?.[agent];
  return [
    ['error', unit, arm.errorByAgent[agent]],
    ['auc', RATIO, arm.aucByAgent?.[agent]],
    ['bytesSent', 'bytes', metrics?.bytesSent],
    ['framesSent', 'frames', metrics?.framesSent],
    ['transferGain', 'loss', gain?.gain],
    ['transferGainLow', 'loss', gain?.low],
    ['transferGainHigh', 'loss', gain?.high],
  ];
}

/** The network's mean, and theory's. */
function curveRows(which: Which, { curve }: ArmResult, unit: string): ExportRow[] {
  if (curve === null) return [];
  return curve.iteration.flatMap((iteration, i) =>
    rows({ ...which, iteration }, [
      ['error', unit, curve.error[i]],
      ['predictedError', unit, curve.predicted?.[i]],
    ]),
  );
}

/** Recorded at the same iterations. */
function agentCurve(which: Which, { curve }: ArmResult, errors: readonly number[] | undefined, unit: string): ExportRow[] {
  if (curve === null || errors?.length !== curve.iteration.length) return [];
  return curve.iteration.flatMap((iteration, i) => rows({ ...which, iteration }, [['error', unit, errors[i]]]));
}

/** By arm and agent; what a resumed run wrote last counts. */
function agentMetrics(directory: string): Map<number, Map<number, AgentMetrics>> {
  const path = join(directory, METRICS_FILE);
  const found = new Map<number, Map<number, AgentMetrics>>();
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const metrics = parsed(line, `${path}:${i + 1}`);
    const ofArm = found.get(metrics.arm) ?? new Map<number, AgentMetrics>();
    found.set(metrics.arm, ofArm.set(metrics.agent, metrics));
  });
  return found;
}

function parsed(line: string, where: string): AgentMetrics {
  try {
    return JSON.parse(line) as AgentMetrics;
  } catch (cause) {
    throw new KindredError('RUN_UNKNOWN', 'the file is damaged: the line is not JSON', { where, cause });
  }
}
