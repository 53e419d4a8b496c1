/** The events of a run in plain words, for people who watch it. */
import { describeFault } from '../../core/fault/describe.ts';
import type { Fault, FaultPlan } from '../../core/fault/plan.ts';
import { runClock } from '../../core/run-clock.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { EventView } from '../../core/run-view.ts';
import { formatNumber, plural } from '../../figures/format.ts';

const SHOWN = 500;

/**
 * The last ones. Stages of one kind that follow one another are told once: a table's arm has hundreds. So is what many agents
 * tell at once: that they joined, that their links are open, that a fault began.
 */
export function eventViews(events: readonly RunEvent[], agentNames: readonly string[]): EventView[] {
  const clock = runClock(events);
  const name = (agent: unknown): string => `agent ${agentNames[agent as number] ?? String(agent)}`;
  return grouped(withoutRepeats(events))
    .slice(-SHOWN)
    .map((group) => ({ ms: clock(Date.parse(group[0].at)), type: group[0].type, text: group.length > 1 ? textOfMany(group) : textOf(group[0], name) }));
}

const OF_MANY: Readonly<Record<string, (count: number, detail: string) => string>> = {
  joined: (count) => `${count} agents joined`,
  'link-open': (count) => `${count} ends of links are open`,
  'fault-began': (count, detail) => `${detail} began at ${count} agents`,
  'fault-ended': (count, detail) => `${detail} is over at ${count} agents`,
};

/** What follows one another and says the same of several agents. */
function grouped(events: readonly RunEvent[]): [RunEvent, ...RunEvent[]][] {
  const groups: [RunEvent, ...RunEvent[]][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    const isMore = event.type in OF_MANY && last?.[0].type === event.type && detailOf(last[0]) === detailOf(event) && event['agent'] !== undefined;
    if (isMore) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

function textOfMany(group: readonly [RunEvent, ...RunEvent[]]): string {
  return OF_MANY[group[0].type](group.length, detailOf(group[0]));
}

function withoutRepeats(events: readonly RunEvent[]): RunEvent[] {
  let last: RunEvent | undefined;
  return events.filter((event) => {
    if (event.type !== 'stage') return true;
    const isRepeat = last?.['label'] === event['label'] && last?.['phase'] === event['phase'];
    last = event;
    return !isRepeat;
  });
}

type Name = (agent: unknown) => string;

const TEXTS: Readonly<Record<string, (event: RunEvent, name: Name) => string>> = {
  started: ({ agents, seed, mode }) => `the run began: ${plural(agents as number, 'agent')}, seed ${String(seed)}, ${String(mode)}`,
  paused: () => 'the run is paused: every agent finishes its iteration and holds',
  unpaused: () => 'the run goes on after its pause',
  resumed: (event, name) => (event['agent'] === undefined ? 'the coordinator goes on from its log' : `${name(event['agent'])} goes on: ${detailOf(event)}`),
  joined: ({ agent }, name) => `${name(agent)} joined`,
  rejoined: ({ agent, incarnation }, name) => `${name(agent)} joined again, as its process number ${String(incarnation)}`,
  suspect: ({ agent }, name) => `nothing is heard of ${name(agent)}`,
  lost: (event, name) => `${name(event['agent'])} was lost: ${detailOf(event)}`,
  excluded: (event, name) => `the run goes on without ${name(event['agent'])}: ${detailOf(event)}`,
  returned: (event, name) => `${name(event['agent'])} is back: ${detailOf(event)}`,
  readmitted: ({ agent }, name) => `${name(agent)} takes part again`,
  stage: ({ label }) => String(label),
  relationship: ({ version, estimator, relativeError }) =>
    `relationship v${String(version)} learned by ${String(estimator)}${typeof relativeError === 'number' ? `, relative error ${formatNumber(relativeError, 3)}` : ''}`,
  arm: ({ strategy, relationship, steadyError }) => `${String(strategy)} (${String(relationship)}) is done: error ${formatNumber(steadyError as number, 3)}`,
  faults: ({ plan }) => planText(plan as FaultPlan),
  fault: ({ order, target, fault }) => `${String(order)} ${target === 'coordinator' ? target : `agent ${String(target)}`}: ${String(fault)}`,
  'fault-began': (event, name) => `${detailOf(event)} began${seenBy(event, name)}`,
  'fault-ended': (event, name) => `${detailOf(event)} is over${seenBy(event, name)}`,
  'process-lost': (event, name) => `the process of ${partyOf(event, name)} ended: ${detailOf(event)}`,
  restarted: (event, name) => `the process of ${partyOf(event, name)} was started again`,
  'link-open': ({ agent, neighbour }, name) => `${name(agent)}: its link to ${name(neighbour)} is open`,
  'link-lost': (event, name) => `${name(event['agent'])}: its link to ${name(event['neighbour'])} broke: ${detailOf(event)}`,
  refused: (event) => `a connection was refused: ${String(event['reason'] ?? detailOf(event))}`,
  completed: () => 'the run is completed',
  'completed-with-missing': () => 'the run is completed, with agents missing',
  cancelled: () => 'the run was stopped',
  failed: (event) => `the run failed: ${detailOf(event)} (${String(event['code'])})`,
};

function textOf(event: RunEvent, name: Name): string {
  return (
    TEXTS[event.type]?.(event, name) ?? [event['agent'] === undefined ? '' : `${name(event['agent'])}: `, event.type, ' ', detailOf(event)].join('').trim()
  );
}

function detailOf({ detail }: RunEvent): string {
  return typeof detail === 'string' ? detail : '';
}

function partyOf({ party }: RunEvent, name: Name): string {
  return party === 'coordinator' ? 'the coordinator' : name(party);
}

function seenBy({ agent }: RunEvent, name: Name): string {
  return agent === undefined ? '' : ` at ${name(agent)}`;
}

function planText(plan: FaultPlan): string {
  return plan.length === 0 ? 'every fault was cleared' : `the fault plan is now: ${plan.map((fault: Fault) => describeFault(fault)).join('; ')}`;
}
