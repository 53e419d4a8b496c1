/** How far a run is, and for whom it waits: what an operator would ask. */
import { participants, runWaits } from './run-state.ts';
import type { RunPhase, RunState } from './run-state.ts';
import type { Stage } from './script.ts';

export interface RunProgress {
  readonly phase: RunPhase;
  /** Every agent holds until it is resumed. */
  readonly paused: boolean;
  readonly label: string;
  readonly iteration: number;
  readonly total: number;
  readonly agentsUp: number;
  readonly agents: number;
  readonly bytesSent: number;
  /** For whom and what the run waits, in words. */
  readonly waitingFor: string;
  /** Until when, in seconds from now. */
  readonly waitSeconds: number;
}

export function progressOf(
  state: RunState,
  stage: Stage | undefined,
  about: { readonly agentNames: readonly string[]; readonly agentsUp: number; readonly bytesSent: number; readonly now: number },
): RunProgress {
  const waits = runWaits(state);
  const paused = state.pausedAt !== undefined;
  const names = waits.for.map((k) => about.agentNames[k] ?? String(k));
  const iterations = participants(state).map((k) => state.agents[k].iteration);
  return {
    phase: state.phase,
    paused,
    label: stage?.label ?? 'waiting for agents',
    iteration: Math.max(stage?.from ?? 0, Math.min(...iterations)),
    total: stage?.total ?? stage?.until ?? 0,
    agentsUp: about.agentsUp,
    agents: state.agents.length,
    bytesSent: about.bytesSent,
    waitingFor: names.length === 0 ? (paused ? 'the run to be resumed' : '') : `${names.length === 1 ? 'agent' : 'agents'} ${names.join(', ')} ${waits.what}`,
    waitSeconds: names.length === 0 ? 0 : Math.max(0, (waits.until - about.now) / 1000),
  };
}
