/**
 * The faults that one agent enacts on itself and on its own ends of links: which are active now, by its own cooperating
 * step, its run's time and phase. Faults between processes (kill, pause) are enacted by whoever owns the process.
 */
import { ActiveFaults } from '../core/fault/active-faults.ts';
import type { Moment } from '../core/fault/active-faults.ts';
import { Conductor } from '../core/fault/conductor.ts';
import { NO_CONDITIONS } from '../core/fault/plan.ts';
import type { Fault, FaultAction, FaultPhase, FaultPlan, LinkConditions, Party } from '../core/fault/plan.ts';
import { isConnectionLevel } from '../core/fault/link-effect.ts';
import { faultPlanOf } from '../core/fault/plan-text.ts';
import type { Clock } from '../net/clock.ts';

export class AgentFaults {
  readonly #clock: Clock;
  readonly #active = new ActiveFaults([]);
  #plan: FaultPlan = [];
  #watched = new Set<number>();
  #hasConnectionFaults = false;
  /** The agent's clock when the run's time was 0; undefined before there is any work. */
  #startedAt: number | undefined;
  #self: Party = 0;
  readonly #moment: { step: number; ms: number; phase: FaultPhase } = { step: 0, ms: 0, phase: 'exploring' };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The plan as it came over the wire; empty text is no plan. */
  replace(text: string, self: number): void {
    this.#self = self;
    this.#plan = text === '' ? [] : faultPlanOf(text);
    this.#active.replace(this.#plan);
    this.#watched = new Set(new Conductor(this.#plan).watchpoints(self));
    this.#hasConnectionFaults ||= this.#plan.some(({ action }) => isConnectionLevel(action));
  }

  /** The run has worked for so long already; before the first work its time stands still. */
  startedBefore(elapsedMs: number): void {
    this.#startedAt = this.#clock.now() - elapsedMs;
  }

  get isStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  enter(phase: FaultPhase): void {
    this.#moment.phase = phase;
  }

  reached(step: number): void {
    this.#moment.step = step;
  }

  get step(): number {
    return this.#moment.step;
  }

  /** Whether a process fault may be due at this cooperating step: the agent holds there. */
  isWatched(step: number): boolean {
    return this.#watched.has(step);
  }

  /** Whether links must lead through proxies. It never goes back to false: a fault may be cleared and come again. */
  get hasConnectionFaults(): boolean {
    return this.#hasConnectionFaults;
  }

  get isEmpty(): boolean {
    return this.#plan.length === 0;
  }

  outgoing(to: Party): LinkConditions {
    return this.#startedAt === undefined ? NO_CONDITIONS : this.#active.conditions(this.#self, to, this.#now());
  }

  incoming(from: Party): LinkConditions {
    return this.#startedAt === undefined ? NO_CONDITIONS : this.#active.conditions(from, this.#self, this.#now());
  }

  /** What began and ended since the last call, for the record. */
  changes(): { began: Fault[]; ended: Fault[] } {
    return this.#active.changes(this.#now());
  }

  /** How many times slower this agent computes; 1 where no fault says so. */
  get slowness(): number {
    return Math.max(1, ...this.#ownActions('slow-cpu').map(({ factor }) => factor));
  }

  get isDiskFull(): boolean {
    return this.#ownActions('disk-full').length > 0;
  }

  #ownActions<Kind extends 'slow-cpu' | 'disk-full'>(kind: Kind): Extract<FaultAction, { kind: Kind }>[] {
    if (this.isEmpty) return [];
    const active = this.#active.active(this.#now()).map(({ action }) => action);
    return active.filter((action): action is Extract<FaultAction, { kind: Kind }> => action.kind === kind && action.agent === this.#self);
  }

  #now(): Moment {
    this.#moment.ms = this.#startedAt === undefined ? 0 : this.#clock.now() - this.#startedAt;
    return this.#moment;
  }
}
