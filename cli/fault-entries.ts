/** Entries of the section `faults` as a person writes them: read from the command line, and written back from a plan. */
import { refuse } from '../config/complaints.ts';
import type { Complaint } from '../config/complaints.ts';
import type { Experiment } from '../config/experiment.ts';
import { FAULT } from '../config/fault-schema.ts';
import type { ConditionKey, FaultEntry } from '../config/fault-schema.ts';
import { readFaults } from '../config/faults.ts';
import { parseValue } from '../config/source.ts';
import { complaintsAgainst } from '../config/validate.ts';
import { KindredError } from '../core/errors.ts';
import type { Duration, Fault, FaultAction, LinkConditions, LinkSet, Trigger } from '../core/fault/plan.ts';

/** A fault to inject; without `at` it begins now. */
export type InjectedFault = Omit<Fault, 'at'> & Partial<Pick<Fault, 'at'>>;

/** One entry or a list, as YAML. Throws USAGE with everything that is wrong with it. */
export function parseFaults(text: string, experiment: Experiment): InjectedFault[] {
  const value = valueOf(text);
  const entries = Array.isArray(value) ? value : [value];
  complain(entries.flatMap((entry, i) => complaintsAgainst(FAULT, entry).map((one) => ({ ...one, path: ['faults', i, ...one.path] }))));
  if (entries.length === 0) throw new KindredError('USAGE', 'there is no fault in it', { where: 'FAULTS' });
  const { agents, cooperate, network } = experiment;
  const { plan, complaints } = readFaults(entries as FaultEntry[], { agents, cooperate, rounds: network.rounds.kind });
  complain(complaints);
  return plan.map((fault, i) => ((entries as FaultEntry[])[i].at === undefined ? { for: fault.for, action: fault.action } : fault));
}

/** What a file says for this fault; more than one entry only for links that no single entry can name. */
export function entriesOf({ at, for: duration, action }: Fault): FaultEntry[] {
  const when = { at: triggerEntry(at), ...durationEntry(duration) };
  return actionEntries(action).map((entry) => ({ ...when, ...entry }));
}

/** Milliseconds in words that the file understands: numbers of up to six digits. */
export function timeText(ms: number): string {
  return ms < 999_999 ? `${Number(ms.toFixed(3))}ms` : `${Number((ms / 1_000).toFixed(6))}s`;
}

function valueOf(text: string): unknown {
  try {
    return parseValue(text);
  } catch (cause) {
    throw new KindredError('USAGE', `is not YAML: ${cause instanceof KindredError ? cause.detail : String(cause)}`, { where: 'FAULTS' });
  }
}

function complain(complaints: readonly Complaint[]): void {
  refuse(
    complaints.map((complaint) => ({ ...complaint, code: 'USAGE' })),
    () => ({ text: 'FAULTS', order: 0 }),
  );
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

const CONDITIONS: Readonly<Record<keyof LinkConditions, ConditionKey>> = {
  delayMs: 'delay',
  jitterMs: 'jitter',
  loss: 'loss',
  duplicate: 'duplicate',
  reorder: 'reorder',
  corrupt: 'corrupt',
  bandwidth: 'bandwidth',
  blackhole: 'blackhole',
  reset: 'reset',
  slice: 'slice',
  limitData: 'limitData',
  slowCloseMs: 'slowClose',
};

/** Those that do something. */
function conditionEntries(conditions: Partial<LinkConditions>): FaultEntry {
  const given = Object.entries(conditions).filter(([, value]) => Boolean(value)) as [keyof LinkConditions, number | boolean][];
  return Object.fromEntries(given.map(([field, value]) => [CONDITIONS[field], field.endsWith('Ms') ? timeText(Number(value)) : value]));
}
