/**
 * Makes a failing schedule small enough to be read: delta debugging over its faults (Zeller and Hildebrandt, 2002), then
 * shorter and weaker faults. Deterministic, and it ends after a bounded number of runs with the smallest one found.
 * Every plan on the way fails as the first one did, in the words of `fails`.
 */
import type { Fault, FaultPlan, LinkConditions } from '../core/fault/plan.ts';
import { tenths } from './dice.ts';

export interface MinimiseOptions {
  readonly plan: FaultPlan;
  /** Whether a run under this plan still fails. */
  readonly fails: (plan: FaultPlan) => boolean;
  /** Runs at most. */
  readonly runsMax: number;
}

export function minimise({ plan, fails, runsMax }: MinimiseOptions): FaultPlan {
  let runs = 0;
  const isWorth = (candidate: FaultPlan): boolean => runs++ < runsMax && fails(candidate);
  return weakened(fewer(plan, isWorth), isWorth);
}

/** One-minimal where the runs suffice: without any single fault it does not fail. */
function fewer(plan: FaultPlan, fails: (plan: FaultPlan) => boolean): FaultPlan {
  let left = plan;
  for (let parts = 2; left.length > 1;) {
    const size = Math.ceil(left.length / parts);
    const without = Array.from({ length: Math.ceil(left.length / size) }, (_, i) => [...left.slice(0, i * size), ...left.slice((i + 1) * size)]);
    const smaller = without.find((candidate) => candidate.length > 0 && fails(candidate));
    if (smaller !== undefined) left = smaller;
    else if (size === 1) return left;
    parts = smaller === undefined ? 2 * parts : Math.max(2, parts - 1);
  }
  return left;
}

function weakened(plan: FaultPlan, fails: (plan: FaultPlan) => boolean): FaultPlan {
  return plan.reduce<FaultPlan>((best, _, i) => {
    let fault = best[i];
    const replaced = (other: Fault): FaultPlan => best.map((one, k) => (k === i ? other : one));
    for (let weaker = weakerThan(fault).find((other) => fails(replaced(other))); weaker !== undefined;) {
      fault = weaker;
      weaker = weakerThan(fault).find((other) => fails(replaced(other)));
    }
    return replaced(fault);
  }, plan);
}

/** Simpler first: one condition less, then half the time. */
function weakerThan(fault: Fault): Fault[] {
  return [...withoutOneCondition(fault), ...shorter(fault)];
}

function withoutOneCondition(fault: Fault): Fault[] {
  const { action } = fault;
  if (action.kind !== 'link') return [];
  const names = Object.keys(action.conditions) as (keyof LinkConditions)[];
  if (names.length < 2) return [];
  return names.map((gone) => {
    const conditions = Object.fromEntries(Object.entries(action.conditions).filter(([name]) => name !== gone));
    return { ...fault, action: { ...action, conditions } };
  });
}

function shorter(fault: Fault): Fault[] {
  const { action, for: duration } = fault;
  if (action.kind === 'kill') {
    const { restartAfterMs } = action;
    return restartAfterMs === null || restartAfterMs === 0 ? [] : [{ ...fault, action: { ...action, restartAfterMs: half(restartAfterMs) } }];
  }
  if (duration.unit === 'ms' && duration.ms > 1) return [{ ...fault, for: { unit: 'ms', ms: half(duration.ms) } }];
  return duration.unit === 'steps' && duration.steps > 1 ? [{ ...fault, for: { unit: 'steps', steps: Math.floor(duration.steps / 2) } }] : [];
}

/** Nothing at all below a millisecond. */
const half = (ms: number): number => (ms <= 1 ? 0 : tenths(ms / 2));
