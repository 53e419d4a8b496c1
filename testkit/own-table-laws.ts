/**
 * The laws of a loss of one's own on a table (core/own/define.ts), run on rows it is meant for; drawn ones will do.
 *
 *   1 the gradient is that of the loss: central differences over all rows, coordinate by coordinate, at several points
 *   2 every entry of `out` is written           3 neither w nor x is changed
 *   4 equal arguments give equal bits, also in a module loaded anew
 *   5 losses and errors of held-out rows are finite where learning begins
 *   6 the laws of every problem that is solved (problem-laws.ts), with this loss
 */
import type { OwnTable } from '../core/own/define.ts';
import { createTableTask, splitRows } from '../core/problem/csv-table.ts';
import type { Rows } from '../core/problem/rows.ts';
import { moments, standardization } from '../core/problem/standardize.ts';
import { gradientVerdict, pointOf, writtenVerdict } from './gradient-law.ts';
import { lawResult, sameBits, type LawResult, type Verdict } from './law-result.ts';
import { checkProblem } from './problem-laws.ts';

const TRAIN = 0.8;

/** `create` makes it anew; `rows` are of one task. Never throws. */
export function checkOwnTable(create: () => OwnTable, rows: Rows): LawResult[] {
  const data = splitRows(rows, 0, { train: TRAIN, seed: 1, order: 'random', tooFew: 'refuse' });
  const standard = standardization(moments(data.training), 'global', 'own');
  const task = () => createTableTask(data, standard, { loss: create(), subset: 'all', seed: 1, agent: 0 });
  const standardised = lazily(() => task().model.rows);
  const of = (table: OwnTable): Summed => new Summed(table, standardised());
  return [
    lawResult('the gradient is that of the loss', () => gradientVerdict(of(create()))),
    lawResult('every entry of the gradient is written', () => writtenVerdict(create().dimension, (out) => of(create()).write(out))),
    lawResult('w and x are not changed', () => unchangedVerdict(of(create()))),
    lawResult('equal arguments give equal bits', () => repeatedVerdict(of(create()), of(create()))),
    lawResult('losses and errors are finite where learning begins', () => finiteVerdict(of(create()))),
    ...checkedTask(task, () => of(create())),
  ];
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function checkedTask(create: () => ReturnType<typeof createTableTask>, of: () => Summed): LawResult[] {
  try {
    const summed = of();
    return checkProblem({ create, loss: (w) => summed.loss(w) });
  } catch (error) {
    return [{ law: 'it can be learned', passed: false, detail: String(error) }];
  }
}

/** A loss summed over rows. */
class Summed {
  readonly table: OwnTable;
  readonly rows: Rows;
  readonly x: readonly Float64Array[];

  constructor(table: OwnTable, rows: Rows) {
    this.table = table;
    this.rows = rows;
    this.x = Array.from({ length: rows.count }, (_, i) => rows.x.slice(i * rows.features, (i + 1) * rows.features));
  }

  get dimension(): number {
    return this.table.dimension;
  }

  /** The gradient of one row. */
  write(out: Float64Array): void {
    this.table.gradient(new Float64Array(this.dimension), this.x[0], this.rows.y[0], out);
  }

  loss(w: Float64Array): number {
    return this.x.reduce((sum, x, i) => sum + this.table.loss(w, x, this.rows.y[i]), 0);
  }

  gradient(w: Float64Array): Float64Array {
    const [sum, out] = [new Float64Array(w.length), new Float64Array(w.length)];
    this.x.forEach((x, i) => {
      this.table.gradient(w, x, this.rows.y[i], out);
      out.forEach((value, m) => (sum[m] += value));
    });
    return sum;
  }

  point(which: number): Float64Array {
    return pointOf(this.dimension, which);
  }
}

function unchangedVerdict(summed: Summed): Verdict {
  const { table, rows, x } = summed;
  const [w, row] = [summed.point(1), x[0].slice()];
  table.loss(w, row, rows.y[0]);
  table.gradient(w, row, rows.y[0], new Float64Array(w.length));
  table.error?.(w, row, rows.y[0]);
  return [sameBits(w, summed.point(1)), sameBits(row, x[0])].find(({ passed }) => !passed) ?? { passed: true, detail: 'both are as they were' };
}

function repeatedVerdict(one: Summed, fresh: Summed): Verdict {
  const w = one.point(1);
  const first = one.gradient(w);
  one.gradient(one.point(2));
  const losses = Float64Array.of(one.loss(w), one.loss(w));
  const verdicts = [
    sameBits(one.gradient(w), first),
    sameBits(fresh.gradient(w), first),
    sameBits(
      losses,
      losses.map(() => fresh.loss(w)),
    ),
  ];
  return verdicts.find(({ passed }) => !passed) ?? verdicts[0];
}

function finiteVerdict(summed: Summed): Verdict {
  const w = summed.point(0);
  const bad = summed.x.findIndex((x, i) => {
    const y = summed.rows.y[i];
    return !Number.isFinite(summed.table.loss(w, x, y)) || !Number.isFinite(summed.table.error?.(w, x, y) ?? 0);
  });
  return { passed: bad < 0, detail: bad < 0 ? `${summed.x.length} rows at w = 0` : `not for row ${bad}, target ${summed.rows.y[bad]}, at w = 0` };
}
