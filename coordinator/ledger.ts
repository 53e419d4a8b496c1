/**
 * What a run has brought so far, from what its script tells: arms, the relationship, diagnostics. Written to the run's
 * directory as it comes; while a restarted coordinator replays its log, it is only remembered: it was written before.
 */
import { createHash } from 'node:crypto';
import { ERRORS, KindredError } from '../core/errors.ts';
import { toRows } from '../core/linalg/matrix.ts';
import { kindFormat } from '../core/relationship/kinds.ts';
import type { Diagnostic, Relationship } from '../core/relationship/relationship.ts';
import { withDriftFigures } from '../core/drift-figures.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import type { DriftSpec, Experiment } from '../config/experiment.ts';
import { LearnedVersions, type Told } from './learned-versions.ts';
import { estimatorName, givenOf, recordedFile } from './relationship-record.ts';
import type { RunState } from './run-state.ts';
import type { RunStore } from './run-store.ts';
import type { RunRecord } from './script.ts';

export class Ledger {
  readonly #experiment: Experiment;
  readonly #runId: string;
  readonly #store: RunStore;
  readonly #arms: ArmResult[] = [];
  readonly #diagnostics: Diagnostic[];
  /** Why each agent was left out, the last time. */
  readonly #reasons = new Map<number, string>();
  readonly #missed: { readonly what: string; readonly participants: readonly number[] }[] = [];
  readonly #relationships: LearnedVersions;
  #problem: RunResult['problem'];
  #replaying = false;

  constructor(experiment: Experiment, runId: string, store: RunStore, diagnostics: readonly Diagnostic[]) {
    this.#experiment = experiment;
    this.#runId = runId;
    this.#store = store;
    this.#diagnostics = [...diagnostics];
    this.#relationships = new LearnedVersions(experiment.relationship);
  }

  /** While it is, nothing is written. */
  get replaying(): boolean {
    return this.#replaying;
  }

  set replaying(replaying: boolean) {
    this.#replaying = replaying;
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

  result(run: { readonly mode: string; readonly timings: RunResult['timings']; readonly state: RunState; readonly missing: readonly number[] }): RunResult {
    const { mode, timings, state, missing } = run;
    const { phase, failure } = state;
    const { agents, agentNames, name, seed } = this.#experiment;
    const isCompleted = phase === 'completed' || phase === 'completed-with-missing';
    const completed = isCompleted ? agents - missing.length : 0;
    return {
      runId: this.#runId,
      status: isCompleted || phase === 'cancelled' ? phase : 'failed',
      ...(failure === undefined ? {} : { error: { code: failure.code, message: failure.detail, hint: ERRORS[failure.code].hint } }),
      experiment: name,
      seed,
      mode,
      agents: { expected: agents, completed, missing, names: agentNames },
      relationship: this.#relationships.told(this.#drift?.at),
      arms: this.#drift === undefined ? this.#arms : withDriftFigures(this.#arms, this.#drift.at),
      ...this.#problemFacts(),
      diagnostics: [...this.#diagnostics, ...this.leftOut().map((agent) => this.#absence(agent))],
      timings,
      directory: this.#store.directory,
    };
  }

  get #drift(): DriftSpec | undefined {
    const { problem } = this.#experiment;
    return problem.kind === 'gmrf-regression' ? problem.drift : undefined;
  }

  #problemFacts(): Pick<RunResult, 'problem'> {
    const at = this.#drift?.at;
    if (at !== undefined) return { problem: { ...this.#problem, kind: this.#experiment.problem.kind, changesAt: at } };
    return this.#problem === undefined ? {} : { problem: this.#problem };
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
    const version = this.#relationships.versionOf(arm);
    this.#arms.push({ ...arm, ...(version !== undefined && { relationshipVersion: version }) });
    const { strategy, relationship, participants, steadyError, parametersSha256 } = arm;
    this.#missed.push({ what: relationship === 'none' ? strategy : `${strategy} (${relationship})`, participants });
    if (this.#replaying) return;
    // A strategy of one's own is named by a path.
    this.#store.parameters(`${this.#arms.length}-${strategy.replaceAll(/^[./\\]+|[/\\]/g, '')}-${relationship}`, parameters);
    this.#store.event('arm', { strategy, relationship, participants, steadyError, sha256: parametersSha256 });
  }

  #recordRelationship(entry: Extract<RunRecord, { type: 'relationship' }>): { version: number; sha256: string } {
    const { relationship, version, relativeError, diagnostics, truth, contributors } = entry;
    const estimator = estimatorName(this.#experiment, entry);
    const given = givenOf(this.#experiment, entry);
    this.#missed.push({ what: `relationship v${version}`, participants: contributors });
    const told: Told = {
      version,
      kind: relationship.kind,
      estimator,
      contributors,
      ...writtenOut(relationship),
      relativeError,
      diagnostics,
      truth: truth === null ? null : toRows(truth),
      ...(given === undefined ? {} : { given: { run: given.inputs.run, version: given.version, digest: given.digest } }),
    };
    this.#relationships.add(told, entry.step ?? 0);
    if (!this.#replaying) {
      this.#store.relationship(version, recordedFile(this.#experiment, this.#runId, entry));
      this.#store.event('relationship', { version, estimator, contributors, relativeError });
    }
    return { version, sha256: digestOf(relationship) };
  }
}

function writtenOut(relationship: Relationship): Pick<Told, 'laplacian' | 'prior' | 'subspace' | 'groups' | 'servedBy'> {
  return kindFormat(relationship.kind).toJson(relationship) as unknown as Pick<Told, 'laplacian' | 'prior' | 'subspace' | 'groups' | 'servedBy'>;
}

function digestOf(relationship: Relationship): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of kindFormat(relationship.kind).numbers(relationship))
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

/** A replayed log must lead to the relationship that the agents already cooperate by. */
export function checkSameRelationship(version: number, before: string | undefined, now: string): void {
  if (before === undefined || before === now) return;
  throw new KindredError('LOG_MISMATCH', `relationship v${version} comes out different from the one that was learned before`);
}
