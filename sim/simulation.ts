/**
 * A whole run in one process on a virtual clock: the same agent and coordinator code, each in a simulated process that the
 * fault plan can kill, stop and start again, on a network that can break. A run is a function of the experiment, the plan
 * and the network's delays alone.
 */
import { AgentFaults } from '../agent/agent-faults.ts';
import { Agent } from '../agent/agent.ts';
import type { AgentOptions } from '../agent/agent.ts';
import { createMemoryCheckpointStore } from '../agent/checkpoint-store.ts';
import type { CheckpointStore } from '../agent/checkpoint-store.ts';
import { failingStore } from '../agent/checkpoint-store.ts';
import { createTrainer, dataSource, sharedDataSource } from '../agent/create-trainer.ts';
import type { OwnTable } from '../agent/own-table.ts';
import { ActiveFaults } from '../core/fault/active-faults.ts';
import { Conductor } from '../core/fault/conductor.ts';
import type { Order } from '../core/fault/conductor.ts';
import { NO_CONDITIONS } from '../core/fault/plan.ts';
import type { FaultPhase, LinkConditions, Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import { siteFileOf } from '../config/experiment.ts';
import type { Experiment } from '../config/experiment.ts';
import { createMemoryEventLog } from '../coordinator/event-log.ts';
import type { EventLog } from '../coordinator/event-log.ts';
import type { Observed } from '../coordinator/observed.ts';
import { RunDriver } from '../coordinator/run-driver.ts';
import type { RunDriverOptions } from '../coordinator/run-driver.ts';
import type { RunProgress } from '../coordinator/run-progress.ts';
import { isOver } from '../coordinator/run-state.ts';
import type { RunPhase } from '../coordinator/run-state.ts';
import type { RunStore } from '../coordinator/run-store.ts';
import type { ListenOptions, Transport } from '../net/link.ts';
import { MemoryNetwork } from '../net/memory-link.ts';
import { VirtualClock } from '../net/virtual-clock.ts';
import { SimProcess } from './sim-process.ts';

/** For tests that plant bugs and checkers that look on: parts of every agent and of the coordinator, replaced. */
export interface SimulationParts {
  readonly agent?: (options: AgentOptions, agent: number) => AgentOptions;
  readonly coordinator?: (options: RunDriverOptions) => RunDriverOptions;
  readonly log?: (log: EventLog) => EventLog;
}

export interface SimulationOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly store: RunStore;
  readonly stopwatch: () => number;
  readonly readFile: (path: string) => string;
  readonly onProgress?: (progress: RunProgress) => void;
  /** One-way delay of a link without faults. */
  readonly delayMs?: (from: Party, to: Party) => number;
  readonly checkpointMs?: number;
  /** How long a checkpoint takes to be durable. */
  readonly checkpointLatencyMs?: number;
  /** Virtual time after which an unfinished run is given up; Infinity by default. */
  readonly horizonMs?: number;
  readonly parts?: SimulationParts;
}

/** Nobody else can reach a memory network. */
const TOKEN = 'simulated';
const COORDINATOR = 'coordinator';
/** With faults timed in seconds, time must pass: a round trip on a local network. */
const FAULTY_DELAY_MS = 0.2;
const CHECKPOINT_LATENCY_MS = 10;

interface SimulatedAgent {
  readonly store: CheckpointStore & { crash(): void };
  process: SimProcess | undefined;
  faults: AgentFaults;
}

export class Simulation {
  readonly clock = new VirtualClock();
  readonly #options: SimulationOptions;
  readonly #network: MemoryNetwork;
  readonly #agents: SimulatedAgent[];
  readonly #source;
  readonly #conductor: Conductor;
  readonly #active: ActiveFaults;
  readonly #log: ReturnType<typeof createMemoryEventLog>;
  readonly #moment = { step: 0, ms: 0, phase: 'exploring' as FaultPhase };
  #coordinator: SimProcess | undefined;
  #driver: RunDriver | undefined;
  #endpoint = '';
  #begunAt: number | undefined;
  #cancelDue = (): void => {};
  #result: RunResult | undefined;

  constructor(options: SimulationOptions) {
    const { experiment } = options;
    const delayMs = options.delayMs ?? ((): number => (experiment.faults.length > 0 ? FAULTY_DELAY_MS : 0));
    this.#options = options;
    this.#network = new MemoryNetwork(this.clock, {
      seed: experiment.seed,
      between: delayMs,
      ...(experiment.faults.length > 0 ? { conditions: (from, to) => this.#conditions(from, to) } : {}),
    });
    this.#source = sharedDataSource(dataSource(options.readFile, (agent) => this.#ownTable(agent)));
    this.#conductor = new Conductor(experiment.faults);
    this.#active = new ActiveFaults(experiment.faults);
    this.#log = createMemoryEventLog();
    this.#agents = Array.from({ length: experiment.agents }, () => ({
      store: createMemoryCheckpointStore({ clock: this.clock, latencyMs: options.checkpointLatencyMs ?? CHECKPOINT_LATENCY_MS }),
      process: undefined,
      faults: new AgentFaults(this.clock),
    }));
  }

  /** The result; undefined when the run did not end before the horizon, or came to rest without an end. */
  run(): RunResult | undefined {
    const horizonMs = this.#options.horizonMs ?? Infinity;
    this.#start(COORDINATOR);
    for (let agent = 0; agent < this.#agents.length; agent++) this.#start(agent);
    this.clock.runUntil(() => this.#result !== undefined || this.clock.now() > horizonMs);
    return this.#result;
  }

  /** As a page would be told; undefined while the coordinator is away. */
  get observed(): Observed | undefined {
    return this.#driver?.observed;
  }

  /** By hand, as an operator would. Nobody hears it while the coordinator is away. */
  pause(): void {
    this.#driver?.pause();
  }

  resume(): void {
    this.#driver?.resume();
  }

  /** For a report about a run that did not end. */
  get progress(): RunProgress | undefined {
    return this.#driver?.progress;
  }

  #start(party: Party): void {
    if (party === COORDINATOR) this.#startCoordinator();
    else this.#startAgent(party);
  }

  #startCoordinator(): void {
    if (this.#coordinator !== undefined || this.#result !== undefined) return;
    const { experiment, runId, store, stopwatch, readFile, onProgress, parts } = this.#options;
    const own = new SimProcess(this.clock, this.#network.host(COORDINATOR));
    this.#coordinator = own;
    const options: RunDriverOptions = {
      experiment,
      runId,
      mode: 'simulated',
      token: TOKEN,
      clock: own.clock,
      stopwatch,
      store,
      log: parts?.log?.(this.#log.log) ?? this.#log.log,
      records: this.#log.records(),
      readFile,
      onProgress: onProgress ?? (() => {}),
      onPhase: (phase) => this.#onPhase(phase),
      onEnd: (result) => (this.#result = result),
    };
    const driver = new RunDriver(parts?.coordinator?.(options) ?? options);
    this.#driver = driver;
    const listening: ListenOptions = {
      authorize: (bearer) => (bearer === TOKEN ? 'an agent' : undefined),
      frameBytesMax: Number.MAX_SAFE_INTEGER,
      onLink: (link) => driver.accept(link),
    };
    own.transport.listen(
      listening,
      ({ endpoint }) => (this.#endpoint = endpoint),
      () => {},
    );
  }

  #startAgent(agent: number): void {
    const simulated = this.#agents[agent];
    if (simulated.process !== undefined) return;
    const { checkpointMs, parts } = this.#options;
    const own = new SimProcess(this.clock, this.#network.host(agent));
    const faults = new AgentFaults(own.clock);
    simulated.process = own;
    simulated.faults = faults;
    const options: AgentOptions = {
      agent,
      coordinator: COORDINATOR,
      token: TOKEN,
      transport: this.#findingCoordinator(own.transport),
      clock: own.clock,
      checkpoints: failingStore(simulated.store, () => faults.isDiskFull, own.clock),
      ...(checkpointMs === undefined ? {} : { checkpointMs }),
      joinMs: LIMITS.joinRemoteMs,
      faults,
      holdAt: (step, proceed) => this.#onReached(agent, step, own, proceed),
      createTrainer: (job, own, agents, seed) => createTrainer(job, own, agents, seed, this.#source),
      log: () => {},
      onEnd: () => {
        if (simulated.process === own) simulated.process = undefined;
      },
    };
    new Agent(parts?.agent?.(options, agent) ?? options).start();
  }

  #ownTable(agent: number): OwnTable | undefined {
    const file = siteFileOf(this.#options.experiment, agent);
    return file === undefined ? undefined : { file, readFile: this.#options.readFile };
  }

  /** The coordinator's address stays the same when it restarts. */
  #findingCoordinator(transport: Transport): Transport {
    return {
      listen: (options, ready, failed) => transport.listen(options, ready, failed),
      dial: (endpoint, options) => transport.dial(endpoint === COORDINATOR ? this.#endpoint : endpoint, options),
    };
  }

  #onReached(agent: number, step: number, own: SimProcess, proceed: () => void): void {
    this.#obey(this.#conductor.reached(agent, step, this.#elapsedMs));
    own.clock.defer(proceed);
  }

  #onPhase(phase: RunPhase): void {
    if (phase === 'assembling' || isOver(phase)) return;
    this.#begunAt ??= this.clock.now();
    this.#moment.phase = phase as FaultPhase;
    this.#obey(this.#conductor.phase(phase as FaultPhase, this.#elapsedMs));
  }

  /** Never inside the event of the process that is killed. */
  #obey(orders: readonly Order[]): void {
    for (const order of orders) this.clock.defer(() => this.#perform(order));
    this.#cancelDue();
    const due = this.#conductor.nextDue();
    if (due === undefined || this.#begunAt === undefined) return;
    this.#cancelDue = this.clock.setTimer(Math.max(0, due - this.#elapsedMs), () => this.#obey(this.#conductor.time(Math.max(due, this.#elapsedMs))));
  }

  #perform({ kind, target }: Order): void {
    const process = target === COORDINATOR ? this.#coordinator : this.#agents[target].process;
    if (kind === 'start') return this.#start(target);
    if (kind === 'stop') return process?.pause();
    if (kind === 'continue') return process?.resume();
    if (process === undefined) return;
    process.kill();
    this.#network.host(target).vanish();
    if (target === COORDINATOR) {
      this.#coordinator = this.#driver = undefined;
      this.#log.crash();
    } else {
      this.#agents[target].process = undefined;
      this.#agents[target].store.crash();
    }
  }

  get #elapsedMs(): number {
    return this.#begunAt === undefined ? 0 : this.clock.now() - this.#begunAt;
  }

  #conditions(from: Party, to: Party): LinkConditions {
    if (this.#begunAt === undefined) return NO_CONDITIONS;
    const agent = from === COORDINATOR ? to : from;
    this.#moment.ms = this.#elapsedMs;
    this.#moment.step = agent === COORDINATOR ? 0 : this.#agents[agent].faults.step;
    return this.#active.conditions(from, to, this.#moment);
  }
}
