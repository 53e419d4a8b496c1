/**
 * The recorded faults of a run: what was planned, and what happened when, live faults included. Times count from the first
 * assignment of work, as in a plan. And the plan that the record amounts to, for a run that repeats it.
 */
import type { RunEvent } from '../run-event.ts';
import { describeFault } from './describe.ts';
import type { Duration, Fault, FaultPlan, Trigger } from './plan.ts';

export interface TimelineEntry {
  readonly ms: number;
  readonly event: 'injected' | 'cleared' | 'began' | 'ended' | 'kill' | 'start' | 'stop' | 'continue' | 'lost' | 'restarted';
  /** The fault, or for a process without one how it ended. */
  readonly what: string;
  /** Who noticed: several agents enact the same fault. */
  readonly agents?: number[];
  /** Whose process. */
  readonly party?: number | 'coordinator';
}

/** A live change of the plan. */
interface Change {
  /** In the plan's own time. */
  readonly ms: number;
  /** ISO 8601: the order of everything in the record. */
  readonly at: string;
  readonly added: readonly Fault[];
  readonly removed: readonly Fault[];
}

export function timelineOf(events: readonly RunEvent[], planned: FaultPlan): TimelineEntry[] {
  const zero = zeroOf(events);
  const entries = [
    ...changesOf(events, planned).flatMap((change) => changeEntries(change, zero)),
    ...noticeEntries(events, zero),
    ...processEntries(events, zero),
  ];
  return entries.sort((a, b) => a.ms - b.ms);
}

/** The planned faults, and the live ones at the times they came; what was cleared lasts until then, or never begins. */
export function recordedPlan(events: readonly RunEvent[], planned: FaultPlan): Fault[] {
  let plan = [...planned];
  const over: Fault[] = [];
  for (const { ms, added, removed } of changesOf(events, planned)) {
    plan = [...without(plan, removed), ...added];
    over.push(...removed.flatMap((fault) => cutShort(fault, beganAt(fault, events), ms) ?? []));
  }
  return [...over, ...plan];
}

export function triggerText(at: Trigger): string {
  if (at.unit === 'step') return `step ${at.step}`;
  return at.unit === 'ms' ? secondsText(at.ms) : at.phase;
}

export function durationText(duration: Duration): string {
  if (duration.unit === 'run') return '';
  return duration.unit === 'ms' ? `for ${secondsText(duration.ms)}` : `for ${duration.steps} rounds`;
}

export function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}

/** When its times count from, as Date.parse gives it: the first assignment of work; a run that never got there began at its first event. */
export function zeroOf(events: readonly RunEvent[]): number {
  const first = events.find(({ type }) => type === 'stage') ?? events[0];
  return first === undefined ? 0 : Date.parse(first.at);
}

function changesOf(events: readonly RunEvent[], planned: FaultPlan): Change[] {
  let plan = planned;
  return events.flatMap(({ at, type, elapsedMs, plan: next }) => {
    if (type !== 'faults') return [];
    const change = { ms: elapsedMs as number, at, added: without(next as FaultPlan, plan), removed: without(plan, next as FaultPlan) };
    plan = next as FaultPlan;
    return [change];
  });
}

function changeEntries({ at, added, removed }: Change, zero: number): TimelineEntry[] {
  const ms = Date.parse(at) - zero;
  const entry = (event: 'injected' | 'cleared', fault: Fault): TimelineEntry => ({
    ms,
    event,
    what: `${describeFault(fault)} ${durationText(fault.for)}`.trim(),
  });
  return [...removed.map((fault) => entry('cleared', fault)), ...added.map((fault) => entry('injected', fault))];
}

type Noticed = TimelineEntry & { readonly agents: number[] };

/**
 * Agents tell what they see begin and end, each for itself: the same from several of them is one entry, at the time of the
 * first. Of what the supervisor did its orders tell.
 */
function noticeEntries(events: readonly RunEvent[], zero: number): TimelineEntry[] {
  const latest = new Map<string, Noticed>();
  const ordered = new Set(events.flatMap(({ type, fault }) => (type === 'fault' ? [fault] : [])));
  return events.flatMap(({ at, type, agent, detail }): Noticed[] => {
    if ((type !== 'fault-began' && type !== 'fault-ended') || ordered.has(detail)) return [];
    const noticed = { ms: Date.parse(at) - zero, event: type === 'fault-began' ? 'began' : 'ended', what: detail as string } as const;
    // Nobody among the agents: the engine of their containers did it.
    if (agent === undefined) return [{ ...noticed, agents: [] }];
    const key = `${type} ${noticed.what}`;
    const known = latest.get(key);
    if (known !== undefined && !known.agents.includes(agent as number)) {
      known.agents.push(agent as number);
      return [];
    }
    const entry: Noticed = { ...noticed, agents: [agent as number] };
    latest.set(key, entry);
    return [entry];
  });
}

/** What the supervisor did to processes, and what they did by themselves. */
function processEntries(events: readonly RunEvent[], zero: number): TimelineEntry[] {
  return events.flatMap(({ at, type, order, target, fault, party, detail }): TimelineEntry[] => {
    const ms = Date.parse(at) - zero;
    const whose = (party ?? target) as number | 'coordinator';
    if (type === 'fault') return [{ ms, event: order as 'kill', what: fault as string, party: whose }];
    if (type === 'process-lost') return [{ ms, event: 'lost', what: detail as string, party: whose }];
    return type === 'restarted' ? [{ ms, event: 'restarted', what: '', party: whose }] : [];
  });
}

/** In run time; undefined when it never began. */
function beganAt(fault: Fault, events: readonly RunEvent[]): number | undefined {
  if (fault.at.unit === 'ms') return fault.at.ms;
  const words = describeFault(fault);
  const first = events.find(({ type, fault: ordered, detail }) => (type === 'fault' && ordered === words) || (type === 'fault-began' && detail === words));
  return first === undefined ? undefined : Date.parse(first.at) - zeroOf(events);
}

function cutShort(fault: Fault, beganMs: number | undefined, clearedMs: number): Fault | undefined {
  if (beganMs === undefined || beganMs >= clearedMs) return undefined;
  const leftMs = clearedMs - beganMs;
  const { action, for: duration } = fault;
  if (action.kind !== 'kill') return { ...fault, for: { unit: 'ms', ms: duration.unit === 'ms' ? Math.min(duration.ms, leftMs) : leftMs } };
  const { restartAfterMs } = action;
  return restartAfterMs === null ? fault : { ...fault, action: { ...action, restartAfterMs: Math.min(restartAfterMs, leftMs) } };
}

/** Equal faults count one by one. */
function without(plan: FaultPlan, others: FaultPlan): Fault[] {
  const left = others.map((fault) => JSON.stringify(fault));
  return plan.filter((fault) => {
    const at = left.indexOf(JSON.stringify(fault));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
