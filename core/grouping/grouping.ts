/** Groups of tasks: the best ones, by which of them a task is served, and how like two groupings are. */
import type { Matrix } from '../linalg/matrix.ts';
import { branchAndBound } from './branch-and-bound.ts';
import { LIMITS } from '../limits.ts';
import { generateColumns, type LinearSolver } from './column-generation.ts';
import { localSearch } from './local-search.ts';
import { columnProgramme, impossible, refuseMeaningless, tasksOf, type Programme } from './programme.ts';

/** Up to so many tasks the search takes milliseconds. */
export const SEARCHED_TASKS_MAX = 12;

export interface Grouping {
  /** Tasks ascending; groups by their lowest task, then the next. */
  readonly groups: readonly (readonly number[])[];
  /** Of each task: the index of the group whose parameters it uses; in others it only helps. */
  readonly servedBy: readonly number[];
  /** sum_A c_A. */
  readonly objective: number;
}

export interface BestGrouping extends Grouping {
  /** Whether there can be no better one; beyond LIMITS.tasksGroupedMax tasks nobody knows. */
  readonly isProven: boolean;
}

/** The best grouping. Throws GROUPS_IMPOSSIBLE where there is none. `solver` is asked beyond SEARCHED_TASKS_MAX tasks. */
export function bestGrouping(programme: Programme, solver?: LinearSolver): BestGrouping {
  if (programme.gains.rows > LIMITS.tasksGroupedMax) return { ...searchedGrouping(programme), isProven: false };
  const columns = columnProgramme(programme);
  const masks = solver !== undefined && columns.tasks > SEARCHED_TASKS_MAX ? generateColumns(columns, solver) : branchAndBound(columns);
  if (masks === undefined)
    throw impossible(`no ${programme.cover} of ${columns.tasks} tasks into ${programme.groups} groups has the sizes and budgets asked for`);
  return { ...groupingOf(masks.map(tasksOf), programme.gains), isProven: true };
}

function searchedGrouping(programme: Programme): Grouping {
  const { gains, groups, cover, sizeMin, sizeMax, budgets } = programme;
  refuseMeaningless(programme);
  if (cover === 'cover' || (sizeMin ?? sizeMax ?? budgets) !== undefined)
    throw impossible(`${gains.rows} tasks; beyond ${LIMITS.tasksGroupedMax} there are partitions only, without sizes and budgets`);
  if (groups !== 'auto' && groups > gains.rows) throw impossible(`no ${cover} of ${gains.rows} tasks into ${groups} groups`);
  return groupingOf(localSearch(gains, groups), gains);
}

export function groupingOf(groups: readonly (readonly number[])[], gains: Matrix): Grouping {
  const sorted = [...groups].sort(byTasks);
  return { groups: sorted, servedBy: serving(sorted, gains), objective: sorted.reduce((sum, group) => sum + groupValue(group, gains), 0) };
}

/** 1'S_A 1 / |A|. */
function groupValue(group: readonly number[], gains: Matrix): number {
  return group.reduce((sum, task) => sum + gainIn(group, task, gains), 0);
}

/** S_{A -> j} = (1 / |A|) sum_{i in A} S_ij: what the group gives one of its tasks. */
export function gainIn(group: readonly number[], task: number, { cols, data }: Matrix): number {
  let sum = 0;
  for (const i of group) if (i !== task) sum += data[i * cols + task];
  return sum / group.length;
}

/** Of its groups the one that gives a task most; of equals the first. */
export function serving(groups: readonly (readonly number[])[], gains: Matrix): number[] {
  return Array.from({ length: gains.rows }, (_, task) => {
    const own = groups.flatMap((group, index) => (group.includes(task) ? [{ index, gain: gainIn(group, task, gains) }] : []));
    return own.reduce((best, one) => (one.gain > best.gain ? one : best)).index;
  });
}

function byTasks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((task, i) => task !== b[i]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}
