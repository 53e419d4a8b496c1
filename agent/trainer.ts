/**
 * The learner of one agent: performs the work of a stage piece by piece, without knowing sockets or clocks.
 *
 * begin(work), then advance() until it returns a report; where it asks for a transport step, deliver() what arrived.
 * A long computation returns 'pause' now and then, so that the process can answer heartbeats.
 */
import type { FaultPhase } from '../core/fault/plan.ts';
import type { Task } from '../core/problem/problem.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { RoundsKind, Work } from '../proto/messages.ts';
import type { ErrorsSoFar } from './curve-teller.ts';
import type { TransportStep } from './exchange.ts';

/** Everything a learner must remember to go on from here with the same bits: named vectors, without the data. */
export type { Snapshot };

export type TrainerRequest =
  | { readonly kind: 'pause' }
  /** Between two iterations of an arm: the place for checkpoints and faults. advance() goes on at once. */
  | { readonly kind: 'boundary' }
  | {
      readonly kind: 'exchange';
      readonly step: TransportStep;
      readonly epoch: number;
      readonly hops: number;
      readonly rounds: RoundsKind;
      readonly staleness: number;
    }
  /** A part of the stage begins: traffic is counted under this name from now on. */
  | { readonly kind: 'part'; readonly name: string; readonly phase: FaultPhase }
  | { readonly kind: 'report'; readonly values: Map<string, Float64Array> };

/** One piece of work under way. */
export interface Activity {
  /** For progress displays. */
  readonly iteration: number;
  /** By arm, of those under way in it; absent where errors are known at the end only. */
  readonly errors?: readonly ErrorsSoFar[];
  advance(): TrainerRequest;
  /** In the order of receiveFrom; undefined where none arrived (bounded and async rounds): it is left out, never guessed. */
  deliver(vectors: readonly (Float64Array | undefined)[]): void;
}

/** What kinds of work a problem knows; made once per run from the agent's job. */
export interface Trainer {
  /** Largest vector this agent may exchange: bounds the frames of its links. */
  readonly vectorLengthMax: number;
  begin(work: Work): Activity;
  /**
   * What must be remembered; undefined inside an iteration, where nothing can be resumed. The vectors are copies.
   * Before any work it is empty. Work that is done in pieces is not in it until it is finished.
   */
  snapshot(): Map<string, Float64Array> | undefined;
  /** Once, on a new trainer and before any work: the next begin() goes on from there. */
  restore(snapshot: Snapshot): void;
}

/** Work that is done at once. */
export function immediately(values: Map<string, Float64Array>): Activity {
  return { iteration: 0, advance: () => ({ kind: 'report', values }), deliver: () => {} };
}

/**
 * Work in pieces, with a breath after each: a generator that yields between them and returns the report.
 * It cannot be resumed inside: a trainer takes over its outcome at the end, and a learner stopped before does it again.
 */
export function inPieces(pieces: Generator<void, Map<string, Float64Array>>): Activity {
  let iteration = 0;
  return {
    get iteration() {
      return iteration;
    },
    advance() {
      const piece = pieces.next();
      iteration++;
      return piece.done ? { kind: 'report', values: piece.value } : { kind: 'pause' };
    },
    deliver: () => {},
  };
}

/** Iterations between two breaths: about a millisecond's worth of arithmetic each. */
export function iterationsPerBreath(task: Task): number {
  return Math.max(1, Math.floor(100_000 / task.dimension));
}
