/**
 * The resolved experiment: what a valid file means after defaults, overrides and path resolution.
 * It is frozen, stored with every run, and the only form the coordinator knows. schema.ts validates the file.
 */
import type { FaultPlan } from '../core/fault/plan.ts';

export type Auto = 'auto';

export type GraphSpec = 'reference' | 'ring' | 'star' | 'grid' | 'complete' | 'erdos-renyi' | 'random-geometric' | { readonly file: string };

export interface GmrfProblem {
  readonly kind: 'gmrf-regression';
  readonly graph: GraphSpec;
  /** M, B and s = sigma_v^2. */
  readonly dimension: number;
  readonly batch: number;
  readonly noise: number;
}

/** One agent's own table. */
export interface Site {
  readonly name: string;
  /** Absolute: for an agent that is started on this machine. Only that agent reads it. */
  readonly file?: string;
}

export interface TableProblem {
  readonly kind: 'csv-table';
  /** The whole table, absolute; or else `sites`. */
  readonly path?: string;
  /** Whose tables they are, in agent order: the rows stay where they are. */
  readonly sites?: readonly Site[];
  /** Names of the columns to learn from, in the order of the parameters. */
  readonly features?: readonly string[];
  readonly task: string;
  readonly target: string;
  readonly loss: 'squared' | 'logistic';
  readonly split: {
    readonly train: number;
    readonly test: 'rest';
    readonly seed: number;
    readonly order: 'random' | 'file';
    readonly tooFew: 'refuse' | 'drop';
  };
  readonly standardize: 'global' | 'per-agent' | 'none';
  readonly ridge: number | Auto;
  /** Present: local steps are mini-batch SGD instead of exact solves. */
  readonly batch?: number;
}

/** The table that agent alone reads, where this machine has it. */
export function siteFileOf({ problem }: Pick<Experiment, 'problem'>, agent: number): string | undefined {
  return problem.kind === 'csv-table' ? problem.sites?.[agent]?.file : undefined;
}

export type ProblemSpec = GmrfProblem | TableProblem;

export type ArmRelationship = 'learned' | 'known' | 'permuted' | 'complete';

export interface ArmSpec {
  readonly strategy: string;
  readonly relationship: ArmRelationship;
  readonly eta: number | Auto;
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
  readonly relationship: { readonly estimator: string; readonly options: Readonly<Record<string, number | boolean | string>> };
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
  /** `directory` is absolute. */
  readonly output: { readonly directory: string; readonly every: number };
}
