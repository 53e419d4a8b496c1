/**
 * `compose` mode: the coordinator and every agent in a container of its own, on an engine that exists (docker compose).
 * Their coordinator is no child of this process: it is followed over HTTP, and the engine carries out kills, pauses,
 * disconnects and the faults of packets. The run directory is shared with the coordinator, so its result is here at once.
 *
 * 1. Whatever happens, an error in here included, no container, network or volume of the run is left at the end.
 * 2. What is due at a step begins when the coordinator was heard to be there: nobody is held meanwhile.
 */
import { KindredError } from '../core/errors.ts';
import type { Order } from '../core/fault/conductor.ts';
import { describeFault } from '../core/fault/describe.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { Fault, FaultPhase, Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import type { FaultsNow } from '../coordinator/routes/runs.ts';
import { COORDINATOR_PORT, partyName } from '../deploy/deployment.ts';
import { systemClock } from '../net/clock.ts';
import { ComposeProject } from './compose-project.ts';
import { Conducting } from './conducting.ts';
import { ContainerFaults } from './container-faults.ts';
import { ContainerFiles } from './container-files.ts';
import { ContainerFleet } from './container-fleet.ts';
import { CoordinatorSilence } from './coordinator-silence.ts';
import { Engine } from './engine.ts';
import type { Container } from './engine.ts';
import { begunFaults } from './fault-record.ts';
import { freePort } from './free-port.ts';
import { Follower } from './follower.ts';
import { readyImage } from './image.ts';
import { nameOf } from './party-process.ts';
import { PacketTools, whyNoPackets } from './packet-tools.ts';
import { noteOf } from './process-note.ts';
import type { ProcessesOptions } from './processes.ts';
import { resultWithout } from './result-without.ts';
import { RunFiles } from './run-files.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PHASES: readonly string[] = ['exploring', 'estimating', 'cooperating'] satisfies FaultPhase[];
const MODE = 'compose';

/** The options and the result of runInProcesses. Throws ENGINE_MISSING and ENGINE_FAILED. */
export async function runInContainers(options: ProcessesOptions): Promise<RunResult> {
  return new ContainerRun(options, await Engine.find()).whole();
}

class ContainerRun {
  readonly #options: ProcessesOptions;
  readonly #engine: Engine;
  readonly #files: RunFiles;
  readonly #containerFiles: ContainerFiles;
  readonly #project: ComposeProject;
  readonly #conducting: Conducting;
  readonly #fleet: ContainerFleet;
  readonly #faults: ContainerFaults;
  readonly #follower: Follower;
  readonly #enacts: EngineEnacts;
  readonly #whyNoPackets = whyNoPackets();
  readonly #startedAt = performance.now();
  /** Parties that the plan killed, until their end was seen. */
  readonly #killed = new Set<Party>();
  readonly #silence = new CoordinatorSilence(systemClock);
  /** Aborted by the first signal: nothing is built or brought up any more. */
  readonly #interrupted = new AbortController();
  readonly #gone: Promise<string>;
  #tellGone: (why: string) => void = () => {};
  #error: unknown;
  #url: string | undefined;
  #phase = '';
  /** The furthest that any agent was heard to be at. */
  #step = 0;
  #plan = '';
  #coordinator: Container | undefined;
  #interrupts = 0;

  constructor(options: ProcessesOptions, engine: Engine) {
    const { run } = options;
    this.#options = options;
    this.#engine = engine;
    this.#files = new RunFiles(run.directory);
    this.#containerFiles = new ContainerFiles(run);
    this.#gone = new Promise((resolve) => (this.#tellGone = resolve));
    this.#enacts = { isolation: true, packets: this.#whyNoPackets === undefined };
    const guarded = (action: () => void): void => this.#guarded(action);
    const onError = (error: unknown): void => this.#noteFailure(error);
    this.#project = new ComposeProject({ engine, run: run.runId, file: this.#containerFiles.compose, files: this.#files, onError });
    this.#conducting = new Conducting({
      clock: systemClock,
      guarded,
      begun: begunFaults(run.directory),
      perform: (kind, target, fault) => this.#perform(kind, target, fault),
    });
    this.#fleet = new ContainerFleet({
      engine,
      run: run.runId,
      onStarted: (party, container, starts) => guarded(() => this.#onStarted(party, container, starts)),
      onEnded: (party, exitCode, isBack) => guarded(() => this.#onEnded(party, exitCode, isBack)),
      onError,
    });
    this.#faults = new ContainerFaults({
      engine,
      tools: new PacketTools(),
      enacts: this.#enacts,
      containers: () => this.#fleet.all(),
      record: (type, fields) => guarded(() => this.#files.event(type, { elapsedMs: this.#conducting.elapsedMs, ...fields })),
      tell: (line) => this.#tell(line),
      onError,
    });
    this.#follower = new Follower({
      clock: systemClock,
      guarded,
      run: run.runId,
      url: () => this.#url,
      token: () => this.#files.pageTokens().watch,
      onLook: (answer) => this.#onLook(answer),
    });
  }

  async whole(): Promise<RunResult> {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    outliveReader(process.stderr);
    try {
      await this.#prepare().catch((error: unknown) => this.#unlessInterrupted(error));
      if (this.#interrupts === 0) await this.#liveAndEnd();
      return this.#outcome(await this.#gone);
    } finally {
      for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    }
  }

  /** All files that the containers are made from. */
  async #prepare(): Promise<void> {
    const { experiment } = this.#options;
    this.#tell('looking whether the image is up to date; building it takes a minute or two');
    const image = await readyImage(process.env, this.#interrupted.signal);
    if (this.#interrupts > 0) return;
    this.#files.prepare();
    const packets =
      this.#whyNoPackets === undefined ? 'iptables and tc in the network of each container' : `by the agents, frame by frame: ${this.#whyNoPackets}`;
    this.#files.event('engine', { version: this.#engine.version, image, isolation: 'network disconnect', packets });
    this.#containerFiles.write({ experiment, image, mode: MODE, engine: this.#enacts, port: await freePort() });
    this.#noteDown();
  }

  async #liveAndEnd(): Promise<void> {
    process.on('exit', this.#onExit);
    try {
      await this.#live();
    } finally {
      await this.#end();
      process.off('exit', this.#onExit);
    }
  }

  async #live(): Promise<void> {
    this.#fleet.watch();
    this.#follower.start();
    await this.#project.up(this.#options.experiment.agents, this.#interrupted.signal).catch((error: unknown) => this.#unlessInterrupted(error));
    if (this.#interrupts === 0) {
      await this.#fleet.lookAtAll();
      await this.#tellStarted();
    }
    await this.#gone;
    if (this.#error !== undefined) throw this.#error;
  }

  /** What an interrupt cut off ends with an error, which says nothing. */
  #unlessInterrupted(error: unknown): void {
    if (this.#interrupts === 0) throw error;
  }

  async #tellStarted(): Promise<void> {
    const containers = await this.#fleet.all();
    const pid = (party: Party): number => containers.get(party)?.pid ?? 0;
    const agents = Array.from({ length: this.#options.experiment.agents }, (_, agent) => pid(agent));
    this.#options.onStarted?.({ url: this.#url ?? '', coordinator: pid('coordinator'), agents });
  }

  /** While it does not answer, time goes on all the same. */
  #onLook(answer: FaultsNow | undefined): void {
    if (answer !== undefined) this.#onAnswer(answer);
    else this.#lookForCoordinator();
    if (PHASES.includes(this.#phase)) this.#faults.look({ step: this.#step, ms: this.#conducting.elapsedMs, phase: this.#phase as FaultPhase });
  }

  #onAnswer({ elapsedMs, faults, progress, steps }: FaultsNow): void {
    const text = JSON.stringify(faults);
    if (text !== this.#plan) {
      this.#plan = text;
      this.#conducting.replace(faults);
      this.#faults.replace(faults);
    }
    this.#silence.heard();
    this.#options.onProgress(progress);
    if (progress.phase !== this.#phase) this.#conducting.phase(progress.phase, elapsedMs);
    this.#phase = progress.phase;
    this.#step = Math.max(this.#step, ...steps);
    steps.forEach((step, agent) => this.#conducting.reached(agent, step));
  }

  /** An event of the engine may have been missed. */
  #lookForCoordinator(): void {
    if (!this.#silence.isDue()) return;
    const look = async (): Promise<void> => {
      const coordinator = (await this.#fleet.all()).get('coordinator');
      const isEnded = coordinator === undefined || coordinator.state === 'exited' || coordinator.state === 'dead';
      if (isEnded && !this.#silence.isAway) this.#tellGone('its container has ended');
    };
    look().catch((error: unknown) => this.#noteFailure(error));
  }

  #onStarted(party: Party, container: Container, starts: number): void {
    this.#killed.delete(party);
    this.#options.onProcess?.({ party, pid: container.pid, starts, event: 'started' });
    if (party === 'coordinator') {
      this.#coordinator = container;
      const published = container.published.get(COORDINATOR_PORT);
      this.#url = published === undefined ? undefined : `http://${published}`;
      this.#noteDown();
    }
    if (starts === 1) return;
    this.#files.event('restarted', { party, starts });
    this.#faults.moved();
  }

  #onEnded(party: Party, exitCode: number, isBack: boolean): void {
    const how = `it ended with exit code ${exitCode}`;
    const isPlanned = this.#killed.delete(party);
    if (!isPlanned && (exitCode !== 0 || isBack)) {
      this.#files.event('process-lost', { party, detail: how });
      this.#tell(`${nameOf(party)}: ${how}${isBack ? '; the engine starts it again' : ''}`);
    }
    if (party !== 'coordinator') return;
    this.#url = undefined;
    this.#coordinator = undefined;
    if (!isPlanned && !isBack) this.#tellGone(how);
  }

  #perform(order: Order['kind'], target: Party, fault: Fault | undefined): void {
    const words = fault === undefined ? 'cleared' : describeFault(fault);
    this.#files.event('fault', { elapsedMs: this.#conducting.elapsedMs, order, target, fault: words, ...(fault === undefined ? {} : { of: fault }) });
    this.#tell(`${order} ${nameOf(target)} (${words})`);
    if (order === 'kill') this.#killed.add(target);
    if (target === 'coordinator' && order === 'kill') this.#silence.left();
    if (target === 'coordinator' && order === 'start') this.#silence.returns();
    this.#fleet.obey(order, target, fault);
    const { action } = fault ?? {};
    const isForGood = order === 'kill' && action?.kind === 'kill' && action.restartAfterMs === null;
    if (isForGood && target === 'coordinator') this.#tellGone('killed by the fault plan');
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP') outliveReader(process.stdout);
    this.#interrupts++;
    this.#interrupted.abort();
    if (this.#interrupts > 1) return this.#tellGone('interrupted');
    this.#conducting.stop();
    void this.#askToEnd();
  };

  readonly #onExit = (): void => {
    this.#fleet.stop();
    this.#project.downNow();
  };

  /** The coordinator ends the run in order, within its time; where there is none, it is over at once. */
  async #askToEnd(): Promise<void> {
    try {
      await this.#wakeAll();
      if (this.#coordinator === undefined) return this.#tellGone('interrupted');
      await this.#engine.kill(this.#coordinator.id, 'SIGINT');
      setTimeout(() => this.#tellGone('interrupted'), LIMITS.shutdownMs + LIMITS.closeMs).unref();
    } catch (error) {
      this.#noteFailure(error);
      this.#tellGone('interrupted');
    }
  }

  async #wakeAll(): Promise<void> {
    await this.#fleet.settled();
    const paused = [...(await this.#fleet.all()).values()].filter(({ state }) => state === 'paused');
    await Promise.all(paused.map(({ id }) => this.#engine.unpause(id)));
  }

  /** Invariant 1: everything is undone, in any case, whatever fails; what the run came to is not lost by it. */
  async #end(): Promise<void> {
    this.#conducting.stop();
    this.#follower.stop();
    const steps = [
      () => this.#faults.stop(),
      () => this.#wakeAll(),
      () => this.#stopAll(),
      () => this.#keepLogs(),
      async () => this.#fleet.stop(),
      () => this.#project.down(),
      async () => this.#containerFiles.takeBack(),
    ];
    for (const step of steps) await step().catch((error: unknown) => this.#noteFailure(error));
  }

  /** Agents of a run that is over leave by themselves; the others have a moment. */
  async #stopAll(): Promise<void> {
    const ids = [...(await this.#fleet.all()).values()].filter(({ pid }) => pid > 0).map(({ id }) => id);
    const isPatient = this.#interrupts < 2;
    if (ids.length > 0) await this.#engine.stop(ids, isPatient ? LIMITS.shutdownMs : 0);
  }

  async #keepLogs(): Promise<void> {
    const keep = ([party, { id }]: [Party, Container]): Promise<void> => this.#files.withLog(partyName(party), (log) => this.#engine.logs(id, log));
    await Promise.all([...(await this.#fleet.all())].map(keep));
  }

  #outcome(how: string): RunResult {
    const own = this.#files.freshResult();
    // Its coordinator knows the directory by another name.
    const result = own === undefined ? this.#lostResult(how) : { ...own, directory: this.#options.run.directory };
    this.#files.result(result);
    this.#files.cleanUp(result.status === 'completed' || result.status === 'completed-with-missing');
    return result;
  }

  #lostResult(how: string): RunResult {
    const { experiment, run } = this.#options;
    const lost = { code: 'COORDINATOR_LOST', detail: `the coordinator is gone: ${how}` } as const;
    const failure = this.#interrupts > 0 ? ({ code: 'RUN_INTERRUPTED', detail: 'interrupted' } as const) : (this.#files.lastFailure() ?? lost);
    return resultWithout(experiment, run, failure, performance.now() - this.#startedAt, MODE);
  }

  /** An error in here, such as a full disk: the run cannot be supervised any more. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#error ??= error;
      this.#tellGone('the run cannot be supervised any more');
    }
  }

  /** The engine refused something: the run goes on, and the record says so. */
  #noteFailure(error: unknown): void {
    if (!(error instanceof KindredError)) {
      this.#error ??= error;
      return this.#tellGone('the run cannot be supervised any more');
    }
    this.#guarded(() => {
      this.#tell(`the engine: ${error.message}`);
      this.#files.event('engine-failed', { where: error.where, detail: error.detail });
    });
  }

  /** For commands that look for the run while it goes on. */
  #noteDown(): void {
    this.#files.live({ url: this.#url ?? '', supervisor: noteOf(process.pid), processes: [] });
  }

  #tell(line: string): void {
    this.#options.onNote?.(line);
  }
}

/** What nobody reads any more is no reason to leave containers behind. */
function outliveReader(stream: NodeJS.WritableStream): void {
  if (!stream.listeners('error').includes(unheard)) stream.on('error', unheard);
}

const unheard = (): void => {};
