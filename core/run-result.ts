/** What a run leaves behind: the JSON of `run --json` and of run.json in the run directory. Names are pinned by the interface. */
import type { OwnOptions } from './own/define.ts';
import type { Diagnostic } from './relationship/relationship.ts';
import type { Gain } from './transfer-gain.ts';

export type RunStatus = 'completed' | 'completed-with-missing' | 'failed' | 'cancelled';

export interface ArmResult {
  readonly strategy: string;
  /** What stands beside a strategy of one's own that has options. */
  readonly options?: OwnOptions;
  /** none for non-cooperative, network for consensus, else learned | known | permuted | complete | frozen. */
  readonly relationship: string;
  /** Of the learned relationship that it used, or that its control was made of. */
  readonly relationshipVersion?: number;
  /** Who took part, ascending: all figures of the arm are about them. */
  readonly participants: readonly number[];
  /** Streams: mean squared deviation per coordinate over the last third, or what a module measures where no truth is known. Tables: held-out RMSE, or the mean error rate (logistic). */
  readonly steadyError: number;
  /** By agent; null for one that took no part. */
  readonly errorByAgent: readonly (number | null)[];
  readonly auc: number | null;
  readonly aucByAgent: readonly (number | null)[] | null;
  readonly eta: number | null;
  readonly rounds: number;
  readonly roundsPerSecond: number;
  readonly bytesSent: number;
  /**
   * Arms by a relationship on gmrf-regression: by how much cooperating makes the loss on fresh batches smaller than learning
   * alone beside it, by agent and summed over the network, over the last third, with 95 % intervals; null for an agent that took no part.
   */
  readonly gainByAgent?: readonly (Gain | null)[];
  readonly gain?: Gain;
  /** Cooperating harmed the network and the arm was guarded: all figures are of what the agents learned alone; here those it fell back from. */
  readonly fellBack?: { readonly steadyError: number } | null;
  /** Over the parameters of those that took part, in the order of their indices. */
  readonly parametersSha256: string;
  /** Theory's steady error where there is one (gmrf-regression). */
  readonly predictedError: number | null;
  /** Tasks that drift: mean excess of the error over the recorded iterations, against the same strategy with the known relationship and against learning alone. */
  readonly regret?: { readonly oracle: number | null; readonly alone: number | null };
  /** A graph that changes: steps until the error stayed within 10 % of what it was before; null for never. */
  readonly recoverySteps?: number | null;
  /** Network mean of the error at the recorded iterations, and theory's curve at the same ones. Tables: null. */
  readonly curve: { readonly iteration: readonly number[]; readonly error: readonly number[]; readonly predicted: readonly number[] | null } | null;
}

/** A version of the relationship that was learned while agents cooperated. */
export interface RelationshipStep {
  readonly version: number;
  /** The step of an arm after which it is in use. */
  readonly step: number;
  readonly relativeError: number | null;
}

/** One version of a learned relationship, of whichever kind. */
export interface LearnedRelationship {
  readonly version: number;
  readonly kind: string;
  readonly estimator: string;
  readonly contributors: readonly number[];
}

export interface RunResult {
  readonly runId: string;
  readonly status: RunStatus;
  /** Present when the run failed. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly experiment: string;
  readonly seed: number;
  readonly mode: string;
  readonly agents: {
    readonly expected: number;
    /** How many took part in everything: in the relationship from its first version on, and in every arm. */
    readonly completed: number;
    /** The others; diagnostics say what each missed, and why. */
    readonly missing: readonly number[];
    readonly names: readonly string[];
  };
  readonly relationship: {
    readonly version: number;
    readonly kind: string;
    readonly estimator: string;
    /** Whose reports it was learned from; the others have no edges in it. */
    readonly contributors: readonly number[];
    readonly laplacian: readonly (readonly number[])[] | null;
    /** Present where a prior was learned, alone or beside a graph: N(mean, covariance) of every agent's parameters. */
    readonly prior?: { readonly mean: readonly number[]; readonly covariance: readonly (readonly number[])[] };
    /** Present where a subspace was learned: every agent's slopes are a combination of the basis's `rank` columns; a row per feature. */
    readonly subspace?: { readonly rank: number; readonly basis: readonly (readonly number[])[] };
    /** Present where groups were learned: the agents of each. */
    readonly groups?: readonly (readonly number[])[];
    /** Beside groups: by agent the index of the group whose parameters it uses; -1 for one that is in none. */
    readonly servedBy?: readonly number[];
    /** ||L - Lo||_F / ||Lo||_F where the truth Lo is known and nobody is missing. */
    readonly relativeError: number | null;
    readonly diagnostics: readonly Diagnostic[];
    /** Present where it was learned on while agents cooperated: its versions, the first one from exploring. */
    readonly course?: readonly RelationshipStep[];
    /** Present where the true graph changed: steps until three quarters of the leap of its error were made up; null for never. */
    readonly recoverySteps?: number | null;
    /** Present where it was not learned here: the run whose relationship file was given, and that file's digest. */
    readonly given?: { readonly run: string; readonly version: number; readonly digest: string };
    /** Present where relationships of several kinds were learned: every version, in its order. This one is the section's. */
    readonly learned?: readonly LearnedRelationship[];
    /** Present where the Laplacian is another one's of these. */
    readonly laplacianVersion?: number;
    /** The true Laplacian where it is known, for figures. */
    readonly truth: readonly (readonly number[])[] | null;
  } | null;
  readonly arms: readonly ArmResult[];
  readonly problem?: {
    readonly kind: string;
    readonly loss?: string;
    /** Of one's own: the module's path, and in words what its error measures. */
    readonly module?: string;
    /** What the experiment gives it, with defaults. */
    readonly options?: OwnOptions;
    readonly measure?: string;
    /** Of a stream of one's own: by how much its loss was divided. */
    readonly curvature?: number;
    readonly targetSd?: number;
    readonly ridge?: number;
    readonly aucLeftOut?: readonly number[];
    /** gmrf-regression: the step of every arm at which the true graph changes. */
    readonly changesAt?: number;
  };
  readonly diagnostics: readonly Diagnostic[];
  readonly timings: {
    readonly startMs: number;
    readonly exploreMs: number;
    readonly estimateMs: number;
    readonly cooperateMs: number;
    readonly totalMs: number;
  };
  readonly directory: string;
}
