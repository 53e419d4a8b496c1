/**
 * A fault plan as JSON, for sockets and files; no plan is the empty text. Reading trusts nothing: it takes exactly the
 * fields of plan.ts and refuses the rest (WIRE_GARBAGE), saying which entry is wrong.
 */
import { KindredError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import {
  NO_CONDITIONS,
  type Duration,
  type Fault,
  type FaultAction,
  type FaultPlan,
  type LinkConditions,
  type LinkSet,
  type Party,
  type Trigger,
} from './plan.ts';

/** The longest a timer can wait. */
const MS_MAX = 2 ** 31 - 1;
const STEP_MAX = 2 ** 32 - 1;

type Fields = Readonly<Record<string, unknown>>;

export function faultPlanText(plan: FaultPlan): string {
  return plan.length === 0 ? '' : JSON.stringify(plan);
}

export function faultPlanOf(text: string): FaultPlan {
  if (text === '') return [];
  if (text.length > LIMITS.faultPlanCharsMax) throw garbage('the fault plan is too long');
  return list(parsed(text), 'its top').map((item, i) => readFault(item, `fault ${i}`));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw garbage('the fault plan is not JSON', cause);
  }
}

function readFault(item: unknown, name: string): Fault {
  const fault = section(item, name, ['at', 'for', 'action']);
  return {
    at: readTrigger(fault['at'], `${name}: at`),
    for: readDuration(fault['for'], `${name}: for`),
    action: readAction(fault['action'], `${name}: action`),
  };
}

function readTrigger(item: unknown, name: string): Trigger {
  const { unit, ...rest } = section(item, name);
  if (unit === 'step') return { unit, step: whole(only(rest, 'step', name), name, STEP_MAX) };
  if (unit === 'ms') return { unit, ms: number(only(rest, 'ms', name), name, MS_MAX) };
  const phase = only(rest, 'phase', name);
  if (unit === 'phase' && (phase === 'exploring' || phase === 'estimating' || phase === 'cooperating')) return { unit, phase };
  throw garbage(name);
}

function readDuration(item: unknown, name: string): Duration {
  const { unit, ...rest } = section(item, name);
  if (unit === 'steps') return { unit, steps: whole(only(rest, 'steps', name), name, STEP_MAX) };
  if (unit === 'ms') return { unit, ms: number(only(rest, 'ms', name), name, MS_MAX) };
  if (unit === 'run' && Object.keys(rest).length === 0) return { unit };
  throw garbage(name);
}

function readAction(item: unknown, name: string): FaultAction {
  const { kind } = section(item, name);
  const fields = (...names: string[]): Fields => section(item, name, ['kind', ...names]);
  switch (kind) {
    case 'link': {
      const { links, conditions } = fields('links', 'conditions');
      return { kind, links: readLinks(links, name), conditions: readConditions(conditions, name) };
    }
    case 'partition': {
      const { groups, oneWay } = fields('groups', 'oneWay');
      return { kind, groups: list(groups, name).map((group) => list(group, name).map((one) => party(one, name))), oneWay: boolean(oneWay, name) };
    }
    case 'kill': {
      const { target, restartAfterMs } = fields('target', 'restartAfterMs');
      return { kind, target: party(target, name), restartAfterMs: restartAfterMs === null ? null : number(restartAfterMs, name, MS_MAX) };
    }
    case 'pause':
      return { kind, target: party(fields('target')['target'], name) };
    case 'isolate':
    case 'disk-full':
      return { kind, agent: agent(fields('agent')['agent'], name) };
    case 'slow-cpu': {
      const { agent: which, factor } = fields('agent', 'factor');
      return { kind, agent: agent(which, name), factor: number(factor, name, Number.MAX_VALUE) };
    }
    default:
      throw garbage(name);
  }
}

function readLinks(item: unknown, name: string): LinkSet {
  if (item === 'all') return item;
  return list(item, name).map((link) => {
    const ends = list(link, name);
    if (ends.length !== 2) throw garbage(name);
    return [party(ends[0], name), party(ends[1], name)];
  });
}

const PROBABILITIES: readonly string[] = ['loss', 'duplicate', 'reorder', 'corrupt'] satisfies (keyof LinkConditions)[];

function readConditions(item: unknown, name: string): Partial<LinkConditions> {
  const fields = Object.entries(section(item, name));
  return Object.fromEntries(
    fields.map(([field, value]) => {
      const none = Object.hasOwn(NO_CONDITIONS, field) ? NO_CONDITIONS[field as keyof LinkConditions] : undefined;
      if (none === undefined) throw garbage(name);
      if (typeof none === 'boolean') return [field, boolean(value, name)];
      return [field, number(value, name, PROBABILITIES.includes(field) ? 1 : field.endsWith('Ms') ? MS_MAX : Number.MAX_SAFE_INTEGER)];
    }),
  );
}

/** An object; with `names`: exactly these fields. */
function section(item: unknown, name: string, names?: readonly string[]): Fields {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw garbage(name);
  const keys = Object.keys(item);
  if (names !== undefined && (keys.length !== names.length || !names.every((key) => keys.includes(key)))) throw garbage(name);
  return item as Fields;
}

function only(fields: Fields, key: string, name: string): unknown {
  return section(fields, name, [key])[key];
}

function list(item: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(item)) throw garbage(name);
  return item;
}

function number(item: unknown, name: string, maximum: number): number {
  if (typeof item === 'number' && item >= 0 && item <= maximum) return item;
  throw garbage(name);
}

function whole(item: unknown, name: string, maximum: number): number {
  const value = number(item, name, maximum);
  if (Number.isInteger(value)) return value;
  throw garbage(name);
}

function boolean(item: unknown, name: string): boolean {
  if (typeof item !== 'boolean') throw garbage(name);
  return item;
}

function agent(item: unknown, name: string): number {
  return whole(item, name, LIMITS.agentsMax - 1);
}

function party(item: unknown, name: string): Party {
  return item === 'coordinator' ? item : agent(item, name);
}

function garbage(detail: string, cause?: unknown): KindredError {
  return new KindredError('WIRE_GARBAGE', detail.startsWith('the') ? detail : `the fault plan is wrong at ${detail}`, { cause });
}
