/** Stored runs as they are compared: grouped into experiments, each with what was drawn in it, arms named as in figures. */
import { KindredError } from '../core/errors.ts';
import { hasTable } from '../config/experiment.ts';
import type { MeasuredRun } from '../core/comparison.ts';
import { armLabels, comparedError, comparedErrorByAgent, comparesByAuc, errorName } from '../figures/arms.ts';
import type { FinishedRun } from './chosen-runs.ts';
import { settingsKey, settingsLabels, settingsOf } from './run-settings.ts';
import type { Settings } from './run-settings.ts';

export interface Measured {
  readonly runs: readonly MeasuredRun[];
  /** What the errors are; the same in all runs. */
  readonly errorName: string;
  readonly isTable: boolean;
  /** Twice the same run: counted once. */
  readonly repeated: number;
}

/** Throws RUNS_INCOMPARABLE where errors are not of one kind, or one seed of one experiment came to two results. */
export function measuredRuns(runs: readonly FinishedRun[]): Measured {
  refuseOtherMeasures(runs);
  const settings = new Map<string, Settings>();
  const keys = runs.map((run) => keyOf(run, settings));
  const labels = settingsLabels([...settings.values()]);
  const labelOf = (key: string): string => labels[[...settings.keys()].indexOf(key)];
  const unique = runs.map((run, i) => ({ run, experiment: labelOf(keys[i]), pair: pairOf(run) })).filter((one, i, all) => !isRepeated(one, all.slice(0, i)));
  return {
    runs: unique.map(({ run, experiment, pair }) => measured(run, experiment, pair)),
    errorName: errorName(runs[0].result),
    isTable: runs[0].result.problem?.kind === 'csv-table' || splitOf(runs[0].experiment?.problem) !== undefined,
    repeated: runs.length - unique.length,
  };
}

function keyOf(run: FinishedRun, known: Map<string, Settings>): string {
  const settings = settingsOf(run);
  const key = settingsKey(settings);
  if (!known.has(key)) known.set(key, settings);
  return key;
}

interface Placed {
  readonly run: FinishedRun;
  readonly experiment: string;
  readonly pair: string;
}

/** One experiment in two modes, or run twice, has the same bits; what has others came of rounds that do not wait. */
function isRepeated(one: Placed, before: readonly Placed[]): boolean {
  const other = before.find(({ experiment, pair }) => experiment === one.experiment && pair === one.pair);
  if (other === undefined) return false;
  const bits = ({ run }: Placed): string => run.result.arms.map((arm) => `${arm.parametersSha256} ${arm.steadyError}`).join();
  if (bits(one) === bits(other)) return true;
  throw incomparable(`${other.run.runId} and ${one.run.runId} are of one experiment and one ${one.pair}, with different results: name one of them`);
}

/** Splits of a table are drawn by a seed of their own. */
export function pairOf({ experiment, result }: Pick<FinishedRun, 'experiment' | 'result'>): string {
  const split = splitOf(experiment?.problem);
  return split === undefined ? `seed ${result.seed}` : `seed ${result.seed} split ${split}`;
}

export function splitOf(problem: NonNullable<FinishedRun['experiment']>['problem'] | undefined): number | undefined {
  return problem !== undefined && hasTable(problem) ? problem.split.seed : undefined;
}

function measured({ result }: FinishedRun, experiment: string, pair: string): MeasuredRun {
  const byAuc = comparesByAuc(result);
  const labels = armLabels(result.arms);
  const arms = result.arms.map((arm, i) => ({ label: labels[i], error: comparedError(arm, byAuc), errorByAgent: comparedErrorByAgent(arm, byAuc) }));
  return { experiment, pair, agentNames: result.agents.names, arms };
}

function refuseOtherMeasures(runs: readonly FinishedRun[]): void {
  const measureOf = ({ result, experiment }: FinishedRun): string => {
    const problem = experiment?.problem;
    const of = problem !== undefined && hasTable(problem) ? ` of ${problem.target}` : '';
    return `${errorName(result)}${of}`;
  };
  const [first, ...others] = runs;
  const other = others.find((run) => measureOf(run) !== measureOf(first));
  if (other !== undefined) throw incomparable(`errors are not of one kind: ${first.runId} has the ${measureOf(first)}, ${other.runId} the ${measureOf(other)}`);
}

function incomparable(detail: string): KindredError {
  return new KindredError('RUNS_INCOMPARABLE', detail);
}
