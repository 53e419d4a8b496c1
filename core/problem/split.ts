/**
 * Which rows of a task train and which test: a keyed shuffle that needs no random stream.
 *
 * Row i of agent k under split seed r gets the 32-bit key
 *   fmix32(((i+1) * 0x9E3779B1) ^ ((k+1) * 0x85EBCA77) ^ ((r+1) * 0xC2B2AE3D)),
 * fmix32 being murmur3's finaliser; rows sorted by (key, i) are the split order. The first `train` rows
 * train, the rest test; the last fifth of the training rows is held out while eta is being chosen.
 */
import { KindredError } from '../errors.ts';
import { fmix32 } from '../random.ts';

export interface SplitSpec {
  /** >= 1: rows per task; below 1: a fraction of each task's rows. */
  readonly train: number;
  readonly seed: number;
  readonly order: 'random' | 'file';
  readonly tooFew: 'refuse' | 'drop';
}

/** What the test rows of a counted split must amount to at least. */
const TEST_ROWS_MIN = 3;

/** The key of row `row` (order within its task) of agent `agent` under split seed `seed`: an unsigned 32-bit integer. */
export function splitKey(row: number, agent: number, seed: number): number {
  const mixed = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(agent + 1, 0x85ebca77) ^ Math.imul(seed + 1, 0xc2b2ae3d);
  return fmix32(mixed);
}

/** The rows of one task in split order. `agent` is the index after dropping. */
export function splitOrder(rows: number, agent: number, spec: Pick<SplitSpec, 'seed' | 'order'>): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  if (spec.order === 'file') return order;
  const keys = Float64Array.from(order, (i) => splitKey(i, agent, spec.seed));
  return order.sort((a, b) => keys[a] - keys[b] || a - b);
}

/** Training rows of a task with `rows` rows: a fraction is rounded, at least 1. */
export function trainingRows(rows: number, train: number): number {
  return train >= 1 ? Math.floor(train) : Math.max(1, Math.round(train * rows));
}

/** Rows held out of `training` rows while eta is chosen: the last fifth, rounded, at least 1. */
export function heldOutRows(training: number): number {
  return Math.max(1, Math.round(training / 5));
}

/** A counted split needs `train` + 3 rows; a fraction two training rows and one to test on. */
function hasEnoughRows(rows: number, train: number): boolean {
  if (train >= 1) return rows >= train + TEST_ROWS_MIN;
  const training = trainingRows(rows, train);
  return training >= 2 && rows > training;
}

export interface TaskSize {
  readonly name: string;
  readonly rows: number;
}

/**
 * Which tasks take part: indices into `tasks` in their order (agent k is task kept[k]), and the names dropped.
 * Throws TABLE_TOO_FEW_ROWS naming the task, also when dropping leaves fewer than `tasksMin`.
 */
export function selectTasks(tasks: readonly TaskSize[], spec: SplitSpec, where?: string, tasksMin = 2): { kept: number[]; dropped: string[] } {
  const kept: number[] = [];
  const dropped: string[] = [];
  tasks.forEach((task, index) => {
    if (hasEnoughRows(task.rows, spec.train)) kept.push(index);
    else if (spec.tooFew === 'drop') dropped.push(task.name);
    else throw tooFewRows(task, spec.train, where);
  });
  if (kept.length < tasksMin)
    throw new KindredError('TABLE_TOO_FEW_ROWS', `${kept.length === 0 ? 'no task has' : 'only one task has'} enough rows; at least 2 are needed`, at(where));
  return { kept, dropped };
}

function tooFewRows(task: TaskSize, train: number, where: string | undefined): KindredError {
  const need = train >= 1 ? `${train + TEST_ROWS_MIN} are needed to train on ${train}` : `too few for a training fraction of ${train}`;
  return new KindredError('TABLE_TOO_FEW_ROWS', `task "${task.name}" has ${task.rows} rows; ${need}`, at(where));
}

function at(where: string | undefined): { where?: string } {
  return where === undefined ? {} : { where };
}
