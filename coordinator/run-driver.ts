/**
 * The driver of one run: owns the links to the agents, the run machine's state and the script, performs the machine's
 * effects and keeps the record. It decides nothing about the protocol (run-machine.ts) or about learning (script.ts).
 */
import { closeCode, ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { toRows } from '../core/linalg/matrix.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { loadGraph } from '../config/graph-file.ts';
import { jobOf } from '../config/job.ts';
import { readTableFacts } from '../config/table-facts.ts';
import type { Clock } from '../net/clock.ts';
import { linkBearer, linkSecret } from '../net/credentials.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link } from '../net/link.ts';
import { decode, encode } from '../proto/codec.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import type { ControlMessage, Hello, Neighbour } from '../proto/messages.ts';
import { initialRunState, isOver, runWaits, stepRun } from './run-machine.ts';
import type { RunEffect, RunEvent, RunPhase, RunState } from './run-machine.ts';
import type { RunStore } from './run-store.ts';
import { startScript } from './start-script.ts';
import type { RunRecord, Script, ScriptContext, Stage } from './script.ts';

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
  readonly readFile: (path: string) => string;
  readonly onProgress: (progress: RunProgress) => void;
  /** Once, after every agent has left or the time for it is over. */
  readonly onEnd: (result: RunResult) => void;
}

export interface RunProgress {
  readonly phase: RunPhase;
  readonly label: string;
  readonly iteration: number;
  readonly total: number;
  readonly agentsUp: number;
  readonly agents: number;
  readonly bytesSent: number;
  /** For whom and what the run waits, in words. */
  readonly waitingFor: string;
  /** Until when, in seconds from now. */
  readonly waitSeconds: number;
}

const TICK_MS = 250;

interface Member {
  readonly link: Link;
  readonly heartbeat: Heartbeat;
  readonly endpoint: string;
  bytesSent: number;
}

export class RunDriver {
  readonly #options: RunDriverOptions;
  readonly #state: RunState;
  readonly #members = new Map<number, Member>();
  readonly #script: Script;
  readonly #job: string;
  readonly #startedAt: number;
  readonly #phaseMs: Partial<Record<RunPhase, number>> = {};
  readonly #arms: ArmResult[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #relationship: RunResult['relationship'] = null;
  #problem: RunResult['problem'];
  #stage: Stage | undefined;
  #stageStartedAt: number;
  #reports: ReadonlyMap<string, Float64Array>[] = [];
  #arriving: ReadonlyMap<string, Float64Array> = new Map();
  #missing: readonly number[] = [];
  #lastSpentAt: number;
  #cancelTick = (): void => {};
  #cancelShutdown = (): void => {};
  #ended = false;

  constructor(options: RunDriverOptions) {
    const { experiment, readFile, clock, stopwatch, store } = options;
    const truth = experiment.problem.kind === 'gmrf-regression' ? loadGraph(experiment.problem.graph, experiment.agents, experiment.seed, readFile) : undefined;
    const context: ScriptContext = {
      experiment,
      truth,
      network: loadGraph(experiment.network.graph, experiment.agents, experiment.seed, readFile),
      neighbour: (from, to) => this.#neighbour(from, to),
      record: (entry) => this.#record(entry),
    };
    this.#options = options;
    this.#state = initialRunState(experiment.agents, clock.now(), options.joinMs);
    this.#script = startScript(context);
    this.#job = jobOf(experiment, truth);
    this.#startedAt = this.#stageStartedAt = this.#lastSpentAt = stopwatch();
    this.#diagnostics.push(...droppedTasks(experiment, readFile));
    store.event('started', { run: options.runId, seed: experiment.seed, mode: options.mode, agents: experiment.agents });
    this.#tick();
  }

  /** A connection that showed the join token; it has a moment to say Hello. */
  accept(link: Link): void {
    const { clock } = this.#options;
    const cancel = clock.setTimer(LIMITS.handshakeMs, () => link.terminate());
    link.onClose = cancel;
    link.onFrame = (frame) => {
      cancel();
      const hello = decodeOrClose(link, frame);
      if (hello?.type === 'hello') this.#greet(link, hello);
      else if (hello !== undefined) link.close(closeCode('WIRE_UNEXPECTED'), 'say hello first');
    };
  }

  /** The supervisor saw the agent's process end: of one that never joined no link tells. */
  agentExited(agent: number): void {
    if (!this.#state.agents[agent].joined)
      this.#dispatch({ type: 'lost', agent, detail: 'its process ended before it joined', now: this.#options.clock.now() });
  }

  interrupt(): void {
    this.#dispatch({ type: 'interrupted' });
  }

  /** For the status page: what an operator would ask. */
  get progress(): RunProgress {
    const waits = runWaits(this.#state);
    const names = waits.for.map((k) => this.#options.experiment.agentNames[k] ?? String(k));
    const iterations = this.#state.agents.map((agent) => agent.iteration);
    return {
      phase: this.#state.phase,
      label: this.#stage?.label ?? 'waiting for agents',
      iteration: Math.max(this.#stage?.from ?? 0, Math.min(...iterations)),
      total: this.#stage?.total ?? this.#stage?.until ?? 0,
      agentsUp: this.#members.size,
      agents: this.#state.agents.length,
      bytesSent: [...this.#members.values()].reduce((sum, member) => sum + member.bytesSent, 0),
      waitingFor: names.length === 0 ? '' : `${names.length === 1 ? 'agent' : 'agents'} ${names.join(', ')} ${waits.what}`,
      waitSeconds: names.length === 0 ? 0 : Math.max(0, (waits.until - this.#options.clock.now()) / 1000),
    };
  }

  /** The result so far. */
  get result(): RunResult {
    const { experiment, runId, mode, store } = this.#options;
    const { failure, phase } = this.#state;
    const completed = phase === 'completed' ? experiment.agents : 0;
    const total = this.#options.stopwatch() - this.#startedAt;
    return {
      runId,
      status: phase === 'completed' || phase === 'cancelled' ? phase : 'failed',
      ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.detail, hint: ERRORS[failure.code].hint } }),
      experiment: experiment.name,
      seed: experiment.seed,
      mode,
      agents: { expected: experiment.agents, completed, missing: this.#missing, names: experiment.agentNames },
      relationship: this.#relationship,
      arms: this.#arms,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      diagnostics: this.#diagnostics,
      timings: {
        startMs: this.#phaseMs.assembling ?? 0,
        exploreMs: this.#phaseMs.exploring ?? 0,
        estimateMs: this.#phaseMs.estimating ?? 0,
        cooperateMs: this.#phaseMs.cooperating ?? 0,
        totalMs: total,
      },
      directory: store.directory,
    };
  }

  #greet(link: Link, hello: Hello): void {
    const agent = hello.agent === ANY_AGENT ? this.#state.agents.findIndex((one) => !one.joined) : hello.agent;
    const { clock } = this.#options;
    const heartbeat = new Heartbeat({
      link,
      clock,
      frame: encode({ type: 'heartbeat' }),
      onSuspect: () => this.#options.store.event('suspect', { agent }),
      onLost: () => link.terminate(),
    });
    const member: Member = { link, heartbeat, endpoint: hello.endpoint, bytesSent: 0 };
    link.onClose = (code, reason) => this.#onClosed(agent, member, `its link closed (${code}${reason ? ` ${reason}` : ''})`);
    link.onFrame = (frame) => this.#onFrame(agent, member, frame);
    if (!this.#members.has(agent) && this.#state.agents[agent]?.joined === false) this.#members.set(agent, member);
    this.#dispatch({ type: 'hello', agent, now: clock.now() }, member);
  }

  #onFrame(agent: number, member: Member, frame: Uint8Array): void {
    member.heartbeat.received();
    const message = decodeOrClose(member.link, frame);
    if (message === undefined || this.#members.get(agent) !== member) return;
    const now = this.#options.clock.now();
    if (message.type === 'report') {
      this.#arriving = message.values;
      this.#dispatch({ type: 'report', agent, stage: message.stage, now });
    } else if (message.type === 'progress') {
      member.bytesSent = message.bytesSent;
      this.#dispatch({ type: 'progress', agent, stage: message.stage, iteration: message.iteration, waitingFor: message.waitingFor, now });
      this.#options.onProgress(this.progress);
    } else if (message.type === 'leave') {
      this.#dispatch({ type: 'left', agent, code: asErrorCode(message.code), detail: message.detail, now });
    }
  }

  #onClosed(agent: number, member: Member, detail: string): void {
    member.heartbeat.stop();
    if (this.#members.get(agent) !== member) return;
    this.#members.delete(agent);
    this.#dispatch({ type: 'lost', agent, detail, now: this.#options.clock.now() });
    if (isOver(this.#state.phase) && this.#members.size === 0) this.#end();
  }

  #dispatch(event: RunEvent, newcomer?: Member): void {
    for (const effect of stepRun(this.#state, event)) this.#perform(effect, newcomer);
  }

  #perform(effect: RunEffect, newcomer?: Member): void {
    switch (effect.type) {
      case 'welcome':
        return this.#welcome(effect.agent);
      case 'refuse':
        return newcomer?.link.close(closeCode(effect.code), effect.code);
      case 'plan':
        return this.#plan();
      case 'assign':
        return this.#assign(effect.stage);
      case 'accept-report':
        this.#reports[effect.agent] = this.#arriving;
        return;
      case 'end':
        return this.#finish();
    }
  }

  #welcome(agent: number): void {
    const { experiment, runId, token, store } = this.#options;
    store.event('joined', { agent });
    this.#tell(agent, {
      type: 'welcome',
      run: runId,
      agent,
      agents: experiment.agents,
      seed: experiment.seed,
      linkSecret: linkSecret(token, runId, agent),
      job: this.#job,
    });
    this.#options.onProgress(this.progress);
  }

  /** Resumes the script with the reports; the estimation itself happens in here. */
  #plan(): void {
    const now = this.#options.stopwatch();
    this.#spend(this.#state.phase, now);
    const reports = { values: this.#reports, elapsedMs: now - this.#stageStartedAt };
    this.#reports = [];
    try {
      const next = this.#script.next(reports);
      this.#spend('estimating', this.#options.stopwatch());
      this.#stage = next.done ? undefined : next.value;
      if (next.done) this.#dispatch({ type: 'concluded' });
      else this.#dispatch({ type: 'planned', phase: next.value.phase, now: this.#options.clock.now() });
    } catch (error) {
      this.#dispatch({ type: 'broken', code: error instanceof KindredError ? error.code : 'INTERNAL', detail: describeFailure(error) });
    }
  }

  #spend(phase: RunPhase, now: number): void {
    this.#phaseMs[phase] = (this.#phaseMs[phase] ?? 0) + now - this.#lastSpentAt;
    this.#lastSpentAt = now;
  }

  #assign(stage: number): void {
    const plan = this.#stage!;
    this.#options.store.event('stage', { stage, phase: plan.phase, label: plan.label, until: plan.until });
    this.#stageStartedAt = this.#options.stopwatch();
    plan.works.forEach((work, agent) => this.#tell(agent, { type: 'assign', stage, work }));
    this.#options.onProgress(this.progress);
  }

  #finish(): void {
    const { phase, failure, stage } = this.#state;
    if (phase !== 'completed') this.#missing = this.#state.agents.flatMap((_, k) => (this.#members.has(k) ? [] : [k]));
    this.#options.store.event(phase, { code: failure?.code, detail: failure?.detail });
    const work = { kind: 'finish', status: phase, code: failure?.code ?? '', detail: failure?.detail ?? '' } as const;
    for (const agent of this.#members.keys()) this.#tell(agent, { type: 'assign', stage: stage + 1, work });
    if (this.#members.size === 0) this.#end();
    else this.#cancelShutdown = this.#options.clock.setTimer(LIMITS.shutdownMs, () => this.#end());
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick();
    this.#cancelShutdown();
    for (const { link, heartbeat } of this.#members.values()) {
      heartbeat.stop();
      link.terminate();
    }
    const { result } = this;
    this.#options.store.result(result);
    this.#options.onEnd(result);
  }

  #record(entry: RunRecord): void {
    const { store } = this.#options;
    switch (entry.type) {
      case 'relationship':
        return this.#recordRelationship(entry);
      case 'arm':
        this.#arms.push(entry.arm);
        store.event('arm', {
          strategy: entry.arm.strategy,
          relationship: entry.arm.relationship,
          steadyError: entry.arm.steadyError,
          sha256: entry.arm.parametersSha256,
        });
        return store.parameters(`${this.#arms.length}-${entry.arm.strategy}-${entry.arm.relationship}`, entry.parameters);
      case 'metrics':
        return store.metrics({ arm: entry.arm, agent: entry.agent, ...entry.values });
      case 'problem':
        this.#problem = { ...this.#problem, ...entry.problem };
        return;
      case 'diagnostics':
        this.#diagnostics.push(...entry.diagnostics);
    }
  }

  #recordRelationship(entry: Extract<RunRecord, { type: 'relationship' }>): void {
    const { experiment, store } = this.#options;
    this.#relationship = {
      version: entry.version,
      kind: entry.relationship.kind,
      estimator: experiment.relationship.estimator,
      contributors: experiment.agentNames.map((_, k) => k),
      laplacian: toRows(entry.relationship.laplacian),
      relativeError: entry.relativeError,
      diagnostics: entry.diagnostics,
      truth: entry.truth === null ? null : toRows(entry.truth),
    };
    store.relationship(entry.version, this.#relationship);
    store.event('relationship', { version: entry.version, estimator: experiment.relationship.estimator, relativeError: entry.relativeError });
  }

  #neighbour(from: number, to: number): Neighbour {
    const { token, runId } = this.#options;
    const ticket = linkBearer(linkSecret(token, runId, to), from);
    return { agent: to, endpoint: this.#members.get(to)?.endpoint ?? '', ticket, dial: from < to };
  }

  #tell(agent: number, message: ControlMessage): void {
    const member = this.#members.get(agent);
    member?.heartbeat.sent();
    member?.link.send(encode(message));
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => {
      this.#dispatch({ type: 'tick', now: this.#options.clock.now() });
      if (!this.#ended) this.#tick();
    });
  }
}

function decodeOrClose(link: Link, frame: Uint8Array): ControlMessage | undefined {
  try {
    return decode(frame);
  } catch (error) {
    const code = error instanceof KindredError ? error.code : 'INTERNAL';
    link.close(closeCode(code), code);
    return undefined;
  }
}

function asErrorCode(code: string): ErrorCode | '' {
  if (code === '') return '';
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'AGENT_FAILED';
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
