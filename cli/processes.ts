/**
 * `processes` mode: a coordinator and one process per agent on this machine. The command only supervises: it starts
 * them, passes on progress, and cleans up. Who waits for whom is the coordinator's business.
 */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import { experimentHash } from '../config/load.ts';
import type { Experiment } from '../config/experiment.ts';
import type { CoordinatorJob, CoordinatorMessage } from '../coordinator/main.ts';
import type { RunProgress } from '../coordinator/run-driver.ts';
import { newToken } from '../net/credentials.ts';
import type { NewRun } from './new-run.ts';

export interface ProcessesOptions {
  readonly experiment: Experiment;
  readonly run: NewRun;
  readonly onProgress: (progress: RunProgress) => void;
  /** Where the coordinator answers, and the processes' ids: for tests that break things. */
  readonly onStarted?: (started: { readonly url: string; readonly coordinator: number; readonly agents: readonly number[] }) => void;
}

const COORDINATOR_MAIN = fileURLToPath(new URL('../coordinator/main.js', import.meta.url));
const AGENT_MAIN = fileURLToPath(new URL('../agent/main.js', import.meta.url));

/** Resolves with the result, also of a failed run. Ctrl-C once ends the run in order, twice at once. */
export function runInProcesses(options: ProcessesOptions): Promise<RunResult> {
  return new Promise((resolve) => new Supervisor(options, resolve).start());
}

class Supervisor {
  readonly #options: ProcessesOptions;
  readonly #resolve: (result: RunResult) => void;
  readonly #agents: ChildProcess[] = [];
  readonly #tokenFile: string;
  readonly #jobFile: string;
  readonly #startedAt = performance.now();
  #coordinator: ChildProcess | undefined;
  #result: RunResult | undefined;
  #interrupts = 0;
  #onSignal = (): void => this.#interrupt();

  constructor(options: ProcessesOptions, resolve: (result: RunResult) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#tokenFile = join(options.run.directory, 'join-token');
    this.#jobFile = join(options.run.directory, 'coordinator.json');
  }

  start(): void {
    const { run } = this.#options;
    mkdirSync(join(run.directory, 'logs'), { recursive: true });
    writeFileSync(this.#tokenFile, newToken(), { mode: 0o600 });
    writeFileSync(this.#jobFile, JSON.stringify(this.#job()));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.#onSignal);
    const log = this.#log('coordinator');
    // Detached: a Ctrl-C in the terminal reaches this process alone, which ends the run in order.
    const coordinator = fork(COORDINATOR_MAIN, [this.#jobFile], { stdio: ['ignore', log, log, 'ipc'], detached: true, execArgv: [] });
    closeSync(log);
    coordinator.on('message', (message: CoordinatorMessage) => this.#onMessage(message));
    coordinator.on('exit', (code, signal) => this.#onCoordinatorExit(signal ?? `exit ${code}`));
    this.#coordinator = coordinator;
  }

  #job(): CoordinatorJob {
    const { experiment, run } = this.#options;
    return {
      experiment,
      hash: experimentHash(experiment),
      ...run,
      mode: 'processes',
      tokenFile: this.#tokenFile,
      host: '127.0.0.1',
      port: 0,
      joinMs: LIMITS.joinMs,
    };
  }

  #onMessage(message: CoordinatorMessage): void {
    if (message.type === 'listening') this.#startAgents(message.url, message.joinUrl);
    else if (message.type === 'progress') this.#options.onProgress(message.progress);
    else this.#result = message.result;
  }

  #startAgents(url: string, joinUrl: string): void {
    for (let k = 0; k < this.#options.experiment.agents; k++) {
      const log = this.#log(`agent-${k}`);
      const args = [AGENT_MAIN, '--join', joinUrl, '--token-file', this.#tokenFile, '--index', String(k)];
      const agent = spawn(process.execPath, args, { stdio: ['ignore', log, log], detached: true });
      agent.on('exit', () => this.#coordinator?.connected && this.#coordinator.send({ agentExited: k }));
      this.#agents.push(agent);
      closeSync(log);
    }
    this.#options.onStarted?.({ url, coordinator: this.#coordinator!.pid!, agents: this.#agents.map((agent) => agent.pid!) });
  }

  #onCoordinatorExit(how: string): void {
    const result = this.#result ?? this.#storedResult() ?? this.#lostResult(how);
    void this.#settleAgents(result.status === 'failed').then(() => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.#onSignal);
      rmSync(this.#tokenFile, { force: true });
      rmSync(this.#jobFile, { force: true });
      this.#resolve(result);
    });
  }

  /** Waits for the agents to leave; what is left after a while is killed, by id. */
  async #settleAgents(hurry: boolean): Promise<void> {
    const alive = (): ChildProcess[] => this.#agents.filter((agent) => agent.exitCode === null && agent.signalCode === null);
    const exits = alive().map((agent) => new Promise((resolve) => agent.once('exit', resolve)));
    const deadline = setTimeout(() => alive().forEach((agent) => agent.kill('SIGKILL')), hurry ? LIMITS.lostMs : LIMITS.shutdownMs);
    await Promise.all(exits);
    clearTimeout(deadline);
  }

  #interrupt(): void {
    this.#interrupts++;
    if (this.#interrupts === 1) this.#coordinator?.kill('SIGINT');
    else for (const child of [this.#coordinator, ...this.#agents]) child?.kill('SIGKILL');
  }

  /** What the coordinator wrote before it ended, should its message not have arrived. */
  #storedResult(): RunResult | undefined {
    const file = join(this.#options.run.directory, 'run.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunResult) : undefined;
  }

  /** The coordinator died without a result: the run failed, and says so. */
  #lostResult(how: string): RunResult {
    const { experiment, run } = this.#options;
    const code = this.#interrupts > 0 ? 'RUN_INTERRUPTED' : 'COORDINATOR_LOST';
    const result: RunResult = {
      runId: run.runId,
      status: this.#interrupts > 0 ? 'cancelled' : 'failed',
      error: { code, message: `the coordinator ended unexpectedly (${how})`, hint: ERRORS[code].hint },
      experiment: experiment.name,
      seed: experiment.seed,
      mode: 'processes',
      agents: { expected: experiment.agents, completed: 0, missing: [], names: experiment.agentNames },
      relationship: null,
      arms: [],
      diagnostics: [],
      timings: { startMs: 0, exploreMs: 0, estimateMs: 0, cooperateMs: 0, totalMs: performance.now() - this.#startedAt },
      directory: run.directory,
    };
    writeFileSync(join(run.directory, 'run.json'), `${JSON.stringify(result, null, 1)}\n`);
    return result;
  }

  #log(name: string): number {
    return openSync(join(this.#options.run.directory, 'logs', `${name}.log`), 'a');
  }
}
