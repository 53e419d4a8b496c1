/**
 * The driver of one agent: puts its parts together and takes in what happens. Everything is a callback on one thread; nothing
 * here decides anything about the protocol (agent-machine.ts does) or computes anything (the trainer does).
 *
 *   links, coordinator, time, work (work-loop.ts) -> machine (protocol.ts) -> effects (agent-performer.ts) -> links, work, ...
 *
 * An agent lives on: its link to the coordinator is dialled again when it breaks, and a new process goes on from the
 * checkpoint of the old one.
 */
import type { ErrorCode } from '../core/errors.ts';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { moduleFailure } from '../config/own-module.ts';
import { parseJob } from '../config/job.ts';
import type { Job } from '../config/job.ts';
import type { Clock } from '../net/clock.ts';
import type { Transport } from '../net/link.ts';
import { linkFrameBytesMax } from '../proto/vector-frame.ts';
import { ANY_AGENT, PROTOCOL_VERSION } from '../proto/messages.ts';
import type { ControlMessage, Hello, Pull, Sync, VectorHeader, Welcome } from '../proto/messages.ts';
import type { AgentFaults } from './agent-faults.ts';
import type { AgentEvent, stepAgent } from './agent-machine.ts';
import { AgentPerformer } from './agent-performer.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { Checkpoints } from './checkpoints.ts';
import { CoordinatorLink } from './coordinator-link.ts';
import { FaultEnds } from './fault-ends.ts';
import { AgentLinks } from './links.ts';
import { Memory } from './memory.ts';
import { Protocol } from './protocol.ts';
import { Teller } from './teller.ts';
import type { Trainer } from './trainer.ts';
import { Vectors } from './vectors.ts';
import { Vitals } from './vitals.ts';
import { WorkLoop } from './work-loop.ts';
import type { WorkEvent } from './work-loop.ts';

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

export class Agent {
  readonly #options: AgentOptions;
  readonly #protocol: Protocol;
  readonly #memory: Memory;
  readonly #ends: FaultEnds;
  readonly #links: AgentLinks;
  readonly #coordinator: CoordinatorLink;
  readonly #teller: Teller;
  readonly #vectors: Vectors;
  readonly #work: WorkLoop;
  readonly #vitals: Vitals;
  readonly #checkpoints: Checkpoints;
  readonly #performer: AgentPerformer;
  #endpoint = '';
  #leaving: { readonly code: ErrorCode; readonly detail: string } | undefined;
  #ended = false;
  #cancelTick = (): void => {};
  #ticks = 0;
  /** Links lead through fault proxies from now on. */
  #routed = false;

  constructor(options: AgentOptions) {
    const { clock, faults, holdAt, log } = options;
    this.#options = options;
    const memory = (this.#memory = new Memory(options.checkpoints, clock, options.checkpointMs ?? LIMITS.checkpointMs));
    const protocol = (this.#protocol = new Protocol(options.agent, memory.checkpoint, options.step));
    this.#ends = new FaultEnds(faults, protocol, clock);
    const links = (this.#links = this.#createLinks());
    const coordinator = (this.#coordinator = this.#createCoordinatorLink());
    const teller = (this.#teller = new Teller({ protocol, tell: (message) => coordinator.tell(message), log }));
    const vectors = (this.#vectors = new Vectors(links, memory));
    const wake = (): void => this.#guarded(() => this.#advance());
    const work = (this.#work = new WorkLoop({ protocol, clock, faults, memory, links, teller, holdAt, wake }));
    this.#vitals = new Vitals(protocol, links, clock);
    this.#checkpoints = new Checkpoints({ memory, work, vectors, links, teller, log });
    const end = (code: ErrorCode | '', detail: string): void => this.#end(code, detail);
    this.#performer = new AgentPerformer({ links, coordinator, teller, vectors, work, end });
    for (const note of memory.notes) log('checkpoint', { note });
    faults.reached(memory.cooperatingStep);
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
    if (!this.#work.isComputing) return this.#leaveNow();
    this.#options.clock.setTimer(LIMITS.closeMs, () => this.#leaveNow());
  }

  /** From whoever can reach it: it may be cut off from its coordinator on purpose. */
  setFaults(plan: string): void {
    if (this.#work.isPrepared) this.#guarded(() => this.#onFaults(plan));
  }

  #createLinks(): AgentLinks {
    const { transport, clock, log } = this.#options;
    return new AgentLinks({
      transport,
      clock,
      self: () => this.#protocol.state.agent,
      decorate: (agent, link) => this.#ends.decorate(link, agent),
      events: {
        opened: (agent) => this.#onLinkOpen(agent),
        lost: (agent, reason) => this.#dispatch({ type: 'link-lost', agent, reason, now: clock.now() }),
        vector: (agent, header, frame) => this.#onVector(agent, header, frame),
        asked: (agent, message) => this.#onAsked(agent, message),
        counted: (agent, counts) => this.#vitals.meters.counted(agent, counts, clock.now()),
        answered: (agent, question) => this.#vitals.meters.answered(agent, question, clock.now()),
        refused: (reason) => log('a connection was refused', { reason }),
        unreachable: (agent, reason) => this.#teller.notice('unreachable', agent, reason),
      },
    });
  }

  #createCoordinatorLink(): CoordinatorLink {
    const { joinMs = LIMITS.joinRemoteMs } = this.#options;
    return new CoordinatorLink({
      ...this.#options,
      joinMs,
      self: () => this.#protocol.state.agent,
      decorate: (link) => this.#ends.decorate(link, 'coordinator'),
      hello: () => this.#hello(),
      events: {
        message: (message) => this.#guarded(() => this.#onMessage(message)),
        detached: (reason) => this.#onDetached(reason),
        failed: (code, detail) => this.#dispatch({ type: 'work-failed', code, detail }),
      },
    });
  }

  #hello(): Hello {
    const { agent, stage, phase } = this.#protocol.state;
    const { session, boot } = this.#memory;
    const done = phase === 'joining' || phase === 'waiting' ? stage : stage - 1;
    return { type: 'hello', version: PROTOCOL_VERSION, agent, session, boot, stage: done, endpoint: this.#endpoint };
  }

  #onMessage(message: ControlMessage): void {
    const now = this.#options.clock.now();
    if (message.type === 'welcome') this.#onWelcome(message);
    else if (message.type === 'assign' && this.#work.isPrepared) this.#dispatch({ type: 'assigned', assign: message, now });
    else if (message.type === 'moved') this.#dispatch({ type: 'moved', neighbour: message.neighbour });
    else if (message.type === 'faults') this.#onFaults(message.plan);
    else if (message.type === 'pause') this.#dispatch({ type: 'pause', paused: message.paused });
  }

  #onWelcome(welcome: Welcome): void {
    const { faults, clock, log } = this.#options;
    if (!this.#work.isPrepared) this.#prepare(welcome);
    faults.replace(welcome.faults, welcome.agent);
    if (welcome.elapsedMs > 0) faults.startedBefore(welcome.elapsedMs);
    this.#checkpoints.welcomed(welcome);
    log('joined', { agent: welcome.agent, agents: welcome.agents, incarnation: welcome.incarnation });
    this.#vitals.startOver();
    this.#dispatch({ type: 'pause', paused: welcome.paused });
    this.#dispatch({ type: 'welcomed', neighbours: welcome.neighbours, now: clock.now() });
    this.#teller.attached();
    this.#rerouteWhereNeeded();
  }

  /** Once in a process: the data, and what the checkpoint remembers of this run. */
  #prepare({ run, agent, agents, seed, job, linkSecret }: Welcome): void {
    this.#ends.seed = seed;
    const resumed = this.#memory.resume(run);
    this.#protocol.become(agent, resumed !== undefined);
    const trainer = this.#options.createTrainer(parseJob(job), agent, agents, seed);
    if (resumed !== undefined) trainer.restore(resumed.vectors);
    this.#work.prepare(trainer, resumed?.stage ?? 0);
    this.#vectors.prepare(trainer.vectorLengthMax);
    this.#links.admit(linkSecret, linkFrameBytesMax(trainer.vectorLengthMax));
    if (resumed !== undefined) this.#teller.notice('resumed', ANY_AGENT, `from exchange ${resumed.step}, after stage ${resumed.stage}`);
  }

  #onFaults(plan: string): void {
    this.#options.faults.replace(plan, this.#protocol.state.agent);
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

  #onLinkOpen(agent: number): void {
    const now = this.#options.clock.now();
    this.#vitals.meters.opened(agent, now);
    this.#dispatch({ type: 'link-open', agent, now });
  }

  #onAsked(agent: number, message: Sync | Pull): void {
    if (message.type === 'pull') return this.#dispatch({ type: 'pulled', agent, step: message.step });
    this.#vectors.durable(agent, message.durableStep);
    this.#dispatch({ type: 'synced', agent, sync: message, now: this.#options.clock.now() });
  }

  #onVector(agent: number, header: VectorHeader, frame: Uint8Array): void {
    this.#vectors.durable(agent, header.durableStep);
    this.#dispatch({ type: 'vector', agent, header, now: this.#options.clock.now() }, frame);
  }

  /** `frame` is what came with the event. */
  #dispatch(event: AgentEvent, frame?: Uint8Array): void {
    this.#guarded(() => {
      this.#step(event, frame);
      this.#advance();
    });
  }

  #step(event: AgentEvent, frame?: Uint8Array): void {
    for (const effect of this.#protocol.step(event)) this.#performer.perform(effect, frame);
  }

  #advance(): void {
    for (const event of this.#work.advance()) this.#onWork(event);
  }

  #onWork(event: WorkEvent): void {
    if (event.type !== 'resting') return this.#step(event);
    this.#checkpoints.writeWhenDue();
    if (this.#leaving === undefined) return;
    this.#work.hold();
    this.#leaveNow();
  }

  #tick(): void {
    const { clock } = this.#options;
    this.#cancelTick = clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: clock.now() });
      if (this.#ended) return;
      if (++this.#ticks % TICKS_PER_PROGRESS === 0) this.#tellProgress();
      this.#tick();
    });
  }

  #tellProgress(): void {
    const { faults } = this.#options;
    if (!faults.isEmpty) this.#teller.faults(faults.changes());
    this.#teller.progress(this.#vitals.progressOf(this.#work));
  }

  #leaveNow(): void {
    const { code, detail } = this.#leaving!;
    const gone = (): void => this.#dispatch({ type: 'work-failed', code, detail });
    this.#checkpoints.writeNow(gone);
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
      const expected = error instanceof KindredError ? error : moduleFailure(error);
      if (expected !== undefined) return this.#step({ type: 'work-failed', code: expected.code, detail: expected.message });
      this.#options.log('a bug', { error: String(error instanceof Error ? error.stack : error) });
      this.#step({ type: 'work-failed', code: 'INTERNAL', detail: "a bug; the agent's own log says more" });
    }
  }
}
