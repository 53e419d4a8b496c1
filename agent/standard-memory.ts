/** How rows were standardised, in a trainer's snapshot: all that is needed to have its tasks again. */
import type { Standardization } from '../core/problem/standardize.ts';
import { vectorOf, type Snapshot } from '../core/snapshot.ts';

/** None before the first standardisation. */
export function standardVectors(standard: Standardization | undefined): [string, Float64Array][] {
  if (standard === undefined) return [];
  return [
    ['table:shift', standard.shift.slice()],
    ['table:scale', standard.scale.slice()],
  ];
}

export function standardOf(snapshot: Snapshot, columns: number): Standardization | undefined {
  if (!snapshot.has('table:shift')) return undefined;
  const column = (name: string): Float64Array => vectorOf(snapshot, name, columns).slice();
  return { shift: column('table:shift'), scale: column('table:scale') };
}
