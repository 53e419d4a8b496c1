import type { Diagnostic, PrecisionRelationship, Relationship } from './relationship.ts';

/**
 * The estimator seam: turns what agents report into a relationship.
 *
 * The state is explicit and serialisable; `observe` is idempotent (a duplicate report changes nothing);
 * `estimate` is a pure function of the state and permutation equivariant in the agents.
 */

/** What an estimator may ask agents to report. Nothing else leaves an agent. */
export const EVIDENCE_NAMES = ['iterate', 'average', 'noise', 'earlier', 'lag'] as const;
export type EvidenceName = (typeof EVIDENCE_NAMES)[number];

/**
 * iterate: the last local estimate (M). average: the mean of the local iterates over the steady tail (M).
 * noise: [n], the variance per coordinate of the estimation error of `average`.
 * earlier: the local estimate when the tail began (M). lag: [T], time constants 1 / mu between `earlier` and `iterate`.
 * look: which of the agent's successive reports this is, from 0; of interest to estimators of cadence `continuous`.
 */
export type Evidence = { readonly agent: number; readonly look?: number } & { readonly [name in EvidenceName]?: Float64Array };

export interface Estimate {
  readonly relationship: PrecisionRelationship;
  readonly diagnostics: readonly Diagnostic[];
}

/** JSON Schema of one option of an estimator; config/ and --help are derived from it. */
export interface OptionSchema {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly description: string;
  readonly minimum?: number;
  /** `auto` will do as well: it is computed. */
  readonly orAuto?: boolean;
  readonly enum?: readonly string[];
  readonly default?: number | boolean | string;
}

export interface EstimatorOption extends OptionSchema {
  /** A list of numbers will do as well; the title says in words which. */
  readonly orList?: { readonly minimum: number; readonly title: string };
}

export type EstimatorOptions = Readonly<Record<string, number | boolean | string | readonly number[]>>;

/** State of an estimator that runs once on a complete set of reports: the evidence by agent. */
export interface EvidenceState {
  readonly agents: number;
  readonly options: EstimatorOptions;
  readonly evidence: readonly (Evidence | undefined)[];
}

/** What files, help and documents say of an estimator. */
export interface EstimatorCard {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  readonly needs: readonly EvidenceName[];
  readonly yields: Relationship['kind'];
  readonly host: 'coordinator' | 'agent';
  readonly cadence: 'once' | 'continuous';
  readonly options: Readonly<Record<string, EstimatorOption>>;
  /** With fewer dimensions per agent it refuses to answer (dimensions.ts). */
  readonly dimensionsPerAgentMin?: number;
}

export interface Estimator<State = EvidenceState> extends EstimatorCard {
  init(agents: number, options: EstimatorOptions): State;
  observe(state: State, evidence: Evidence): State;
  estimate(state: State): Estimate;
}
