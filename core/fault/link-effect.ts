/** What faults do to one direction of a link, and how several of them add up: in every field the worst counts. */
import { MESSAGE_CONDITIONS, NO_CONDITIONS, type Fault, type FaultAction, type LinkConditions, type LinkSet, type Party } from './plan.ts';

const SEVERED: Partial<LinkConditions> = { blackhole: true };

/** NO_CONDITIONS itself where nothing happens. */
export function conditionsOf(faults: readonly Fault[], from: Party, to: Party): LinkConditions {
  if (from === to) return NO_CONDITIONS;
  const merged = faults.reduce<LinkConditions>((worst, { action }) => {
    const effect = effectOf(action, from, to);
    return effect === undefined ? worst : worstOf(worst, { ...NO_CONDITIONS, ...effect });
  }, NO_CONDITIONS);
  return isNothing(merged) ? NO_CONDITIONS : merged;
}

function effectOf(action: FaultAction, from: Party, to: Party): Partial<LinkConditions> | undefined {
  switch (action.kind) {
    case 'link':
      return includes(action.links, from, to) ? action.conditions : undefined;
    case 'partition':
      return isSevered(action.groups, action.oneWay, from, to) ? SEVERED : undefined;
    case 'isolate':
      return from === action.agent || to === action.agent ? SEVERED : undefined;
    default:
      return undefined;
  }
}

function includes(links: LinkSet, from: Party, to: Party): boolean {
  return links === 'all' || links.some((link) => link[0] === from && link[1] === to);
}

/** Who stands in no group is reached by all. */
function isSevered(groups: readonly (readonly Party[])[], oneWay: boolean, from: Party, to: Party): boolean {
  const source = groups.findIndex((group) => group.includes(from));
  const target = groups.findIndex((group) => group.includes(to));
  return source >= 0 && target >= 0 && source !== target && (!oneWay || source === 0);
}

function worstOf(a: LinkConditions, b: LinkConditions): LinkConditions {
  return {
    loss: Math.max(a.loss, b.loss),
    duplicate: Math.max(a.duplicate, b.duplicate),
    reorder: Math.max(a.reorder, b.reorder),
    corrupt: Math.max(a.corrupt, b.corrupt),
    delayMs: Math.max(a.delayMs, b.delayMs),
    jitterMs: Math.max(a.jitterMs, b.jitterMs),
    bandwidth: tighter(a.bandwidth, b.bandwidth),
    blackhole: a.blackhole || b.blackhole,
    reset: a.reset || b.reset,
    slice: tighter(a.slice, b.slice),
    limitData: tighter(a.limitData, b.limitData),
    slowCloseMs: Math.max(a.slowCloseMs, b.slowCloseMs),
  };
}

/** Of two limits; 0 is none. */
function tighter(a: number, b: number): number {
  if (a === 0 || b === 0) return a + b;
  return Math.min(a, b);
}

function isNothing(conditions: LinkConditions): boolean {
  return Object.values(conditions).every((value) => value === 0 || value === false);
}

/** Whether a stream of bytes must be broken for it, below the frames of a link. */
export function isConnectionLevel(action: FaultAction): boolean {
  if (action.kind === 'partition' || action.kind === 'isolate') return true;
  if (action.kind !== 'link') return false;
  const isMessageLevel = (field: string): boolean => (MESSAGE_CONDITIONS as readonly string[]).includes(field);
  return Object.entries(action.conditions).some(([field, value]) => Boolean(value) && !isMessageLevel(field));
}
