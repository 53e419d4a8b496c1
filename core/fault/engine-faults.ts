/**
 * Which faults of a plan a container engine can enact from outside, and what is then left for the agents.
 *  isolation: an agent is taken off its networks.
 *  packets: loss, bandwidth and partitions befall packets, in the kernel, instead of frames.
 * An entry of both kinds, such as loss with delay, is split: its packets here, the rest there.
 */
import type { Fault, FaultAction, FaultPlan, LinkConditions } from './plan.ts';

/** What an engine enacts; nothing where there is none. */
export interface EngineEnacts {
  readonly isolation: boolean;
  readonly packets: boolean;
}

export const NO_ENGINE: EngineEnacts = { isolation: false, packets: false };

/** The conditions of a link that the kernel brings about. */
const PACKET_CONDITIONS = ['loss', 'bandwidth'] as const satisfies readonly (keyof LinkConditions)[];

/** The part that the engine enacts; undefined where it has none. Triggers and durations stay. */
export function enginePart(fault: Fault, enacts: EngineEnacts): Fault | undefined {
  const action = split(fault.action, enacts).engine;
  return action === undefined ? undefined : { ...fault, action };
}

/** What the agents enact; process faults stay in it, though they enact none. */
export function agentsPlan(plan: FaultPlan, enacts: EngineEnacts): FaultPlan {
  if (!enacts.isolation && !enacts.packets) return plan;
  return plan.flatMap((fault) => {
    const action = split(fault.action, enacts).agents;
    return action === undefined ? [] : [action === fault.action ? fault : { ...fault, action }];
  });
}

interface Split {
  readonly engine?: FaultAction;
  readonly agents?: FaultAction;
}

function split(action: FaultAction, { isolation, packets }: EngineEnacts): Split {
  const isWhole = (action.kind === 'isolate' && isolation) || (action.kind === 'partition' && packets);
  if (isWhole) return { engine: action };
  if (action.kind !== 'link' || !packets) return { agents: action };
  const below = Object.entries(action.conditions).filter(([field, value]) => isPacketCondition(field) && Boolean(value));
  const above = Object.entries(action.conditions).filter(([field]) => !isPacketCondition(field));
  return {
    ...(below.length === 0 ? {} : { engine: { ...action, conditions: Object.fromEntries(below) } }),
    ...(above.length === 0 ? {} : { agents: { ...action, conditions: Object.fromEntries(above) } }),
  };
}

function isPacketCondition(field: string): boolean {
  return (PACKET_CONDITIONS as readonly string[]).includes(field);
}
