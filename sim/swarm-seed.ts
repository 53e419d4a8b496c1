/** One seed of a swarm: its schedule, the run under it, and the verdict of the checkers. A function of experiment and seed. */
import { readFileSync } from 'node:fs';
import { KindredError } from '../core/errors.ts';
import type { FaultKind } from '../core/fault/describe.ts';
import type { FaultPlan } from '../core/fault/plan.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { entriesOf } from '../config/fault-entries.ts';
import { Checkers } from './checkers.ts';
import { minimise } from './minimise.ts';
import { outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { horizonOf, randomPlan } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { nowhere } from './nowhere.ts';
import { Simulation } from './simulation.ts';
import type { SimulationOptions, SimulationParts } from './simulation.ts';
import type { Violation } from './witness.ts';

/** Plain data: it crosses threads. */
export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** How often each kind of fault came to be. */
  readonly occurred: Readonly<Partial<Record<FaultKind, number>>>;
  /** Virtual. */
  readonly durationMs: number;
  /** Of a failing seed: the smallest schedule found, as entries of a file. */
  readonly schedule: readonly string[];
}

export interface SeedsOptions {
  readonly faults?: 'swarm' | 'own';
  readonly minimal?: boolean;
  /** Bugs that are to be found, anew for every run. */
  readonly parts?: () => SimulationParts;
}

/** Data are drawn anew every so many seeds: their runs without faults are worth keeping. */
const VARIANTS = 32;
const MINIMISE_RUNS_MAX = 200;

export class Seeds {
  readonly #experiment: Experiment;
  readonly #options: SeedsOptions;
  readonly #expected = new Map<number, Outcome>();

  constructor(experiment: Experiment, options: SeedsOptions = {}) {
    this.#experiment = experiment;
    this.#options = options;
  }

  report(seed: number): SeedReport {
    const { plan } = this.schedule(seed);
    const report = this.run(seed, plan);
    if (report.violations.length === 0 || this.#options.minimal === false) return report;
    const fails = (candidate: FaultPlan): boolean => this.run(seed, candidate).violations.length > 0;
    return { ...report, schedule: entryLines(minimise({ plan, fails, runsMax: MINIMISE_RUNS_MAX })) };
  }

  schedule(seed: number): Schedule {
    const schedule = randomPlan(seed, this.#experiment);
    const { faults: plan } = this.#experiment;
    return this.#options.faults === 'own' ? { ...schedule, plan, horizonMs: horizonOf(plan) } : schedule;
  }

  /** Under the seed's schedule with another plan: on the way to a minimal one. */
  run(seed: number, plan: FaultPlan): SeedReport {
    const { delayMs, checkpointMs, checkpointLatencyMs, horizonMs } = this.schedule(seed);
    const healthy = this.#experimentOf(seed);
    // Nobody is left out: whoever is away is waited for beyond the horizon.
    const experiment = { ...healthy, faults: plan, participation: { quorum: healthy.agents, waitMs: 2 * horizonMs } };
    const checkers = new Checkers(experiment);
    const parts = checkers.parts(this.#options.parts?.());
    const simulation = simulationOf(experiment, { delayMs, checkpointMs, checkpointLatencyMs, horizonMs, parts });
    const violations = checkers.verdict(simulation, ended(simulation), this.#expectedOf(healthy));
    return { seed, violations, occurred: checkers.occurred, durationMs: simulation.clock.now(), schedule: [] };
  }

  #experimentOf(seed: number): Experiment {
    const { faults = 'swarm' } = this.#options;
    return { ...this.#experiment, seed: faults === 'own' ? seed : this.#experiment.seed + (seed % VARIANTS) };
  }

  #expectedOf(experiment: Experiment): Outcome {
    let expected = this.#expected.get(experiment.seed);
    if (expected === undefined) {
      expected = withoutFaults(experiment, this.#options.parts?.());
      if (this.#options.faults !== 'own') this.#expected.set(experiment.seed, expected);
    }
    return expected;
  }
}

/** What it throws ends a real process: nobody catches it there either. */
function ended(simulation: Simulation): RunResult | Error | undefined {
  try {
    return simulation.run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** With the same bugs: a bug that shows without faults is none of the swarm's. */
function withoutFaults(experiment: Experiment, parts: SimulationParts = {}): Outcome {
  const result = simulationOf({ ...experiment, faults: [] }, { parts }).run();
  if (result?.status === 'completed') return outcomeOf(result);
  throw new KindredError('AGENT_FAILED', `without faults the run ends as ${result?.status}: ${result?.error?.message}`);
}

function simulationOf(experiment: Experiment, conditions: Partial<SimulationOptions> = {}): Simulation {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  return new Simulation({ experiment, runId: 'swarm', store: nowhere, stopwatch: () => 0, readFile, ...conditions });
}

/** One line of YAML each, to be pasted into a file: JSON is YAML. */
export function entryLines(plan: FaultPlan): string[] {
  return plan.flatMap(entriesOf).map((entry) => `- ${JSON.stringify(entry)}`);
}
