/** Who is there, by agent: from the events of a run, and from its coordinator while it goes on. */
import { LIMITS } from '../../core/limits.ts';
import { ENDINGS } from '../../core/run-clock.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { AgentRecord } from '../run-state.ts';

export interface Presence {
  readonly state: 'up' | 'suspect' | 'away' | 'left-out' | 'done';
  readonly incarnation: number;
}

/** As the record tells it. Who was silent and was not lost has been heard again. */
export function recordedPresence(events: readonly RunEvent[], agents: number): Presence[] {
  const found = Array.from({ length: agents }, () => ({ state: 'away' as Presence['state'], incarnation: 0 }));
  for (const { type, agent, incarnation } of events) {
    if (type === 'completed' || type === 'completed-with-missing') for (const one of found) if (one.state !== 'left-out') one.state = 'done';
    const one = found[agent as number];
    if (one === undefined) continue;
    one.state = STATES[type] ?? one.state;
    if (type === 'joined' || type === 'rejoined') one.incarnation = (incarnation as number | undefined) ?? 1;
  }
  const hasEnded = ENDINGS.includes(events.at(-1)?.type ?? '');
  return found.map((one) => (hasEnded && one.state === 'up' ? { ...one, state: 'away' } : one));
}

/** The coordinator knows better; `silentMs`: since it was found silent, after which it was heard again or lost. */
export function livePresence({ attached, excluded, incarnation, finished }: AgentRecord, silentMs: number): Presence {
  if (finished) return { state: 'done', incarnation };
  if (excluded) return { state: 'left-out', incarnation };
  if (!attached) return { state: 'away', incarnation };
  return { state: silentMs < LIMITS.lostMs - LIMITS.suspectMs ? 'suspect' : 'up', incarnation };
}

const STATES: Readonly<Record<string, Presence['state']>> = {
  joined: 'up',
  rejoined: 'up',
  lost: 'away',
  excluded: 'left-out',
  returned: 'up',
  readmitted: 'up',
};
