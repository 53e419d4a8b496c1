/** What `data inspect` runs: the experiment of a file with the arms of a comparison, or one made up around a CSV file. */
import { basename } from 'node:path';
import type { Experiment, TableProblem } from '../config/experiment.ts';
import { loadExperiment } from '../config/load.ts';
import { readFailure, readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';
import { ALONE, COMPLETE, GROUPS, HIERARCHICAL, LEARNED, PERMUTED, SUBSPACE } from '../study/table-comparison.ts';

export interface TableFlags {
  readonly set: readonly string[];
  readonly task?: string;
  readonly target?: string;
  readonly loss?: string;
}

/** Every way to learn together that a table can be asked about, and alone first. A guard would hide what a prior, a subspace or groups do. */
const ARMS: Readonly<Record<string, string>> = {
  [ALONE]: '{ strategy: non-cooperative }',
  [COMPLETE]: '{ strategy: multitask, relationship: complete }',
  [HIERARCHICAL]: '{ strategy: hierarchical, guard: false }',
  [LEARNED]: '{ strategy: multitask }',
  [PERMUTED]: '{ strategy: multitask, relationship: permuted }',
  [SUBSPACE]: '{ strategy: shared-representation, guard: false }',
  [GROUPS]: '{ strategy: grouped, guard: false }',
};
/** The arms of one run. */
export const MODELS = [ALONE, COMPLETE, HIERARCHICAL, LEARNED, PERMUTED];
/** A run of its own each. */
export const ALL_MODELS = Object.keys(ARMS);

/** One split, and which of the models. */
export interface InspectedRun {
  readonly split: number;
  readonly models: readonly string[];
}

/** What can only be said of a table, not of an experiment file, which says it itself. */
const OF_CSV = ['task', 'target', 'loss'] as const;

export type LoadInspected = (run: InspectedRun | undefined) => Experiment;

/** The experiment with the arms of a comparison on one split; as it stands in the file without one. */
export function inspectedExperiment(file: string, flags: TableFlags, readFile: ReadFile): LoadInspected {
  const isCsv = /\.csv$/i.test(file);
  const given = OF_CSV.find((flag) => flags[flag] !== undefined);
  if (!isCsv && given !== undefined) throw new KindredError('USAGE', `is for CSV files; ${file} says it itself, or -c does`, { where: `--${given}` });
  const text = isCsv ? experimentText(file, flags, readFile) : undefined;
  const name = isCsv ? madeUpName(file) : file;
  const read = (path: string): string => (text !== undefined && path === name ? text : readFile(path));
  return (run) => {
    const overrides = [...flags.set, ...(run === undefined ? [] : settings(run))];
    return loadExperiment(name, { overrides, environment: process.env, readFile: read });
  };
}

/** Every strategy learns what it cooperates over by itself. Without mini-batches all of them solve exactly: some always do. */
function settings({ split, models }: InspectedRun): string[] {
  const arms = models.map((model) => ARMS[model]).join(', ');
  return ['relationship=null', 'problem.batch=null', `cooperate.arms=[${arms}]`, 'faults=[]', `problem.split.seed=${split}`];
}

/** Half of every task's rows to learn from; the table lies beside the file that is made up. */
function experimentText(file: string, { task, target, loss }: TableFlags, readFile: ReadFile): string {
  const head = headOf(file, readFile);
  if (task === undefined || target === undefined) {
    const columns = head.split(',').join(', ');
    throw new KindredError('USAGE', `a CSV file needs --task COLUMN and --target COLUMN; its columns are ${columns}`, { where: file });
  }
  if (loss !== undefined && loss !== 'squared' && loss !== 'logistic')
    throw new KindredError('USAGE', `must be squared or logistic (got "${loss}")`, { where: '--loss' });
  const of = (kind: string): string =>
    JSON.stringify({
      problem: { kind: 'csv-table', path: basename(file), task, target, loss: kind, split: { train: 0.5, test: 'rest', seed: 0, tooFew: 'drop' } },
    });
  if (loss !== undefined) return of(loss);
  const name = madeUpName(file);
  const squared = loadExperiment(name, { overrides: [], environment: {}, readFile: (path) => (path === name ? of('squared') : readFile(path)) });
  const isLabels = readTasks(tableOf(squared, file), readFile).every(({ y }) => y.every((value) => value === 0 || value === 1));
  return of(isLabels ? 'logistic' : 'squared');
}

/** The table is read by another path than it was given, where that is relative: what is made up is told by its own name. */
const madeUpName = (file: string): string => `${file} (as an experiment)`;

function headOf(file: string, readFile: ReadFile): string {
  try {
    return readFile(file).split(/\r?\n/, 1)[0];
  } catch (cause) {
    throw new KindredError('TABLE_UNREADABLE', readFailure(cause), { where: file, cause });
  }
}

export function tableOf({ problem }: Experiment, file: string): TableProblem & { readonly loss: 'squared' | 'logistic' } {
  if (problem.kind === 'csv-table' && problem.loss === 'own')
    throw new KindredError('USAGE', `the loss is that of ${problem.own?.module}: its models are compared by running it`, { where: file });
  if (problem.kind === 'csv-table' && problem.path !== undefined && problem.loss !== 'own') return { ...problem, loss: problem.loss };
  if (problem.kind === 'mlp') throw new KindredError('USAGE', 'its models are networks, which are compared by running it', { where: file });
  const why = problem.kind === 'csv-table' ? 'its rows are at the sites, nobody else has them' : 'its problem is synthetic: there is no table to look at';
  throw new KindredError('USAGE', why, { where: file });
}
