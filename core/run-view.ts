/**
 * What the live page shows of a run that goes on or is stored: the JSON of GET /api/runs/ID and of its stream. Types only: the
 * page imports nothing else. Times are milliseconds of the run; agents are indices; matrices are K x K.
 */
import type { Diagnostic } from './relationship/relationship.ts';

/** In a list of runs. */
export interface RunListing {
  readonly runId: string;
  /** The phase while it goes on, then how it ended. */
  readonly status: string;
  readonly live: boolean;
  readonly experiment: string;
  readonly seed: number | null;
  readonly mode: string | null;
  readonly agents: number | null;
  readonly arms: readonly string[];
  /** ISO 8601. */
  readonly date: string;
}

export interface RunView extends RunListing {
  readonly paused: boolean;
  /** Whether the asker's token may steer it. */
  readonly steerable: boolean;
  readonly elapsedMs: number;
  /** For whom and what, in plain words. Empty: for nobody. */
  readonly waitingFor: string;
  /** What the errors are: 'mean squared deviation per coordinate'. */
  readonly errorName: string;
  readonly peers: readonly AgentView[];
  readonly phases: readonly PhaseView[];
  readonly faults: readonly FaultView[];
  readonly relationships: readonly RelationshipView[];
  /** The true Laplacian where it is known. */
  readonly truth: Matrix | null;
  readonly curves: readonly CurveView[];
  readonly links: readonly LinkView[];
  /** Oldest first, the last 500. */
  readonly events: readonly EventView[];
  readonly diagnostics: readonly Diagnostic[];
  /** Why it failed and what to do; null where it did not. */
  readonly failure: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** What repeats this run. */
  readonly command: string;
}

export type Matrix = readonly (readonly number[])[];

export interface AgentView {
  readonly agent: number;
  readonly name: string;
  /** up, suspect, away, left-out, done. */
  readonly state: string;
  /** How many processes have been this agent. */
  readonly incarnation: number;
  readonly iteration: number;
  readonly bytesSent: number;
  /** By arm, as in `curves`; null where it is not known. */
  readonly errors: readonly (number | null)[];
  /** By arm: 1 - error / error alone; below 0 cooperating harmed it. */
  readonly gains: readonly (number | null)[];
}

export interface PhaseView {
  /** assembling, exploring, estimating, cooperating, ... */
  readonly phase: string;
  readonly fromMs: number;
  /** null: it goes on. */
  readonly untilMs: number | null;
}

export interface FaultView {
  /** In words: link 3<->7: loss 20 %. */
  readonly what: string;
  readonly kind: string;
  /** Whom it touches; empty: everybody. */
  readonly agents: readonly number[];
  readonly fromMs: number;
  readonly untilMs: number | null;
}

export interface RelationshipView {
  readonly version: number;
  readonly kind: string;
  readonly estimator: string;
  readonly contributors: readonly number[];
  readonly laplacian: Matrix | null;
  readonly relativeError: number | null;
}

export interface CurveView {
  readonly arm: number;
  /** As in figures: multitask (known). */
  readonly label: string;
  readonly strategy: string;
  readonly relationship: string;
  readonly iteration: readonly number[];
  /** Network mean at those iterations. */
  readonly error: readonly number[];
  /** Theory's curve at the same iterations, where there is one. */
  readonly predicted: readonly number[] | null;
  readonly steadyError: number | null;
  readonly predictedError: number | null;
}

/** One direction of a link, as its receiver measured it over the last seconds. */
export interface LinkView {
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
  readonly roundTripMs: { readonly p50: number; readonly p95: number } | null;
  /** Share of the frames that did not arrive whole. */
  readonly lost: number;
  /** How many exchanges old the newest vector is. */
  readonly staleness: number;
  readonly bytes: number;
}

export interface EventView {
  readonly ms: number;
  readonly type: string;
  /** In plain words. */
  readonly text: string;
}

/** One event of the stream: first all of it, then whatever of it changed, in whole keys. */
export type RunUpdate = Partial<RunView>;
