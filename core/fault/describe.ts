/** Faults in words: one line each for logs, and the names of their kinds for counters and documents. */
import type { Fault, FaultAction, LinkConditions, LinkSet, Party } from './plan.ts';

/** Every kind of fault there is. An entry of a plan may be of several. */
export const faultKinds = [
  'loss',
  'duplicate',
  'reorder',
  'corrupt',
  'delay',
  'jitter',
  'bandwidth',
  'blackhole',
  'reset',
  'slice',
  'limit-data',
  'slow-close',
  'partition',
  'one-way-partition',
  'isolate',
  'kill',
  'restart',
  'pause',
  'coordinator-kill',
  'coordinator-restart',
  'coordinator-pause',
  'slow-cpu',
  'disk-full',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One condition of a link: its kind, and how much of it in words. */
interface ConditionWords {
  readonly kind: FaultKind;
  readonly amount: (value: number) => string;
}

const percent = (value: number): string => `${Number((100 * value).toPrecision(6))} %`;
const time = (ms: number): string => (ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`);

const CONDITIONS: Readonly<Record<keyof LinkConditions, ConditionWords>> = {
  delayMs: { kind: 'delay', amount: time },
  jitterMs: { kind: 'jitter', amount: time },
  loss: { kind: 'loss', amount: percent },
  duplicate: { kind: 'duplicate', amount: percent },
  reorder: { kind: 'reorder', amount: percent },
  corrupt: { kind: 'corrupt', amount: percent },
  bandwidth: { kind: 'bandwidth', amount: (bytes) => `${bytes} B/s` },
  blackhole: { kind: 'blackhole', amount: () => '' },
  reset: { kind: 'reset', amount: () => '' },
  slice: { kind: 'slice', amount: (bytes) => `${bytes} B` },
  limitData: { kind: 'limit-data', amount: (bytes) => `${bytes} B` },
  slowCloseMs: { kind: 'slow-close', amount: time },
};

const CONDITION_FIELDS = Object.keys(CONDITIONS) as (keyof LinkConditions)[];

/** `loss 10 % on 3->7`, `kill 7, restart after 5 s`. */
export function describeFault({ action }: Fault): string {
  switch (action.kind) {
    case 'link':
      return `${describeConditions(action.conditions)} on ${describeLinks(action.links)}`;
    case 'partition':
      return describePartition(action.groups, action.oneWay);
    case 'isolate':
      return `isolate ${action.agent}`;
    case 'kill':
      return `kill ${action.target}${action.restartAfterMs === null ? '' : `, restart after ${time(action.restartAfterMs)}`}`;
    case 'pause':
      return `pause ${action.target}`;
    case 'slow-cpu':
      return `slow CPU of ${action.agent}, ${action.factor} times`;
    case 'disk-full':
      return `disk full at ${action.agent}`;
  }
}

/** The kinds a fault counts as. */
export function kindsOf({ action }: Fault): FaultKind[] {
  switch (action.kind) {
    case 'link':
      return conditionsIn(action.conditions).map((field) => CONDITIONS[field].kind);
    case 'partition':
      return [action.oneWay ? 'one-way-partition' : 'partition'];
    case 'kill':
      return killKinds(action);
    case 'pause':
      return [action.target === 'coordinator' ? 'coordinator-pause' : 'pause'];
    default:
      return [action.kind];
  }
}

function killKinds({ target, restartAfterMs }: Extract<FaultAction, { kind: 'kill' }>): FaultKind[] {
  const [kill, restart] = target === 'coordinator' ? (['coordinator-kill', 'coordinator-restart'] as const) : (['kill', 'restart'] as const);
  return restartAfterMs === null ? [kill] : [kill, restart];
}

/** Those that do something. */
function conditionsIn(conditions: Partial<LinkConditions>): (keyof LinkConditions)[] {
  return CONDITION_FIELDS.filter((field) => Boolean(conditions[field]));
}

function describeConditions(conditions: Partial<LinkConditions>): string {
  const words = conditionsIn(conditions).map((field) => `${CONDITIONS[field].kind} ${CONDITIONS[field].amount(Number(conditions[field]))}`.trim());
  return words.length === 0 ? 'nothing' : words.join(', ');
}

function describeLinks(links: LinkSet): string {
  if (links === 'all') return 'all links';
  if (links.length === 0) return 'no link';
  const [[a, b], back] = links;
  const isBoth = links.length === 2 && back[0] === b && back[1] === a;
  return isBoth ? `${a}<->${b}` : links.map(([from, to]) => `${from}->${to}`).join(', ');
}

function describePartition(groups: readonly (readonly Party[])[], oneWay: boolean): string {
  const [first, ...others] = groups.map((group) => group.join(','));
  return oneWay ? `one-way partition ${first} -> ${others.join(' | ')}` : `partition ${[first, ...others].join(' | ')}`;
}
