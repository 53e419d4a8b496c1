import type { Task } from '../problem/problem.ts';
import type { OwnOptions } from '../own/define.ts';
import type { OptionSchema } from '../relationship/estimator.ts';
import type { Question } from '../hierarchical/question.ts';
import type { LocalView } from '../relationship/local-view.ts';
import type { BasisQuestion } from '../subspace/local.ts';

/**
 * The strategy seam: one agent's update rule. It sees its own task, its LocalView and what neighbours sent.
 *
 * An iteration is: adapt (local), then `hops` times { exchange `outgoing` with the neighbours; combine }.
 * Laws (testkit/strategy-laws.ts): equals non-cooperative without edges; keeps a common fixed point;
 * a missing neighbour is left out, never guessed; stopped between two iterations it continues elsewhere with the same
 * bits; agrees with a dense K x M oracle.
 */
export interface Strategy {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * What its view is compiled from: nothing, Metropolis weights on the network, a relationship, or its group. A prior needs no view, a
   * subspace only the network's, where agents learn it among themselves.
   */
  readonly cooperatesOver: 'nothing' | 'network' | 'relationship' | 'prior' | 'subspace' | 'groups';
  /** Whether it has a strength eta to choose. */
  readonly usesEta: boolean;
  /** The only tasks it can run on; both kinds when left out. */
  readonly learns?: Task['learns'];
  /** What may stand beside its name in an arm, as JSON Schema; one without a default is required. */
  readonly options?: Readonly<Record<string, OptionSchema>>;
  start(context: StrategyContext): StrategyRun;
}

export interface StrategyContext {
  readonly task: Task;
  readonly view: LocalView;
  /** K, all agents of the run. */
  readonly agents: number;
  readonly stepSize: number;
  readonly eta: number;
  /** Ridge of the local solution (tables; non-cooperative and filter). */
  readonly ridge: number;
  /** n_k: variance per coordinate of this agent's own estimate (filter). */
  readonly noise: number;
  /** Upper bound of the spectrum of I + diag(n) L (filter), of averaging beside its mean (shared-representation among agents). */
  readonly spectrumMax: number;
  /** What a prior has to say to this agent; absent where it is better off alone (hierarchical). */
  readonly prior?: Question;
  /** The basis that all agents share, or begin with, and how the head is shrunk (shared-representation). */
  readonly basis?: BasisQuestion;
  /** Of the arm, with their defaults filled in. */
  readonly options: OwnOptions;
  /** Whether the output after this iteration (from 1) is looked at. */
  isRecorded(iteration: number): boolean;
}

/** What arrived for one hop: vectors[i] from view.neighbours[i], undefined where missing; `mean` for a mean view. */
export interface Inbox {
  readonly vectors: readonly (Float64Array | undefined)[];
  readonly mean: Float64Array | undefined;
}

export interface StrategyRun {
  /**
   * All that outlives an iteration, live. Copied, it is a snapshot; overwritten in a run just started of an equal context,
   * that run continues with the same bits. Anything else is written by adapt or combine before it is read.
   */
  readonly state: readonly Float64Array[];
  /** Offered to the neighbours in the next hop: the shared coordinates. Rewritten by adapt and combine. */
  readonly outgoing: Float64Array;
  adapt(iteration: number): void;
  hops(iteration: number): number;
  combine(hop: number, inbox: Inbox): void;
  /** The parameters delivered after the iteration (dimension). Valid until the next adapt; asked again, the same bits. */
  output(): Float64Array;
}
