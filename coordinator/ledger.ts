/**
 * What a run has brought so far, from what its script tells: arms, the relationship, diagnostics. Written to the run's
 * directory as it comes; while a restarted coordinator replays its log, it is only remembered: it was written before.
 */
import { createHash } from 'node:crypto';
import { ERRORS, KindredError } from '../core/errors.ts';
import { toRows } from '../core/linalg/matrix.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { RunPhase, RunState } from './run-machine.ts';
import type { RunStore } from './run-store.ts';
import type { RunRecord } from './script.ts';

export class Ledger {
  readonly #experiment: Experiment;
  readonly #store: RunStore;
  readonly #arms: ArmResult[] = [];
  readonly #diagnostics: Diagnostic[];
  readonly #phaseMs: Partial<Record<RunPhase, number>> = {};
  /** Why each agent was left out, the last time. */
  readonly #reasons = new Map<number, string>();
  readonly #missed: { readonly what: string; readonly participants: readonly number[] }[] = [];
  #relationship: RunResult['relationship'] = null;
  #problem: RunResult['problem'];
  #replaying = false;

  constructor(experiment: Experiment, store: RunStore, diagnostics: readonly Diagnostic[]) {
    this.#experiment = experiment;
    this.#store = store;
    this.#diagnostics = [...diagnostics];
  }

  /** While it is, nothing is written. */
  get replaying(): boolean {
    return this.#replaying;
  }

  set replaying(replaying: boolean) {
    this.#replaying = replaying;
  }

  spend(phase: RunPhase, ms: number): void {
    this.#phaseMs[phase] = (this.#phaseMs[phase] ?? 0) + ms;
  }

  get spentMs(): number {
    return Object.values(this.#phaseMs).reduce((sum, ms) => sum + ms, 0);
  }

  /** Returns the digest of a relationship, to be made durable before anybody hears of it. */
  record(entry: RunRecord): { readonly version: number; readonly sha256: string } | undefined {
    switch (entry.type) {
      case 'relationship':
        return this.#recordRelationship(entry);
      case 'arm':
        this.#recordArm(entry);
        return undefined;
      case 'metrics':
        if (!this.#replaying) this.#store.metrics({ arm: entry.arm, agent: entry.agent, ...entry.values });
        return undefined;
      case 'problem':
        this.#problem = { ...this.#problem, ...entry.problem };
        return undefined;
      case 'diagnostics':
        this.#diagnostics.push(...entry.diagnostics);
        return undefined;
    }
  }

  note(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
  }

  excluded(agent: number, reason: string): void {
    this.#reasons.set(agent, reason);
  }

  reasonOf(agent: number): string {
    return this.#reasons.get(agent) ?? '';
  }

  /** Who missed a version of the relationship, or an arm. */
  leftOut(): number[] {
    return Array.from({ length: this.#experiment.agents }, (_, agent) => agent).filter((agent) => this.#missedBy(agent).length > 0);
  }

  result(run: {
    readonly runId: string;
    readonly mode: string;
    readonly totalMs: number;
    readonly state: RunState;
    readonly missing: readonly number[];
  }): RunResult {
    const { runId, mode, totalMs, state, missing } = run;
    const { phase, failure } = state;
    const { agents, agentNames, name, seed } = this.#experiment;
    const isCompleted = phase === 'completed' || phase === 'completed-with-missing';
    const completed = isCompleted ? agents - missing.length : 0;
    return {
      runId,
      status: isCompleted || phase === 'cancelled' ? phase : 'failed',
      ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.detail, hint: ERRORS[failure.code].hint } }),
      experiment: name,
      seed,
      mode,
      agents: { expected: agents, completed, missing, names: agentNames },
      relationship: this.#relationship,
      arms: this.#arms,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      diagnostics: [...this.#diagnostics, ...this.leftOut().map((agent) => this.#absence(agent))],
      timings: {
        startMs: this.#phaseMs.assembling ?? 0,
        exploreMs: this.#phaseMs.exploring ?? 0,
        estimateMs: this.#phaseMs.estimating ?? 0,
        cooperateMs: this.#phaseMs.cooperating ?? 0,
        totalMs,
      },
      directory: this.#store.directory,
    };
  }

  #missedBy(agent: number): string[] {
    return this.#missed.filter(({ participants }) => !participants.includes(agent)).map(({ what }) => what);
  }

  #absence(agent: number): Diagnostic {
    const name = this.#experiment.agentNames[agent] ?? String(agent);
    const message = `agent ${name} took no part in ${this.#missedBy(agent).join(', ')}: ${this.reasonOf(agent) || 'it was lost'}`;
    return { code: 'AGENT_LEFT_OUT', message, value: agent };
  }

  #recordArm({ arm, parameters }: Extract<RunRecord, { type: 'arm' }>): void {
    this.#arms.push(arm);
    const { strategy, relationship, participants, steadyError, parametersSha256 } = arm;
    this.#missed.push({ what: relationship === 'none' ? strategy : `${strategy} (${relationship})`, participants });
    if (this.#replaying) return;
    this.#store.parameters(`${this.#arms.length}-${strategy}-${relationship}`, parameters);
    this.#store.event('arm', { strategy, relationship, participants, steadyError, sha256: parametersSha256 });
  }

  #recordRelationship(entry: Extract<RunRecord, { type: 'relationship' }>): { version: number; sha256: string } {
    const { version, relativeError, diagnostics, truth, contributors } = entry;
    const { estimator } = this.#experiment.relationship;
    this.#missed.push({ what: `relationship v${version}`, participants: contributors });
    this.#relationship = {
      version,
      kind: entry.relationship.kind,
      estimator,
      contributors,
      laplacian: toRows(entry.relationship.laplacian),
      relativeError,
      diagnostics,
      truth: truth === null ? null : toRows(truth),
    };
    if (!this.#replaying) {
      this.#store.relationship(version, this.#relationship);
      this.#store.event('relationship', { version, estimator, contributors, relativeError });
    }
    const { data } = entry.relationship.laplacian;
    return {
      version,
      sha256: createHash('sha256')
        .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        .digest('hex'),
    };
  }
}

/** A replayed log must lead to the relationship that the agents already cooperate by. */
export function checkSameRelationship(version: number, before: string | undefined, now: string): void {
  if (before === undefined || before === now) return;
  throw new KindredError('LOG_MISMATCH', `relationship v${version} comes out different from the one that was learned before`);
}
