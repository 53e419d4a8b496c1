/** What a run leaves behind: the JSON of `run --json` and of run.json in the run directory. Names are pinned by the interface. */
import type { Diagnostic } from './relationship/relationship.ts';

export type RunStatus = 'completed' | 'completed-with-missing' | 'failed' | 'cancelled';

export interface ArmResult {
  readonly strategy: string;
  /** none for non-cooperative, network for consensus, else learned | known | permuted | complete. */
  readonly relationship: string;
  /** Who took part, ascending: all figures of the arm are about them. */
  readonly participants: readonly number[];
  /** gmrf: mean squared deviation per coordinate over the last third. Tables: held-out RMSE, or the mean error rate (logistic). */
  readonly steadyError: number;
  /** By agent; null for one that took no part. */
  readonly errorByAgent: readonly (number | null)[];
  readonly auc: number | null;
  readonly aucByAgent: readonly (number | null)[] | null;
  readonly eta: number | null;
  readonly rounds: number;
  readonly roundsPerSecond: number;
  readonly bytesSent: number;
  /** Over the parameters of those that took part, in the order of their indices. */
  readonly parametersSha256: string;
  /** Theory's steady error where there is one (gmrf-regression). */
  readonly predictedError: number | null;
  /** Network mean of the error at the recorded iterations, and theory's curve at the same ones. Tables: null. */
  readonly curve: { readonly iteration: readonly number[]; readonly error: readonly number[]; readonly predicted: readonly number[] | null } | null;
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
    /** ||L - Lo||_F / ||Lo||_F where the truth Lo is known and nobody is missing. */
    readonly relativeError: number | null;
    readonly diagnostics: readonly Diagnostic[];
    /** The true Laplacian where it is known, for figures. */
    readonly truth: readonly (readonly number[])[] | null;
  } | null;
  readonly arms: readonly ArmResult[];
  readonly problem?: {
    readonly kind: string;
    readonly loss?: string;
    readonly targetSd?: number;
    readonly ridge?: number;
    readonly aucLeftOut?: readonly number[];
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
