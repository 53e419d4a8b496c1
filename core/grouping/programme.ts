/**
 * Which tasks learn together: the programme (8) of task grouping in its column form. For subsets A of n tasks with sizes and
 * costs within bounds, c_A = 1'S_A 1 / |A| (groups average, so a member gains the MEAN of what the members give it):
 *   max sum_A c_A x_A,  sum_{A with i} x_A = 1 (a partition) or >= 1 (a cover) for each task i,  sum_A x_A = groups,  x binary.
 * Groups are distinct by construction. Budgets that differ from group to group: columns fit them iff, for each budget b, no
 * more columns cost more than b than there are budgets above b, so they are rows of the programme and not other columns.
 * Sets are bit masks. Source: algorithms-2, section B2.
 */
import { assert, KindredError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { Matrix } from '../linalg/matrix.ts';

export interface Programme {
  /** S (n x n): S_ij is what task j gains when i learns with it. The diagonal counts as 0. */
  readonly gains: Matrix;
  /** How many; auto: as many as are best, for partitions only (a cover would count near-duplicates twice). */
  readonly groups: number | 'auto';
  /** Every task in exactly one group, or in at least one. */
  readonly cover: 'partition' | 'cover';
  readonly sizeMin?: number;
  readonly sizeMax?: number;
  /** What each task costs its group; 1 when left out. */
  readonly costs?: readonly number[];
  /** What a group may cost: one for all of them, or one per group. */
  readonly budgets?: readonly number[];
}

/** At most `most` groups may cost more than `above`. */
export interface Cap {
  readonly above: number;
  readonly most: number;
}

/** The programme with its columns, best first; of equals the smaller mask. */
export interface ColumnProgramme {
  readonly tasks: number;
  readonly partition: boolean;
  readonly groups: number | 'auto';
  readonly masks: readonly number[];
  readonly values: readonly number[];
  readonly costs: readonly number[];
  readonly caps: readonly Cap[];
}

/** Throws GROUPS_IMPOSSIBLE where it cannot be meant. */
export function columnProgramme(programme: Programme): ColumnProgramme {
  refuseMeaningless(programme);
  const { gains, groups, cover, budgets = [] } = programme;
  assert(gains.rows <= LIMITS.tasksGroupedMax, 'too many tasks for a column for each of their subsets');
  const values = groupValues(gains);
  const costs = groupCosts(programme);
  const masks = eligibleMasks(programme, costs).sort((a, b) => values[b] - values[a] || a - b);
  return {
    tasks: gains.rows,
    partition: cover === 'partition',
    groups,
    masks,
    values: masks.map((mask) => values[mask]),
    costs: masks.map((mask) => costs[mask]),
    caps: budgets.length < 2 ? [] : capsOf(budgets),
  };
}

/** c_A for each of the 2^n masks (0 for the empty one): one task more adds what it gives and takes. */
function groupValues({ rows: n, data }: Matrix): Float64Array {
  const totals = new Float64Array(2 ** n);
  for (let mask = 1; mask < totals.length; mask++) {
    const rest = mask & (mask - 1);
    const i = taskOf(mask);
    let sum = totals[rest];
    for (let left = rest; left !== 0; left &= left - 1) sum += data[i * n + taskOf(left)] + data[taskOf(left) * n + i];
    totals[mask] = sum;
  }
  return totals.map((total, mask) => (mask === 0 ? 0 : total / sizeOf(mask)));
}

function groupCosts({ gains: { rows: n }, costs }: Programme): Float64Array {
  const out = new Float64Array(2 ** n);
  for (let mask = 1; mask < out.length; mask++) out[mask] = out[mask & (mask - 1)] + (costs?.[taskOf(mask)] ?? 1);
  return out;
}

function eligibleMasks({ gains: { rows: n }, sizeMin = 1, sizeMax = n, budgets }: Programme, costs: Float64Array): number[] {
  const budget = budgets === undefined ? Infinity : Math.max(...budgets);
  const out: number[] = [];
  for (let mask = 1; mask < costs.length; mask++) {
    const size = sizeOf(mask);
    if (size >= sizeMin && size <= sizeMax && costs[mask] <= budget) out.push(mask);
  }
  return out;
}

function capsOf(budgets: readonly number[]): Cap[] {
  return [...new Set(budgets)].sort((a, b) => a - b).map((above) => ({ above, most: budgets.filter((one) => one > above).length }));
}

export function refuseMeaningless({ groups, cover, budgets = [] }: Programme): void {
  if (groups !== 'auto' && !(Number.isInteger(groups) && groups >= 1)) throw impossible(`groups: must be a whole number from 1 on (got ${groups})`);
  if (groups === 'auto' && cover === 'cover')
    throw impossible('how many groups is found for partitions only: with overlap more groups count the same gains again');
  if (budgets.length > 1 && budgets.length !== groups) throw impossible(`${budgets.length} budgets for ${groups} groups; give one for all, or one for each`);
}

export const impossible = (detail: string): KindredError => new KindredError('GROUPS_IMPOSSIBLE', detail);

/** The lowest task of a set. */
export function taskOf(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

export function sizeOf(mask: number): number {
  let size = 0;
  for (let left = mask; left !== 0; left &= left - 1) size++;
  return size;
}

export function tasksOf(mask: number): number[] {
  const out: number[] = [];
  for (let left = mask; left !== 0; left &= left - 1) out.push(taskOf(left));
  return out;
}
