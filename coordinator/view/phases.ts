/** When a run was in which phase, from its events. */
import type { PhaseView } from '../../core/run-view.ts';
import { ENDINGS, isResumption, runClock } from '../../core/run-clock.ts';
import type { RunEvent } from '../../core/run-event.ts';

export function phasesOf(events: readonly RunEvent[]): PhaseView[] {
  const clock = runClock(events);
  const phases: { phase: string; fromMs: number; untilMs: number | null }[] = [];
  for (const event of events) {
    const phase = phaseOf(event);
    const last = phases.at(-1);
    if (phase === undefined || (phase === last?.phase && last.untilMs === null)) continue;
    const ms = clock(Date.parse(event.at));
    if (last !== undefined) last.untilMs ??= ms;
    if (phase !== OVER) phases.push({ phase, fromMs: ms, untilMs: null });
  }
  return phases;
}

const OVER = 'over';

/** Undefined where it says nothing about the phase. */
function phaseOf(event: RunEvent): string | undefined {
  if (ENDINGS.includes(event.type)) return OVER;
  if (event.type === 'started') return 'assembling';
  return event.type === 'stage' || isResumption(event) ? (event['phase'] as string | undefined) : undefined;
}
