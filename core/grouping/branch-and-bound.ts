/**
 * The programme solved by search, exactly: the lowest task that has no group yet gets one, the best first.
 *
 * Bounds: as many more groups of the best value as are left; and for a partition, c_A is its members' shares c_A / |A|, so that
 * what is left gains at most the sum of its tasks' best shares. Milliseconds for 12 tasks; for more see column-generation.ts.
 */
import { taskOf, sizeOf, type ColumnProgramme } from './programme.ts';

/** Masks of the groups, or undefined where there are none that satisfy it. */
export function branchAndBound(programme: ColumnProgramme): number[] | undefined {
  return new Search(programme).run();
}

class Search {
  readonly #programme: ColumnProgramme;
  /** Columns that a task is in, best first. */
  readonly #byTask: readonly (readonly number[])[];
  /** max of c_A / |A| over the columns of a task. */
  readonly #share: readonly number[];
  readonly #column: ReadonlyMap<number, number>;
  readonly #chosen: number[] = [];
  #best = -Infinity;
  #found: number[] | undefined;

  constructor(programme: ColumnProgramme) {
    const { tasks, masks, values } = programme;
    this.#programme = programme;
    this.#column = new Map(masks.map((mask, column) => [mask, column]));
    this.#byTask = Array.from({ length: tasks }, (_, task) => masks.flatMap((mask, column) => ((mask >> task) & 1 ? [column] : [])));
    this.#share = this.#byTask.map((columns) => columns.reduce((best, column) => Math.max(best, values[column] / sizeOf(masks[column])), -Infinity));
  }

  run(): number[] | undefined {
    const { tasks, groups } = this.#programme;
    this.#search(2 ** tasks - 1, groups === 'auto' ? Infinity : groups, 0);
    return this.#found;
  }

  /** Groups for the tasks of `rest`, `left` of them, beside those chosen, which are worth `value`. */
  #search(rest: number, left: number, value: number): void {
    if (rest === 0) return this.#complete(left, value);
    if (left === 0) return;
    if (left === 1 && this.#programme.partition) return this.#take(this.#column.get(rest), rest, left, value);
    for (const column of this.#byTask[taskOf(rest)]) {
      if (this.#tooLittle(value + this.#programme.values[column], left - 1)) return;
      this.#take(column, rest, left, value);
    }
  }

  #take(column: number | undefined, rest: number, left: number, value: number): void {
    if (column === undefined) return;
    const { masks, values, partition } = this.#programme;
    if (partition && (masks[column] & ~rest) !== 0) return;
    const [then, worth] = [rest & ~masks[column], value + values[column]];
    if (partition && worth + this.#shares(then) <= this.#best) return;
    if (partition && Number.isFinite(left) && sizeOf(then) < left - 1) return;
    if (!this.#affordable(column)) return;
    this.#chosen.push(column);
    this.#search(then, left - 1, worth);
    this.#chosen.pop();
  }

  /** All tasks have a group; a cover may still lack some groups. */
  #complete(left: number, value: number): void {
    const { partition, groups } = this.#programme;
    if (groups === 'auto' || left === 0) return this.#accept(value);
    if (!partition) this.#fill(0, left, value);
  }

  #fill(from: number, left: number, value: number): void {
    if (left === 0) return this.#accept(value);
    const { values } = this.#programme;
    for (let column = from; column < values.length; column++) {
      if (value + left * values[column] <= this.#best) return;
      if (this.#chosen.includes(column) || !this.#affordable(column)) continue;
      this.#chosen.push(column);
      this.#fill(column + 1, left - 1, value + values[column]);
      this.#chosen.pop();
    }
  }

  #accept(value: number): void {
    if (value <= this.#best) return;
    this.#best = value;
    this.#found = this.#chosen.map((column) => this.#programme.masks[column]);
  }

  #tooLittle(value: number, left: number): boolean {
    return Number.isFinite(left) && value + left * this.#programme.values[0] <= this.#best;
  }

  #shares(rest: number): number {
    let sum = 0;
    for (let one = rest; one !== 0; one &= one - 1) sum += this.#share[taskOf(one)];
    return sum;
  }

  #affordable(column: number): boolean {
    const { caps, costs } = this.#programme;
    return caps.every(({ above, most }) => {
      const dear = this.#chosen.reduce((count, one) => count + (costs[one] > above ? 1 : 0), costs[column] > above ? 1 : 0);
      return dear <= most;
    });
  }
}
