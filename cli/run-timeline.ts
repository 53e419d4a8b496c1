/** The course of a run for people: its phases, arms, faults and losses, out of what events.jsonl recorded. */
import type { FaultPlan } from '../core/fault/plan.ts';
import { timelineOf, type TimelineEntry } from '../core/fault/timeline.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { MarkKind, PartyLine, TimeBand, Timeline } from '../figures/timeline.ts';

const ENDED: readonly string[] = ['completed', 'completed-with-missing', 'failed', 'cancelled'];
const ENDS_OF: Partial<Record<TimelineEntry['event'], TimelineEntry['event']>> = { began: 'ended', kill: 'start', stop: 'continue' };
const MARKS: Readonly<Record<string, MarkKind>> = {
  lost: 'lost',
  'process-lost': 'lost',
  rejoined: 'back',
  returned: 'back',
  restarted: 'back',
  suspect: 'suspect',
  excluded: 'left-out',
};

/** Null where nothing is recorded. Times count from the first event; what came after the end is left out. */
export function runTimeline(all: readonly RunEvent[], planned: FaultPlan, names: readonly string[]): Timeline | null {
  const last = all.findLastIndex(({ type }) => ENDED.includes(type));
  const events = last < 0 ? all : all.slice(0, last + 1);
  if (events.length === 0) return null;
  const zero = Date.parse(events[0].at);
  const endMs = Math.max(Date.parse(events.at(-1)!.at) - zero, 1);
  const stages = events
    .filter(({ type }) => type === 'stage')
    .map(({ at, phase, label }) => ({ phase: phase as string, label: label as string, ms: Date.parse(at) - zero }));
  const phases = merged([{ name: 'assembling', ms: 0 }, ...stages.map(({ phase, ms }) => ({ name: phase, ms }))], endMs);
  const arms = merged(
    stages.map(({ phase, label, ms }) => ({ name: phase === 'cooperating' ? armName(label) : '', ms })),
    endMs,
  ).filter(({ name }) => name.includes('('));
  const firstStageMs = stages[0]?.ms ?? 0;
  return { endMs, phases, arms, faults: faultBands(timelineOf(events, planned), firstStageMs, endMs), parties: partiesOf(events, zero, endMs, names) };
}

/** `multitask (learned): choosing eta` is of the arm before the colon. */
function armName(label: string): string {
  return label.split(':')[0];
}

/** Each lasts until the next one of another name. */
function merged(starts: readonly { readonly name: string; readonly ms: number }[], endMs: number): TimeBand[] {
  const changes = starts.filter(({ name }, i) => name !== starts[i - 1]?.name);
  return changes.map(({ name, ms }, i) => ({ name, fromMs: ms, untilMs: changes[i + 1]?.ms ?? endMs }));
}

/** From the moment that somebody noticed or did it to the end of the same. */
function faultBands(entries: readonly TimelineEntry[], offsetMs: number, endMs: number): TimeBand[] {
  return entries.flatMap(({ event, what, party, ms }, i) => {
    const ending = ENDS_OF[event];
    if (ending === undefined) return [];
    const end = entries.slice(i + 1).find((other) => other.event === ending && other.what === what && other.party === party);
    return [{ name: what, fromMs: ms + offsetMs, untilMs: Math.min(end === undefined ? endMs : end.ms + offsetMs, endMs) }];
  });
}

function partiesOf(events: readonly RunEvent[], zero: number, endMs: number, names: readonly string[]): PartyLine[] {
  const marks = events.flatMap((event) => markOf(event, zero) ?? []);
  const parties = [...new Set(marks.map(({ party }) => party))].sort((a, b) => rank(a) - rank(b));
  return parties.map((party) => {
    const own = marks.filter((mark) => mark.party === party);
    return { name: nameOf(party, names), marks: own, away: absences(own, endMs) };
  });
}

function markOf({ type, at, agent, party, order, target }: RunEvent, zero: number): { party: number | 'coordinator'; kind: MarkKind; ms: number } | undefined {
  const kind = type === 'fault' ? (order === 'kill' || order === 'stop' ? 'lost' : undefined) : MARKS[type];
  const whose = (agent ?? party ?? target) as number | 'coordinator' | undefined;
  return kind === undefined || whose === undefined ? undefined : { party: whose, kind, ms: Date.parse(at) - zero };
}

/** From a loss to the next return. */
function absences(marks: readonly { readonly kind: MarkKind; readonly ms: number }[], endMs: number): { fromMs: number; untilMs: number }[] {
  const out: { fromMs: number; untilMs: number }[] = [];
  let fromMs: number | null = null;
  for (const { kind, ms } of marks) {
    if (kind === 'lost') fromMs ??= ms;
    if (kind !== 'back' || fromMs === null) continue;
    out.push({ fromMs, untilMs: ms });
    fromMs = null;
  }
  return fromMs === null ? out : [...out, { fromMs, untilMs: endMs }];
}

function rank(party: number | 'coordinator'): number {
  return party === 'coordinator' ? -1 : party;
}

function nameOf(party: number | 'coordinator', names: readonly string[]): string {
  if (party === 'coordinator') return party;
  const name = names[party] ?? String(party);
  return /^\d+$/.test(name) ? `agent ${name}` : name;
}
