/** `kindred compare RUN...`: arms and experiments, paired by seed, with intervals; who gained, and who was harmed. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { didYouMean } from '../config/did-you-mean.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { comparedRuns } from '../core/comparison.ts';
import type { ComparisonRow, MeasuredRun } from '../core/comparison.ts';
import { KindredError } from '../core/errors.ts';
import { ALONE } from '../figures/arms.ts';
import { chosenRuns } from './chosen-runs.ts';
import { comparisonText } from './comparison-text.ts';
import { measuredRuns } from './measured-runs.ts';

/** The JSON of `compare --json`; `difference` and `interval` of the rows are pinned. */
export interface Comparison {
  readonly errorName: string;
  readonly experiments: readonly { readonly experiment: string; readonly runs: number; readonly pairs: readonly string[] }[];
  /** For how many p was adjusted. */
  readonly comparisons: number;
  readonly rows: readonly ComparisonRow[];
  readonly notes: readonly string[];
}

interface CompareFlags {
  readonly out: string;
  readonly against?: string;
  readonly json?: boolean;
}

const HELP = `
A difference is error minus error against: below zero is better. Its 95 % interval is Student's over the pairs, for itself;
"better" and "worse" stand where p, adjusted for all rows together (Holm), is below .05.

Example:
  $ kindred sweep examples/paper.yaml --seeds 1..10
  $ kindred compare runs/sweep-paper`;

export function addCompareCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('compare')
    .summary('arms and experiments compared, paired by seed')
    .description('Compare the arms of runs with one another, and experiments with the first one, paired by seed (tables: and by split).')
    .argument('<run...>', 'run ids, beginnings of them, run directories, or sweep directories')
    .option('--against <arm>', `the arm that others are compared with (default: ${ALONE}, else the first)`)
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((names: readonly string[], { out, against, json }: CompareFlags) => {
      const comparison = compare(names, resolve(out), against);
      write(json === true ? `${JSON.stringify(comparison, null, 1)}\n` : `${comparisonText(comparison)}\n`);
    });
}

/** Throws RUN_UNKNOWN, RUN_UNFINISHED, RUNS_INCOMPARABLE, and USAGE for an arm that is not there. */
export function compare(names: readonly string[], directory: string, against?: string): Comparison {
  const chosen = chosenRuns(names, directory);
  if (chosen.runs.length === 0) throw new KindredError('RUNS_INCOMPARABLE', `none of the runs has results: ${chosen.notes.join('; ')}`);
  const { runs, errorName, isTable, repeated } = measuredRuns(chosen.runs);
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))].map((experiment) => runsOf(experiment, runs));
  const rows = comparedRuns(runs, (experiment) => baseline(runsOf(experiment, runs).runs, against));
  if (rows.length === 0) throw new KindredError('RUNS_INCOMPARABLE', nothingPaired(experiments));
  return {
    errorName,
    experiments: experiments.map(({ experiment, runs: own }) => ({ experiment, runs: own.length, pairs: own.map(({ pair }) => pair) })),
    comparisons: rows.filter(({ p }) => p !== null).length,
    rows,
    notes: [...chosen.notes, ...repeatedNote(repeated), ...unpairedNotes(experiments), ...sureNotes(rows, isTable)],
  };
}

interface ExperimentRuns {
  readonly experiment: string;
  readonly runs: readonly MeasuredRun[];
}

function runsOf(experiment: string, runs: readonly MeasuredRun[]): ExperimentRuns {
  return { experiment, runs: runs.filter((run) => run.experiment === experiment) };
}

function baseline(runs: readonly MeasuredRun[], against: string | undefined): string {
  const labels = runs[0].arms.map(({ label }) => label);
  const wanted = against ?? (labels.includes(ALONE) ? ALONE : labels[0]);
  if (labels.length === 0 || labels.includes(wanted)) return wanted;
  throw new KindredError('USAGE', `there is no arm "${wanted}"; there are ${labels.join('; ')}${didYouMean(wanted, labels)}`, { where: '--against' });
}

function nothingPaired(experiments: readonly ExperimentRuns[]): string {
  if (experiments.length === 1) return 'there is one arm only: nothing to compare it with';
  return `they have neither two arms nor a seed in common: ${experiments.map(({ experiment, runs }) => `${experiment} has ${pairList(runs)}`).join('; ')}`;
}

function pairList(runs: readonly MeasuredRun[]): string {
  return runs.map(({ pair }) => pair).join(', ');
}

function repeatedNote(repeated: number): string[] {
  return repeated === 0 ? [] : [`${repeated} of the runs repeat another one bit for bit and count once`];
}

/** What was drawn in one experiment and not in the first cannot be paired. */
function unpairedNotes([first, ...others]: readonly ExperimentRuns[]): string[] {
  return others.flatMap((other) => {
    const lacking = [...missing(first, other), ...missing(other, first)];
    return lacking.length === 0 ? [] : [`not paired: ${lacking.join('; ')}`];
  });
}

function missing(here: ExperimentRuns, there: ExperimentRuns): string[] {
  const only = here.runs.filter(({ pair }) => !there.runs.some((other) => other.pair === pair));
  return only.length === 0 ? [] : [`${pairList(only)} of ${here.experiment}, not in ${there.experiment}`];
}

function sureNotes(rows: readonly ComparisonRow[], isTable: boolean): string[] {
  const single = rows.some(({ pairs }) => pairs === 1);
  const equal = rows.some(({ pairs, p }) => pairs > 1 && p === null);
  return [
    ...(single ? ['one pair only: no interval, nothing is certain; `kindred sweep FILE --seeds 1..10` runs more seeds'] : []),
    ...(equal ? ['in some rows all pairs have the same difference to the last bit: what was drawn changes nothing there, and there is no interval'] : []),
    ...(isTable && !single ? ['splits of one table share rows: intervals say how sure a figure is for this table, and are too narrow for another one'] : []),
  ];
}
