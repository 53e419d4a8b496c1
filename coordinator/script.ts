/**
 * What a run DOES, as a generator: it yields a stage (work for every agent), is resumed with the reports, and decides
 * the next one. The run machine handles joining, losing and waiting; the script never sees a socket or a clock, so a
 * run is replayed by feeding the same reports again.
 */
import type { Graph } from '../core/graph.ts';
import type { Programme } from '../core/grouping/programme.ts';
import type { Standardization } from '../core/problem/standardize.ts';
import type { Diagnostic, Relationship } from '../core/relationship/relationship.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { TrueGraph } from '../config/graph-file.ts';
import type { Neighbour, Work } from '../proto/messages.ts';
import type { RunPhase } from './run-state.ts';

export type Values = ReadonlyMap<string, Float64Array>;

export interface Stage {
  readonly phase: RunPhase;
  /** For people: what the agents do now. */
  readonly label: string;
  /** One entry per agent, by index. */
  readonly works: readonly Work[];
  /** What the coordinator looks for meanwhile: the stage is not over before it is found (groupings.ts). */
  readonly calculation?: Programme;
  /** Iterations this stage begins after and ends at, and the arm's last one: for progress displays. */
  readonly from?: number;
  readonly until?: number;
  readonly total?: number;
}

export interface StageReports {
  /** By agent index: the named vectors each participant reported. What an agent that is left out has here does not count. */
  readonly values: readonly Values[];
  /** Who took part, ascending. */
  readonly participants: readonly number[];
  /** A participant was lost and the stage could not go on without it: there are no reports, and the stage is to be planned anew. */
  readonly brokenOff: boolean;
  /** Agents that were left out, have caught up with every stage and can take part again, with their reports by stage. */
  readonly returned: Returned;
  readonly stage: number;
  /** Real time the stage took, for figures about speed only: nothing is decided by it. */
  readonly elapsedMs: number;
}

/** By agent, and by stage. */
export type Returned = ReadonlyMap<number, ReadonlyMap<number, Values>>;

/** What the script tells while it goes on; the driver stores it, so that a failed run keeps what it had. */
export type RunRecord =
  | {
      readonly type: 'relationship';
      readonly relationship: Relationship;
      readonly version: number;
      /** The step of an arm after which it is in use, where it is renewed while agents cooperate. */
      readonly step?: number;
      readonly diagnostics: readonly Diagnostic[];
      readonly relativeError: number | null;
      readonly truth: Matrix | null;
      /** Whose reports it was learned from. */
      readonly contributors: readonly number[];
      /** What it was learned from, for its file. */
      readonly inputs?: RelationshipInputs;
      /** By which estimator, where it is not the one of the experiment's section. */
      readonly estimator?: string;
      /** Of what is written in coordinates: of the rows that these are of, where all agents share them. */
      readonly standardization?: Standardization;
    }
  | { readonly type: 'arm'; readonly arm: ArmResult; readonly parameters: readonly Float64Array[] }
  | { readonly type: 'metrics'; readonly arm: number; readonly agent: number; readonly values: Readonly<Record<string, unknown>> }
  | { readonly type: 'problem'; readonly problem: NonNullable<RunResult['problem']> }
  | { readonly type: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] };

export interface RelationshipInputs {
  /** What agents were asked for. */
  readonly evidence: readonly string[];
  /** Coordinates of every report. */
  readonly dimension: number;
  /** n_k by agent: variance per coordinate of what it reported. */
  readonly noise: ReadonlyMap<number, number>;
  /** s_k / B by agent, exploring step size and time constants until steady, where agents explored. */
  readonly noisePower?: ReadonlyMap<number, number>;
  readonly stepSize?: number;
  readonly settledWindows?: number;
}

export interface ScriptContext {
  readonly experiment: Experiment;
  /** The problem's graph, where the problem is synthetic. */
  readonly truth: TrueGraph | undefined;
  readonly network: Graph;
  /** How agent `from` reaches agent `to`. */
  neighbour(from: number, to: number): Neighbour;
  record(entry: RunRecord): void;
  /** Who takes part now, ascending. */
  participants(): readonly number[];
  /** Who could take part again, as StageReports has it. */
  returned(): Returned;
  /** Takes returned agents in again, from the next stage on. */
  readmit(agents: readonly number[]): void;
}

export type Script<Result = void> = Generator<Stage, Result, StageReports>;

/** The same work for everybody. */
export function forEveryone(agents: number, work: Work): Work[] {
  return Array.from({ length: agents }, () => work);
}

/**
 * A stage that opens the given links (pairs k < l; the lower index dials) and ends when both ends hold all of theirs.
 * False when it was broken off: somebody was lost, and which links are open is not known.
 */
export function* connect(context: ScriptContext, pairs: readonly (readonly [number, number])[]): Script<boolean> {
  if (pairs.length === 0) return true;
  const neighbours: Neighbour[][] = Array.from({ length: context.experiment.agents }, () => []);
  for (const [k, l] of pairs) {
    neighbours[k].push(context.neighbour(k, l));
    neighbours[l].push(context.neighbour(l, k));
  }
  const works = neighbours.map((list): Work => ({ kind: 'connect', neighbours: list }));
  const { brokenOff } = yield { phase: 'estimating', label: 'opening links', works };
  return !brokenOff;
}

/** What every participant told, by agent. */
export function valuesByAgent({ values, participants }: StageReports): Map<number, Values> {
  return new Map(participants.map((agent) => [agent, values[agent]]));
}

/** A named vector that every participant must have reported, in the order of their indices. */
export function reportedByAll(reports: StageReports, name: string): Float64Array[] {
  return reports.participants.map((agent) => named(reports.values[agent], agent, name));
}

/** A named vector that agent k must have reported. */
export function named(values: Values | undefined, agent: number, name: string): Float64Array {
  const vector = values?.get(name);
  if (vector === undefined) throw new Error(`agent ${agent} did not report "${name}"`);
  return vector;
}
