/** What an experiment file needs to know of its table before a run: which tasks take part, and how many columns they share. */
import { assert, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { Rows } from '../core/problem/rows.ts';
import { selectTasks, trainingRows } from '../core/problem/split.ts';
import type { TableSource } from './experiment.ts';
import { parseOwnTable, parseTable } from './table.ts';
import type { TaskRows } from './table.ts';

export interface TableFacts {
  /** The tasks that take part, in agent order. */
  readonly names: readonly string[];
  /** Tasks with too few rows, left out. */
  readonly dropped: readonly string[];
  /** Their columns, in the order of the parameters. */
  readonly features: readonly string[];
}

/** Text of a file; throws what node:fs throws. */
export type ReadFile = (path: string) => string;

/** Where rows stay at their sites no file is read: the experiment says all that others may know. */
export function readTableFacts(problem: TableSource, readFile: ReadFile): TableFacts {
  const { path, sites, features } = problem;
  if (path === undefined) return { names: sites?.map(({ name }) => name) ?? [], dropped: [], features: features ?? [] };
  const { table, kept, dropped } = readWhole(problem, path, readFile);
  return { names: kept.map((index) => table.names[index]), dropped, features: table.features };
}

/** The rows of the tasks that take part, in agent order. */
export function readTasks(problem: TableSource, readFile: ReadFile): Rows[] {
  assert(problem.path !== undefined, 'the rows are at the sites');
  const { table, kept } = readWhole(problem, problem.path, readFile);
  return kept.map((index) => rowsOf(table.tasks[index]));
}

function readWhole(problem: TableSource, path: string, readFile: ReadFile) {
  const table = parseTable(readTable(path, readFile), path, problem);
  const sizes = table.tasks.map((task) => ({ name: task.name, rows: task.targets.length }));
  return { table, ...selectTasks(sizes, problem.split, path) };
}

/**
 * The rows of ONE agent, from a file that holds no others.
 * A row of somebody else is TABLE_NOT_OWN; so few that what is told of them would be the rows themselves, TABLE_TOO_FEW_ROWS.
 */
export function readOwnRows(problem: TableSource, name: string, path: string, readFile: ReadFile): Rows {
  const own = parseOwnTable(readTable(path, readFile), path, problem, name);
  const count = own.targets.length;
  selectTasks([{ name, rows: count }], { ...problem.split, tooFew: 'refuse' }, path, 1);
  const training = trainingRows(count, problem.split.train);
  if (training >= LIMITS.ownTrainingRowsMin) return rowsOf(own);
  const detail = `${training} training rows: mean and spread of fewer than ${LIMITS.ownTrainingRowsMin} give the rows away`;
  throw new KindredError('TABLE_TOO_FEW_ROWS', detail, { where: path });
}

function rowsOf({ rows, targets }: TaskRows): Rows {
  return { count: targets.length, features: rows.length / targets.length, x: rows, y: targets };
}

function readTable(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (cause) {
    throw new KindredError('TABLE_UNREADABLE', readFailure(cause), { where: path, cause });
  }
}

/** Why a file could not be read, in a few words. */
export function readFailure(cause: unknown): string {
  const code = (cause as { code?: unknown }).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES') return 'it may not be read';
  return cause instanceof Error ? cause.message : String(cause);
}
