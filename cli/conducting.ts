/**
 * The fault plan of a live run and the processes it kills and stops: a Conductor with a clock, for a plan that changes.
 *
 * 1. The coordinator tells the whole plan whenever it changed, and again after each of its restarts: what is known is not added twice.
 * 2. A plan that lacks what was known was cleared: what is stopped goes on, what was to start again starts now, and
 *    nothing of the old plan happens any more.
 * 3. What an earlier supervisor of a resumed run began does not begin again.
 * 4. Run time counts from the first assignment of work and never goes back, whatever a restarted coordinator says.
 */
import { Conductor } from '../core/fault/conductor.ts';
import type { Order } from '../core/fault/conductor.ts';
import type { Fault, FaultPhase, FaultPlan, Party } from '../core/fault/plan.ts';
import type { RunPhase } from '../coordinator/run-state.ts';
import type { Clock } from '../net/clock.ts';

export interface ConductingOptions {
  readonly clock: Clock;
  /** `fault` is undefined when the plan was cleared. */
  readonly perform: (kind: Order['kind'], target: Party, fault: Fault | undefined) => void;
  /** Process faults that were begun before a resume. */
  readonly begun: readonly Fault[];
  readonly guarded: (action: () => void) => void;
}

const PHASES: readonly string[] = ['exploring', 'estimating', 'cooperating'] satisfies FaultPhase[];

export class Conducting {
  readonly #options: ConductingOptions;
  #conductor = new Conductor([]);
  /** Those of the conductor, by its index. */
  #conducted: Fault[] = [];
  /** Everything that was added or need not be. */
  #known: string[];
  /** What orders made of the processes, and the fault behind it. */
  readonly #held = new Map<Party, Fault>();
  readonly #steps = new Map<number, number>();
  readonly #phases = new Set<FaultPhase>();
  /** The clock at run time 0. */
  #begunAt: number | undefined;
  #cancelDue = (): void => {};
  #isOver = false;

  constructor(options: ConductingOptions) {
    this.#options = options;
    this.#known = [...new Set(options.begun.map(textOf))];
  }

  get elapsedMs(): number {
    return this.#begunAt === undefined ? 0 : this.#options.clock.now() - this.#begunAt;
  }

  /** The plan as it is now. */
  replace(plan: FaultPlan): void {
    if (this.#isOver) return;
    const faults = plan.filter(isProcessFault);
    const left = faults.map(textOf);
    this.#known = this.#known.filter((text) => take(left, text));
    const known = [...this.#known];
    if (!this.#conducted.every((fault) => take(known, textOf(fault)))) this.#clear();
    const added = faults.filter((fault) => take(left, textOf(fault)));
    this.#known.push(...added.map(textOf));
    this.#conducted.push(...added);
    this.#conductor.add(added);
    this.#obey([]);
  }

  /** The agent is about to begin this cooperating step; it waits until this returns. */
  reached(agent: number, step: number): void {
    if (this.#isOver) return;
    this.#steps.set(agent, Math.max(step, this.#steps.get(agent) ?? 0));
    this.#obey(this.#conductor.reached(agent, step, this.elapsedMs));
  }

  phase(phase: RunPhase, elapsedMs: number): void {
    if (this.#isOver || !PHASES.includes(phase)) return;
    const begunAt = this.#options.clock.now() - elapsedMs;
    this.#begunAt = Math.min(begunAt, this.#begunAt ?? begunAt);
    this.#phases.add(phase as FaultPhase);
    this.#obey(this.#conductor.phase(phase as FaultPhase, this.elapsedMs));
  }

  /** No order comes any more. */
  stop(): void {
    this.#isOver = true;
    this.#cancelDue();
  }

  #obey(orders: readonly Order[]): void {
    for (const { kind, target, fault } of orders) {
      const cause = this.#conducted[fault];
      if (kind === 'kill' || kind === 'stop') this.#held.set(target, cause);
      else this.#held.delete(target);
      this.#options.perform(kind, target, cause);
    }
    this.#arm();
  }

  #arm(): void {
    const { clock, guarded } = this.#options;
    this.#cancelDue();
    const due = this.#conductor.nextDue();
    if (due === undefined || this.#begunAt === undefined || this.#isOver) return;
    this.#cancelDue = clock.setTimer(Math.max(0, due - this.elapsedMs), () => guarded(() => this.#obey(this.#conductor.time(this.elapsedMs))));
  }

  /** Invariant 2. The new conductor is told where the run is: what is past is past for later faults too. */
  #clear(): void {
    this.#conductor = new Conductor([]);
    this.#conducted = [];
    for (const [agent, step] of this.#steps) this.#conductor.reached(agent, step, this.elapsedMs);
    for (const phase of this.#phases) this.#conductor.phase(phase, this.elapsedMs);
    for (const [target, { action }] of this.#held) {
      if (action.kind === 'pause') this.#options.perform('continue', target, undefined);
      else if (action.kind === 'kill' && action.restartAfterMs !== null) this.#options.perform('start', target, undefined);
    }
    this.#held.clear();
  }
}

function isProcessFault({ action }: Fault): boolean {
  return action.kind === 'kill' || action.kind === 'pause';
}

const textOf = (fault: Fault): string => JSON.stringify(fault);

/** Takes one out, if it is there. */
function take(list: string[], item: string): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
