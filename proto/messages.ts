import type { LocalView } from '../core/relationship/local-view.ts';

/**
 * What crosses a socket, as plain types. wire.proto is the definition; codec.ts converts.
 *
 * Coordinator and agents work in STAGES: the coordinator assigns stage n to every agent (each its own content),
 * every agent answers with one report for stage n. Assign and Report are idempotent by stage number: either side
 * repeats itself until the other has moved on, so that no loss, duplicate or restart can skip or repeat a stage.
 * Agents exchange Vector frames among themselves; `step` counts exchanges and never restarts within a run. Sync and
 * Pull let a neighbour that missed vectors (loss, a broken link, a restart) ask for them again.
 */
export type { LocalView };

export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  /** The index asked for, or ANY_AGENT. */
  readonly agent: number;
  /** What Welcome gave this agent before: proves that it is the same agent. Empty at first. */
  readonly session: string;
  /** A new process (it gets a new incarnation), or the same one after its link broke. */
  readonly boot: boolean;
  /** The last stage there is nothing left to do for: the next one is due. */
  readonly stage: number;
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
  /** How many processes have been this agent, this one included; given by the coordinator. */
  readonly incarnation: number;
  readonly session: string;
  /** Proves the neighbours that dial this agent. */
  readonly linkSecret: string;
  readonly job: string;
  /** The fault plan as JSON, empty where there is none. */
  readonly faults: string;
  /** How long the run has worked already: the plan's seconds. */
  readonly elapsedMs: number;
  /** The links this agent has been given so far: a restarted one opens them again. */
  readonly neighbours: readonly Neighbour[];
  /** The run is paused. */
  readonly paused: boolean;
}

/** One neighbour of a link plan: where it listens, the ticket that opens it, who dials, and which incarnation it is. */
export interface Neighbour {
  readonly agent: number;
  /** Empty while the coordinator does not know it: Moved follows. */
  readonly endpoint: string;
  readonly ticket: string;
  readonly dial: boolean;
  readonly incarnation: number;
}

/** Coordinator to agent: a neighbour restarted, or is reachable elsewhere. Older incarnations of it are fenced off. */
export interface Moved {
  readonly type: 'moved';
  readonly neighbour: Neighbour;
}

/** Coordinator to agent: the fault plan changed while the run goes on. */
export interface Faults {
  readonly type: 'faults';
  readonly plan: string;
}

/** Coordinator to agent: the run is paused, or goes on. Said again until the agent's progress agrees. */
export interface Pause {
  readonly type: 'pause';
  readonly paused: boolean;
}

/** Agent to coordinator, for the record: nothing is decided by it. */
export interface Notice {
  readonly type: 'notice';
  /** link-lost, link-open, fault-began, fault-ended, checkpoint-failed, resumed, refused, ... */
  readonly kind: string;
  /** The neighbour it is about, or ANY_AGENT. */
  readonly agent: number;
  readonly step: number;
  readonly detail: string;
}

/** Between neighbours, when a link opens: the last step published, the last durable one, the oldest still kept. */
export interface Sync {
  readonly type: 'sync';
  readonly step: number;
  readonly durableStep: number;
  readonly oldestStep: number;
}

/** Between neighbours: send the vector of this step again. */
export interface Pull {
  readonly type: 'pull';
  readonly step: number;
}

export type Work =
  | { readonly kind: 'moments' }
  | { readonly kind: 'standardize'; readonly shift: readonly number[]; readonly scale: readonly number[]; readonly ridges: readonly number[] }
  | { readonly kind: 'explore'; readonly stepSize: number; readonly untilStep: number; readonly windowSteps: number; readonly tailFromStep: number }
  | { readonly kind: 'evidence'; readonly needs: readonly string[]; readonly ridge: number }
  | PosteriorWork
  | HeadsWork
  | { readonly kind: 'connect'; readonly neighbours: readonly Neighbour[] }
  | CooperateWork
  | AutonomousWork
  | { readonly kind: 'finish'; readonly status: string; readonly code: string; readonly detail: string };

/** A prior and what belongs to it, as one agent is asked about it (core/hierarchical/question.ts). */
export interface LocalPrior {
  readonly mean: readonly number[];
  /** Lower triangle, row by row. */
  readonly precision: readonly number[];
  readonly noise: number;
  readonly start: readonly number[];
  readonly steps: number;
}

/** Tell what your rows make of this prior: `tell` names the vectors wanted. */
export interface PosteriorWork {
  readonly kind: 'posterior';
  readonly prior: LocalPrior;
  /** Without the held-out rows. */
  readonly heldOut: boolean;
  readonly ridge: number;
  readonly tell: readonly string[];
}

/** A basis of all agents' slopes, and how one agent's head is shrunk (core/subspace/local.ts). */
export interface LocalBasis {
  /** Row by row, `rank` numbers each: one row per feature. */
  readonly values: readonly number[];
  readonly rank: number;
  readonly ridge: number;
}

/** Tell your head in this basis, and the gradient there; or whether you are better off in it than alone, with this ridge. */
export interface HeadsWork {
  readonly kind: 'heads';
  readonly basis: LocalBasis;
  readonly aloneRidge?: number;
}

/** bsp: wait for every neighbour; bounded: vectors of the last `staleness` exchanges will do; async: never wait. */
export type RoundsKind = 'bsp' | 'bounded' | 'async';

/** Run (or continue) one arm until `untilIteration`. A table's arm may carry several candidates of eta at once. */
export interface CooperateWork {
  readonly kind: 'cooperate';
  readonly arm: number;
  /** One attempt at one arm by those who take part in it; never used twice. */
  readonly epoch: number;
  /** Its first exchange, where its agents may stand at different ones; 0: everybody counts on. */
  readonly firstStep: number;
  readonly strategy: string;
  readonly view: LocalView;
  readonly stepSize: number;
  readonly etas: readonly number[];
  /** Noise variance n_k of this agent's own estimate, and the bound of the spectrum of I + diag(n) L (filter), or of averaging beside its mean (a subspace among agents). */
  readonly noise: number;
  readonly spectrumMax: number;
  readonly ridge: number;
  /** How many exchanges a vector may be old: 0 in bsp; tau in bounded; any in async. */
  readonly rounds: RoundsKind;
  readonly staleness: number;
  readonly heldOut: boolean;
  /** The report is about what the agent learned alone (its shadow, or a table's ridge solution): cooperating harmed it. */
  readonly fallBack: boolean;
  readonly untilIteration: number;
  readonly lastIteration: number;
  readonly every: number;
  /** Strategies over a prior; absent where this agent is better off alone. */
  readonly prior?: LocalPrior;
  /** Strategies over a subspace: learned, or where agents with a view begin to learn it. */
  readonly basis?: LocalBasis;
  /** Evidence about the time since the last report, told of the agent's shadow, or about gains (agent/gain-work.ts); empty for none. */
  readonly needs: readonly string[];
  /** Whose gains are wanted: everybody's gradients, one after another. */
  readonly gradients?: readonly number[];
}

/**
 * Learn the relationship with the neighbours, then run all arms, without the coordinator: one report ends all of it.
 * What an agent needs of it is known when it begins, and nothing more is assigned before it is over.
 */
export interface AutonomousWork {
  readonly kind: 'autonomous';
  /** One that agents host, and its options as JSON. */
  readonly estimator: string;
  readonly options: string;
  /** Of the learning; every arm has its own. */
  readonly epoch: number;
  readonly firstStep: number;
  /** In the network, ascending: whom to learn with. */
  readonly neighbours: readonly number[];
  /** Of neighbours in the whole network, and after how many rounds of forwarding everybody has heard everything. */
  readonly pairs: number;
  readonly rounds: number;
  readonly arms: readonly AutonomousArm[];
}

export interface AutonomousArm {
  /** The agent fills in what it learned: the view, the bound of the spectrum, and eta where none is given. */
  readonly learned: boolean;
  readonly work: CooperateWork;
}

export interface Assign {
  readonly type: 'assign';
  readonly stage: number;
  /** The stage before was broken off: whoever is still at work there leaves it. */
  readonly abandon: boolean;
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
  /** It heard that the run is paused. */
  readonly paused: boolean;
  /** What was not told yet, and all of it to a coordinator that is new. */
  readonly errors: readonly ArmErrors[];
  /** Some of its links, in turn. */
  readonly links: readonly LinkHealth[];
}

/** Points of an arm's error curve at one agent. Every agent tells of the same iterations (core/arm-schedule.ts). */
export interface ArmErrors {
  readonly arm: number;
  readonly epoch: number;
  readonly iterations: readonly number[];
  readonly errors: readonly number[];
}

/** What comes over a link, as its receiver sees it. Everything but `bytes` is of the last seconds. */
export interface LinkHealth {
  /** At the other end. */
  readonly agent: number;
  readonly open: boolean;
  /** In milliseconds; absent while no answer came. */
  readonly roundTrip?: { readonly p50: number; readonly p95: number };
  /** Share of the frames sent that did not come whole. */
  readonly lost: number;
  /** How many exchanges old the newest vector is. */
  readonly staleness: number;
  /** Received by this process so far. */
  readonly bytes: number;
}

export interface Heartbeat {
  readonly type: 'heartbeat';
  /** To be answered at once with the same number; 0: nothing is asked. */
  readonly ask: number;
  readonly answer: number;
  /** Frames that went over this connection from this end before this one; absent where nobody counts them. */
  readonly sent?: number;
}

/** The agent leaves; `code` is empty when it is done, else an error code. */
export interface Leave {
  readonly type: 'leave';
  readonly code: string;
  readonly detail: string;
}

export type ControlMessage = Hello | Welcome | Assign | Report | Progress | Heartbeat | Leave | Moved | Faults | Pause | Notice | Sync | Pull;

/** Vector frames are packed and read without an object: see vector-frame.ts. */
export interface VectorHeader {
  epoch: number;
  step: number;
  durableStep: number;
}

export const PROTOCOL_VERSION = 6;

/** In Hello: give me the next free index. */
export const ANY_AGENT = 0xffffffff;
