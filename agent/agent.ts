/**
 * The driver of one agent: owns the sockets, the machine's state and the trainer, and performs the machine's effects.
 * Everything is a callback on one thread; nothing here decides anything about the protocol (agent-machine.ts does)
 * or computes anything (the trainer does).
 */
import { ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { parseJob } from '../config/job.ts';
import type { Job } from '../config/job.ts';
import type { Clock } from '../net/clock.ts';
import { dialUntil } from '../net/dial-until.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link, Transport } from '../net/link.ts';
import { controlFrameBytesMax, decode, encode } from '../proto/codec.ts';
import { PROTOCOL_VERSION } from '../proto/messages.ts';
import type { ControlMessage, Welcome } from '../proto/messages.ts';
import { allFinite, readVectorStep, vectorFrameBytesMax, VectorFrameWriter } from '../proto/vector-frame.ts';
import { initialAgentState, stepAgent, waitingFor } from './agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from './agent-machine.ts';
import type { TransportStep } from './exchange.ts';
import { FrameInbox } from './inbox.ts';
import { AgentLinks } from './links.ts';
import type { Activity, Trainer, TrainerRequest } from './trainer.ts';

export interface AgentOptions {
  /** The index to ask for, or ANY_AGENT. */
  readonly agent: number;
  readonly coordinator: string;
  readonly token: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly createTrainer: (job: Job, agent: number, agents: number, seed: number) => Trainer;
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Once, when the agent is over: code '' when its work was done. */
  readonly onEnd: (code: ErrorCode | '', detail: string) => void;
}

/** How often an agent tells its progress and looks at its deadlines. */
const TICK_MS = 250;

export class Agent {
  readonly #options: AgentOptions;
  readonly #links: AgentLinks;
  readonly #inbox = new FrameInbox();
  #state: AgentState;
  #coordinator: Link | undefined;
  #heartbeat: Heartbeat | undefined;
  #trainer: Trainer | undefined;
  #writer = new VectorFrameWriter(0);
  #activity: Activity | undefined;
  #wanted: { readonly step: TransportStep; readonly epoch: number } | undefined;
  #values: Map<string, Float64Array> = new Map();
  #arriving: Uint8Array | undefined;
  #trafficBefore = { bytes: 0, frames: 0 };
  #advancing = false;
  #breathing = false;
  #ended = false;
  #cancelTick = (): void => {};
  #toldIteration = -1;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#state = initialAgentState(options.agent);
    this.#links = new AgentLinks(options.transport, options.clock, {
      opened: (agent) => this.#dispatch({ type: 'link-open', agent }),
      lost: (agent, reason) => this.#dispatch({ type: 'link-lost', agent, reason, now: options.clock.now() }),
      vector: (agent, frame) => this.#onVector(agent, frame),
      refused: (reason) => options.log('refused a connection', { reason }),
    });
  }

  start(): void {
    this.#links.listen(
      (endpoint) => this.#join(endpoint),
      (reason) => this.#end('INTERNAL', `cannot listen: ${reason}`),
    );
    this.#tick();
  }

  /** Leaves in good order, as on a signal. */
  leave(code: ErrorCode, detail: string): void {
    this.#dispatch({ type: 'work-failed', code, detail });
  }

  #join(endpoint: string): void {
    const { transport, coordinator, token, clock } = this.#options;
    const onOpen = (link: Link): void => this.#greet(link, endpoint);
    dialUntil(
      transport,
      coordinator,
      {
        bearer: token,
        peer: 'the coordinator',
        frameBytesMax: controlFrameBytesMax(LIMITS.dimensionMax, LIMITS.agentsMax),
        onOpen,
        onFailed: (error) => this.#end(error.code, error.message),
      },
      { clock, deadlineMs: LIMITS.joinRemoteMs, seed: 0, agent: this.#options.agent, code: 'COORDINATOR_UNREACHABLE' },
    );
  }

  #greet(link: Link, endpoint: string): void {
    const { clock, agent } = this.#options;
    this.#coordinator = link;
    this.#heartbeat = new Heartbeat({ link, clock, frame: encode({ type: 'heartbeat' }), onSuspect: () => {}, onLost: () => link.terminate() });
    link.onFrame = (frame) => this.#onControlFrame(frame);
    link.onClose = (code, reason) => this.#onCoordinatorClosed(code, reason);
    this.#tell({ type: 'hello', version: PROTOCOL_VERSION, agent, incarnation: 1, endpoint });
  }

  #onCoordinatorClosed(close: number, reason: string): void {
    const code =
      (Object.keys(ERRORS) as ErrorCode[]).find((one) => 'close' in ERRORS[one] && ERRORS[one].close === close && close >= 4000) ?? 'COORDINATOR_LOST';
    this.#dispatch({ type: 'coordinator-lost', code, detail: `the link to the coordinator closed (${close}${reason ? ` ${reason}` : ''})` });
  }

  #onControlFrame(frame: Uint8Array): void {
    this.#heartbeat?.received();
    this.#guarded(() => this.#onMessage(decode(frame)));
  }

  #onMessage(message: ControlMessage): void {
    if (message.type === 'welcome') this.#onWelcome(message);
    else if (message.type === 'assign') this.#dispatch({ type: 'assigned', assign: message, now: this.#options.clock.now() });
  }

  #onWelcome({ agent, agents, seed, job, linkSecret }: Welcome): void {
    this.#state = { ...this.#state, agent };
    this.#trainer = this.#options.createTrainer(parseJob(job), agent, agents, seed);
    this.#writer = new VectorFrameWriter(this.#trainer.vectorLengthMax);
    this.#links.admit(linkSecret, vectorFrameBytesMax(this.#trainer.vectorLengthMax));
    this.#options.log('joined', { agent, agents });
    this.#dispatch({ type: 'welcomed', now: this.#options.clock.now() });
  }

  #onVector(agent: number, frame: Uint8Array): void {
    this.#guarded(() => {
      this.#arriving = frame;
      this.#dispatch({ type: 'vector', agent, step: readVectorStep(frame) });
    });
  }

  #dispatch(event: AgentEvent): void {
    for (const effect of stepAgent(this.#state, event)) this.#perform(effect);
    this.#advance();
  }

  #perform(effect: AgentEffect): void {
    switch (effect.type) {
      case 'dial':
        return this.#links.dial(effect.neighbour, (error) => this.#dispatch({ type: 'work-failed', code: 'LINK_UNREACHABLE', detail: error.message }));
      case 'work':
        this.#trafficBefore = this.#links.traffic;
        this.#activity = this.#trainer!.begin(effect.work);
        return;
      case 'publish':
        return this.#publish(effect.to, effect.step);
      case 'keep-vector':
        return this.#inbox.keep(effect.agent, effect.step, this.#arriving!);
      case 'deliver':
        return this.#deliver(effect.step, effect.from);
      case 'report':
        return this.#report(effect.stage);
      case 'ignored':
        return;
      case 'leave':
        return this.#leave(effect.code, effect.detail);
    }
  }

  /** Computes until the machine has to wait: an exchange, the next assignment, or a breath for the event loop. */
  #advance(): void {
    if (this.#advancing || this.#breathing) return;
    this.#advancing = true;
    this.#guarded(() => {
      while (this.#state.phase === 'working' && this.#activity !== undefined && !this.#ended) {
        const request = this.#activity.advance();
        if (request.kind === 'pause') return this.#breathe();
        this.#onRequest(request);
      }
    });
    this.#advancing = false;
  }

  /** One continuation at a time: events that come meanwhile must not start another. */
  #breathe(): void {
    this.#breathing = true;
    this.#options.clock.defer(() => {
      this.#breathing = false;
      this.#advance();
    });
  }

  #onRequest(request: Exclude<TrainerRequest, { kind: 'pause' }>): void {
    if (request.kind === 'report') {
      this.#values = request.values;
      this.#activity = undefined;
      return this.#dispatch({ type: 'work-done' });
    }
    this.#wanted = request;
    this.#dispatch({ type: 'exchange-wanted', sendTo: request.step.sendTo, receiveFrom: request.step.receiveFrom });
  }

  #publish(to: readonly number[], step: number): void {
    const { epoch, step: wanted } = this.#wanted!;
    if (!allFinite(wanted.vector)) throw new KindredError('PARAMETERS_NOT_FINITE', `own parameters at exchange ${step}`);
    this.#links.send(to, this.#writer.encode({ epoch, step, durableStep: 0 }, wanted.vector));
  }

  #deliver(step: number, from: readonly number[]): void {
    const { epoch, step: wanted } = this.#wanted!;
    this.#activity!.deliver(from.map((agent) => this.#inbox.take(agent, step, epoch, wanted.vector.length)));
  }

  #report(stage: number): void {
    const { bytes, frames } = this.#links.traffic;
    this.#values.set('traffic', Float64Array.of(bytes - this.#trafficBefore.bytes, frames - this.#trafficBefore.frames));
    this.#tell({ type: 'report', stage, values: this.#values });
    this.#values = new Map();
    this.#toldIteration = -1;
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: this.#options.clock.now() });
      this.#tellProgress();
      if (!this.#ended) this.#tick();
    });
  }

  #tellProgress(): void {
    const iteration = this.#activity?.iteration ?? 0;
    if (this.#coordinator === undefined || this.#state.stage === 0 || this.#activity === undefined || iteration === this.#toldIteration) return;
    this.#toldIteration = iteration;
    const { bytes } = this.#links.traffic;
    this.#tell({ type: 'progress', stage: this.#state.stage, iteration, bytesSent: bytes, waitingFor: waitingFor(this.#state) });
  }

  #tell(message: ControlMessage): void {
    this.#heartbeat?.sent();
    this.#coordinator?.send(encode(message));
  }

  #leave(code: ErrorCode | '', detail: string): void {
    if (code !== 'COORDINATOR_LOST') this.#tell({ type: 'leave', code, detail });
    this.#end(code, detail);
  }

  #end(code: ErrorCode | '', detail: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick();
    this.#heartbeat?.stop();
    this.#links.close();
    this.#coordinator?.close(1001, 'done');
    this.#options.onEnd(code, detail);
  }

  /** An expected failure inside becomes the agent's failure, told to the coordinator; anything else is a bug and says so. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      const code = error instanceof KindredError ? error.code : 'INTERNAL';
      const detail = error instanceof KindredError ? error.message : String(error instanceof Error ? error.stack : error);
      for (const effect of stepAgent(this.#state, { type: 'work-failed', code, detail })) this.#perform(effect);
    }
  }
}
