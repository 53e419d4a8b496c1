/**
 * How the true tasks move while agents cooperate, as a function of the step alone: the same in every mode, every arm and
 * after every restart. Step 0 is the task that was explored.
 *
 *   L_i = (1 - a_i) L + a_i L',  a_i = 0 before step `at`, 1 from `at` on, or rising to 1 within `over` steps (a ramp)
 *   with a coherence time T:  w_i = rho w_{i-1} + sqrt(1 - rho^2) R_i z_i,  rho = e^(-1/T), w_0 = R_0 z_0   (AR(1))
 *   without:                  w_i = R_i z_0: tasks stand still, and jump or slide where the graph changes
 * R_i R_i' = pinv(L_i); z_0 is keyed as ever (task-law.ts), row l of z_i (M normals) by (seed, l, 'drift', i).
 * algorithms-1, section 3 (d). A step costs K M normals, since every agent's task is a mixture of all rows.
 */
import { combine, type Matrix } from '../linalg/matrix.ts';
import { Random } from '../random.ts';
import { drawColumns, drawTasks, mixingOf, type TaskLaw } from './task-law.ts';

export interface GraphSchedule {
  /** The first step of the change. */
  readonly at: number;
  /** How many steps it takes; 0: a jump. */
  readonly over: number;
  /** L'. */
  readonly after: Matrix;
}

export interface Drift {
  /** T, in steps; the tasks stand still when left out. */
  readonly coherence?: number | undefined;
  readonly change?: GraphSchedule | undefined;
}

/** a_i. */
function changedShare({ at, over }: Pick<GraphSchedule, 'at' | 'over'>, step: number): number {
  if (step < at) return 0;
  return over === 0 ? 1 : Math.min(1, (step - at) / over);
}

/** L_i. */
export function laplacianAt(before: Matrix, change: GraphSchedule | undefined, step: number): Matrix {
  const share = change === undefined ? 0 : changedShare(change, step);
  if (change === undefined || share === 0) return before;
  return share === 1 ? change.after : combine(1 - share, before, share, change.after);
}

/** z_i of all agents (K x M), which every one of them needs: for those that share a process drawn once. */
export class DriftDraws {
  readonly #seed: number;
  readonly #random = new Random();
  /** Agents in one process are hardly more than a step apart. */
  readonly #kept: readonly { step: number; readonly rows: readonly Float64Array[] }[];

  constructor(agents: number, dimension: number, seed: number) {
    this.#seed = seed;
    const rows = (): Float64Array[] => Array.from({ length: agents }, () => new Float64Array(dimension));
    this.#kept = [0, 1].map(() => ({ step: -1, rows: rows() }));
  }

  /** Live, changed by a later call. */
  at(step: number): readonly Float64Array[] {
    const kept = this.#kept[step % 2];
    if (kept.step === step) return kept.rows;
    kept.rows.forEach((row, l) => this.#random.rekey(this.#seed, l, 'drift', step).fillGaussian(row));
    kept.step = step;
    return kept.rows;
  }
}

/** One agent's true parameters, step by step. Going back by more than one step means beginning anew. */
export class MovingTask {
  readonly #law: TaskLaw;
  readonly #drift: Drift;
  readonly #agent: number;
  readonly #draws: DriftDraws;
  /** z_0, row by row. */
  readonly #first: readonly Float64Array[];
  readonly #start: Float64Array;
  readonly #now: Float64Array;
  /** A step ago: the next mini-batch may be looked at before this step is over. */
  readonly #before: Float64Array;
  /** a_i, and this agent's row of R_i. */
  #share = 0;
  #mixing: Float64Array;
  #step = 0;

  constructor(law: TaskLaw, drift: Drift, dimension: number, seed: number, agent: number, draws = new DriftDraws(law.laplacian.rows, dimension, seed)) {
    this.#law = law;
    this.#drift = drift;
    this.#agent = agent;
    this.#draws = draws;
    const first = drawColumns(law, dimension, seed);
    this.#first = Array.from({ length: first.rows }, (_, l) => rowOf(first, l));
    this.#start = drawTasks(law, dimension, seed).data.slice(agent * dimension, (agent + 1) * dimension);
    this.#now = this.#start.slice();
    this.#before = this.#start.slice();
    this.#mixing = this.#mixingRow(0);
  }

  /** wo at this step (M): live, changed by a later call. */
  at(step: number): Float64Array {
    if (step === this.#step - 1) return this.#before;
    if (step < this.#step) this.#restart();
    while (this.#step < step) this.#advance(++this.#step);
    return this.#now;
  }

  #restart(): void {
    this.#now.set(this.#start);
    this.#step = 0;
    this.#remix(0);
  }

  #advance(step: number): void {
    const { coherence } = this.#drift;
    const changed = this.#remix(step);
    this.#before.set(this.#now);
    if (coherence !== undefined) this.#mixRows(Math.sqrt(1 - Math.exp(-2 / coherence)), Math.exp(-1 / coherence), this.#draws.at(step));
    else if (changed) this.#mixRows(1, 0, this.#first);
  }

  /** w <- kept w + scale sum_l R_kl z_l, rows in the order of the agents. */
  #mixRows(scale: number, kept: number, rows: readonly Float64Array[]): void {
    const w = this.#now;
    for (let m = 0; m < w.length; m++) w[m] *= kept;
    rows.forEach((row, l) => {
      const factor = scale * this.#mixing[l];
      for (let m = 0; m < w.length; m++) w[m] += factor * row[m];
    });
  }

  /** True when the graph is another one than a step ago. */
  #remix(step: number): boolean {
    const { change } = this.#drift;
    const share = change === undefined ? 0 : changedShare(change, step);
    if (share === this.#share) return false;
    this.#share = share;
    this.#mixing = this.#mixingRow(step);
    return true;
  }

  #mixingRow(step: number): Float64Array {
    const laplacian = laplacianAt(this.#law.laplacian, this.#drift.change, step);
    return rowOf(mixingOf({ ...this.#law, laplacian }), this.#agent);
  }
}

const rowOf = (a: Matrix, k: number): Float64Array => a.data.subarray(k * a.cols, (k + 1) * a.cols);
