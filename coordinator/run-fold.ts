/**
 * Where a run stands: the machine's state, its script and the stages it planned, reports, the account of time, what was
 * learned. All of it is a fold over the log: feeding the log's facts to a new one (run-replay.ts) leads to the same place.
 * It tells nobody anything: what is to be done comes out as the machine's effects, for the driver.
 */
import type { FaultPlan } from '../core/fault/plan.ts';
import type { Graph } from '../core/graph.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { TrueGraph } from '../config/graph-file.ts';
import type { Clock } from '../net/clock.ts';
import type { Neighbour, Work } from '../proto/messages.ts';
import { checkSameRelationship, Ledger } from './ledger.ts';
import { Reports } from './reports.ts';
import { droppedTasks } from './run-facts.ts';
import type { RunLog, StageEnd } from './run-log.ts';
import { stepRun } from './run-machine.ts';
import { initialRunState, participants } from './run-state.ts';
import type { RunEffect, RunEvent } from './run-machine.ts';
import type { RunState } from './run-state.ts';
import type { RunStore } from './run-store.ts';
import { RunTime } from './run-time.ts';
import type { RunRecord, Script, Stage } from './script.ts';
import { StageBook } from './stage-book.ts';
import { startScript } from './start-script.ts';

export interface RunBasis {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly mode: string;
  /** How long to wait for the agents; LIMITS.joinMs by default. */
  readonly joinMs?: number;
  readonly clock: Clock;
  /** Real milliseconds, for figures about speed; `clock` may be virtual. */
  readonly stopwatch: () => number;
  readonly store: RunStore;
  readonly readFile: (path: string) => string;
  /** The protocol; another one only in tests that plant bugs. */
  readonly step?: typeof stepRun;
}

export interface FoldParts {
  readonly log: RunLog;
  readonly truth: TrueGraph | undefined;
  readonly network: Graph;
  /** How agent `from` reaches agent `to`. */
  readonly neighbour: (from: number, to: number) => Neighbour;
}

export class RunFold {
  readonly state: RunState;
  readonly time: RunTime;
  readonly reports = new Reports();
  readonly book: StageBook;
  readonly ledger: Ledger;
  /** What is broken on purpose now. */
  faults: FaultPlan;
  readonly #basis: RunBasis;
  readonly #log: RunLog;
  readonly #script: Script;
  /** Of relationships that the log tells of, by version. */
  readonly #digests = new Map<number, string>();
  #missing: readonly number[] = [];

  constructor(basis: RunBasis, { log, ...graphs }: FoldParts) {
    const { experiment, runId, store, readFile, clock, stopwatch } = basis;
    this.#basis = basis;
    this.#log = log;
    this.state = initialRunState(experiment.agents, clock.now(), { ...experiment.participation, joinMs: basis.joinMs ?? LIMITS.joinMs });
    this.time = new RunTime(clock, stopwatch);
    this.book = new StageBook(experiment.agents, (agent) => this.state.agents[agent].excluded);
    this.ledger = new Ledger(experiment, runId, store, droppedTasks(experiment, readFile));
    this.faults = experiment.faults;
    this.#script = startScript({
      experiment,
      ...graphs,
      record: (entry) => this.#record(entry),
      participants: () => participants(this.state),
      returned: () => this.reports.returned,
      readmit: (agents) => this.#readmit(agents),
    });
  }

  /** The only way the machine's state changes while the run goes on. */
  step(event: RunEvent): RunEffect[] {
    return (this.#basis.step ?? stepRun)(this.state, event);
  }

  /** Everybody is there: the first stage. */
  begin(): RunEffect[] {
    return this.#planned(this.#script.next(undefined as never));
  }

  /** Resumes the script with the reports of the stage that ended; the estimation itself happens in here. */
  next({ brokenOff, returned, elapsedMs }: StageEnd): RunEffect[] {
    const { stage } = this.state;
    const reported = this.reports.close(stage, (agent) => this.state.agents[agent].excluded, returned);
    if (brokenOff) this.book.breakOff();
    const values = brokenOff ? [] : reported;
    const next = { values, participants: participants(this.state), brokenOff, returned: this.reports.returned, stage, elapsedMs };
    return this.#planned(this.#script.next(next));
  }

  leaveOut(agent: number, reason: string): void {
    this.ledger.excluded(agent, reason);
    if (this.#basis.experiment.network.rounds.kind === 'bsp') this.book.leavePast();
  }

  get isPaused(): boolean {
    return this.state.pausedAt !== undefined;
  }

  /** Who is left out now, and why, for the log. */
  get exclusions(): { readonly excluded: number[]; readonly reasons: string[] } {
    const excluded = this.state.agents.flatMap((one, k) => (one.excluded ? [k] : []));
    return { excluded, reasons: excluded.map((agent) => this.ledger.reasonOf(agent)) };
  }

  /** As the log has it. */
  learnedBefore(version: number, sha256: string): void {
    this.#digests.set(version, sha256);
  }

  /** The run is over: who was not there at its end is settled. */
  settle(): void {
    const { phase, agents } = this.state;
    const isCompleted = phase === 'completed' || phase === 'completed-with-missing';
    this.#missing = isCompleted ? this.ledger.leftOut() : agents.flatMap((one, k) => (one.attached && !one.excluded ? [] : [k]));
  }

  /** The result so far. */
  get result(): RunResult {
    const { mode } = this.#basis;
    return this.ledger.result({ mode, state: this.state, missing: this.#missing, timings: this.time.timings });
  }

  #planned(next: IteratorResult<Stage, void>): RunEffect[] {
    this.time.spend('estimating');
    if (next.done) return this.step({ type: 'concluded', leftOut: this.ledger.leftOut().length > 0 });
    const stage = next.value;
    this.book.add(stage);
    return this.step({
      type: 'planned',
      phase: stage.phase,
      needsAll: stage.works.some(needsAll),
      calculates: stage.calculation !== undefined,
      now: this.#basis.clock.now(),
    });
  }

  #readmit(agents: readonly number[]): void {
    // A newcomer has none of the exchanges before: whoever restarts goes on from its first arm.
    this.book.leaveAll();
    for (const agent of agents) {
      if (!this.ledger.replaying) this.#basis.store.event('readmitted', { agent });
      this.state.agents[agent].excluded = this.state.agents[agent].returned = false;
      this.state.agents[agent].awaySince = this.#basis.clock.now();
    }
  }

  #record(entry: RunRecord): void {
    const digest = this.ledger.record(entry);
    if (digest === undefined) return;
    checkSameRelationship(digest.version, this.#digests.get(digest.version), digest.sha256);
    if (!this.ledger.replaying) this.#log.write({ type: 'relationship', ...digest });
  }
}

/** Whether the stage hangs on every one of its participants: somebody waits for a vector or a link of each. */
function needsAll(work: Work): boolean {
  if (work.kind === 'autonomous') return true;
  return work.kind === 'connect' ? work.neighbours.length > 0 : work.kind === 'cooperate' && work.rounds === 'bsp' && work.view.kind !== 'none';
}
