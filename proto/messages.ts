import type { LocalView } from '../core/relationship/local-view.ts';

/**
 * What crosses a socket, as plain types. wire.proto is the definition; codec.ts converts.
 *
 * Coordinator and agents work in STAGES: the coordinator assigns stage n to every agent (each its own content),
 * every agent answers with one report for stage n. Assign and Report are idempotent by stage number.
 * Agents exchange Vector frames among themselves; `step` counts exchanges and never restarts within a run.
 */
export type { LocalView };

export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  /** The index asked for, or ANY_AGENT. */
  readonly agent: number;
  readonly incarnation: number;
  /** Where other agents can dial this one. */
  readonly endpoint: string;
}

/** Coordinator's answer: the run and the agent's job (JSON of the problem as this agent needs it). */
export interface Welcome {
  readonly type: 'welcome';
  readonly run: string;
  /** The index this agent has: the one it asked for, or the next free one. */
  readonly agent: number;
  readonly agents: number;
  readonly seed: number;
  /** Proves the neighbours that dial this agent. */
  readonly linkSecret: string;
  readonly job: string;
}

/** One neighbour of a link plan: where it listens, the ticket both ends know, and who dials. */
export interface Neighbour {
  readonly agent: number;
  readonly endpoint: string;
  readonly ticket: string;
  readonly dial: boolean;
}

export type Work =
  | { readonly kind: 'moments' }
  | { readonly kind: 'standardize'; readonly shift: readonly number[]; readonly scale: readonly number[]; readonly ridges: readonly number[] }
  | { readonly kind: 'explore'; readonly stepSize: number; readonly untilStep: number; readonly windowSteps: number; readonly tailFromStep: number }
  | { readonly kind: 'evidence'; readonly needs: readonly string[]; readonly ridge: number }
  | { readonly kind: 'connect'; readonly neighbours: readonly Neighbour[] }
  | CooperateWork
  | { readonly kind: 'finish'; readonly status: string; readonly code: string; readonly detail: string };

/** Run (or continue) one arm until `untilIteration`. A table's arm may carry several candidates of eta at once. */
export interface CooperateWork {
  readonly kind: 'cooperate';
  readonly arm: number;
  readonly epoch: number;
  readonly strategy: string;
  readonly view: LocalView;
  readonly stepSize: number;
  readonly etas: readonly number[];
  /** Noise variance n_k of this agent's own estimate, and the bound of the spectrum of I + diag(n) L (filter). */
  readonly noise: number;
  readonly spectrumMax: number;
  readonly ridge: number;
  readonly heldOut: boolean;
  readonly untilIteration: number;
  readonly lastIteration: number;
  readonly every: number;
}

export interface Assign {
  readonly type: 'assign';
  readonly stage: number;
  readonly work: Work;
}

/** Named vectors: a new estimator or problem needs no new message. */
export interface Report {
  readonly type: 'report';
  readonly stage: number;
  readonly values: ReadonlyMap<string, Float64Array>;
}

export interface Progress {
  readonly type: 'progress';
  readonly stage: number;
  readonly iteration: number;
  readonly bytesSent: number;
  /** Names for whom or what the agent waits, empty when it computes. */
  readonly waitingFor: string;
}

export interface Heartbeat {
  readonly type: 'heartbeat';
}

/** The agent leaves; `code` is empty when it is done, else an error code. */
export interface Leave {
  readonly type: 'leave';
  readonly code: string;
  readonly detail: string;
}

export type ControlMessage = Hello | Welcome | Assign | Report | Progress | Heartbeat | Leave;

/** Vector frames are packed and read without an object: see vector-frame.ts. */
export interface VectorHeader {
  epoch: number;
  step: number;
  durableStep: number;
}

export const PROTOCOL_VERSION = 1;

/** In Hello: give me the next free index. */
export const ANY_AGENT = 0xffffffff;
