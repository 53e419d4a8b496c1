/**
 * A swarm: one experiment under many seeds, each with its own random faults, and what became of them. Seeds are shared out
 * among worker threads; the report is the same however many there are.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assert } from '../core/errors.ts';
import { faultKinds } from '../core/fault/describe.ts';
import type { FaultKind } from '../core/fault/describe.ts';
import type { Experiment } from '../config/experiment.ts';
import type { SeedReport } from './swarm-seed.ts';

export type SwarmFaults = 'swarm' | 'own';

export interface SwarmOptions {
  readonly experiment: Experiment;
  /** First and last. */
  readonly seeds: readonly [from: number, to: number];
  /** A random plan for every seed, or the experiment's own plan with every seed as the experiment's. */
  readonly faults?: SwarmFaults;
  /** As it stands in the commands. */
  readonly file?: string;
  /** Also makes the schedule of a failing seed minimal. Default true. */
  readonly minimal?: boolean;
  readonly workers?: number;
  /** In any order. */
  readonly onSeed?: (report: SeedReport) => void;
}

export interface Failing {
  readonly seed: number;
  /** Reproduces it. */
  readonly command: string;
  readonly reasons: readonly string[];
  /** The smallest schedule found that fails, as entries of the section `faults`. */
  readonly schedule: readonly string[];
}

/** The JSON of `kindred simulate`; its names are pinned by the interface. */
export interface SwarmReport {
  readonly seeds: number;
  /** Runs that did not complete, or lost something. */
  readonly lost: number;
  /** Runs that ended in other bits than without faults. */
  readonly different: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly failing: readonly Failing[];
}

/** What a worker is given to begin with. */
export type WorkerTask = Pick<SwarmOptions, 'experiment'> & { readonly faults: SwarmFaults; readonly minimal: boolean };

export async function runSwarm(options: SwarmOptions): Promise<SwarmReport> {
  const [from, to] = options.seeds;
  const count = to - from + 1;
  const workers = Math.min(count, options.workers ?? availableParallelism());
  const reports: SeedReport[] = [];
  let next = from;
  const take = (): number | undefined => (next <= to ? next++ : undefined);
  const onReport = (report: SeedReport): void => {
    reports.push(report);
    options.onSeed?.(report);
  };
  await Promise.all(Array.from({ length: workers }, () => work(options, take, onReport)));
  assert(reports.length === count, `${reports.length} of ${count} seeds were run`);
  return reportOf(
    reports.sort((a, b) => a.seed - b.seed),
    options,
  );
}

/** One worker thread; it is handed a seed as soon as it is done with the last. */
function work(options: SwarmOptions, take: () => number | undefined, onReport: (report: SeedReport) => void): Promise<void> {
  const { experiment, faults = 'swarm', minimal = true } = options;
  const workerData: WorkerTask = { experiment, faults, minimal };
  // Compiled, this file stands beside the worker's.
  const worker = new Worker(new URL('../sim/swarm-worker.js', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    const handOut = (): void => {
      const seed = take();
      if (seed === undefined) void worker.terminate();
      else worker.postMessage(seed);
    };
    worker.on('message', (report: SeedReport) => {
      onReport(report);
      handOut();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    handOut();
  });
}

/** From the seeds' reports, in their order. */
export function reportOf(reports: readonly SeedReport[], { file = 'FILE', faults = 'swarm' }: Pick<SwarmOptions, 'file' | 'faults'>): SwarmReport {
  const failing = reports.filter(({ violations }) => violations.length > 0);
  const having = (verdict: string): number => failing.filter(({ violations }) => violations.some((one) => one.verdict === verdict)).length;
  return {
    seeds: reports.length,
    lost: having('lost'),
    different: having('different'),
    faults: countsOf(reports),
    failing: failing.map(({ seed, violations, schedule }) => ({
      seed,
      command: `kindred simulate ${file} --seeds ${seed}..${seed}${faults === 'swarm' ? ' --faults swarm' : ''}`,
      reasons: violations.map(({ text }) => text),
      schedule,
    })),
  };
}

function countsOf(reports: readonly SeedReport[]): Partial<Record<FaultKind, number>> {
  const total = (kind: FaultKind): number => reports.reduce((sum, { occurred }) => sum + (occurred[kind] ?? 0), 0);
  return Object.fromEntries(faultKinds.map((kind) => [kind, total(kind)] as const).filter(([, count]) => count > 0));
}
