/** A plan as entries of the section `faults`, as a person writes them: the reverse of faults.ts. */
import type { Duration, Fault, FaultAction, LinkConditions, LinkSet, Trigger } from '../core/fault/plan.ts';
import type { ConditionKey, FaultEntry } from './fault-schema.ts';
import { CONDITION_FIELDS } from './faults.ts';

/** What a file says for this fault; more than one entry only for links that no single entry can name. */
export function entriesOf({ at, for: duration, action }: Fault): FaultEntry[] {
  const when = { at: triggerEntry(at), ...durationEntry(duration) };
  return actionEntries(action).map((entry) => ({ ...when, ...entry }));
}

/** Milliseconds in words that the file understands: numbers of up to six digits. */
export function timeText(ms: number): string {
  return ms < 999_999 ? `${Number(ms.toFixed(3))}ms` : `${Number((ms / 1_000).toFixed(6))}s`;
}

function triggerEntry(at: Trigger): NonNullable<FaultEntry['at']> {
  if (at.unit === 'step') return at.step;
  return at.unit === 'ms' ? timeText(at.ms) : at.phase;
}

function durationEntry(duration: Duration): Pick<FaultEntry, 'for'> {
  if (duration.unit === 'run') return {};
  return { for: duration.unit === 'ms' ? timeText(Math.max(1, duration.ms)) : `${duration.steps} rounds` };
}

function actionEntries(action: FaultAction): FaultEntry[] {
  switch (action.kind) {
    case 'link':
      return linkNames(action.links).map((link) => ({ link, ...conditionEntries(action.conditions) }));
    case 'partition':
      return [{ partition: action.groups.map((group) => [...group]), ...(action.oneWay ? { direction: 'one-way' } : {}) }];
    case 'isolate':
      return [{ isolate: action.agent }];
    case 'kill': {
      const { target, restartAfterMs } = action;
      if (restartAfterMs === 0) return [{ restart: target }];
      return [{ kill: target, ...(restartAfterMs === null ? {} : { restartAfter: timeText(restartAfterMs) }) }];
    }
    case 'pause':
      return [{ pause: action.target }];
    case 'slow-cpu':
      return [{ slowCpu: action.agent, factor: action.factor }];
    case 'disk-full':
      return [{ diskFull: action.agent }];
  }
}

function linkNames(links: LinkSet): string[] {
  if (links === 'all') return ['all'];
  const [[a, b], back] = links;
  if (links.length === 2 && back[0] === b && back[1] === a) return [`${a}<->${b}`];
  return links.map(([from, to]) => `${from}->${to}`);
}

const NAMES = Object.fromEntries(Object.entries(CONDITION_FIELDS).map(([key, field]) => [field, key])) as Readonly<Record<keyof LinkConditions, ConditionKey>>;

/** Those that do something. */
function conditionEntries(conditions: Partial<LinkConditions>): FaultEntry {
  const given = Object.entries(conditions).filter(([, value]) => Boolean(value)) as [keyof LinkConditions, number | boolean][];
  return Object.fromEntries(given.map(([field, value]) => [NAMES[field], field.endsWith('Ms') ? timeText(Number(value)) : value]));
}
