/**
 * Which faults of a plan hold at a moment, and what they do to a link. Pure: the moment is an argument.
 *
 *  1. A fault begins when its trigger is reached (a step, a time, its phase or a later one) and is over after its duration.
 *  2. Its start is its trigger where that says the step or the time, so that everybody agrees on it, whoever looks when;
 *     otherwise the moment it was first seen to hold.
 *  3. What was over before the first look at it never happens here: a process that restarts repeats no fault. What was
 *     looked past later still began and ended.
 */
import type { Duration, Fault, FaultPhase, FaultPlan, LinkConditions, Party, Trigger } from './plan.ts';
import { NO_CONDITIONS } from './plan.ts';
import { conditionsOf } from './link-effect.ts';

/** Where a run is: the cooperating step (0 before the first), milliseconds of work, and the phase. None of them goes back. */
export interface Moment {
  readonly step: number;
  readonly ms: number;
  readonly phase: FaultPhase;
}

export interface FaultChanges {
  readonly began: Fault[];
  readonly ended: Fault[];
}

/** The life of one fault. */
interface Course {
  readonly fault: Fault;
  start: { readonly step: number; readonly ms: number } | undefined;
  over: boolean;
  isNew: boolean;
}

export class ActiveFaults {
  #courses: Course[] = [];
  /** Not over yet. */
  #open: Course[] = [];
  #active: readonly Fault[] = [];
  #began: Fault[] = [];
  #ended: Fault[] = [];
  /** Merged conditions by direction, until something changes. */
  readonly #merged = new Map<Party, Map<Party, LinkConditions>>();

  constructor(plan: FaultPlan) {
    this.replace(plan);
  }

  /** Faults that stay in the plan go on as they are; those that leave it are over. */
  replace(plan: FaultPlan): void {
    const known = [...this.#courses];
    this.#courses = plan.map((fault) => {
      const text = JSON.stringify(fault);
      const at = known.findIndex((course) => JSON.stringify(course.fault) === text);
      return at < 0 ? { fault, start: undefined, over: false, isNew: true } : known.splice(at, 1)[0];
    });
    this.#ended.push(...known.filter(isActive).map(({ fault }) => fault));
    this.#refresh();
  }

  /** What one direction of a link suffers now: NO_CONDITIONS itself where it suffers nothing. Asked for every frame. */
  conditions(from: Party, to: Party, now: Moment): LinkConditions {
    this.#look(now);
    if (this.#active.length === 0) return NO_CONDITIONS;
    return this.#merged.get(from)?.get(to) ?? this.#merge(from, to);
  }

  /** What began and what ended since the last call; a fault between two calls is in both. */
  changes(now: Moment): FaultChanges {
    this.#look(now);
    const changes = { began: this.#began, ended: this.#ended };
    this.#began = [];
    this.#ended = [];
    return changes;
  }

  /** In the order of the plan. */
  active(now: Moment): readonly Fault[] {
    this.#look(now);
    return this.#active;
  }

  /** Of a fault of this plan. */
  isActive(fault: Fault, now: Moment): boolean {
    return this.active(now).includes(fault);
  }

  #look(now: Moment): void {
    let changed = false;
    for (const course of this.#open) if (this.#advance(course, now)) changed = true;
    if (changed) this.#refresh();
  }

  /** True when the fault began or ended. */
  #advance(course: Course, now: Moment): boolean {
    const { fault, isNew } = course;
    course.isNew = false;
    const began = course.start === undefined && hasCome(fault.at, now);
    if (began) course.start = startOf(fault.at, now);
    if (course.start === undefined) return false;
    course.over = hasPassed(fault.for, course.start, now);
    if (course.over && began && isNew) return true;
    if (began) this.#began.push(fault);
    if (course.over) this.#ended.push(fault);
    return began || course.over;
  }

  #refresh(): void {
    this.#open = this.#courses.filter((course) => !course.over);
    this.#active = this.#open.filter(isActive).map(({ fault }) => fault);
    this.#merged.clear();
  }

  #merge(from: Party, to: Party): LinkConditions {
    const merged = conditionsOf(this.#active, from, to);
    let row = this.#merged.get(from);
    if (row === undefined) this.#merged.set(from, (row = new Map<Party, LinkConditions>()));
    row.set(to, merged);
    return merged;
  }
}

function isActive({ start, over }: Course): boolean {
  return start !== undefined && !over;
}

const PHASE_ORDER: Readonly<Record<FaultPhase, number>> = { exploring: 0, estimating: 1, cooperating: 2 };

function hasCome(at: Trigger, now: Moment): boolean {
  if (at.unit === 'step') return now.step >= at.step;
  if (at.unit === 'ms') return now.ms >= at.ms;
  return PHASE_ORDER[now.phase] >= PHASE_ORDER[at.phase];
}

function startOf(at: Trigger, now: Moment): { step: number; ms: number } {
  return { step: at.unit === 'step' ? at.step : now.step, ms: at.unit === 'ms' ? at.ms : now.ms };
}

function hasPassed(duration: Duration, start: { step: number; ms: number }, now: Moment): boolean {
  if (duration.unit === 'steps') return now.step >= start.step + duration.steps;
  return duration.unit === 'ms' && now.ms >= start.ms + duration.ms;
}
