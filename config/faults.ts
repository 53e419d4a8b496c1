/**
 * The section `faults` as a plan: every entry read against the run it belongs to, with all that is wrong with it.
 * The forms of the values were checked by fault-schema.ts; here is what one key says about another.
 * An entry with a complaint still yields a fault, so that reading never throws: nobody uses that plan.
 */
import type { Duration, Fault, FaultAction, FaultPhase, FaultPlan, LinkConditions, Party, Trigger } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { shown, type Complaint, type Path } from './complaints.ts';
import { DEFAULTS } from './defaults.ts';
import { knownAgent, readGroups, readLinks, type Reading, type Scene } from './fault-parties.ts';
import { CONDITION_KEYS, FAULT_KEYS, type ConditionKey, type FaultEntry, type FaultKey } from './fault-schema.ts';
import { percentOf, quantityOf } from './quantity.ts';
import { FAULT_PHASES } from './vocabulary.ts';

export interface ReadFaults {
  readonly plan: FaultPlan;
  readonly complaints: readonly Complaint[];
}

export function readFaults(entries: readonly FaultEntry[], scene: Scene): ReadFaults {
  const complaints: Complaint[] = [];
  const plan = entries.flatMap((entry, i) => {
    const complain = (message: string, ...at: Path): void => void complaints.push({ code: 'CONFIG_INVALID', path: ['faults', i, ...at], message });
    return readFault({ entry, scene, complain }) ?? [];
  });
  if (JSON.stringify(plan).length > LIMITS.faultPlanCharsMax) {
    complaints.push({ code: 'CONFIG_INVALID', path: ['faults'], message: `the plan is larger than ${LIMITS.faultPlanCharsMax} characters of JSON` });
  }
  return { plan, complaints };
}

function readFault(reading: Reading): Fault | undefined {
  const key = kindOf(reading);
  if (key === undefined) return undefined;
  complainOfStrays(reading, key);
  const action = ACTIONS[key].read(reading);
  const fault: Fault = { at: readTrigger(reading), for: readDuration(reading), action };
  complainOfDuration(reading, key, fault);
  return fault;
}

/** The one key that says what the entry is. */
function kindOf({ entry, complain }: Reading): FaultKey | undefined {
  const given = FAULT_KEYS.filter((key) => entry[key] !== undefined);
  if (given.length === 1) return given[0];
  if (given.length === 0) complain(`says nothing to do; it must have one of ${FAULT_KEYS.join(', ')}`);
  else complain(`has ${given.join(' and ')}; write one entry for each`);
  return undefined;
}

/** Keys that stand beside a kind they do not belong to. */
function complainOfStrays({ entry, complain }: Reading, kind: FaultKey): void {
  const own: readonly string[] = ['at', 'for', kind, ...ACTIONS[kind].options];
  for (const key of Object.keys(entry)) {
    if (own.includes(key)) continue;
    const owner = FAULT_KEYS.find((other) => ACTIONS[other].options.includes(key));
    complain(`belongs to ${owner}, not to ${kind}`, key);
  }
}

interface ActionReader {
  /** Keys that may stand beside it. */
  readonly options: readonly string[];
  readonly read: (reading: Reading) => FaultAction;
}

/** The schema and `kindOf` made sure that the key of each kind is there. */
const ACTIONS: Readonly<Record<FaultKey, ActionReader>> = {
  link: { options: CONDITION_KEYS, read: readLink },
  partition: {
    options: ['direction'],
    read: (reading) => ({ kind: 'partition', groups: readGroups(reading, reading.entry.partition!), oneWay: reading.entry.direction === 'one-way' }),
  },
  isolate: { options: [], read: (reading) => ({ kind: 'isolate', agent: readAgent(reading, 'isolate') }) },
  kill: {
    options: ['restartAfter'],
    read: (reading) => {
      const { restartAfter } = reading.entry;
      return { kind: 'kill', target: readTarget(reading, 'kill'), restartAfterMs: restartAfter === undefined ? null : quantityOf(restartAfter) };
    },
  },
  restart: { options: [], read: (reading) => ({ kind: 'kill', target: readTarget(reading, 'restart'), restartAfterMs: 0 }) },
  pause: { options: [], read: (reading) => ({ kind: 'pause', target: readTarget(reading, 'pause') }) },
  slowCpu: {
    options: ['factor'],
    read: (reading) => ({ kind: 'slow-cpu', agent: readAgent(reading, 'slowCpu'), factor: reading.entry.factor ?? DEFAULTS.slowCpuFactor }),
  },
  diskFull: { options: [], read: (reading) => ({ kind: 'disk-full', agent: readAgent(reading, 'diskFull') }) },
};

function readAgent(reading: Reading, key: 'isolate' | 'slowCpu' | 'diskFull'): number {
  return knownAgent(reading, reading.entry[key]!, key);
}

function readTarget(reading: Reading, key: 'kill' | 'restart' | 'pause'): Party {
  const target = reading.entry[key]!;
  return target === 'coordinator' ? target : knownAgent(reading, target, key);
}

function readLink(reading: Reading): FaultAction {
  const { entry, complain } = reading;
  const given = CONDITION_KEYS.filter((key) => entry[key] !== undefined);
  if (given.length === 0) complain(`nothing happens on the link; give one of ${CONDITION_KEYS.join(', ')}`, 'link');
  const conditions = Object.fromEntries(given.map((key) => [CONDITION_FIELDS[key], typeof entry[key] === 'boolean' ? entry[key] : quantityOf(entry[key]!)]));
  return { kind: 'link', links: readLinks(reading, entry.link!), conditions };
}

/** Which field of a plan each key of an entry sets. */
export const CONDITION_FIELDS: Readonly<Record<ConditionKey, keyof LinkConditions>> = {
  delay: 'delayMs',
  jitter: 'jitterMs',
  loss: 'loss',
  duplicate: 'duplicate',
  reorder: 'reorder',
  corrupt: 'corrupt',
  bandwidth: 'bandwidth',
  blackhole: 'blackhole',
  reset: 'reset',
  slice: 'slice',
  limitData: 'limitData',
  slowClose: 'slowCloseMs',
};

/** Step 0 and 0% are the first cooperating step. */
function readTrigger({ entry, scene, complain }: Reading): Trigger {
  const { at } = entry;
  if (at === undefined) return { unit: 'phase', phase: 'exploring' };
  if (typeof at === 'number') return { unit: 'step', step: Math.max(1, at) };
  if (isPhase(at)) return { unit: 'phase', phase: at };
  if (!at.endsWith('%')) return { unit: 'ms', ms: quantityOf(at) };
  const { steps, arms } = scene.cooperate;
  if (steps !== 'auto') return { unit: 'step', step: Math.max(1, Math.round((percentOf(at) * steps * arms.length) / 100)) };
  complain(`with cooperate.steps: auto there is no ${at} of the steps; set cooperate.steps, or use a step or a time such as "5s"`, 'at');
  return { unit: 'step', step: 1 };
}

function isPhase(at: string): at is FaultPhase {
  return (FAULT_PHASES as readonly string[]).includes(at);
}

function readDuration({ entry }: Reading): Duration {
  if (entry.for === undefined) return { unit: 'run' };
  const amount = quantityOf(entry.for);
  return entry.for.includes('round') ? { unit: 'steps', steps: amount } : { unit: 'ms', ms: amount };
}

function complainOfDuration({ entry, scene, complain }: Reading, key: FaultKey, { action, for: duration }: Fault): void {
  if (key === 'pause' && duration.unit === 'run') complain('is missing: a pause needs a time such as "5s"', 'for');
  else if (key === 'kill' && duration.unit !== 'run') complain(`a killed process does not come back by itself; use restartAfter: ${shown('5s')}`, 'for');
  else if (key === 'restart' && duration.unit !== 'run') complain('a restart has no duration; leave the key out', 'for');
  else if (scene.rounds === 'bsp' && duration.unit === 'steps' && stopsRounds(action)) {
    complain(`rounds wait while this lasts, so that it would never end; use seconds such as "5s" (got ${shown(entry.for)})`, 'for');
  }
}

/** Whether a neighbour may get nothing at all while it lasts. */
function stopsRounds(action: FaultAction): boolean {
  if (action.kind !== 'link') return action.kind !== 'slow-cpu' && action.kind !== 'disk-full';
  const { blackhole, reset, loss, corrupt } = action.conditions;
  return blackhole === true || reset === true || loss === 1 || corrupt === 1;
}
