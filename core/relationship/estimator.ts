import type { Diagnostic, Relationship } from './relationship.ts';

/**
 * The estimator seam: turns what agents report into a relationship.
 *
 * The state is explicit and serialisable; `observe` is idempotent (a duplicate report changes nothing);
 * `estimate` is a pure function of the state and permutation equivariant in the agents.
 */

/** What an estimator may ask agents to report. Nothing else leaves an agent. */
export type EvidenceName = 'iterate' | 'average' | 'noise';

/**
 * iterate: the last local estimate (M). average: the mean of the local iterates over the steady tail (M).
 * noise: [n], the variance per coordinate of the estimation error of `average`.
 */
export type Evidence = { readonly agent: number } & { readonly [name in EvidenceName]?: Float64Array };

export interface Estimate {
  readonly relationship: Relationship;
  readonly diagnostics: readonly Diagnostic[];
}

/** JSON Schema of one option of an estimator; config/ and --help are derived from it. */
export interface OptionSchema {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly description: string;
  readonly minimum?: number;
  readonly default?: number | boolean | string;
}

export type EstimatorOptions = Readonly<Record<string, number | boolean | string>>;

/** State of an estimator that runs once on a complete set of reports: the evidence by agent. */
export interface EvidenceState {
  readonly agents: number;
  readonly options: EstimatorOptions;
  readonly evidence: readonly (Evidence | undefined)[];
}

export interface Estimator<State = EvidenceState> {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  readonly needs: readonly EvidenceName[];
  readonly yields: Relationship['kind'];
  readonly host: 'coordinator' | 'agent';
  readonly cadence: 'once' | 'continuous';
  readonly options: Readonly<Record<string, OptionSchema>>;
  init(agents: number, options: EstimatorOptions): State;
  observe(state: State, evidence: Evidence): State;
  estimate(state: State): Estimate;
}
