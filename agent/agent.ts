/**
 * The driver of one agent: owns the sockets, the machine's state and the trainer, and performs the machine's effects.
 * Everything is a callback on one thread; nothing here decides anything about the protocol (agent-machine.ts does)
 * or computes anything (the trainer does).
 *
 * An agent lives on: its link to the coordinator is dialled again when it breaks, and a new process goes on from the
 * checkpoint of the old one.
 */
import { describeFault } from '../core/fault/describe.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Party } from '../core/fault/plan.ts';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { parseJob } from '../config/job.ts';
import type { Job } from '../config/job.ts';
import type { Clock } from '../net/clock.ts';
import { streamOf, withFaults } from '../net/fault-link.ts';
import type { FrameCount } from '../net/fault-link.ts';
import type { Link, Transport } from '../net/link.ts';
import { linkFrameBytesMax, VectorFrameWriter, allFinite } from '../proto/vector-frame.ts';
import { ANY_AGENT, PROTOCOL_VERSION } from '../proto/messages.ts';
import type { ControlMessage, CooperateWork, Hello, VectorHeader, Welcome, Work } from '../proto/messages.ts';
import type { AgentFaults } from './agent-faults.ts';
import { initialAgentState, stepAgent, waitingFor } from './agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from './agent-machine.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { CoordinatorLink } from './coordinator-link.ts';
import type { TransportStep } from './exchange.ts';
import { FrameInbox } from './inbox.ts';
import { AgentLinks } from './links.ts';
import { Memory } from './memory.ts';
import { Teller } from './teller.ts';
import type { ProgressNow } from './teller.ts';
import type { Activity, Trainer, TrainerRequest } from './trainer.ts';

export interface AgentOptions {
  /** The index to ask for, or ANY_AGENT. */
  readonly agent: number;
  readonly coordinator: string;
  readonly token: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly checkpoints: CheckpointStore;
  /** Time between two checkpoints; LIMITS.checkpointMs by default. */
  readonly checkpointMs?: number;
  /** How long to try to join; LIMITS.joinRemoteMs by default. */
  readonly joinMs?: number;
  readonly faults: AgentFaults;
  /** Where process faults are due at a cooperating step: the agent holds there until `proceed` is called. */
  readonly holdAt?: (step: number, proceed: () => void) => void;
  /** The protocol; another one only in tests that plant bugs. */
  readonly step?: typeof stepAgent;
  readonly createTrainer: (job: Job, agent: number, agents: number, seed: number) => Trainer;
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Once, when the agent is over: code '' when its work was done. */
  readonly onEnd: (code: ErrorCode | '', detail: string) => void;
}

/** How often an agent looks at its deadlines, and every how many looks it tells its progress. */
const TICK_MS = 25;
const TICKS_PER_PROGRESS = 10;

const NOTHING: ReadonlyMap<string, Float64Array> = new Map();

export class Agent {
  readonly #options: AgentOptions;
  readonly #links: AgentLinks;
  readonly #coordinator: CoordinatorLink;
  readonly #inbox = new FrameInbox();
  readonly #memory: Memory;
  readonly #teller: Teller;
  #state: AgentState;
  #endpoint = '';
  #seed = 0;
  #trainer: Trainer | undefined;
  #writer = new VectorFrameWriter(0);
  #work: Work | undefined;
  /** The stage of that work; after a restart the one that is due. */
  #begunStage = 1;
  #activity: Activity | undefined;
  #wanted: { readonly step: TransportStep; readonly epoch: number } | undefined;
  /** The last report and its stage, kept until the next one. */
  #report: { readonly stage: number; readonly values: ReadonlyMap<string, Float64Array> } = { stage: 0, values: new Map() };
  #arriving: Uint8Array | undefined;
  readonly #frames = new Map<Party, FrameCount>();
  #trafficBefore = { bytes: 0, frames: 0 };
  /** Why advance() must not go on now: it is running, takes a breath, or is held at a fault. */
  #busy: 'advancing' | 'breathing' | 'holding' | undefined;
  #leaving: { readonly code: ErrorCode; readonly detail: string } | undefined;
  #computedAt = 0;
  #ended = false;
  #cancelTick = (): void => {};
  #ticks = 0;
  /** Links lead through fault proxies from now on. */
  #routed = false;

  constructor(options: AgentOptions) {
    const { clock, transport, faults } = options;
    this.#options = options;
    this.#memory = new Memory(options.checkpoints, clock, options.checkpointMs ?? LIMITS.checkpointMs);
    const { checkpoint } = this.#memory;
    this.#state = initialAgentState(checkpoint?.agent ?? options.agent, checkpoint?.stage, checkpoint?.step);
    this.#links = new AgentLinks({
      transport,
      clock,
      self: () => this.#state.agent,
      decorate: (agent, link) => this.#decorate(link, agent),
      events: {
        opened: (agent) => this.#dispatch({ type: 'link-open', agent, now: clock.now() }),
        lost: (agent, reason) => this.#dispatch({ type: 'link-lost', agent, reason, now: clock.now() }),
        vector: (agent, header, frame) => this.#onVector(agent, header, frame),
        asked: (agent, message) => this.#dispatch(message.type === 'pull' ? { type: 'pulled', agent, step: message.step } : this.#synced(agent, message)),
        refused: (reason) => options.log('a connection was refused', { reason }),
        unreachable: (agent, reason) => this.#notice('unreachable', agent, reason),
      },
    });
    this.#coordinator = new CoordinatorLink({
      ...options,
      joinMs: options.joinMs ?? LIMITS.joinRemoteMs,
      self: () => this.#state.agent,
      decorate: (link) => this.#decorate(link, 'coordinator'),
      hello: () => this.#hello(),
      events: {
        message: (message) => this.#guarded(() => this.#onMessage(message)),
        detached: (reason) => this.#onDetached(reason),
        failed: (code, detail) => this.#dispatch({ type: 'work-failed', code, detail }),
      },
    });
    this.#teller = new Teller({ tell: (message) => this.#coordinator.tell(message), log: options.log });
    for (const note of this.#memory.notes) options.log('checkpoint', { note });
    faults.reached(this.#memory.cooperatingStep);
  }

  start(): void {
    this.#links.listen(
      (endpoint) => {
        this.#endpoint = endpoint;
        this.#coordinator.connect();
      },
      (reason) => this.#end('INTERNAL', `cannot listen: ${reason}`),
    );
    this.#tick();
  }

  /** Leaves in good order, as on a signal: finishes the iteration, writes a checkpoint. */
  leave(code: ErrorCode, detail: string): void {
    if (this.#leaving !== undefined) return;
    this.#leaving = { code, detail };
    if (this.#activity === undefined || this.#state.phase !== 'working') return this.#leaveNow();
    this.#options.clock.setTimer(LIMITS.closeMs, () => this.#leaveNow());
  }

  #leaveNow(): void {
    const { code, detail } = this.#leaving!;
    const gone = (): void => this.#dispatch({ type: 'work-failed', code, detail });
    this.#memory.saveNow(() => this.#snapshot(), gone);
  }

  #hello(): Hello {
    const { agent, stage, phase } = this.#state;
    const { session, boot } = this.#memory;
    const done = phase === 'joining' || phase === 'waiting' ? stage : stage - 1;
    return { type: 'hello', version: PROTOCOL_VERSION, agent, session, boot, stage: done, endpoint: this.#endpoint };
  }

  #onMessage(message: ControlMessage): void {
    const now = this.#options.clock.now();
    if (message.type === 'welcome') this.#onWelcome(message);
    else if (message.type === 'assign' && this.#trainer !== undefined) this.#dispatch({ type: 'assigned', assign: message, now });
    else if (message.type === 'moved') this.#dispatch({ type: 'moved', neighbour: message.neighbour });
    else if (message.type === 'faults') this.#onFaults(message.plan);
  }

  #onWelcome(welcome: Welcome): void {
    const { faults, clock, log } = this.#options;
    if (this.#trainer === undefined) this.#prepare(welcome);
    faults.replace(welcome.faults, welcome.agent);
    if (welcome.elapsedMs > 0) faults.startedBefore(welcome.elapsedMs);
    this.#memory.welcomed(welcome, () => this.#snapshot());
    log('joined', { agent: welcome.agent, agents: welcome.agents, incarnation: welcome.incarnation });
    this.#dispatch({ type: 'welcomed', neighbours: welcome.neighbours, now: clock.now() });
    this.#teller.attached();
    this.#rerouteWhereNeeded();
  }

  /** Once in a process: the data, and what the checkpoint remembers of this run. */
  #prepare({ run, agent, agents, seed, job, linkSecret }: Welcome): void {
    this.#seed = seed;
    const resumed = this.#memory.resume(run);
    this.#begunStage = (resumed?.stage ?? 0) + 1;
    this.#state = resumed ? { ...this.#state, agent } : { ...initialAgentState(agent), phase: this.#state.phase };
    this.#trainer = this.#options.createTrainer(parseJob(job), agent, agents, seed);
    if (resumed !== undefined) this.#trainer.restore(resumed.vectors);
    this.#writer = new VectorFrameWriter(this.#trainer.vectorLengthMax);
    this.#links.admit(linkSecret, linkFrameBytesMax(this.#trainer.vectorLengthMax));
    if (resumed !== undefined) this.#notice('resumed', ANY_AGENT, `from exchange ${resumed.step}, after stage ${resumed.stage}`);
  }

  /** From whoever can reach it: it may be cut off from its coordinator on purpose. */
  setFaults(plan: string): void {
    if (this.#trainer !== undefined) this.#guarded(() => this.#onFaults(plan));
  }

  #onFaults(plan: string): void {
    this.#options.faults.replace(plan, this.#state.agent);
    this.#rerouteWhereNeeded();
  }

  /** Connection faults live in proxies: what was dialled without one is dialled again. */
  #rerouteWhereNeeded(): void {
    if (this.#routed || !this.#options.faults.hasConnectionFaults) return;
    this.#routed = true;
    this.#links.breakAll();
    this.#coordinator.reconnect('to go through a fault proxy');
  }

  #onDetached(reason: string): void {
    this.#options.log('the coordinator is unreachable; work goes on', { reason });
    this.#dispatch({ type: 'detached', now: this.#options.clock.now() });
  }

  #synced(agent: number, message: Extract<ControlMessage, { type: 'sync' }>): AgentEvent {
    this.#memory.history.durable(agent, message.durableStep);
    return { type: 'synced', agent, sync: message, now: this.#options.clock.now() };
  }

  #onVector(agent: number, header: VectorHeader, frame: Uint8Array): void {
    this.#arriving = frame;
    this.#memory.history.durable(agent, header.durableStep);
    this.#dispatch({ type: 'vector', agent, header, now: this.#options.clock.now() });
  }

  #step(event: AgentEvent): void {
    for (const effect of (this.#options.step ?? stepAgent)(this.#state, event)) this.#perform(effect);
  }

  #dispatch(event: AgentEvent): void {
    this.#guarded(() => {
      this.#step(event);
      this.#advance();
    });
  }

  #perform(effect: AgentEffect): void {
    switch (effect.type) {
      case 'dial':
        return this.#links.dial(effect.neighbour);
      case 'fence':
        return this.#links.fence(effect.neighbour);
      case 'work':
        return this.#begin(effect.work);
      case 'publish':
        return this.#publish(effect.to, effect.step);
      case 'keep-vector':
        return this.#inbox.keep(effect.agent, effect.step, this.#arriving!);
      case 'deliver':
        return this.#deliver(effect.from, effect.steps);
      case 'sync':
        return this.#links.tell(effect.agent, this.#sync());
      case 'pull':
        return this.#links.tell(effect.agent, { type: 'pull', step: effect.step });
      case 'resend':
        return this.#resend(effect.agent, effect.step);
      case 'report':
        return this.#coordinator.tell({ type: 'report', stage: effect.stage, values: this.#report.stage === effect.stage ? this.#report.values : NOTHING });
      case 'notice':
        return this.#notice(effect.kind, effect.agent, effect.detail);
      case 'ignored':
        return;
      case 'leave':
        return this.#leave(effect.code, effect.detail);
    }
  }

  #begin(work: Work): void {
    const { faults } = this.#options;
    if (!faults.isStarted) faults.startedBefore(0);
    faults.enter(work.kind === 'cooperate' ? 'cooperating' : work.kind === 'evidence' ? 'estimating' : 'exploring');
    this.#trafficBefore = this.#links.traffic;
    if (work.kind === 'cooperate' && work.firstStep > this.#memory.publishedStep) this.#memory.history.clear();
    this.#work = work;
    this.#begunStage = this.#state.stage;
    this.#activity = this.#trainer!.begin(work);
  }

  /** Computes until the machine has to wait: an exchange, the next assignment, a fault, or a breath for the event loop. */
  #advance(): void {
    if (this.#busy !== undefined) return;
    this.#busy = 'advancing';
    this.#computedAt = this.#options.clock.now();
    try {
      while (this.#busy === 'advancing' && this.#state.phase === 'working' && this.#activity !== undefined && !this.#ended)
        this.#onRequest(this.#activity.advance());
    } finally {
      if (this.#busy === 'advancing') this.#busy = undefined;
    }
  }

  #onRequest(request: TrainerRequest): void {
    switch (request.kind) {
      case 'pause':
        return this.#rest() ? undefined : this.#breathe();
      case 'boundary':
        return this.#onBoundary();
      case 'exchange':
        return this.#exchange(request);
      case 'report':
        return this.#finishStage(request.values);
    }
  }

  /** Between two iterations: the place for faults too. */
  #onBoundary(): void {
    const { faults, holdAt, clock } = this.#options;
    if (this.#rest()) return;
    const step = ++this.#memory.cooperatingStep;
    faults.reached(step);
    if (faults.isEmpty) return;
    this.#noteFaults();
    const extraMs = Math.max(1, clock.now() - this.#computedAt) * (faults.slowness - 1);
    this.#computedAt = clock.now();
    const goOn = (): void => (extraMs > 0 ? this.#pauseFor(extraMs) : this.#goOn());
    if (holdAt === undefined || !faults.isWatched(step)) return extraMs > 0 ? goOn() : undefined;
    this.#busy = 'holding';
    holdAt(step, goOn);
  }

  /** Where nothing is half done: writes a checkpoint when one is due; true when the agent leaves here. */
  #rest(): boolean {
    this.#rememberWhenDue();
    if (this.#leaving === undefined) return false;
    this.#busy = 'holding';
    this.#leaveNow();
    return true;
  }

  #rememberWhenDue(): void {
    if (!this.#memory.isDue) return;
    this.#memory.save(
      () => this.#snapshot(),
      (error) => this.#onRemembered(error),
    );
  }

  #onRemembered(error: Error | undefined): void {
    const { durableStep } = this.#memory;
    if (error !== undefined) {
      // Its words hold paths of this machine: they stay in its log.
      this.#options.log('a checkpoint failed', { detail: error.message });
      return this.#notice('checkpoint-failed', ANY_AGENT, `${reasonOf(error)}; the last good one is of exchange ${durableStep}`);
    }
    this.#links.tellAll(this.#sync());
  }

  /** What a checkpoint holds, or undefined inside an iteration. The stage begun last counts as not done: it ends with the same report again. */
  #snapshot(): { stage: number; step: number; vectors: Map<string, Float64Array> } | undefined {
    const vectors = this.#trainer?.snapshot();
    return vectors && { stage: this.#begunStage - 1, step: this.#state.step, vectors };
  }

  /** One continuation at a time: events that come meanwhile must not start another. */
  #breathe(): void {
    this.#busy = 'breathing';
    this.#options.clock.defer(() => this.#goOn());
  }

  #pauseFor(ms: number): void {
    this.#busy = 'breathing';
    this.#options.clock.setTimer(ms, () => this.#goOn());
  }

  #goOn(): void {
    this.#busy = undefined;
    this.#guarded(() => this.#advance());
  }

  #exchange(request: Extract<TrainerRequest, { kind: 'exchange' }>): void {
    const { rounds, staleness } = this.#work as CooperateWork;
    const { sendTo, receiveFrom } = request.step;
    this.#wanted = request;
    const rules = { epoch: request.epoch, rounds, staleness, hops: request.hops };
    this.#step({ type: 'exchange-wanted', sendTo, receiveFrom, rules, now: this.#options.clock.now() });
    // Who never waits would never hear from anybody.
    if (rounds !== 'bsp' && this.#state.phase === 'working') this.#breathe();
  }

  #finishStage(values: Map<string, Float64Array>): void {
    const { bytes, frames } = this.#links.traffic;
    values.set('traffic', Float64Array.of(bytes - this.#trafficBefore.bytes, frames - this.#trafficBefore.frames));
    this.#report = { stage: this.#state.stage, values };
    this.#activity = undefined;
    this.#dispatch({ type: 'work-done', now: this.#options.clock.now() });
  }

  #publish(to: readonly number[], step: number): void {
    const { epoch, step: wanted } = this.#wanted!;
    if (!allFinite(wanted.vector)) throw new KindredError('PARAMETERS_NOT_FINITE', `own parameters at exchange ${step}`);
    const frame = this.#writer.encode({ epoch, step, durableStep: this.#memory.durableStep }, wanted.vector);
    this.#memory.published(step, to, frame);
    this.#links.send(to, frame);
  }

  #resend(agent: number, step: number): void {
    const entry = this.#memory.history.get(step);
    if (entry?.to.includes(agent)) this.#links.send([agent], entry.frame);
  }

  #sync() {
    const { history, durableStep, publishedStep } = this.#memory;
    return { type: 'sync', step: publishedStep, durableStep, oldestStep: history.oldestStep(publishedStep + 1) } as const;
  }

  #deliver(from: readonly number[], steps: readonly number[]): void {
    const { epoch, step: wanted } = this.#wanted!;
    const vectors = from.map((agent, i) => (steps[i] === 0 ? undefined : this.#inbox.take(agent, steps[i], epoch, wanted.vector.length)));
    this.#activity!.deliver(vectors);
  }

  #decorate(link: Link, peer: Party): Link {
    const { faults, clock } = this.#options;
    const self = this.#state.agent;
    // Kept when a link opens again: its first frame must not meet the same fault each time.
    const frames = this.#frames.get(peer) ?? { out: 0, in: 0 };
    this.#frames.set(peer, frames);
    return withFaults(link, {
      frames,
      seed: this.#seed,
      stream: streamOf(self, peer),
      clock,
      conditions: () => faults.outgoing(peer),
      ...(peer === 'coordinator' ? { incoming: () => faults.incoming(peer) } : {}),
    });
  }

  #noteFaults(): void {
    const { began, ended } = this.#options.faults.changes();
    for (const fault of began) this.#notice('fault-began', ANY_AGENT, describeFault(fault));
    for (const fault of ended) this.#notice('fault-ended', ANY_AGENT, describeFault(fault));
  }

  #notice(kind: string, agent: number, detail: string): void {
    const { attached, step } = this.#state;
    this.#teller.notice({ kind, agent, step, detail }, attached);
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: this.#options.clock.now() });
      if (this.#ended) return;
      if (++this.#ticks % TICKS_PER_PROGRESS === 0) this.#teller.progress(this.#progress());
      this.#tick();
    });
  }

  #progress(): ProgressNow {
    if (!this.#options.faults.isEmpty) this.#noteFaults();
    if (this.#activity === undefined && this.#state.phase !== 'connecting') return undefined;
    const iteration = this.#activity?.iteration ?? 0;
    return { stage: this.#state.stage, iteration, bytesSent: this.#links.traffic.bytes, waitingFor: waitingFor(this.#state) };
  }

  #leave(code: ErrorCode | '', detail: string): void {
    if (code !== 'COORDINATOR_LOST') this.#coordinator.tell({ type: 'leave', code, detail });
    this.#end(code, detail);
  }

  #end(code: ErrorCode | '', detail: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick();
    this.#links.close();
    this.#coordinator.close();
    this.#options.onEnd(code, detail);
  }

  /** An expected failure inside becomes the agent's failure, told to the coordinator; anything else is a bug and says so. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof KindredError) return this.#step({ type: 'work-failed', code: error.code, detail: error.message });
      this.#options.log('a bug', { error: String(error instanceof Error ? error.stack : error) });
      this.#step({ type: 'work-failed', code: 'INTERNAL', detail: "a bug; the agent's own log says more" });
    }
  }
}

/** The system's own word for it: ENOSPC, EACCES. */
function reasonOf(error: Error): string {
  return /\bE[A-Z]{3,}\b/.exec(error.message)?.[0] ?? 'it could not be written';
}
