/** A plan as entries of the section `faults`, one line of YAML each: what `kindred simulate` prints and a person pastes into a file. */
import type { Duration, Fault, FaultAction, FaultPlan, LinkConditions, Party, Trigger } from '../core/fault/plan.ts';

/** The reverse of config/faults.ts; a fault on several links that are not the two ways of one becomes several entries. */
export function faultEntries(plan: FaultPlan): string[] {
  return plan.flatMap((fault) => actionsOf(fault.action).map((action) => entryOf(fault, action)));
}

function entryOf({ at, for: duration }: Fault, action: Fields): string {
  const fields = [...triggerOf(at), ...action, ...durationOf(duration)];
  return `- { ${fields.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}

type Fields = readonly (readonly [key: string, value: string | number | boolean])[];

const ms = (value: number): string => `${value}ms`;

function triggerOf(at: Trigger): Fields {
  if (at.unit === 'step') return [['at', at.step]];
  return [['at', at.unit === 'ms' ? ms(at.ms) : at.phase]];
}

function durationOf(duration: Duration): Fields {
  if (duration.unit === 'run') return [];
  return [['for', duration.unit === 'ms' ? ms(duration.ms) : `${duration.steps} rounds`]];
}

/** Without its time: usually one entry. */
function actionsOf(action: FaultAction): Fields[] {
  switch (action.kind) {
    case 'link':
      return linksOf(action.links).map((link) => [['link', link], ...conditionsOf(action.conditions)]);
    case 'partition':
      return [[['partition', groupsOf(action.groups)], ...(action.oneWay ? [['direction', 'one-way'] as const] : [])]];
    case 'isolate':
      return [[['isolate', action.agent]]];
    case 'kill':
      return [[['kill', action.target], ...(action.restartAfterMs === null ? [] : [['restartAfter', ms(action.restartAfterMs)] as const])]];
    case 'pause':
      return [[['pause', action.target]]];
    case 'slow-cpu':
      return [
        [
          ['slowCpu', action.agent],
          ['factor', action.factor],
        ],
      ];
    case 'disk-full':
      return [[['diskFull', action.agent]]];
  }
}

function linksOf(links: Extract<FaultAction, { kind: 'link' }>['links']): string[] {
  if (links === 'all') return ['all'];
  const [first, second] = links;
  if (links.length === 2 && first[0] === second[1] && first[1] === second[0]) return [`${first[0]}<->${first[1]}`];
  return links.map(([from, to]) => `${from}->${to}`);
}

/** Each condition under its name in the file, as that file writes it. */
const CONDITIONS: Readonly<Record<keyof LinkConditions, (value: number) => readonly [string, string | number | boolean]>> = {
  loss: (value) => ['loss', value],
  duplicate: (value) => ['duplicate', value],
  reorder: (value) => ['reorder', value],
  corrupt: (value) => ['corrupt', value],
  delayMs: (value) => ['delay', ms(value)],
  jitterMs: (value) => ['jitter', ms(value)],
  bandwidth: (value) => ['bandwidth', value],
  blackhole: () => ['blackhole', true],
  reset: () => ['reset', true],
  slice: (value) => ['slice', value],
  limitData: (value) => ['limitData', value],
  slowCloseMs: (value) => ['slowClose', ms(value)],
};

function conditionsOf(conditions: Partial<LinkConditions>): Fields {
  return (Object.entries(conditions) as [keyof LinkConditions, number | boolean][]).map(([name, value]) => CONDITIONS[name](Number(value)));
}

function groupsOf(groups: readonly (readonly Party[])[]): string {
  return `[${groups.map((group) => `[${group.join(', ')}]`).join(', ')}]`;
}
