/**
 * The driver of one run: owns the run machine's state and the script, performs the machine's effects, keeps the log and
 * the record. It decides nothing about the protocol (run-machine.ts) or about learning (script.ts).
 *
 * State = fold(log): the reports of every stage are in the log before the next stage is assigned, and a restarted
 * coordinator feeds them to a fresh script, which then stands where the old one stood.
 */
import { closeCode, ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { agentsPlan, NO_ENGINE } from '../core/fault/engine-faults.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { FaultPlan } from '../core/fault/plan.ts';
import { faultPlanText } from '../core/fault/plan-text.ts';
import type { Graph } from '../core/graph.ts';
import { LIMITS } from '../core/limits.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment, GraphSpec } from '../config/experiment.ts';
import { loadGraph } from '../config/graph-file.ts';
import { jobOf } from '../config/job.ts';
import { readTableFacts } from '../config/table-facts.ts';
import type { Clock } from '../net/clock.ts';
import type { Link } from '../net/link.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import type { ControlMessage, Hello, Work } from '../proto/messages.ts';
import type { EventLog } from './event-log.ts';
import { checkSameRelationship, Ledger } from './ledger.ts';
import type { LogRecord } from './log-record.ts';
import { Members } from './members.ts';
import { initialRunState, isOver, participants, stepRun } from './run-machine.ts';
import type { HelloClaim, RunEffect, RunEvent, RunPhase, RunState } from './run-machine.ts';
import { Roster } from './roster.ts';
import { progressOf } from './run-progress.ts';
import type { RunProgress } from './run-progress.ts';
import type { RunStore } from './run-store.ts';
import { StageBook } from './stage-book.ts';
import { startScript } from './start-script.ts';
import type { Returned, RunRecord, Script, Stage, Values } from './script.ts';

export interface RunDriverOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly mode: string;
  readonly token: string;
  /** How long to wait for the agents; LIMITS.joinMs by default. */
  readonly joinMs?: number;
  readonly clock: Clock;
  /** Real milliseconds, for figures about speed; `clock` may be virtual. */
  readonly stopwatch: () => number;
  readonly store: RunStore;
  readonly log: EventLog;
  /** What the log held when it was opened: empty for a new run. */
  readonly records: readonly LogRecord[];
  readonly readFile: (path: string) => string;
  readonly onProgress: (progress: RunProgress) => void;
  /** For who owns the processes: the run entered a phase, or its faults were changed. */
  readonly onPhase?: (phase: RunPhase, elapsedMs: number) => void;
  readonly onFaults?: (plan: FaultPlan) => void;
  /** What agents are not told of: the engine of their containers enacts it. */
  readonly engine?: EngineEnacts;
  /** The protocol; another one only in tests that plant bugs. */
  readonly step?: typeof stepRun;
  /** Once, after every agent has left or the time for it is over. */
  readonly onEnd: (result: RunResult) => void;
}

const TICK_MS = 250;

export class RunDriver {
  readonly #options: RunDriverOptions;
  readonly #state: RunState;
  readonly #members: Members;
  readonly #ledger: Ledger;
  readonly #script: Script;
  readonly #book: StageBook;
  readonly #roster: Roster;
  readonly #late = new Map<number, Map<number, Values>>();
  #returned: Returned = new Map();
  readonly #bytesSent: number[];
  #relationshipDigests = new Map<number, string>();
  #faults: FaultPlan;
  #reports: Values[] = [];
  #arriving: Values = new Map();
  #missing: readonly number[] = [];
  /** The clock when the run's time was 0; undefined until the first stage. */
  #begunAt: number | undefined;
  #startedAt: number;
  #stageStartedAt: number;
  #lastSpentAt: number;
  #newcomer: { readonly link: Link; readonly hello: Hello } | undefined;
  #cancelTick = (): void => {};
  #cancelShutdown = (): void => {};
  #ended = false;

  constructor(options: RunDriverOptions) {
    const { experiment, readFile, clock, stopwatch, store, records } = options;
    const { truth, network } = graphsOf(experiment, readFile);
    this.#options = options;
    this.#ledger = new Ledger(experiment, store, droppedTasks(experiment, readFile));
    this.#state = initialRunState(experiment.agents, clock.now(), { ...experiment.participation, joinMs: options.joinMs ?? LIMITS.joinMs });
    this.#script = startScript({
      experiment,
      truth,
      network,
      neighbour: (from, to) => this.#roster.neighbour(from, to),
      record: (entry) => this.#record(entry),
      participants: () => participants(this.#state),
      returned: () => this.#returned,
      readmit: (agents) => this.#readmit(agents),
    });
    this.#book = new StageBook(experiment.agents, (agent) => this.#state.agents[agent].excluded);
    this.#roster = new Roster({
      ...options,
      job: jobOf(experiment, truth),
      incarnationOf: (agent) => this.#state.agents[agent].incarnation,
      endpointOf: (agent) => this.#members.endpoint(agent),
    });
    this.#faults = experiment.faults;
    this.#bytesSent = Array.from({ length: experiment.agents }, () => 0);
    this.#startedAt = this.#stageStartedAt = this.#lastSpentAt = stopwatch();
    this.#members = new Members(clock, {
      hello: (link, hello) => this.#onHello(link, hello),
      message: (agent, message) => this.#onMessage(agent, message),
      detached: (agent, detail) => this.#onDetached(agent, detail),
      suspect: (agent) => store.event('suspect', { agent }),
    });
    if (records.length > 0) this.#replay(records);
    else this.#start();
    this.#tick();
  }

  accept(link: Link): void {
    this.#members.accept(link);
  }

  /** Who owns the agent's process saw it end, and will not start it again. */
  agentGone(agent: number, detail: string): void {
    this.#dispatch({ type: 'gone', agent, detail, now: this.#options.clock.now() });
  }

  interrupt(): void {
    this.#dispatch({ type: 'interrupted' });
  }

  /** Live: what is broken from now on, in place of what was. */
  setFaults(plan: FaultPlan): void {
    this.#faults = plan;
    this.#options.log.append({ type: 'faults', plan: faultPlanText(plan) });
    this.#options.log.flush();
    for (const agent of this.#members.indices()) this.#members.tell(agent, { type: 'faults', plan: this.#agentsFaults });
    this.#options.store.event('faults', { elapsedMs: this.elapsedMs, plan });
    this.#options.onFaults?.(plan);
  }

  get faults(): FaultPlan {
    return this.#faults;
  }

  /** How long the run has worked: the fault plan's seconds. */
  get elapsedMs(): number {
    return this.#begunAt === undefined ? 0 : Math.max(0, this.#options.clock.now() - this.#begunAt);
  }

  /** The cooperating step that each agent was last heard to be at: late by its progress messages. */
  get steps(): number[] {
    const { phase, agents } = this.#state;
    const before = this.#book.stepsBefore;
    return agents.map(({ iteration }) => (phase === 'cooperating' ? before + Math.max(0, iteration - (this.#book.current?.from ?? 0)) : before));
  }

  /** For the status page: what an operator would ask. */
  get progress(): RunProgress {
    const { experiment, clock } = this.#options;
    const bytesSent = this.#bytesSent.reduce((sum, bytes) => sum + bytes, 0);
    return progressOf(this.#state, this.#book.current, { agentNames: experiment.agentNames, agentsUp: this.#members.size, bytesSent, now: clock.now() });
  }

  /** The result so far. */
  get result(): RunResult {
    const { runId, mode, stopwatch } = this.#options;
    return this.#ledger.result({ runId, mode, state: this.#state, missing: this.#missing, totalMs: stopwatch() - this.#startedAt });
  }

  get #agentsFaults(): string {
    return faultPlanText(agentsPlan(this.#faults, this.#options.engine ?? NO_ENGINE));
  }

  #start(): void {
    const { store, log, runId, experiment, mode } = this.#options;
    log.append({ type: 'run', run: runId, agents: experiment.agents, seed: experiment.seed });
    log.flush();
    store.event('started', { run: runId, seed: experiment.seed, mode, agents: experiment.agents });
  }

  /** Feeds a fresh script what the log holds. */
  #replay(records: readonly LogRecord[]): void {
    const { store, clock } = this.#options;
    this.#ledger.replaying = true;
    for (const record of records) if (record.type === 'relationship') this.#relationshipDigests.set(record['version'] as number, record['sha256'] as string);
    for (const record of records) this.#apply(record);
    this.#ledger.replaying = false;
    this.#startedAt -= this.#ledger.spentMs;
    if (this.#begunAt !== undefined) this.#begunAt = clock.now() - this.#ledger.spentMs;
    store.event('resumed', { events: records.length, stage: this.#state.stage, phase: this.#state.phase });
    if (this.#begunAt === undefined) return;
    this.#options.onPhase?.(this.#state.phase, this.elapsedMs);
    // The old one may have ended between the last report and the plan.
    if (participants(this.#state).every((k) => this.#state.agents[k].reported)) this.#plan(false);
  }

  #apply(record: LogRecord): void {
    const agents = this.#state.agents;
    switch (record.type) {
      case 'member':
        agents[record['agent'] as number].incarnation = record['incarnation'] as number;
        return;
      case 'begun':
        this.#exclude(record['excluded'] as number[], record['reasons'] as string[]);
        this.#begunAt = 0;
        return this.#planned(this.#script.next(undefined as never));
      case 'report':
        this.#reports[record['agent'] as number] = record.values!;
        agents[record['agent'] as number].reported = true;
        return;
      case 'assigned':
        this.#stageStartedAt = record['at'] as number;
        return;
      case 'late':
        return this.#keepLate(record['agent'] as number, record['stage'] as number, record.values!);
      case 'closed':
        this.#exclude(record['excluded'] as number[], record['reasons'] as string[]);
        this.#ledger.spend(this.#state.phase, record['elapsedMs'] as number);
        return this.#next(record['elapsedMs'] as number, record['brokenOff'] as boolean, record['returned'] as number[]);
      case 'faults':
        this.#faults = JSON.parse(record['plan'] as string) as FaultPlan;
    }
  }

  #exclude(excluded: readonly number[], reasons: readonly string[]): void {
    if (excluded.some((agent) => !this.#state.agents[agent].excluded)) this.#leavePast();
    this.#state.agents.forEach((record, k) => (record.excluded = excluded.includes(k)));
    excluded.forEach((agent, i) => this.#ledger.excluded(agent, reasons[i]));
  }

  #onHello(link: Link, hello: Hello): void {
    const session = this.#roster.identify(hello.session);
    const agent = session?.agent ?? (hello.agent === ANY_AGENT ? this.#freeIndex(hello.endpoint) : hello.agent);
    // The stages of another run say nothing about this one.
    const stage = session === undefined ? 0 : hello.stage;
    const claim: HelloClaim = { agent, incarnation: session?.incarnation ?? 0, proven: session?.proven ?? false, boot: hello.boot, stage };
    this.#newcomer = { link, hello };
    this.#dispatch({ type: 'hello', claim, now: this.#options.clock.now() });
  }

  /** The index it was given before, should that Welcome have been lost; else one that nobody had. */
  #freeIndex(endpoint: string): number {
    const given = this.#state.agents.findIndex((_, agent) => this.#members.endpoint(agent) === endpoint);
    return given >= 0 ? given : this.#state.agents.findIndex((one) => !one.attached && one.incarnation === 0);
  }

  #onMessage(agent: number, message: ControlMessage): void {
    const now = this.#options.clock.now();
    switch (message.type) {
      case 'report':
        if (isOver(this.#state.phase)) return this.#tellFinish(agent);
        this.#arriving = message.values;
        return this.#dispatch({ type: 'report', agent, stage: message.stage, isEmpty: message.values.size === 0, now });
      case 'progress':
        this.#bytesSent[agent] = message.bytesSent;
        this.#dispatch({ type: 'progress', agent, stage: message.stage, iteration: message.iteration, waitingFor: message.waitingFor, now });
        // Agents repeat themselves: should this be lost, it is said again.
        if (this.#book.isVoid(agent, message.stage)) this.#assign(agent, message.stage + 1);
        return this.#options.onProgress(this.progress);
      case 'notice': {
        const { kind, step, detail } = message;
        if (kind === 'unreachable' && this.#book.linksOf(agent).has(message.agent)) this.#tellWhere(agent, message.agent);
        return this.#options.store.event(kind, { agent, ...(message.agent === ANY_AGENT ? {} : { neighbour: message.agent }), step, detail });
      }
      case 'leave':
        return this.#dispatch({ type: 'left', agent, code: asErrorCode(message.code), detail: message.detail, now });
      default:
        return;
    }
  }

  #onDetached(agent: number, detail: string): void {
    this.#dispatch({ type: 'detached', agent, detail, now: this.#options.clock.now() });
    if (isOver(this.#state.phase) && this.#members.size === 0) this.#end();
  }

  #dispatch(event: RunEvent): void {
    for (const effect of (this.#options.step ?? stepRun)(this.#state, event)) this.#perform(effect);
  }

  #perform(effect: RunEffect): void {
    switch (effect.type) {
      case 'attach':
        return this.#attach(effect.agent, effect.incarnation, effect.isNew);
      case 'refuse':
        return this.#newcomer?.link.close(closeCode(effect.code), effect.code);
      case 'begin':
        return this.#begin();
      case 'plan':
        return this.#plan(effect.brokenOff);
      case 'assign-all':
        return this.#assignAll();
      case 'assign':
        return this.#assign(effect.agent, effect.stage);
      case 'accept-report':
        this.#reports[effect.agent] = this.#arriving;
        return this.#options.log.append({ type: 'report', agent: effect.agent, stage: this.#state.stage, values: this.#arriving });
      case 'keep-late-report':
        this.#keepLate(effect.agent, effect.stage, this.#arriving);
        this.#options.log.append({ type: 'late', agent: effect.agent, stage: effect.stage, values: this.#arriving });
        // It is told to go on at once, and will not say it again.
        return this.#options.log.flush();
      case 'note':
        if (effect.kind === 'excluded') this.#onExcluded(effect.agent, effect.detail);
        this.#options.store.event(effect.kind, { agent: effect.agent, detail: effect.detail });
        return this.#options.onProgress(this.progress);
      case 'end':
        return this.#finish();
    }
  }

  #attach(agent: number, incarnation: number, isNew: boolean): void {
    const { link, hello } = this.#newcomer!;
    const { store, log } = this.#options;
    const links = this.#book.linksOf(agent);
    const isElsewhere = isNew || this.#members.endpoint(agent) !== hello.endpoint;
    this.#members.adopt(agent, link, hello.endpoint, isNew ? 'WIRE_FENCED' : 'replaced');
    if (isNew) {
      log.append({ type: 'member', agent, incarnation });
      log.flush();
    }
    store.event(incarnation === 1 && isNew ? 'joined' : 'rejoined', { agent, incarnation, stage: hello.stage });
    this.#members.tell(agent, this.#roster.welcome(agent, links, { faults: this.#agentsFaults, elapsedMs: this.elapsedMs }));
    if (isElsewhere) for (const other of links) this.#tellWhere(other, agent);
    this.#options.onProgress(this.progress);
  }

  #begin(): void {
    const { log, clock } = this.#options;
    this.#spend(this.#state.phase);
    this.#begunAt = clock.now();
    log.append({ type: 'begun', ...this.#excluded() });
    log.flush();
    this.#attempt(() => this.#planned(this.#script.next(undefined as never)));
  }

  /** Resumes the script with the reports; the estimation itself happens in here. */
  #plan(brokenOff: boolean): void {
    const { log, stopwatch } = this.#options;
    this.#spend(this.#state.phase);
    const elapsedMs = stopwatch() - this.#stageStartedAt;
    const returned = this.#state.agents.flatMap((one, k) => (one.returned ? [k] : []));
    log.append({ type: 'closed', stage: this.#state.stage, phase: this.#state.phase, brokenOff, ...this.#excluded(), returned, elapsedMs });
    log.flush();
    this.#attempt(() => this.#next(elapsedMs, brokenOff, returned));
  }

  #next(elapsedMs: number, brokenOff: boolean, returned: readonly number[]): void {
    const { stage } = this.#state;
    const values = brokenOff ? [] : this.#reports;
    // Told in time, but lost before the stage ended: the same as late.
    this.#reports.forEach((own, agent) => this.#state.agents[agent].excluded && this.#keepLate(agent, stage, own));
    this.#reports = [];
    if (brokenOff) this.#book.breakOff();
    this.#returned = new Map(returned.map((agent) => [agent, this.#late.get(agent) ?? new Map()]));
    this.#planned(this.#script.next({ values, participants: participants(this.#state), brokenOff, returned: this.#returned, stage, elapsedMs }));
  }

  #onExcluded(agent: number, reason: string): void {
    this.#ledger.excluded(agent, reason);
    this.#leavePast();
  }

  #leavePast(): void {
    if (this.#options.experiment.network.rounds.kind === 'bsp') this.#book.leavePast();
  }

  #tellWhere(agent: number, other: number): void {
    this.#members.tell(agent, { type: 'moved', neighbour: this.#roster.neighbour(agent, other) });
  }

  #planned(next: IteratorResult<Stage, void>): void {
    this.#spend('estimating');
    if (next.done) return this.#dispatch({ type: 'concluded', leftOut: this.#ledger.leftOut().length > 0 });
    const stage = next.value;
    this.#book.add(stage);
    this.#dispatch({ type: 'planned', phase: stage.phase, needsAll: stage.works.some(needsAll), now: this.#options.clock.now() });
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#dispatch({ type: 'broken', code: error instanceof KindredError ? error.code : 'INTERNAL', detail: describeFailure(error) });
    }
  }

  #excluded(): { excluded: number[]; reasons: string[] } {
    const excluded = this.#state.agents.flatMap((one, k) => (one.excluded ? [k] : []));
    return { excluded, reasons: excluded.map((agent) => this.#ledger.reasonOf(agent)) };
  }

  #readmit(agents: readonly number[]): void {
    // A newcomer has none of the exchanges before: whoever restarts goes on from its first arm.
    this.#book.leaveAll();
    for (const agent of agents) {
      if (!this.#isReplaying) this.#options.store.event('readmitted', { agent });
      this.#state.agents[agent].excluded = this.#state.agents[agent].returned = false;
      this.#state.agents[agent].awaySince = this.#options.clock.now();
    }
  }

  #keepLate(agent: number, stage: number, values: Values): void {
    const kept = this.#late.get(agent) ?? new Map<number, Values>();
    this.#late.set(agent, kept.set(stage, values));
  }

  #spend(phase: RunPhase): void {
    const now = this.#options.stopwatch();
    this.#ledger.spend(phase, now - this.#lastSpentAt);
    this.#lastSpentAt = now;
  }

  #assignAll(): void {
    const { store, stopwatch, log, onPhase } = this.#options;
    const { stage, phase } = this.#state;
    const { label, until } = this.#book.current!;
    this.#stageStartedAt = stopwatch();
    if (this.#isReplaying) return;
    log.append({ type: 'assigned', at: this.#stageStartedAt });
    log.flush();
    store.event('stage', { stage, phase, label, until });
    onPhase?.(phase, this.elapsedMs);
    for (const agent of this.#members.indices()) this.#assign(agent, stage);
    this.#options.onProgress(this.progress);
  }

  #assign(agent: number, stage: number): void {
    const work = this.#book.workFor(agent, stage);
    this.#members.tell(agent, {
      type: 'assign',
      stage,
      abandon: this.#book.isVoid(agent, stage - 1),
      work: work.kind === 'connect' ? this.#addressed(agent, work) : work,
    });
  }

  /** A link plan with the addresses of now. Who is left out will not answer, and is not waited for. */
  #addressed(agent: number, { neighbours }: Extract<Work, { kind: 'connect' }>): Work {
    const reachable = neighbours.filter((one) => !this.#state.agents[one.agent].excluded);
    return { kind: 'connect', neighbours: reachable.map((one) => this.#roster.neighbour(agent, one.agent)) };
  }

  #finish(): void {
    const { phase, failure } = this.#state;
    const present = (k: number): boolean => this.#state.agents[k].attached && !this.#state.agents[k].excluded;
    const completed = phase === 'completed' || phase === 'completed-with-missing';
    this.#missing = completed ? this.#ledger.leftOut() : this.#state.agents.flatMap((_, k) => (present(k) ? [] : [k]));
    this.#options.store.event(phase, { code: failure?.code, detail: failure?.detail });
    for (const agent of this.#members.indices()) this.#tellFinish(agent);
    if (this.#members.size === 0) this.#end();
    else this.#cancelShutdown = this.#options.clock.setTimer(LIMITS.shutdownMs, () => this.#end());
  }

  #tellFinish(agent: number): void {
    const { phase, failure, stage } = this.#state;
    const work = { kind: 'finish', status: phase, code: failure?.code ?? '', detail: failure?.detail ?? '' } as const;
    this.#members.tell(agent, { type: 'assign', stage: stage + 1, abandon: true, work });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick();
    this.#cancelShutdown();
    this.#members.terminateAll();
    const { result } = this;
    this.#options.store.result(result);
    this.#options.log.close();
    this.#options.onEnd(result);
  }

  #record(entry: RunRecord): void {
    const digest = this.#ledger.record(entry);
    if (digest === undefined) return;
    checkSameRelationship(digest.version, this.#relationshipDigests.get(digest.version), digest.sha256);
    if (!this.#isReplaying) this.#options.log.append({ type: 'relationship', ...digest });
  }

  get #isReplaying(): boolean {
    return this.#ledger.replaying;
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: this.#options.clock.now() });
      if (!this.#ended) this.#tick();
    });
  }
}

/** Whether the stage hangs on every one of its participants: somebody waits for a vector or a link of each. */
function needsAll(work: Work): boolean {
  return work.kind === 'connect' ? work.neighbours.length > 0 : work.kind === 'cooperate' && work.rounds === 'bsp' && work.view.kind !== 'none';
}

function asErrorCode(code: string): ErrorCode | '' {
  if (code === '') return '';
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'AGENT_FAILED';
}

/** A graph of many agents takes seconds to draw: where the network is the problem's graph, it is drawn once. */
function graphsOf({ problem, network, agents, seed }: Experiment, readFile: RunDriverOptions['readFile']): { truth: Graph | undefined; network: Graph } {
  const load = (graph: GraphSpec): Graph => loadGraph(graph, agents, seed, readFile);
  if (problem.kind !== 'gmrf-regression') return { truth: undefined, network: load(network.graph) };
  const truth = load(problem.graph);
  return { truth, network: network.graph === problem.graph ? truth : load(network.graph) };
}

function droppedTasks({ problem }: Experiment, readFile: RunDriverOptions['readFile']): Diagnostic[] {
  if (problem.kind !== 'csv-table' || problem.split.tooFew !== 'drop') return [];
  const { dropped } = readTableFacts(problem, readFile);
  const message = `${dropped.length} tasks have too few rows and were left out: ${dropped.join(', ')}`;
  return dropped.length === 0 ? [] : [{ code: 'TASKS_DROPPED', message, value: dropped.length }];
}

function describeFailure(error: unknown): string {
  if (error instanceof KindredError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
