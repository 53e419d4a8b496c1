/** A shared basis as it comes over the wire, and what an agent tells of its rows for it, as named vectors. */
import { lowerTriangle } from '../core/linalg/triangle.ts';
import type { TableTask } from '../core/problem/csv-table.ts';
import type { BasisQuestion, HeadAnswer } from '../core/subspace/local.ts';
import type { HeadsWork, LocalBasis } from '../proto/messages.ts';
import { gainReport } from './prior-work.ts';

export function basisOf({ values, rank, ridge }: LocalBasis): BasisQuestion {
  return { basis: { rows: values.length / rank, cols: rank, data: Float64Array.from(values) }, ridge };
}

/** Once: 2 d numbers to begin with and one for the noise, d (d + 1) / 2 to whiten the features by. */
export function halvesReport(task: TableTask): [string, Float64Array][] {
  const { first, second, squares } = task.halfMoments();
  return [
    ['halves', Float64Array.of(...first, ...second)],
    ['variation', Float64Array.of(squares)],
    ['scatter', lowerTriangle(task.scatter())],
  ];
}

/** In a round, or of its end: what the own rows make of the basis. */
export function basisReport(task: TableTask, { basis, aloneRidge }: HeadsWork): Map<string, Float64Array> {
  if (aloneRidge === undefined) return headReport(task.headAnswer(basisOf(basis)));
  return new Map([['gain', gainReport(task.headGain(basisOf(basis), aloneRidge))]]);
}

/** What leaves the agent in a round: d + k numbers. */
function headReport({ gradient, head }: HeadAnswer): Map<string, Float64Array> {
  return new Map([['answer', Float64Array.of(...gradient, ...head)]]);
}
