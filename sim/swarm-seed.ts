/** One seed of a swarm: a random schedule, the run under it, and the verdict of the checkers. A function of experiment and seed. */
import { readFileSync } from 'node:fs';
import { assert } from '../core/errors.ts';
import type { FaultKind } from '../core/fault/describe.ts';
import type { FaultPlan } from '../core/fault/plan.ts';
import type { Experiment } from '../config/experiment.ts';
import type { RunStore } from '../coordinator/run-store.ts';
import { Checkers } from './checkers.ts';
import { outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { randomPlan } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { Simulation } from './simulation.ts';
import type { SimulationParts } from './simulation.ts';
import type { Violation } from './witness.ts';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly occurred: ReadonlyMap<FaultKind, number>;
  /** Virtual. */
  readonly durationMs: number;
}

/** Data are drawn anew every so many seeds: their runs without faults are worth keeping. */
const VARIANTS = 32;

const NOWHERE: RunStore = { directory: '', event() {}, metrics() {}, relationship() {}, parameters() {}, result() {} };

export class Seeds {
  readonly #experiment: Experiment;
  readonly #parts: SimulationParts | undefined;
  readonly #expected = new Map<number, Outcome>();

  /** `parts`: bugs that the swarm is to find. */
  constructor(experiment: Experiment, parts?: SimulationParts) {
    this.#experiment = experiment;
    this.#parts = parts;
  }

  schedule(seed: number): Schedule {
    return randomPlan(seed, this.#experiment);
  }

  /** Under its own random plan, or another one of which it is said that it fails too. */
  run(seed: number, plan?: FaultPlan): SeedResult {
    const schedule = this.schedule(seed);
    const experiment = this.#variant(seed);
    const faulty = { ...experiment, faults: plan ?? schedule.plan, participation: { quorum: experiment.agents, waitMs: 2 * schedule.horizonMs } };
    const checkers = new Checkers(faulty);
    const { delayMs, checkpointMs, checkpointLatencyMs, horizonMs } = schedule;
    const simulation = simulationOf(faulty, { delayMs, checkpointMs, checkpointLatencyMs, horizonMs, parts: checkers.parts(this.#parts) });
    const result = simulation.run();
    const violations = checkers.verdict(simulation, result, this.#expectedOf(experiment));
    return { seed, violations, occurred: checkers.occurred, durationMs: simulation.clock.now() };
  }

  #variant(seed: number): Experiment {
    return { ...this.#experiment, seed: this.#experiment.seed + (seed % VARIANTS) };
  }

  #expectedOf(experiment: Experiment): Outcome {
    let expected = this.#expected.get(experiment.seed);
    if (expected === undefined) {
      const result = simulationOf({ ...experiment, faults: [] }).run();
      assert(result?.status === 'completed', `without faults the experiment ends as ${result?.status}: ${result?.error?.message}`);
      this.#expected.set(experiment.seed, (expected = outcomeOf(result)));
    }
    return expected;
  }
}

type Conditions = Partial<ConstructorParameters<typeof Simulation>[0]>;

function simulationOf(experiment: Experiment, conditions: Conditions = {}): Simulation {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  return new Simulation({ experiment, runId: 'swarm', store: NOWHERE, stopwatch: () => 0, readFile, ...conditions });
}
