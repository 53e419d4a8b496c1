/**
 * The resolved experiment: what a valid file means after defaults, overrides and path resolution.
 * It is frozen, stored with every run, and the only form the coordinator knows. schema.ts validates the file.
 */
import type { FaultPlan } from '../core/fault/plan.ts';
import type { OwnOptions } from '../core/own/define.ts';
import { LIMITS } from '../core/limits.ts';
import { FAMILY_FEATURES, type MlpFamilyName } from '../core/problem/mlp-families.ts';
import { Mlp } from '../core/problem/mlp.ts';
import type { EstimatorOptions } from '../core/relationship/estimator.ts';
import type { Tails } from '../core/problem/task-law.ts';
import type { GraphChange } from '../core/problem/true-graph.ts';
import type { OwnModule } from './own-module.ts';
import type { RelationshipFile } from './relationship-file.ts';

export type Auto = 'auto';

export type GraphSpec = 'reference' | 'ring' | 'star' | 'grid' | 'complete' | 'erdos-renyi' | 'random-geometric' | { readonly file: string };

export interface GmrfProblem {
  readonly kind: 'gmrf-regression';
  readonly graph: GraphSpec;
  /** M, B and s = sigma_v^2. */
  readonly dimension: number;
  readonly batch: number;
  readonly noise: number;
  /** What breaks the assumptions of estimators, on purpose (core/problem/task-law.ts, true-graph.ts). */
  readonly tails?: Tails;
  readonly signed?: number;
  readonly rank?: number;
  readonly outlier?: number;
  readonly components?: number;
  /** Largest over smallest. */
  readonly noiseSpread?: number;
  readonly featureSpread?: number;
  /** How tasks move in the cooperating phase; steps are those of every arm. */
  readonly drift?: DriftSpec;
}

export interface DriftSpec {
  readonly coherence?: number;
  readonly change?: GraphChange;
  readonly at?: number;
  readonly over?: number;
}

/** What a problem takes from a module of one's own. */
export interface OwnPart {
  /** Its name: the path as the file has it. */
  readonly module: string;
  readonly options: OwnOptions;
}

/** One agent's own table. */
export interface Site {
  readonly name: string;
  /** Absolute: for an agent that is started on this machine. Only that agent reads it. */
  readonly file?: string;
}

/** Where the rows of a table are, and which of them train. */
export interface TableSource {
  /** The whole table, absolute; or else `sites`. */
  readonly path?: string;
  /** Whose tables they are, in agent order: the rows stay where they are. */
  readonly sites?: readonly Site[];
  /** Names of the columns to learn from, in the order of the parameters. */
  readonly features?: readonly string[];
  readonly task: string;
  readonly target: string;
  readonly split: {
    readonly train: number;
    readonly test: 'rest';
    readonly seed: number;
    readonly order: 'random' | 'file';
    readonly tooFew: 'refuse' | 'drop';
  };
  readonly standardize: 'global' | 'per-agent' | 'none';
}

export interface TableProblem extends TableSource {
  readonly kind: 'csv-table';
  /** own: that of the module `own` names. */
  readonly loss: 'squared' | 'logistic' | 'own';
  readonly own?: OwnPart;
  readonly ridge: number | Auto;
  /** Present: local steps are mini-batch SGD instead of exact solves. */
  readonly batch?: number;
}

/** A network with one hidden layer for each task: of a table, or of a synthetic family, whose agents draw their own rows. */
export type MlpProblem = MlpTableProblem | MlpFamilyProblem;

interface MlpSpec {
  readonly kind: 'mlp';
  readonly hidden: number;
  /** Rows of a gradient. */
  readonly batch: number;
}

export interface MlpTableProblem extends MlpSpec, TableSource {}

export interface MlpFamilyProblem extends MlpSpec {
  readonly family: MlpFamilyName;
}

/** Whether agents learn from a stream of mini-batches. */
export function isStream(problem: ProblemSpec): problem is GradientProblem {
  return problem.kind === 'gmrf-regression' || problem.kind === 'own-stream';
}

/** Whether agents are the tasks of a table. */
export function hasTable(problem: ProblemSpec): problem is TableProblem | MlpTableProblem {
  return problem.kind === 'csv-table' || (problem.kind === 'mlp' && !('family' in problem));
}

/** The table that agent alone reads, where this machine has it. */
export function siteFileOf({ problem }: Pick<Experiment, 'problem'>, agent: number): string | undefined {
  return hasTable(problem) ? problem.sites?.[agent]?.file : undefined;
}

/** A stream of mini-batches that a module of one's own brings. All but `own` is found of it when the file is read. */
export interface StreamProblem {
  readonly kind: 'own-stream';
  readonly own: OwnPart;
  /** M. */
  readonly dimension: number;
  /** By which the loss is divided: core/problem/stream-probe.ts. */
  readonly curvature: number;
  /** B: with so many Gaussian samples a step is as unstable. */
  readonly batch: number;
  /** In words what is reported; absent where the truth is known. */
  readonly measure?: string;
}

/** Agents learn from mini-batches, step by step. */
export type GradientProblem = GmrfProblem | StreamProblem;

export type ProblemSpec = GradientProblem | TableProblem | MlpProblem;

/** Parameters of one agent; on a csv-table the most that it may have. */
export function dimensionOf(problem: ProblemSpec): number {
  if (problem.kind === 'csv-table') return LIMITS.exactSolveDimensionMax;
  if (problem.kind !== 'mlp') return problem.dimension;
  const features = hasTable(problem) ? (problem.features?.length ?? 0) : FAMILY_FEATURES;
  return new Mlp(features, problem.hidden).dimension;
}

export type ArmRelationship = 'learned' | 'known' | 'permuted' | 'complete' | 'frozen';

export interface ArmSpec {
  readonly strategy: string;
  readonly relationship: ArmRelationship;
  readonly eta: number | Auto;
  /** Whether to fall back to local models where cooperating harms. */
  readonly guard: boolean;
  /** Of a strategy of one's own that has some. */
  readonly options?: OwnOptions;
}

export interface Experiment {
  readonly name: string;
  readonly seed: number;
  /** On tables: the number of tasks. */
  readonly agents: number;
  /** Names of the agents: task values on tables, else the index. */
  readonly agentNames: readonly string[];
  readonly problem: ProblemSpec;
  readonly explore: { readonly stepSize: number | Auto; readonly steps: number | Auto };
  readonly relationship: {
    readonly estimator: string;
    readonly options: EstimatorOptions;
    /** The file names none: each arm takes its strategy's. */
    readonly isDefault?: true;
    /** Instead of an estimator: what another run learned, from this file (absolute). The content goes with the experiment. */
    readonly file?: string;
    readonly given?: RelationshipFile;
  };
  readonly cooperate: { readonly stepSize: number | Auto; readonly steps: number | Auto; readonly arms: readonly ArmSpec[] };
  /** `graph` is never 'problem' here: it was resolved to the problem's graph, else to complete. */
  readonly network: {
    readonly graph: GraphSpec;
    /** staleness: exchanges a vector may be old; 0 in bsp. */
    readonly rounds: { readonly kind: 'bsp' | 'bounded' | 'async'; readonly staleness: number };
    readonly open: boolean;
  };
  /** How many agents must take part, and how long the run waits for the others; quorum === agents waits for all. */
  readonly participation: { readonly quorum: number; readonly waitMs: number };
  readonly faults: FaultPlan;
  /** Modules of one's own that the sections above name; their code goes with the experiment, whatever becomes of the files. */
  readonly modules?: readonly OwnModule[];
  /** `directory` is absolute. */
  readonly output: { readonly directory: string; readonly every: number };
}
