/**
 * What a run that goes on shows whoever watches it: how far it is and for whom it waits, and what agents told of themselves
 * meanwhile. Nothing is decided by it.
 */
import { laplacian } from '../core/graph.ts';
import type { Graph } from '../core/graph.ts';
import { toRows } from '../core/linalg/matrix.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Clock } from '../net/clock.ts';
import type { Progress } from '../proto/messages.ts';
import type { Members } from './members.ts';
import { Observed } from './observed.ts';
import type { RunFold } from './run-fold.ts';
import { participants } from './run-state.ts';
import { progressOf } from './run-progress.ts';
import type { RunProgress } from './run-progress.ts';
import type { LiveRun } from './view/run-view.ts';

export interface WatchParts {
  readonly experiment: Experiment;
  readonly clock: Clock;
  readonly fold: RunFold;
  readonly members: Members;
  /** Where it is known. */
  readonly truth: Graph | undefined;
}

export class RunWatch {
  readonly observed: Observed;
  readonly #parts: WatchParts;
  readonly #bytesSent: number[];
  #truthRows: LiveRun['truth'] | undefined;

  constructor(parts: WatchParts) {
    const { agents, cooperate } = parts.experiment;
    this.#parts = parts;
    this.observed = new Observed(agents, cooperate.arms.length);
    this.#bytesSent = Array.from({ length: agents }, () => 0);
  }

  heard(agent: number, message: Progress): void {
    this.#bytesSent[agent] = message.bytesSent;
    this.observed.heard(agent, message);
  }

  /** What an operator would ask. */
  get progress(): RunProgress {
    const { experiment, clock, fold, members } = this.#parts;
    const bytesSent = this.#bytesSent.reduce((sum, bytes) => sum + bytes, 0);
    return progressOf(fold.state, fold.book.current, { agentNames: experiment.agentNames, agentsUp: members.size, bytesSent, now: clock.now() });
  }

  /** The cooperating step that each agent was last heard to be at: late by its progress messages. */
  get steps(): number[] {
    const { state, book } = this.#parts.fold;
    const before = book.stepsBefore;
    const from = book.current?.from ?? 0;
    return state.agents.map(({ iteration }) => (state.phase === 'cooperating' ? before + Math.max(0, iteration - from) : before));
  }

  /** What is not in the record. */
  get live(): LiveRun {
    const { fold } = this.#parts;
    const { state } = fold;
    return {
      phase: state.phase,
      paused: fold.isPaused,
      waitingFor: this.progress.waitingFor,
      result: fold.result,
      truth: this.#trueLaplacian,
      agents: state.agents.map((one, k) => ({ ...one, bytesSent: this.#bytesSent[k] })),
      links: this.observed.links((agent) => state.agents[agent].attached),
      points: (arm) => this.observed.curve(arm, participants(state)),
      errors: (arm) => this.observed.errors(arm),
    };
  }

  /** Rows of many agents take a while: made for the first who asks. */
  get #trueLaplacian(): LiveRun['truth'] {
    const { truth } = this.#parts;
    this.#truthRows ??= truth === undefined ? null : toRows(laplacian(truth));
    return this.#truthRows;
  }
}
