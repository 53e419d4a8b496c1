/** Events of the agent machine in the fewest words, and the machine run through a list of them. */
import { initialAgentState, stepAgent } from '../../../agent/agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from '../../../agent/agent-machine.ts';
import type { ExchangeRules } from '../../../agent/held-vectors.ts';
import type { CooperateWork, Neighbour, Work } from '../../../proto/messages.ts';

export const BSP: ExchangeRules = { epoch: 1, rounds: 'bsp', staleness: 0, hops: 1 };

export const neighbour = (agent: number, change: Partial<Neighbour> = {}): Neighbour => ({
  agent,
  endpoint: `ws://${agent}`,
  ticket: 't',
  dial: true,
  incarnation: 1,
  ...change,
});

export const welcomed = (neighbours: readonly Neighbour[] = [], now = 0): AgentEvent => ({ type: 'welcomed', neighbours, now });
export const detached = (now = 0): AgentEvent => ({ type: 'detached', now });
export const assigned = (stage: number, work: Work, now = 0, abandon = false): AgentEvent => ({
  type: 'assigned',
  assign: { type: 'assign', stage, abandon, work },
  now,
});
/** The stage after one that was broken off. */
export const abandoned = (event: AgentEvent): AgentEvent => (event.type === 'assigned' ? { ...event, assign: { ...event.assign, abandon: true } } : event);
export const connect = (stage: number, ...neighbours: Neighbour[]): AgentEvent => assigned(stage, { kind: 'connect', neighbours });
export const cooperate = (stage: number, now = 0, firstStep = 0): AgentEvent =>
  assigned(stage, { kind: 'cooperate', firstStep } as CooperateWork, now, firstStep > 0);
export const paused = (paused = true): AgentEvent => ({ type: 'pause', paused });
export const finish = (stage: number): AgentEvent => assigned(stage, { kind: 'finish', status: 'completed', code: '', detail: '' });
export const moved = (to: Neighbour): AgentEvent => ({ type: 'moved', neighbour: to });
export const open = (agent: number, now = 0): AgentEvent => ({ type: 'link-open', agent, now });
export const lost = (agent: number, now = 0): AgentEvent => ({ type: 'link-lost', agent, reason: 'it broke', now });
export const synced = (agent: number, step: number, oldestStep = 1, now = 0): AgentEvent => ({
  type: 'synced',
  agent,
  sync: { type: 'sync', step, durableStep: 0, oldestStep },
  now,
});
export const pulled = (agent: number, step: number): AgentEvent => ({ type: 'pulled', agent, step });
export const vector = (agent: number, step: number, epoch = 1, now = 0): AgentEvent => ({
  type: 'vector',
  agent,
  header: { epoch, step, durableStep: 0 },
  now,
});
export const workDone = (now = 0): AgentEvent => ({ type: 'work-done', now });
export const failure: AgentEvent = { type: 'work-failed', code: 'INTERNAL', detail: 'it broke' };
export const tick = (now: number): AgentEvent => ({ type: 'tick', now });

/** With the neighbours 1 and 3. */
export const exchange = (rules: Partial<ExchangeRules> = {}, now = 0): AgentEvent => ({
  type: 'exchange-wanted',
  sendTo: [1, 3],
  receiveFrom: [1, 3],
  rules: { ...BSP, ...rules },
  now,
});

/** Agent 2, a new one, after being welcomed and these events; the effects of the last one. */
export function after(...events: readonly AgentEvent[]): { readonly state: AgentState; readonly effects: AgentEffect[] } {
  return continued(initialAgentState(2), welcomed(), ...events);
}

export function continued(state: AgentState, ...events: readonly AgentEvent[]): { readonly state: AgentState; readonly effects: AgentEffect[] } {
  let effects: AgentEffect[] = [];
  for (const event of events) effects = stepAgent(state, event);
  return { state, effects };
}

/** What happened, by name: 'report 3', 'pull 1@5', 'deliver 4,4'. */
export function summary(effects: readonly AgentEffect[]): string[] {
  return effects.map(described);
}

function described(effect: AgentEffect): string {
  switch (effect.type) {
    case 'dial':
    case 'fence':
      return `${effect.type} ${effect.neighbour.agent}`;
    case 'work':
      return `work ${effect.work.kind}`;
    case 'publish':
      return `publish ${effect.step}`;
    case 'keep-vector':
    case 'pull':
    case 'resend':
      return `${effect.type} ${effect.agent}@${effect.step}`;
    case 'deliver':
      return `deliver ${effect.steps.join(',')}`;
    case 'sync':
      return `sync ${effect.agent}`;
    case 'report':
      return `report ${effect.stage}`;
    case 'ignored':
      return effect.reason;
    case 'notice':
      return `notice ${effect.kind} ${effect.agent}`;
    case 'leave':
      return `leave ${effect.code}`;
  }
}

/** Times at which ticks do something, and what. */
export function ticksUntil(state: AgentState, from: number, to: number): [number, string[]][] {
  const happened: [number, string[]][] = [];
  for (let now = from; now <= to; now += 5) {
    const effects = stepAgent(state, tick(now));
    if (effects.length > 0) happened.push([now, summary(effects)]);
  }
  return happened;
}

/** After the first wait, then after waits that double up to the longest. */
export function growingWaits(firstMs: number, longestMs: number, untilMs: number): number[] {
  const times: number[] = [];
  for (let now = firstMs, waitMs = firstMs; now <= untilMs; now += waitMs) {
    times.push(now);
    waitMs = Math.min(2 * waitMs, longestMs);
  }
  return times;
}
