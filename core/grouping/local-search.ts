/**
 * A partition of more tasks than can be grouped exactly: good, and not proven best. From single tasks on the two groups whose
 * union gains most join; after each such step tasks move, or change places, while that gains. With a number of groups the way
 * ends there; without one all of it is gone, and the best partition on it is kept. Deterministic: of equals the first.
 *
 * W(A) = 1'S_A 1, the gains inside a group, is what is kept up to date: c_A = W(A) / |A| (programme.ts).
 */
import type { Matrix } from '../linalg/matrix.ts';

/** What is not worth a move: rounding must not make two partitions change places for ever. */
const LEAST = 1e-12;

export function localSearch(gains: Matrix, groups: number | 'auto'): number[][] {
  const search = new Descent(gains);
  let best = search.groups();
  let value = search.value();
  while (search.count > (groups === 'auto' ? 1 : groups)) {
    search.join();
    search.improve();
    if (groups === 'auto' && search.value() <= value) continue;
    [best, value] = [search.groups(), search.value()];
  }
  return best;
}

class Descent {
  /** S_ij + S_ji: which of two tasks gains makes no difference to their group. */
  readonly #mutual: Float64Array;
  readonly #tasks: number;
  readonly #group: Int32Array;
  readonly #within: Float64Array;
  readonly #size: Int32Array;
  /** Tasks x groups: what a task and the members of a group give each other. */
  readonly #links: Float64Array;
  /** Groups that have tasks, ascending. */
  #live: number[];

  constructor({ rows: n, data }: Matrix) {
    this.#tasks = n;
    this.#mutual = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return i === j ? 0 : data[i * n + j] + data[j * n + i];
    });
    this.#group = Int32Array.from({ length: n }, (_, task) => task);
    this.#within = new Float64Array(n);
    this.#size = new Int32Array(n).fill(1);
    this.#links = this.#mutual.slice();
    this.#live = Array.from(this.#group);
  }

  get count(): number {
    return this.#live.length;
  }

  /** sum_A c_A. */
  value(): number {
    return this.#live.reduce((sum, group) => sum + this.#worth(group), 0);
  }

  groups(): number[][] {
    return this.#live.map((group) => Array.from(this.#group.keys()).filter((task) => this.#group[task] === group));
  }

  /** The two groups that gain most by it become one, also where that is a loss. */
  join(): void {
    let [best, into, from] = [-Infinity, -1, -1];
    for (const a of this.#live) {
      for (const b of this.#live) {
        if (b <= a) continue;
        const joined = (this.#within[a] + this.#within[b] + this.#between(a, b)) / (this.#size[a] + this.#size[b]);
        const gain = joined - this.#worth(a) - this.#worth(b);
        if (gain > best) [best, into, from] = [gain, a, b];
      }
    }
    for (let task = 0; task < this.#tasks; task++) if (this.#group[task] === from) this.#move(task, into);
    this.#live = this.#live.filter((group) => group !== from);
  }

  /** Until no task gains by a move to another group, or by changing places with a task of it. */
  improve(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (let task = 0; task < this.#tasks; task++) moved = this.#moveBest(task) || this.#swapBest(task) || moved;
    }
  }

  #moveBest(task: number): boolean {
    const from = this.#group[task];
    if (this.#size[from] === 1) return false;
    let [best, to] = [LEAST, -1];
    for (const group of this.#live) {
      if (group === from) continue;
      const gain = this.#without(from, task) + this.#with(group, task) - this.#worth(from) - this.#worth(group);
      if (gain > best) [best, to] = [gain, group];
    }
    if (to >= 0) this.#move(task, to);
    return to >= 0;
  }

  #swapBest(task: number): boolean {
    const own = this.#group[task];
    let [best, other] = [LEAST, -1];
    for (let one = 0; one < this.#tasks; one++) {
      const group = this.#group[one];
      if (group === own) continue;
      const gain = this.#swapped(task, one) + this.#swapped(one, task) - this.#worth(own) - this.#worth(group);
      if (gain > best) [best, other] = [gain, one];
    }
    if (other < 0) return false;
    const to = this.#group[other];
    this.#move(other, own);
    this.#move(task, to);
    return true;
  }

  /** c of the task's group with `other` in its place. */
  #swapped(task: number, other: number): number {
    const group = this.#group[task];
    const others = this.#link(other, group) - this.#mutual[other * this.#tasks + task];
    return (this.#within[group] - this.#link(task, group) + others) / this.#size[group];
  }

  #without(group: number, task: number): number {
    return (this.#within[group] - this.#link(task, group)) / (this.#size[group] - 1);
  }

  #with(group: number, task: number): number {
    return (this.#within[group] + this.#link(task, group)) / (this.#size[group] + 1);
  }

  #worth(group: number): number {
    return this.#within[group] / this.#size[group];
  }

  #move(task: number, to: number): void {
    const [n, from] = [this.#tasks, this.#group[task]];
    this.#within[from] -= this.#link(task, from);
    this.#size[from]--;
    this.#within[to] += this.#link(task, to);
    this.#size[to]++;
    this.#group[task] = to;
    for (let one = 0; one < n; one++) {
      this.#links[one * n + from] -= this.#mutual[one * n + task];
      this.#links[one * n + to] += this.#mutual[one * n + task];
    }
  }

  #link(task: number, group: number): number {
    return this.#links[task * this.#tasks + group];
  }

  /** What the members of two groups give each other. */
  #between(a: number, b: number): number {
    let sum = 0;
    for (let task = 0; task < this.#tasks; task++) if (this.#group[task] === a) sum += this.#links[task * this.#tasks + b];
    return sum;
  }
}
