/** A loss of one's own on rows of a table, out of the module that brings it. */
import { assert, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { broughtProblem } from '../core/own/brought.ts';
import type { OwnTable } from '../core/own/define.ts';
import { sharedFrom } from '../core/problem/own-model.ts';
import type { Rows } from '../core/problem/rows.ts';
import type { OwnPart } from './experiment.ts';
import { checkKeys, TABLE_KEYS } from './own-keys.ts';
import { called } from './own-module.ts';

/** Throws MODULE_INVALID where it lacks something, or its dimensions make no sense, and MODULE_FAILED where it throws. */
export function ownTable({ module, options }: OwnPart, features: number): OwnTable {
  const problem = broughtProblem(module);
  assert(problem?.table !== undefined, `${module} brought no table`);
  const table = called(module, 'its table', () => problem.table({ features, options }));
  checkKeys('the table', table, TABLE_KEYS, module);
  const own = sharedFrom(table);
  const isWhole = Number.isInteger(table.dimension) && Number.isInteger(own);
  if (isWhole && own >= 0 && own < table.dimension && table.dimension <= LIMITS.exactSolveDimensionMax) return table;
  const bounds = `1 to ${LIMITS.exactSolveDimensionMax}, and more than its own parameters`;
  throw new KindredError('MODULE_INVALID', `on ${features} features its dimension is ${table.dimension} with ${own} own parameters; it must be ${bounds}`, {
    where: module,
  });
}

/** Throws TABLE_INVALID naming the first target that the module does not take. */
export function refuseTargets(table: OwnTable, { y }: Rows, task: string): void {
  for (let i = 0; i < y.length; i++) {
    const why = table.refuseTarget?.(y[i]);
    if (why !== undefined) throw new KindredError('TABLE_INVALID', `task "${task}", its row ${i + 1}: the target ${why} (got ${y[i]})`);
  }
}
