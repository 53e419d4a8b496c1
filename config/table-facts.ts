/** What an experiment file needs to know of its table before a run: which tasks take part, and how many columns they share. */
import { KindredError } from '../core/errors.ts';
import type { Rows } from '../core/problem/rows.ts';
import { selectTasks } from '../core/problem/split.ts';
import type { TableProblem } from './experiment.ts';
import { parseTable } from './table.ts';

export interface TableFacts {
  /** The tasks that take part, in agent order. */
  readonly names: readonly string[];
  /** Tasks with too few rows, left out. */
  readonly dropped: readonly string[];
  readonly features: number;
}

/** Text of a file; throws what node:fs throws. */
export type ReadFile = (path: string) => string;

export function readTableFacts(problem: TableProblem, readFile: ReadFile): TableFacts {
  const table = parseTable(readTable(problem.path, readFile), problem.path, problem);
  const sizes = table.tasks.map((task) => ({ name: task.name, rows: task.targets.length }));
  const { kept, dropped } = selectTasks(sizes, problem.split, problem.path);
  return { names: kept.map((index) => table.names[index]), dropped, features: table.features.length };
}

/** The rows of the tasks that take part, in agent order. */
export function readTasks(problem: TableProblem, readFile: ReadFile): Rows[] {
  const table = parseTable(readTable(problem.path, readFile), problem.path, problem);
  const sizes = table.tasks.map((task) => ({ name: task.name, rows: task.targets.length }));
  const { kept } = selectTasks(sizes, problem.split, problem.path);
  return kept.map((index) => {
    const { rows, targets } = table.tasks[index];
    return { count: targets.length, features: table.features.length, x: rows, y: targets };
  });
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
