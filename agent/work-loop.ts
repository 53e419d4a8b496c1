/**
 * The work under way: lets the trainer compute, until the machine has something to do - an exchange, a report - or until it
 * has to rest: to answer heartbeats, to hold at a fault, since the run is paused.
 *
 * advance() hands out what comes up, one by one, and goes on when it was seen to. `wake` is called when a rest is over.
 */
import type { FaultPhase } from '../core/fault/plan.ts';
import type { Clock } from '../net/clock.ts';
import type { Work } from '../proto/messages.ts';
import type { AgentEvent } from './agent-machine.ts';
import type { AgentFaults } from './agent-faults.ts';
import type { AgentLinks } from './links.ts';
import type { Memory, TakeSnapshot } from './memory.ts';
import type { Protocol } from './protocol.ts';
import { StageTraffic } from './stage-traffic.ts';
import type { Teller } from './teller.ts';
import type { Activity, Snapshot, Trainer, TrainerRequest } from './trainer.ts';
import type { Wanted } from './vectors.ts';

export interface WorkLoopOptions {
  readonly protocol: Protocol;
  readonly clock: Clock;
  readonly faults: AgentFaults;
  readonly memory: Memory;
  readonly links: AgentLinks;
  readonly teller: Teller;
  /** Where process faults are due at a cooperating step: the agent holds there until `proceed` is called. */
  readonly holdAt: ((step: number, proceed: () => void) => void) | undefined;
  readonly wake: () => void;
}

/** For the machine; or nothing is half done: the place for a checkpoint, and to leave. */
export type WorkEvent = Extract<AgentEvent, { type: 'exchange-wanted' | 'work-done' }> | { readonly type: 'resting' };

const BREATH: TrainerRequest = { kind: 'pause' };
const RESTING: WorkEvent = { type: 'resting' };
const NOTHING: Snapshot = new Map();

export class WorkLoop {
  readonly #options: WorkLoopOptions;
  readonly #traffic = new StageTraffic();
  #trainer: Trainer | undefined;
  /** The stage of that work; after a restart the one that is due. */
  #begunStage = 1;
  #activity: Activity | undefined;
  #wanted: Wanted | undefined;
  /** The last report and its stage, kept until the next one. */
  #report: { readonly stage: number; readonly values: Snapshot } = { stage: 0, values: NOTHING };
  /** What the trainer wants next, since the run is paused. */
  #postponed: TrainerRequest | undefined;
  /** Why advance() must not go on now: it is running, takes a breath, or is held. */
  #busy: 'advancing' | 'breathing' | 'holding' | undefined;
  #computedAt = 0;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  /** Once in a process; `stagesDone` by an earlier one. */
  prepare(trainer: Trainer, stagesDone: number): void {
    this.#trainer = trainer;
    this.#begunStage = stagesDone + 1;
  }

  get isPrepared(): boolean {
    return this.#trainer !== undefined;
  }

  begin(work: Work): void {
    const { faults, memory, links, protocol } = this.#options;
    if (!faults.isStarted) faults.startedBefore(0);
    faults.enter(phaseOf(work));
    this.#traffic.begin(links.traffic);
    if ('firstStep' in work && work.firstStep > memory.publishedStep) memory.history.clear();
    this.#begunStage = protocol.state.stage;
    // Nothing begins while the run is paused.
    this.#postponed = protocol.state.paused ? BREATH : undefined;
    this.#activity = this.#trainer!.begin(work);
  }

  get activity(): Activity | undefined {
    return this.#activity;
  }

  /** Whether it is inside an iteration, which it will finish. */
  get isComputing(): boolean {
    return this.#activity !== undefined && this.#options.protocol.state.phase === 'working' && this.#postponed === undefined;
  }

  /** The exchange under way. */
  get wanted(): Wanted {
    return this.#wanted!;
  }

  deliver(vectors: readonly (Float64Array | undefined)[]): void {
    this.#activity!.deliver(vectors);
  }

  reportOf(stage: number): Snapshot {
    return this.#report.stage === stage ? this.#report.values : NOTHING;
  }

  /** What a checkpoint holds, or undefined inside an iteration. The stage begun last counts as not done: it ends with the same report again. */
  snapshot(): ReturnType<TakeSnapshot> {
    const vectors = this.#trainer?.snapshot();
    return vectors && { stage: this.#begunStage - 1, step: this.#options.protocol.state.step, vectors };
  }

  /** Computes until the machine has to wait: an exchange, the next assignment, a fault, or a breath for the event loop. */
  *advance(): Generator<WorkEvent, void> {
    if (this.#busy !== undefined) return;
    this.#busy = 'advancing';
    this.#computedAt = this.#options.clock.now();
    try {
      while (this.#mayGoOn) yield* this.#onRequest(this.#postponed ?? this.#activity!.advance());
    } finally {
      if (this.#busy === 'advancing') this.#busy = undefined;
    }
  }

  /** Where it rests now it stays: the agent leaves. */
  hold(): void {
    this.#busy = 'holding';
  }

  get #mayGoOn(): boolean {
    const { phase, paused } = this.#options.protocol.state;
    const isHeld = paused && this.#postponed !== undefined;
    return this.#busy === 'advancing' && phase === 'working' && this.#activity !== undefined && !isHeld;
  }

  /** While the run is paused, an iteration under way is finished, and nothing else: there a checkpoint can be taken. */
  *#onRequest(request: TrainerRequest): Generator<WorkEvent, void> {
    const { links, faults, protocol } = this.#options;
    this.#postponed = protocol.state.paused && request.kind !== 'exchange' ? request : undefined;
    if (this.#postponed !== undefined) return;
    switch (request.kind) {
      case 'pause':
        yield RESTING;
        return this.#busy === 'holding' ? undefined : this.#breathe();
      case 'boundary':
        yield RESTING;
        return this.#busy === 'holding' ? undefined : this.#onBoundary();
      case 'exchange':
        return yield* this.#exchange(request);
      case 'part':
        this.#traffic.part(request.name, links.traffic);
        return faults.enter(request.phase);
      case 'report':
        yield this.#finishStage(request.values);
    }
  }

  /** Between two iterations: the place for faults too. */
  #onBoundary(): void {
    const { faults, holdAt, clock, memory, teller } = this.#options;
    const step = ++memory.cooperatingStep;
    faults.reached(step);
    if (faults.isEmpty) return;
    teller.faults(faults.changes());
    const extraMs = Math.max(1, clock.now() - this.#computedAt) * (faults.slowness - 1);
    this.#computedAt = clock.now();
    const goOn = (): void => (extraMs > 0 ? this.#restFor(extraMs) : this.#goOn());
    if (holdAt === undefined || !faults.isWatched(step)) return extraMs > 0 ? goOn() : undefined;
    this.#busy = 'holding';
    holdAt(step, goOn);
  }

  *#exchange(request: Extract<TrainerRequest, { kind: 'exchange' }>): Generator<WorkEvent, void> {
    const { protocol, clock } = this.#options;
    const { rounds, epoch, staleness, hops } = request;
    const { sendTo, receiveFrom } = request.step;
    this.#wanted = request;
    yield { type: 'exchange-wanted', sendTo, receiveFrom, rules: { epoch, rounds, staleness, hops }, now: clock.now() };
    // Who never waits would never hear from anybody.
    if (rounds !== 'bsp' && protocol.state.phase === 'working') this.#breathe();
  }

  #finishStage(values: Map<string, Float64Array>): WorkEvent {
    const { links, protocol, clock } = this.#options;
    for (const [name, traffic] of this.#traffic.end(links.traffic)) values.set(name, traffic);
    this.#report = { stage: protocol.state.stage, values };
    this.#activity = undefined;
    return { type: 'work-done', now: clock.now() };
  }

  /** One continuation at a time: events that come meanwhile must not start another. */
  #breathe(): void {
    this.#busy = 'breathing';
    this.#options.clock.defer(() => this.#goOn());
  }

  #restFor(ms: number): void {
    this.#busy = 'breathing';
    this.#options.clock.setTimer(ms, () => this.#goOn());
  }

  #goOn(): void {
    this.#busy = undefined;
    this.#options.wake();
  }
}

/** An autonomous stage says itself when it is past estimating. */
function phaseOf({ kind }: Work): FaultPhase {
  if (kind === 'cooperate') return 'cooperating';
  return kind === 'evidence' || kind === 'autonomous' ? 'estimating' : 'exploring';
}
