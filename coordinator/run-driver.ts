/**
 * The driver of one run: puts its parts together and takes in what happens - links, messages, time, an operator. It decides
 * nothing about the protocol (run-machine.ts) or about learning (script.ts).
 *
 *   what happens -> machine and script (run-fold.ts) -> effects (run-performer.ts) -> log, agents (messenger.ts), who watches
 *
 * State = fold(log): the reports of every stage are in the log before the next stage is assigned, and a restarted
 * coordinator feeds them to a fresh fold (run-replay.ts).
 */
import { ERRORS } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { FaultPlan } from '../core/fault/plan.ts';
import { faultPlanText } from '../core/fault/plan-text.ts';
import type { RunResult } from '../core/run-result.ts';
import { jobOf } from '../config/job.ts';
import type { Link } from '../net/link.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import type { ControlMessage, Hello, Notice, Progress, Report } from '../proto/messages.ts';
import type { EventLog } from './event-log.ts';
import type { FindGroups } from './groupings.ts';
import type { LogRecord } from './log-record.ts';
import { Members } from './members.ts';
import { Messenger } from './messenger.ts';
import type { Observed } from './observed.ts';
import { Roster } from './roster.ts';
import { graphsOf } from './run-facts.ts';
import { RunFold } from './run-fold.ts';
import type { RunBasis } from './run-fold.ts';
import { factsOf, RunLog } from './run-log.ts';
import { isOver } from './run-state.ts';
import type { RunEvent } from './run-machine.ts';
import { RunPerformer } from './run-performer.ts';
import type { Brought, RunListener } from './run-performer.ts';
import type { RunProgress } from './run-progress.ts';
import { replay } from './run-replay.ts';
import { RunWatch } from './run-watch.ts';
import type { LiveRun } from './view/run-view.ts';

export interface RunDriverOptions extends RunBasis, RunListener {
  readonly token: string;
  readonly log: EventLog;
  /** What the log held when it was opened: empty for a new run. */
  readonly records: readonly LogRecord[];
  /** What agents are not told of: the engine of their containers enacts it. */
  readonly engine?: EngineEnacts;
  /** Beside the run; left out where it may stand still (a simulation). */
  readonly findGroups?: FindGroups;
  /** For who owns the processes: what is broken on purpose was changed. */
  readonly onFaults?: (plan: FaultPlan) => void;
}

const TICK_MS = 250;

export class RunDriver {
  readonly #options: RunDriverOptions;
  readonly #log: RunLog;
  readonly #fold: RunFold;
  readonly #members: Members;
  readonly #roster: Roster;
  readonly #messenger: Messenger;
  readonly #watch: RunWatch;
  readonly #performer: RunPerformer;

  #cancelTick = (): void => {};
  #ended = false;

  constructor(options: RunDriverOptions) {
    const { experiment, clock, records, engine, readFile } = options;
    const { truth, network } = graphsOf(experiment, readFile);
    this.#options = options;
    const log = (this.#log = new RunLog(options.log));
    const fold: RunFold = (this.#fold = new RunFold(options, { log, truth, network, neighbour: (from, to) => roster.neighbour(from, to) }));
    const members = (this.#members = this.#createMembers());
    const { agents } = fold.state;
    const roster = (this.#roster = new Roster({ ...options, job: jobOf(experiment, truth, network), agents, endpointOf: (agent) => members.endpoint(agent) }));
    const messenger = (this.#messenger = new Messenger({ fold, members, roster, engine }));
    const watch = (this.#watch = new RunWatch({ experiment, clock, fold, members, truth: truth?.graph }));
    const findGroups: FindGroups = options.findGroups ?? ((_programme, found) => clock.defer(found));
    this.#performer = new RunPerformer({ ...options, findGroups, fold, log, members, messenger, watch, onEnd: (result) => this.#onEnd(result) });
    if (records.length > 0) this.#goOn(records);
    else this.#start();
    this.#tick();
  }

  accept(link: Link): void {
    this.#members.accept(link);
  }

  /** Who owns the agent's process saw it end, and will not start it again. */
  agentGone(agent: number, detail: string): void {
    this.#dispatch({ type: 'gone', agent, detail, now: this.#now });
  }

  interrupt(): void {
    this.#dispatch({ type: 'interrupted' });
  }

  /** Every agent finishes the iteration under way and holds; nobody's deadline runs out. Without effect when it is over. */
  pause(): void {
    this.#dispatch({ type: 'paused', now: this.#now });
  }

  resume(): void {
    this.#dispatch({ type: 'unpaused', now: this.#now });
  }

  get isPaused(): boolean {
    return this.#fold.isPaused;
  }

  /** Live: what is broken from now on, in place of what was. */
  setFaults(plan: FaultPlan): void {
    this.#fold.faults = plan;
    this.#log.write({ type: 'faults', plan: faultPlanText(plan) });
    this.#messenger.faultsAll();
    this.#options.store.event('faults', { elapsedMs: this.elapsedMs, plan });
    this.#options.onFaults?.(plan);
  }

  get faults(): FaultPlan {
    return this.#fold.faults;
  }

  get elapsedMs(): number {
    return this.#fold.time.elapsedMs;
  }

  get steps(): number[] {
    return this.#watch.steps;
  }

  get progress(): RunProgress {
    return this.#watch.progress;
  }

  get live(): LiveRun {
    return this.#watch.live;
  }

  get observed(): Observed {
    return this.#watch.observed;
  }

  get result(): RunResult {
    return this.#fold.result;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #createMembers(): Members {
    const { clock, store } = this.#options;
    return new Members(clock, {
      hello: (link, hello) => this.#onHello(link, hello),
      message: (agent, message) => this.#onMessage(agent, message),
      detached: (agent, detail) => this.#onDetached(agent, detail),
      suspect: (agent) => store.event('suspect', { agent }),
    });
  }

  #start(): void {
    const { store, runId, experiment, mode } = this.#options;
    const { agents, seed } = experiment;
    this.#log.write({ type: 'run', run: runId, agents, seed });
    store.event('started', { run: runId, seed, mode, agents });
  }

  /** From where the log ends. */
  #goOn(records: readonly LogRecord[]): void {
    const { store, clock, onPhase } = this.#options;
    const due = replay(factsOf(records), this.#fold, clock);
    const { stage, phase } = this.#fold.state;
    store.event('resumed', { events: records.length, stage, phase });
    if (this.#fold.time.hasBegun) onPhase?.(phase, this.elapsedMs);
    this.#performer.perform(due);
  }

  #onHello(link: Link, hello: Hello): void {
    this.#dispatch({ type: 'hello', claim: this.#roster.claimOf(hello), now: this.#now }, { newcomer: { link, hello } });
  }

  #onMessage(agent: number, message: ControlMessage): void {
    switch (message.type) {
      case 'report':
        return this.#onReport(agent, message);
      case 'progress':
        return this.#onProgress(agent, message);
      case 'notice':
        return this.#onNotice(agent, message);
      case 'leave':
        return this.#dispatch({ type: 'left', agent, code: asErrorCode(message.code), detail: message.detail, now: this.#now });
      default:
        return;
    }
  }

  #onReport(agent: number, { stage, values }: Report): void {
    if (isOver(this.#fold.state.phase)) return this.#messenger.finish(agent);
    this.#dispatch({ type: 'report', agent, stage, isEmpty: values.size === 0, now: this.#now }, { values });
  }

  #onProgress(agent: number, message: Progress): void {
    const { stage, iteration, waitingFor } = message;
    this.#watch.heard(agent, message);
    this.#dispatch({ type: 'progress', agent, stage, iteration, waitingFor, now: this.#now });
    if (message.paused !== this.isPaused) this.#messenger.pause(agent);
    // Agents repeat themselves: should this be lost, it is said again.
    if (this.#fold.book.isVoid(agent, stage)) this.#messenger.assign(agent, stage + 1);
    this.#options.onProgress(this.progress);
  }

  #onNotice(agent: number, { kind, step, detail, agent: about }: Notice): void {
    if (kind === 'unreachable' && this.#fold.book.linksOf(agent).has(about)) this.#messenger.whereIs(agent, about);
    this.#options.store.event(kind, { agent, ...(about === ANY_AGENT ? {} : { neighbour: about }), step, detail });
  }

  #onDetached(agent: number, detail: string): void {
    this.#dispatch({ type: 'detached', agent, detail, now: this.#now });
    if (isOver(this.#fold.state.phase) && this.#members.size === 0) this.#performer.end();
  }

  #dispatch(event: RunEvent, brought?: Brought): void {
    this.#performer.perform(this.#fold.step(event), brought);
  }

  #tick(): void {
    if (this.#ended) return;
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: this.#now });
      this.#tick();
    });
  }

  #onEnd(result: RunResult): void {
    this.#ended = true;
    this.#cancelTick();
    this.#options.onEnd(result);
  }
}

function asErrorCode(code: string): ErrorCode | '' {
  if (code === '') return '';
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'AGENT_FAILED';
}
