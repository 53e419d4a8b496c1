/**
 * A fault plan: what is broken on purpose, when and for how long. Plain data: it drives the simulator, the agents' links,
 * the proxies and the supervisor alike, is sent to agents as JSON and recorded with the run.
 *
 * Layers: message (a frame of one link), connection (a TCP stream, all of its frames), process (an agent or the coordinator).
 */

/** An agent by index, or the coordinator. */
export type Party = number | 'coordinator';

export type FaultPhase = 'exploring' | 'estimating' | 'cooperating';

/** A cooperating step counts the iterations of all arms, from 1; milliseconds count from the first assignment of work. */
export type Trigger =
  { readonly unit: 'step'; readonly step: number } | { readonly unit: 'ms'; readonly ms: number } | { readonly unit: 'phase'; readonly phase: FaultPhase };

/** `run`: until it is cleared or the run ends. */
export type Duration = { readonly unit: 'steps'; readonly steps: number } | { readonly unit: 'ms'; readonly ms: number } | { readonly unit: 'run' };

/** What happens on one direction of a link. Probabilities are per frame; 0 and false are no fault. */
export interface LinkConditions {
  // Message level.
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly corrupt: number;
  // Connection level. Order is kept.
  readonly delayMs: number;
  /** Added to the delay: uniform on [0, jitterMs]. */
  readonly jitterMs: number;
  /** Bytes per second; 0 is unlimited. */
  readonly bandwidth: number;
  /** Nothing passes and nobody is told: a half-open connection. New connections hang. */
  readonly blackhole: boolean;
  /** Connections break as soon as they carry something: TCP reset. */
  readonly reset: boolean;
  /** TCP segments of at most so many bytes; 0 leaves them as they are. */
  readonly slice: number;
  /** The connection closes after so many bytes; 0 is unlimited. */
  readonly limitData: number;
  /** A close is passed on only after so long. */
  readonly slowCloseMs: number;
}

/** What befalls single frames; everything else befalls the stream of bytes below them. */
export const MESSAGE_CONDITIONS = ['loss', 'duplicate', 'reorder', 'corrupt'] as const satisfies readonly (keyof LinkConditions)[];
export type MessageCondition = (typeof MESSAGE_CONDITIONS)[number];
/** Those with an effect of their own: jitter is part of the delay. */
export type ConnectionCondition = Exclude<keyof LinkConditions, MessageCondition | 'jitterMs'>;

export const NO_CONDITIONS: LinkConditions = {
  loss: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  delayMs: 0,
  jitterMs: 0,
  bandwidth: 0,
  blackhole: false,
  reset: false,
  slice: 0,
  limitData: 0,
  slowCloseMs: 0,
};

/** Directed links, or all of them, those to the coordinator included. */
export type LinkSet = 'all' | readonly (readonly [from: Party, to: Party])[];

export type FaultAction =
  | { readonly kind: 'link'; readonly links: LinkSet; readonly conditions: Partial<LinkConditions> }
  /** Parties of different groups do not reach one another; one-way: only the first group's frames to the others are swallowed. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly Party[])[]; readonly oneWay: boolean }
  /** One agent is cut off from everybody, the coordinator included. */
  | { readonly kind: 'isolate'; readonly agent: number }
  /** SIGKILL; null: it stays dead. */
  | { readonly kind: 'kill'; readonly target: Party; readonly restartAfterMs: number | null }
  /** SIGSTOP, and SIGCONT when the fault is over. */
  | { readonly kind: 'pause'; readonly target: Party }
  /** The agent computes so many times slower. */
  | { readonly kind: 'slow-cpu'; readonly agent: number; readonly factor: number }
  /** The agent's checkpoints fail as on a full disk. */
  | { readonly kind: 'disk-full'; readonly agent: number };

export interface Fault {
  readonly at: Trigger;
  readonly for: Duration;
  readonly action: FaultAction;
}

export type FaultPlan = readonly Fault[];
