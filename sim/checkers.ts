/**
 * All checkers of one simulated run. Safety: every vector, report, checkpoint and record as agent-checker.ts and
 * coordinator-checker.ts say; at the end the outcome of the run without faults. Liveness: it ends before the horizon.
 * Coverage: which faults of the plan came to be.
 */
import { ActiveFaults } from '../core/fault/active-faults.ts';
import { kindsOf } from '../core/fault/describe.ts';
import type { FaultKind } from '../core/fault/describe.ts';
import type { FaultPhase } from '../core/fault/plan.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { waitingFor } from '../agent/agent-machine.ts';
import type { RunDriverOptions } from '../coordinator/run-driver.ts';
import { isOver } from '../coordinator/run-state.ts';
import { AgentChecker } from './agent-checker.ts';
import { CoordinatorChecker } from './coordinator-checker.ts';
import { difference, outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Simulation, SimulationParts } from './simulation.ts';
import { Witness } from './witness.ts';
import type { Violation } from './witness.ts';

export class Checkers {
  readonly #witness: Witness;
  readonly #agents: readonly AgentChecker[];
  readonly #coordinator: CoordinatorChecker;
  readonly #active: ActiveFaults;
  readonly #moment = { step: 0, ms: 0, phase: 'exploring' as FaultPhase };
  #now = (): number => 0;
  #begunAt: number | undefined;

  constructor({ agents, faults }: Experiment) {
    const witness = new Witness(agents);
    this.#witness = witness;
    this.#coordinator = new CoordinatorChecker(witness);
    this.#active = new ActiveFaults(faults);
    const around = {
      witness,
      durableStepOf: (agent: number) => this.#agents[agent].durableStep,
      closedStage: () => this.#coordinator.closedStage,
      onMoment: (step: number) => this.#look(step),
    };
    this.#agents = Array.from({ length: agents }, (_, agent) => new AgentChecker(agent, around));
  }

  /** With the bugs of `inner`, which are what the checkers are there for: between the checkers. */
  parts(inner: SimulationParts = {}): SimulationParts {
    return {
      ...(inner.log === undefined ? {} : { log: inner.log }),
      agent: (options, agent) => {
        const checker = this.#agents[agent];
        this.#now = () => options.clock.now();
        const surrounded = checker.surround(options);
        return checker.observe(inner.agent?.(surrounded, agent) ?? surrounded);
      },
      coordinator: (options) => {
        const surrounded = this.#coordinator.surround(options);
        return this.#observed(inner.coordinator?.(surrounded) ?? surrounded);
      },
    };
  }

  /** How often each kind of fault came to be. */
  get occurred(): Partial<Record<FaultKind, number>> {
    this.#look(0);
    const counts: Partial<Record<FaultKind, number>> = {};
    for (const fault of this.#active.changes(this.#moment).began) for (const kind of kindsOf(fault)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Everything that was wrong with the run: nothing, or it must be the outcome without faults. */
  verdict(simulation: Pick<Simulation, 'progress'>, result: RunResult | Error | undefined, expected: Outcome): readonly Violation[] {
    if (result instanceof Error) this.#witness.complain('lost', `it crashed: ${result.stack}`);
    else if (result === undefined) this.#witness.complain('lost', this.#stuck(simulation));
    else if (result.status !== 'completed') this.#witness.complain('lost', `it ended as ${result.status}: ${result.error?.code} ${result.error?.message}`);
    else this.#checkOutcome(result, expected);
    return this.#witness.violations;
  }

  #checkOutcome(result: RunResult, expected: Outcome): void {
    const differs = difference(expected, outcomeOf(result));
    if (differs !== '') this.#witness.complain('different', differs);
    this.#coordinator.replay(result);
  }

  /** Liveness, in names. */
  #stuck({ progress }: Pick<Simulation, 'progress'>): string {
    const agents = this.#agents.flatMap(({ state }, k) => (state === undefined ? [`agent ${k} does not run`] : waits(k, waitingFor(state))));
    const coordinator = progress === undefined ? 'the coordinator does not run' : `the coordinator waits for ${progress.waitingFor || 'nobody'}`;
    return `it did not end: ${[coordinator, ...agents].join('; ')}`;
  }

  #observed(options: RunDriverOptions): RunDriverOptions {
    return {
      ...options,
      onPhase: (phase, elapsedMs) => {
        if (phase !== 'assembling' && !isOver(phase)) this.#onPhase(phase as FaultPhase, options.clock.now() - elapsedMs);
        options.onPhase?.(phase, elapsedMs);
      },
    };
  }

  #onPhase(phase: FaultPhase, begunAt: number): void {
    this.#moment.phase = phase;
    this.#begunAt = begunAt;
    this.#look(0);
  }

  /** Faults that are over before the next look would be missed. */
  #look(step: number): void {
    this.#moment.step = Math.max(this.#moment.step, step);
    this.#moment.ms = this.#begunAt === undefined ? 0 : Math.max(this.#moment.ms, this.#now() - this.#begunAt);
    this.#active.active(this.#moment);
  }
}

function waits(agent: number, what: string): string[] {
  return what === '' ? [] : [`agent ${agent} waits for ${what}`];
}
