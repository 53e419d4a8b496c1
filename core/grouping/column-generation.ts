/**
 * The programme solved exactly for many tasks: a linear programme over a few columns, whose dual prices say which others would
 * improve it; then whole numbers over those columns, a lower bound; then whole numbers over every column that could still beat
 * it (linear optimum + reduced cost >= bound), which is exact. Source: algorithms-2, section B2.
 *
 * Slack columns at a price that no grouping is worth keep the linear programme feasible while columns are missing; where they
 * are still in use at its optimum, there is no grouping.
 */
import type { ColumnProgramme } from './programme.ts';

/** max value' x, 0 <= x <= 1, least <= sum of x over a row's columns <= most. */
export interface RowProgramme {
  readonly values: readonly number[];
  readonly rows: readonly { readonly columns: readonly number[]; readonly least: number; readonly most: number }[];
  /** The first so many x are 0 or 1. */
  readonly binaries: number;
}

export interface RowSolution {
  readonly objective: number;
  readonly x: readonly number[];
  /** Price of each row; none for whole numbers. */
  readonly prices: readonly number[];
}

/** Somebody else's solver: the core has none. undefined: infeasible. */
export interface LinearSolver {
  solve(programme: RowProgramme): RowSolution | undefined;
}

const POOL_START = 40;
const POOL_GROWTH = 200;
const PRICE_TOLERANCE = 1e-9;
const IN_USE = 1e-6;

export function generateColumns(programme: ColumnProgramme, solver: LinearSolver): number[] | undefined {
  const pool = firstColumns(programme);
  const [linear, reduced] = linearOptimum(programme, pool, solver);
  if (linear === undefined) return undefined;
  const bound = solver.solve(rowProgramme(programme, pool, true))?.objective ?? -Infinity;
  const kept = programme.masks.flatMap((_, column) => (linear.objective + reduced[column] >= bound - PRICE_TOLERANCE ? [column] : []));
  const best = solver.solve(rowProgramme(programme, kept, true));
  return best && kept.filter((_, i) => best.x[i] > 0.5).map((column) => programme.masks[column]);
}

/** The best ones, and every task alone. */
function firstColumns({ masks }: ColumnProgramme): number[] {
  return masks.flatMap((mask, column) => (column < POOL_START || (mask & (mask - 1)) === 0 ? [column] : []));
}

/** Adds to the pool until no column outside it has a price above what it costs. */
function linearOptimum(programme: ColumnProgramme, pool: number[], solver: LinearSolver): [RowSolution | undefined, Float64Array] {
  for (;;) {
    const linear = solver.solve(rowProgramme(programme, pool, false));
    const reduced = reducedCosts(programme, linear?.prices ?? []);
    const inPool = new Set(pool);
    const wanted = [...reduced.keys()].filter((column) => reduced[column] > PRICE_TOLERANCE && !inPool.has(column));
    if (wanted.length > 0) pool.push(...wanted.sort((a, b) => reduced[b] - reduced[a]).slice(0, POOL_GROWTH));
    else return [linear?.x.slice(pool.length).some((slack) => slack > IN_USE) ? undefined : linear, reduced];
  }
}

/** c_A minus the prices of A's rows. */
function reducedCosts({ tasks, masks, values, costs, caps, groups }: ColumnProgramme, prices: readonly number[]): Float64Array {
  const perGroup = groups === 'auto' ? 0 : prices[tasks];
  const capsFrom = tasks + (groups === 'auto' ? 0 : 1);
  return Float64Array.from(masks, (mask, column) => {
    let out = values[column] - perGroup;
    for (let task = 0; task < tasks; task++) if ((mask >> task) & 1) out -= prices[task];
    caps.forEach(({ above }, i) => (out -= costs[column] > above ? prices[capsFrom + i] : 0));
    return out;
  });
}

/** Rows: one per task, how many groups, one per cap. A linear one has a slack column for each task and for the number of groups. */
function rowProgramme({ tasks, partition, groups, masks, values, costs, caps }: ColumnProgramme, pool: readonly number[], whole: boolean): RowProgramme {
  const columnsWhere = (holds: (column: number) => boolean): number[] => pool.flatMap((column, i) => (holds(column) ? [i] : []));
  const slackOf = (row: number): number[] => (whole ? [] : [pool.length + row]);
  const taskRows = Array.from({ length: tasks }, (_, task) => ({
    columns: [...columnsWhere((column) => ((masks[column] >> task) & 1) === 1), ...slackOf(task)],
    least: 1,
    most: partition ? 1 : Infinity,
  }));
  const countRow = groups === 'auto' ? [] : [{ columns: [...pool.keys(), ...slackOf(tasks)], least: groups, most: groups }];
  const capRows = caps.map(({ above, most }) => ({ columns: columnsWhere((column) => costs[column] > above), least: 0, most }));
  const penalty = -1e3 * (1 + values.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const slacks = whole ? [] : Array.from({ length: tasks + countRow.length }, () => penalty);
  return { values: [...pool.map((column) => values[column]), ...slacks], rows: [...taskRows, ...countRow, ...capRows], binaries: whole ? pool.length : 0 };
}
