/**
 * The supervisor of one run: starts its processes and starts them again, carries out the fault plan's kills and stops,
 * passes on progress, and leaves nobody behind.
 *
 * 1. The coordinator restarts on its old port, from its log; agents restart from their checkpoints and find it there.
 * 2. The coordinator hears of every agent that will not come back, also after its own restart.
 * 3. An agent at a watched step goes on only after the orders that were due there.
 * 4. Whatever happens, an error in here included, no process is left at the end. Only own children are ended, by their ids.
 */
import type { ChildProcess } from 'node:child_process';
import type { Order } from '../core/fault/conductor.ts';
import { describeFault } from '../core/fault/describe.ts';
import type { Fault, Party } from '../core/fault/plan.ts';
import { faultPlanText } from '../core/fault/plan-text.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import { siteFileOf } from '../config/experiment.ts';
import { experimentHash } from '../config/load.ts';
import type { Ended, Reached, SupervisorMessage } from '../agent/main.ts';
import type { CoordinatorJob } from '../config/coordinator-job.ts';
import type { CoordinatorMessage } from '../coordinator/main.ts';
import { isOver } from '../coordinator/run-state.ts';
import { systemClock } from '../net/clock.ts';
import { Conducting } from './conducting.ts';
import { begunFaults } from './fault-record.ts';
import { createPartyProcess, isOwnExit, nameOf } from './party-process.ts';
import type { OwnProcess, ProcessRecord } from './party-process.ts';
import { noteOf, processorTimeOf } from './process-note.ts';
import type { ProcessesOptions } from './processes.ts';
import { resultWithout } from './result-without.ts';
import type { Failure } from './result-without.ts';
import { RunFiles } from './run-files.ts';
import { groupsOf } from '../config/shared-process.ts';
import { SilenceWatch } from './silence-watch.ts';
import { spawnAgents, spawnCoordinator } from './spawn.ts';
import { endingText } from './supervised-process.ts';
import type { SupervisedProcess } from './supervised-process.ts';

const HOST = '127.0.0.1';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const ENDED_WELL = endingText({ code: 0, signal: null });
const KILLED_BY_PLAN = 'killed by the fault plan';

export interface Settle {
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: unknown) => void;
}

export class Supervisor {
  readonly #options: ProcessesOptions;
  readonly #settle: Settle;
  readonly #files: RunFiles;
  readonly #conducting: Conducting;
  readonly #watch: SilenceWatch;
  readonly #coordinator: SupervisedProcess;
  /** By agent: one process may stand in several places. */
  readonly #agents: SupervisedProcess[];
  readonly #goneAgents = new Map<number, string>();
  readonly #startedAt = performance.now();
  #url = '';
  #joinUrl = '';
  #result: RunResult | undefined;
  /** What the coordinator could not go on with. */
  #failure: Failure | undefined;
  /** Of the coordinator, when it was last looked at. */
  #processorTime = 0;
  #interrupts = 0;
  /** The agents leave, or have left: nobody is started again. */
  #isEnding = false;
  #isOver = false;
  #cancelDeadline = (): void => {};

  constructor(options: ProcessesOptions, settle: Settle) {
    const { experiment, run } = options;
    const guarded = (action: () => void): void => this.#guarded(action);
    this.#options = options;
    this.#settle = settle;
    this.#files = new RunFiles(run.directory);
    this.#conducting = new Conducting({
      clock: systemClock,
      guarded,
      begun: begunFaults(run.directory),
      perform: (kind, target, fault) => this.#perform(kind, target, fault),
    });
    const record: ProcessRecord = {
      files: this.#files,
      onProcess: options.onProcess,
      guarded,
      tell: (line) => this.#tell(line),
      restarted: (parties) => this.#onRestarted(parties),
    };
    this.#coordinator = createPartyProcess(this.#coordinatorProcess(), record);
    this.#agents = groupsOf(experiment.agents, options.agentsPerProcess ?? 1).flatMap((group) => {
      const shared = createPartyProcess(this.#agentProcess(group), record);
      return group.map(() => shared);
    });
    this.#watch = new SilenceWatch({
      clock: systemClock,
      isExcused: () => !this.#coordinator.isRunning || this.#coordinator.isStopped || this.#isComputing(),
      onSilent: () => guarded(() => this.#onSilent()),
    });
  }

  start(): void {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    process.on('exit', this.#onExit);
    this.#guarded(() => {
      this.#files.prepare();
      const { modules } = this.#options.experiment;
      if (modules !== undefined) this.#files.modules(modules);
      this.#noteDown();
      this.#coordinator.start();
      this.#watch.start();
    });
  }

  #coordinatorProcess(): OwnProcess {
    return {
      parties: ['coordinator'],
      spawn: () => this.#spawnCoordinator(),
      isUnplanned: () => this.#mayRestartCoordinator(),
      message: (message) => this.#onCoordinator(message as CoordinatorMessage),
      gone: (why) => this.#conclude(why),
    };
  }

  #agentProcess(group: readonly number[]): OwnProcess {
    const { experiment } = this.#options;
    const own = group.map((agent) => ({ agent, state: this.#files.agentState(agent), data: siteFileOf(experiment, agent) }));
    return {
      parties: group,
      spawn: () => spawnAgents(this.#files, own, this.#joinUrl, experiment.modules !== undefined),
      isUnplanned: (ending) => !this.#isEnding && !isOwnExit(ending),
      message: (message) => this.#onAgent(message as Reached | Ended),
      gone: (why) => group.filter((agent) => !this.#goneAgents.has(agent)).forEach((agent) => this.#onAgentGone(agent, why)),
    };
  }

  #spawnCoordinator(): ChildProcess {
    this.#files.job(this.#job());
    return spawnCoordinator(this.#files);
  }

  #job(): CoordinatorJob {
    const { experiment, run } = this.#options;
    return {
      experiment,
      hash: experimentHash(experiment),
      ...run,
      mode: 'processes',
      tokenFile: this.#files.tokenFile,
      host: HOST,
      // Any free one first, the same one ever after: agents dial it again by themselves.
      port: this.#url === '' ? 0 : Number(new URL(this.#url).port),
      agentsPerProcess: this.#options.agentsPerProcess ?? 1,
      joinMs: LIMITS.joinMs + experiment.agents * LIMITS.joinPerAgentMs,
      // The first one of a run that is resumed; after a crash it stays as it is.
      unpause: this.#url === '',
    };
  }

  #onCoordinator(message: CoordinatorMessage): void {
    this.#watch.heard();
    if (this.#isOver) return;
    switch (message.type) {
      case 'listening':
        return this.#onListening(message.url, message.joinUrl);
      case 'progress':
        this.#isEnding ||= isOver(message.progress.phase);
        return this.#options.onProgress(message.progress);
      case 'phase':
        return this.#conducting.phase(message.phase, message.elapsedMs);
      case 'faults':
        // An agent cut off from the coordinator must hear of it too, or it would stay so.
        for (const one of this.#agentProcesses) one.send({ type: 'faults', plan: faultPlanText(message.plan) } satisfies SupervisorMessage);
        return this.#conducting.replace(message.plan);
      case 'failed':
        this.#failure = message;
        return;
      case 'ended':
        return this.#onResult(message.result);
    }
  }

  #onListening(url: string, joinUrl: string): void {
    const isFirst = this.#url === '';
    this.#url = url;
    this.#joinUrl = joinUrl;
    for (const [agent, detail] of this.#goneAgents) this.#coordinator.send({ agentGone: agent, detail });
    if (isFirst) {
      for (const one of this.#agentProcesses) one.start();
      this.#options.onStarted?.({ url, coordinator: this.#coordinator.pid ?? 0, agents: this.#agents.map(({ pid }) => pid ?? 0) });
    }
    this.#noteDown();
  }

  /** The run is over; its processes have a moment to end by themselves. */
  #onResult(result: RunResult): void {
    this.#result = result;
    this.#isEnding = true;
    this.#conducting.stop();
    this.#cancelDeadline = systemClock.setTimer(LIMITS.shutdownMs, () => this.#coordinator.signal('SIGKILL'));
  }

  /** All that an agent says to its supervisor. */
  #onAgent(message: Reached | Ended): void {
    if (message.type === 'ended') return this.#onAgentGone(message.agent, endingText({ code: message.exit, signal: null }));
    const { agent, step } = message;
    this.#conducting.reached(agent, step);
    this.#agents[agent].send({ type: 'proceed', agent } satisfies SupervisorMessage);
  }

  #onAgentGone(agent: number, why: string): void {
    const hasLeft = why === ENDED_WELL;
    const detail = hasLeft ? 'it left' : why;
    this.#goneAgents.set(agent, detail);
    // All leave when the run is over, often before the coordinator says so.
    if (!hasLeft && !this.#isEnding) this.#tell(`agent ${agent} is gone: ${detail}`);
    this.#coordinator.send({ agentGone: agent, detail });
  }

  #onRestarted(parties: readonly Party[]): void {
    if (parties.includes('coordinator')) this.#watch.heard();
    this.#noteDown();
  }

  #mayRestartCoordinator(): boolean {
    this.#result ??= this.#files.freshResult();
    if (this.#result !== undefined || this.#interrupts > 0) return false;
    // Somebody may have taken the port for a moment; every other refusal stays one.
    const isFinal = this.#failure !== undefined && (this.#url === '' || this.#failure.code !== 'PORT_IN_USE');
    if (!isFinal) this.#failure = undefined;
    return !isFinal;
  }

  /** An estimate of a large run takes its time, and would take it again after a restart: only who does nothing hangs. */
  #isComputing(): boolean {
    const before = this.#processorTime;
    this.#processorTime = processorTimeOf(this.#coordinator.pid ?? 0) ?? 0;
    return this.#processorTime > before;
  }

  #onSilent(): void {
    this.#tell(`coordinator: it said nothing for ${LIMITS.supervisorSilenceMs / 1000} s`);
    this.#coordinator.signal('SIGKILL');
  }

  #perform(order: Order['kind'], target: Party, fault: Fault | undefined): void {
    const process = target === 'coordinator' ? this.#coordinator : this.#agents[target];
    const words = fault === undefined ? 'cleared' : describeFault(fault);
    this.#files.event('fault', { elapsedMs: this.#conducting.elapsedMs, order, target, fault: words, ...(fault === undefined ? {} : { of: fault }) });
    this.#tell(`${order} ${nameOf(target)} (${words})`);
    process.obey(order);
    if (target === 'coordinator' && order === 'continue') this.#watch.heard();
    const { action } = fault ?? {};
    if (order === 'kill' && action?.kind === 'kill' && action.restartAfterMs === null) process.retire(KILLED_BY_PLAN);
  }

  readonly #onSignal = (): void => this.#guarded(() => this.#interrupt());

  readonly #onExit = (): void => {
    for (const one of this.#processes) one.signal('SIGKILL');
  };

  #interrupt(): void {
    this.#interrupts++;
    this.#isEnding = true;
    this.#conducting.stop();
    for (const one of this.#processes) one.wake();
    this.#coordinator.retire('interrupted');
    if (this.#interrupts === 1) this.#coordinator.signal('SIGINT');
    else for (const one of this.#processes) one.signal('SIGKILL');
  }

  /** The coordinator is gone for good. */
  #conclude(how: string): void {
    if (this.#isOver) return;
    const own = this.#result ?? this.#files.freshResult();
    const result = own ?? this.#lostResult(how);
    if (own === undefined) this.#files.result(result);
    // Agents of a failed run wait for what will not come.
    void this.#end(result.status === 'failed' ? LIMITS.lostMs : LIMITS.shutdownMs, () => {
      this.#files.cleanUp(result.status === 'completed' || result.status === 'completed-with-missing');
      this.#settle.resolve(result);
    });
  }

  #lostResult(how: string): RunResult {
    const { experiment, run } = this.#options;
    const lost = { code: 'COORDINATOR_LOST', detail: `the coordinator is gone: ${how}` } as const;
    const failure = this.#interrupts > 0 ? ({ code: 'RUN_INTERRUPTED', detail: 'interrupted' } as const) : (this.#failure ?? lost);
    return resultWithout(experiment, run, failure, performance.now() - this.#startedAt);
  }

  /** An error in here, such as a full disk: the run cannot be supervised any more. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      // What goes wrong while everybody is being ended changes nothing.
      if (this.#isOver) return;
      void this.#end(0, () => {
        this.#files.cleanUp(false);
        this.#settle.reject(error);
      });
    }
  }

  /** Invariant 4: asked to leave, and killed when the time is over. */
  async #end(deadlineMs: number, outcome: () => void): Promise<void> {
    this.#isOver = this.#isEnding = true;
    this.#conducting.stop();
    this.#watch.stop();
    this.#cancelDeadline();
    for (const one of this.#processes) {
      one.retire('the run is over');
      one.signal('SIGTERM');
    }
    const kill = (): void => this.#processes.forEach((one) => one.signal('SIGKILL'));
    const cancel = systemClock.setTimer(deadlineMs, kill);
    await Promise.all(this.#processes.map((one) => one.ended()));
    cancel();
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.off('exit', this.#onExit);
    try {
      outcome();
    } catch (error) {
      this.#settle.reject(error);
    }
  }

  get #processes(): SupervisedProcess[] {
    return [this.#coordinator, ...this.#agentProcesses];
  }

  get #agentProcesses(): SupervisedProcess[] {
    return [...new Set(this.#agents)];
  }

  /** For commands that look for the run while it goes on, or after a crash. */
  #noteDown(): void {
    const processes = this.#processes.flatMap(({ pid }) => (pid === undefined ? [] : [noteOf(pid)]));
    this.#files.live({ url: this.#url, supervisor: noteOf(process.pid), processes });
  }

  #tell(line: string): void {
    this.#options.onNote?.(line);
  }
}
