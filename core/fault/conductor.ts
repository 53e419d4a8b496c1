/**
 * Turns the process faults of a plan (kill, pause) into orders for whoever owns the processes: the supervisor of a run,
 * or the simulator. Pure: it is told what happens and never asks. It lives as long as the run.
 *
 * 1. A fault begins once and ends once, whatever agents restart and pass the same step again.
 * 2. Faults on one target may overlap: it is dead while any kill holds it, else stopped while any pause does, else running.
 * 3. Only what changes a process is ordered: start follows kill, continue follows stop, and no dead one is killed again.
 *    A process started under a pause that is not over is stopped at once.
 * 4. What is past already (a fault added late, a pause whose last step others have reached) is due at the next time().
 */
import type { Fault, FaultAction, FaultPhase, FaultPlan, Party, Trigger } from './plan.ts';

export interface Order {
  readonly kind: 'kill' | 'start' | 'stop' | 'continue';
  readonly target: Party;
  /** Which fault of the plan; added ones are counted on. */
  readonly fault: number;
}

type ProcessAction = Extract<FaultAction, { kind: 'kill' | 'pause' }>;
type ProcessFault = Fault & { readonly action: ProcessAction; readonly index: number };

/** One end of a fault, waiting for its moment. */
interface Pending {
  readonly fault: ProcessFault;
  readonly ends: boolean;
  readonly when: Trigger;
}

/** The faults that hold one target down, by index, in the order they began. */
interface Target {
  deadBy: number[];
  pausedBy: number[];
}

type Condition = 'running' | 'stopped' | 'dead';

/** From one condition to another. */
const ORDERS: Readonly<Record<Condition, Readonly<Record<Condition, readonly Order['kind'][]>>>> = {
  running: { running: [], stopped: ['stop'], dead: ['kill'] },
  stopped: { running: ['continue'], stopped: [], dead: ['kill'] },
  dead: { running: ['start'], stopped: ['start', 'stop'], dead: [] },
};

const LONG_AGO: Trigger = { unit: 'ms', ms: 0 };

export class Conductor {
  #pending: Pending[] = [];
  #faults = 0;
  readonly #targets = new Map<Party, Target>();
  /** The furthest step each agent was seen at. */
  readonly #steps = new Map<number, number>();
  readonly #phases = new Set<FaultPhase>();

  constructor(plan: FaultPlan) {
    this.add(plan);
  }

  /** Injected live: triggers count as in the plan, and one that is past means now. Ask for watchpoints and nextDue again. */
  add(faults: FaultPlan): void {
    for (const fault of faults) {
      const index = this.#faults++;
      const { action } = fault;
      if (action.kind === 'kill' || action.kind === 'pause') this.#await({ fault: { ...fault, action, index }, ends: false, when: fault.at });
    }
  }

  /**
   * Steps at which a process fault is due to begin or end: the agent holds there until the conductor has acted.
   * They change with every fault that is added, begins or ends.
   */
  watchpoints(agent: number): number[] {
    const steps = this.#pending.flatMap((pending) => watched(pending, agent));
    return [...new Set(steps)].sort((a, b) => a - b);
  }

  /** The agent is about to begin this cooperating step. */
  reached(agent: number, step: number, nowMs: number): Order[] {
    this.#steps.set(agent, Math.max(step, this.#steps.get(agent) ?? 0));
    return this.#act(nowMs, (pending) => pending.when.unit === 'step' && pending.when.step <= step && isClockedBy(pending, agent));
  }

  phase(phase: FaultPhase, nowMs: number): Order[] {
    this.#phases.add(phase);
    return this.#act(nowMs, ({ when }) => when.unit === 'phase' && when.phase === phase);
  }

  /** Milliseconds count from the first assignment of work. */
  time(nowMs: number): Order[] {
    return this.#act(nowMs, ({ when }) => when.unit === 'ms' && when.ms <= nowMs);
  }

  /** When time() is due next. It may have changed after every other call. */
  nextDue(): number | undefined {
    const due = this.#pending.flatMap(({ when }) => (when.unit === 'ms' ? [when.ms] : []));
    return due.length === 0 ? undefined : due.reduce((a, b) => Math.min(a, b));
  }

  #act(nowMs: number, isDue: (pending: Pending) => boolean): Order[] {
    const orders: Order[] = [];
    // One by one: what begins now may be over now.
    for (let next = this.#take(isDue); next !== undefined; next = this.#take(isDue)) orders.push(...this.#perform(next, nowMs));
    return orders;
  }

  /** The earliest of those due; at one moment in the order of the plan, and what begins before what ends. */
  #take(isDue: (pending: Pending) => boolean): Pending | undefined {
    const due = this.#pending.filter(isDue);
    if (due.length === 0) return undefined;
    const first = due.reduce((best, pending) => (millisecondsOf(pending) < millisecondsOf(best) ? pending : best));
    this.#pending = this.#pending.filter((pending) => pending !== first);
    return first;
  }

  #perform({ fault, ends }: Pending, nowMs: number): Order[] {
    const target = this.#targetOf(fault.action.target);
    const before = conditionOf(target);
    const holders = fault.action.kind === 'kill' ? 'deadBy' : 'pausedBy';
    if (ends) target[holders] = target[holders].filter((index) => index !== fault.index);
    else target[holders].push(fault.index);
    const over = ends ? undefined : this.#endOf(fault, nowMs);
    if (over !== undefined) this.#await({ fault, ends: true, when: over });
    return ORDERS[before][conditionOf(target)].map((kind, i) => ({
      kind,
      target: fault.action.target,
      // The stop behind a start is an older pause's.
      fault: i === 0 ? fault.index : target.pausedBy[0],
    }));
  }

  /** Undefined: it never ends. */
  #endOf(fault: ProcessFault, nowMs: number): Trigger | undefined {
    if (fault.action.kind === 'kill') return fault.action.restartAfterMs === null ? undefined : { unit: 'ms', ms: nowMs + fault.action.restartAfterMs };
    if (fault.for.unit === 'ms') return { unit: 'ms', ms: nowMs + fault.for.ms };
    if (fault.for.unit === 'run') return undefined;
    const from = fault.at.unit === 'step' ? fault.at.step : Math.max(0, ...this.#steps.values());
    return { unit: 'step', step: from + fault.for.steps };
  }

  #await(pending: Pending): void {
    this.#pending.push(this.#isPast(pending) ? { ...pending, when: LONG_AGO } : pending);
  }

  #isPast(pending: Pending): boolean {
    const { when } = pending;
    if (when.unit === 'step') return [...this.#steps].some(([agent, step]) => step >= when.step && isClockedBy(pending, agent));
    return when.unit === 'phase' && this.#phases.has(when.phase);
  }

  #targetOf(party: Party): Target {
    let target = this.#targets.get(party);
    if (target === undefined) this.#targets.set(party, (target = { deadBy: [], pausedBy: [] }));
    return target;
  }
}

/** Whose steps count: a fault begins by the target's own, and ends by anybody else's. Agent 0 counts for the coordinator. */
function isClockedBy({ fault, ends }: Pick<Pending, 'fault' | 'ends'>, agent: number): boolean {
  const { target } = fault.action;
  if (ends) return target !== agent;
  return target === agent || (target === 'coordinator' && agent === 0);
}

/** A pause's last step counts from the start: others may be there before it begins. */
function watched(pending: Pending, agent: number): number[] {
  const { fault, ends, when } = pending;
  const steps = when.unit === 'step' && isClockedBy(pending, agent) ? [when.step] : [];
  const isKnown = !ends && when.unit === 'step' && fault.action.kind === 'pause' && fault.for.unit === 'steps';
  if (isKnown && isClockedBy({ fault, ends: true }, agent)) steps.push(when.step + fault.for.steps);
  return steps;
}

const millisecondsOf = ({ when }: Pending): number => (when.unit === 'ms' ? when.ms : 0);

function conditionOf({ deadBy, pausedBy }: Target): Condition {
  if (deadBy.length > 0) return 'dead';
  return pausedBy.length > 0 ? 'stopped' : 'running';
}
