/**
 * Remembers what was said first: the vector that an agent published for a step, the values it reported for a stage. Whatever
 * incarnation says it again, and wherever it is used, it must be the same bits; a difference is equivocation.
 */
export type Verdict = 'lost' | 'different';

export interface Violation {
  readonly verdict: Verdict;
  readonly text: string;
}

type Values = ReadonlyMap<string, Float64Array>;

/** The first ones say what happened; the rest follows from them. */
const VIOLATIONS_MAX = 20;
/** Added by the driver, for the stage and for each of its parts: what was sent depends on the network. */
const TRAFFIC = /^(.+:)?traffic$/;

export class Witness {
  readonly violations: Violation[] = [];
  readonly #vectors: Map<number, Float64Array>[];
  readonly #reports: Map<number, Values>[];
  /** The cooperating step at which an agent began an exchange. */
  readonly #cooperating: Map<number, number>[];

  constructor(agents: number) {
    this.#vectors = Array.from({ length: agents }, () => new Map());
    this.#reports = Array.from({ length: agents }, () => new Map());
    this.#cooperating = Array.from({ length: agents }, () => new Map());
  }

  complain(verdict: Verdict, text: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ verdict, text });
  }

  published(agent: number, step: number, vector: Float64Array): void {
    const first = this.#vectors[agent].get(step);
    if (first === undefined) this.#vectors[agent].set(step, vector.slice());
    else if (!isSame(first, vector)) this.complain('different', `agent ${agent} published exchange ${step} twice, with different vectors`);
  }

  /** Faults are timed by it: every incarnation must count as the one before. */
  exchanged(agent: number, step: number, cooperatingStep: number): void {
    const first = this.#cooperating[agent].get(step) ?? cooperatingStep;
    this.#cooperating[agent].set(step, first);
    if (first !== cooperatingStep) this.complain('different', `agent ${agent} began exchange ${step} at the cooperating steps ${first} and ${cooperatingStep}`);
  }

  used(by: number, source: number, step: number, vector: Float64Array | undefined): void {
    const first = this.#vectors[source].get(step);
    const words = `agent ${by} used for agent ${source} at exchange ${step}`;
    if (vector === undefined) this.complain('different', `${words} nothing`);
    else if (first === undefined || !isSame(first, vector)) this.complain('different', `${words} a vector that it did not publish`);
  }

  reported(agent: number, stage: number, values: Values): void {
    const first = this.#reports[agent].get(stage);
    if (first === undefined) this.#reports[agent].set(stage, copyOf(values));
    else if (!isSameReport(first, values)) this.complain('different', `agent ${agent} reported stage ${stage} twice, with different values`);
  }

  /** What the coordinator took for the agent's report. */
  counted(agent: number, stage: number, values: Values): void {
    const first = this.#reports[agent].get(stage);
    // A stage that only opens links is reported without values.
    if (first === undefined ? values.size > 0 : !isSameReport(first, values))
      this.complain('different', `the coordinator counted for agent ${agent} in stage ${stage} what it did not report`);
  }
}

function copyOf(values: Values): Values {
  return new Map(Array.from(values, ([name, vector]) => [name, vector.slice()]));
}

function isSameReport(a: Values, b: Values): boolean {
  const names = [...b.keys()].filter((name) => !TRAFFIC.test(name));
  return names.length === a.size && names.every((name) => a.has(name) && isSame(a.get(name)!, b.get(name)!));
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
