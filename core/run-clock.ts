/**
 * The milliseconds of a run: from its first event on. The time between its end and its resumption, which may be days, does
 * not count.
 */
import type { RunEvent } from './run-event.ts';

/** How a run ends, as an event. */
export const ENDINGS: readonly string[] = ['completed', 'completed-with-missing', 'failed', 'cancelled'];

/** The coordinator's; agents note by the same word that they go on from a checkpoint. */
export function isResumption({ type, agent }: RunEvent): boolean {
  return type === 'resumed' && agent === undefined;
}

/** From a time as Date.parse gives it. */
export function runClock(events: readonly RunEvent[]): (time: number) => number {
  const gaps: { readonly until: number; readonly ms: number }[] = [];
  for (let i = 1, end = 0; i < events.length; i++) {
    if (ENDINGS.includes(events[i - 1].type)) end = Date.parse(events[i - 1].at);
    if (!isResumption(events[i]) || end === 0) continue;
    const until = Date.parse(events[i].at);
    gaps.push({ until, ms: until - end });
    end = 0;
  }
  const start = events.length === 0 ? 0 : Date.parse(events[0].at);
  return (time) => time - start - gaps.reduce((sum, { until, ms }) => (until <= time ? sum + ms : sum), 0);
}
