/** The faults of a run as bands of time: what the record says began, until it says that it was over or the run is. */
import type { RunEvent } from '../run-event.ts';
import { runClock } from '../run-clock.ts';
import type { FaultView } from '../run-view.ts';
import { describeFault, kindsOf } from './describe.ts';
import type { Fault, FaultAction, FaultPlan, LinkSet } from './plan.ts';
import { timelineOf, zeroOf } from './timeline.ts';
import type { TimelineEntry } from './timeline.ts';

type Band = { -readonly [field in keyof FaultView]: FaultView[field] };

/** `endMs`: when the run was over; null while it goes on. */
export function faultBands(events: readonly RunEvent[], planned: FaultPlan, endMs: number | null): FaultView[] {
  const known = new Map(plannedEver(events, planned).map((fault) => [describeFault(fault), fault]));
  const clock = runClock(events);
  const zero = zeroOf(events);
  const bands: Band[] = [];
  const open = new Map<string, Band>();
  for (const entry of timelineOf(events, planned)) {
    const ms = clock(zero + entry.ms);
    if (BEGINS.has(entry.event)) {
      const band = bandOf(entry, known.get(entry.what), ms);
      if (!open.has(keyOf(entry))) bands.push(band);
      open.set(keyOf(entry), open.get(keyOf(entry)) ?? band);
    } else for (const key of endedBy(entry, open)) close(open, key, ms);
  }
  for (const band of open.values()) band.untilMs = endMs;
  return bands;
}

const BEGINS: ReadonlySet<TimelineEntry['event']> = new Set(['began', 'kill', 'stop', 'lost']);
const LOST = 'lost ';

function keyOf({ event, what, party }: TimelineEntry): string {
  return event === 'lost' ? `${LOST}${party}` : `${what} ${party ?? ''}`;
}

/** A process that is there again ends whatever took it away. */
function endedBy(entry: TimelineEntry, open: ReadonlyMap<string, Band>): string[] {
  if (entry.event === 'ended' || entry.event === 'continue' || entry.event === 'start') return [keyOf(entry)];
  return entry.event === 'restarted' ? [...open.keys()].filter((key) => key === `${LOST}${entry.party}` || isKillOf(key, entry.party)) : [];
}

function isKillOf(key: string, party: TimelineEntry['party']): boolean {
  return key.startsWith('kill ') && key.endsWith(` ${party}`);
}

function close(open: Map<string, Band>, key: string, ms: number | null): void {
  const band = open.get(key);
  if (band !== undefined) band.untilMs = ms;
  open.delete(key);
}

function bandOf({ event, what, party }: TimelineEntry, fault: Fault | undefined, fromMs: number): Band {
  const agents = fault === undefined ? (typeof party === 'number' ? [party] : []) : agentsOf(fault.action);
  if (event === 'lost') return { what: `${partyText(party)}: ${what}`, kind: 'lost', agents, fromMs, untilMs: null };
  return { what, kind: (fault && kindsOf(fault)[0]) ?? event, agents, fromMs, untilMs: null };
}

function partyText(party: TimelineEntry['party']): string {
  return party === 'coordinator' ? party : `agent ${party}`;
}

/** Every fault that ever stood in the plan, or was carried out. */
function plannedEver(events: readonly RunEvent[], planned: FaultPlan): Fault[] {
  const live = events.flatMap(({ type, plan, of }) => (type === 'faults' ? (plan as Fault[]) : type === 'fault' && of !== undefined ? [of as Fault] : []));
  return [...planned, ...live];
}

function agentsOf(action: FaultAction): number[] {
  const parties = partiesOf(action).filter((party) => typeof party === 'number');
  return [...new Set(parties)].sort((a, b) => a - b);
}

function partiesOf(action: FaultAction): readonly (number | 'coordinator')[] {
  switch (action.kind) {
    case 'link':
      return endsOf(action.links);
    case 'partition':
      return action.groups.flat();
    case 'kill':
    case 'pause':
      return [action.target];
    default:
      return [action.agent];
  }
}

function endsOf(links: LinkSet): readonly (number | 'coordinator')[] {
  return links === 'all' ? [] : links.flat();
}
