/**
 * Where a run stands: its phase and stage, and what is known of every agent. Only the machine changes it (run-machine.ts);
 * everybody else may ask who takes part and for whom it waits.
 */
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';

export type RunPhase = 'assembling' | 'exploring' | 'estimating' | 'cooperating' | 'completed' | 'completed-with-missing' | 'failed' | 'cancelled';

export interface AgentRecord {
  /** How many processes have been this agent; 0 before the first. */
  incarnation: number;
  attached: boolean;
  /** Left out of the current stage, and of the run unless it comes back. */
  excluded: boolean;
  /** Excluded, back, and up to date: it takes part from the next relationship on. */
  returned: boolean;
  /** The last stage it reported after it was left out. */
  lateStage: number;
  awaySince: number;
  reported: boolean;
  finished: boolean;
  /** Monotonic time of the last sign of progress. */
  progressedAt: number;
  /** The highest iteration heard of in this stage. */
  iteration: number;
  waitingFor: string;
}

export interface RunState {
  phase: RunPhase;
  stage: number;
  readonly agents: AgentRecord[];
  readonly quorum: number;
  readonly waitMs: number;
  /** Whether the stage can go on when a participant is lost. */
  stageNeedsAll: boolean;
  /** Whether the coordinator itself has something to find before the stage is over. */
  calculating: boolean;
  deadline: number;
  /** Monotonic time since which it is paused. */
  pausedAt: number | undefined;
  failure: { readonly code: ErrorCode; readonly detail: string } | undefined;
}

export interface RunTerms {
  readonly quorum: number;
  readonly waitMs: number;
  readonly joinMs: number;
}

export function initialRunState(agents: number, now: number, terms: Partial<RunTerms> = {}): RunState {
  const record = (): AgentRecord => ({
    incarnation: 0,
    attached: false,
    excluded: false,
    returned: false,
    lateStage: 0,
    awaySince: now,
    reported: false,
    finished: false,
    progressedAt: now,
    iteration: 0,
    waitingFor: '',
  });
  return {
    phase: 'assembling',
    stage: 0,
    agents: Array.from({ length: agents }, record),
    quorum: terms.quorum ?? agents,
    waitMs: terms.waitMs ?? LIMITS.rejoinMs,
    stageNeedsAll: true,
    calculating: false,
    deadline: now + (terms.joinMs ?? LIMITS.joinMs),
    pausedAt: undefined,
    failure: undefined,
  };
}

export function isOver(phase: RunPhase): boolean {
  return phase === 'completed' || phase === 'completed-with-missing' || phase === 'failed' || phase === 'cancelled';
}

/** Who takes part in the current stage, by index. */
export function participants(state: RunState): number[] {
  return indicesOf(state, (record) => !record.excluded);
}

/** For whom the run waits and until when (monotonic ms), in words; empty when it waits for nobody. */
export function runWaits(state: RunState): { readonly for: readonly number[]; readonly until: number; readonly what: string } {
  if (isOver(state.phase) || state.pausedAt !== undefined) return { for: [], until: 0, what: '' };
  if (state.phase === 'assembling') return { for: indicesOf(state, (one) => !one.attached), until: state.deadline, what: 'to join' };
  const away = indicesOf(state, (one) => !one.excluded && !one.attached);
  if (away.length > 0) return { for: away, until: earliest(away.map((k) => state.agents[k].awaySince)) + state.waitMs, what: 'to come back' };
  const busy = indicesOf(state, (one) => !one.excluded && !one.reported);
  return { for: busy, until: earliest(busy.map((k) => state.agents[k].progressedAt)) + LIMITS.stallMs, what: `to report stage ${state.stage}` };
}

export function indicesOf(state: RunState, predicate: (record: AgentRecord) => boolean): number[] {
  return state.agents.flatMap((record, k) => (predicate(record) ? [k] : []));
}

function earliest(times: readonly number[]): number {
  return times.reduce((least, time) => Math.min(least, time), Infinity);
}
