/**
 * The life cycle of a run, as a deterministic transition function: events in, effects out; time comes with the events.
 *
 *   assembling -> exploring -> estimating -> cooperating -> completed
 *   any of them -> failed(code) | cancelled
 *
 * What the stages of a run are is the script's business (script.ts); this machine knows only that a stage is assigned
 * to every agent, that every agent reports once, and that the next stage is planned when all have.
 *
 * Invariants:
 *  1. One process per agent index: a second Hello for a live index is refused.
 *  2. A report counts once, for the current stage only.
 *  3. Nothing is assigned before every agent joined.
 *  4. Every wait names for whom and until when: joining has a deadline; a stage has one per agent, renewed by progress.
 */
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';

export type RunPhase = 'assembling' | 'exploring' | 'estimating' | 'cooperating' | 'completed' | 'failed' | 'cancelled';

export interface AgentRecord {
  joined: boolean;
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
  deadline: number;
  failure: { readonly code: ErrorCode; readonly detail: string } | undefined;
}

export type RunEvent =
  | { readonly type: 'hello'; readonly agent: number; readonly now: number }
  | { readonly type: 'lost'; readonly agent: number; readonly detail: string; readonly now: number }
  | { readonly type: 'left'; readonly agent: number; readonly code: ErrorCode | ''; readonly detail: string; readonly now: number }
  | { readonly type: 'report'; readonly agent: number; readonly stage: number; readonly now: number }
  | { readonly type: 'progress'; readonly agent: number; readonly stage: number; readonly iteration: number; readonly waitingFor: string; readonly now: number }
  | { readonly type: 'planned'; readonly phase: RunPhase; readonly now: number }
  | { readonly type: 'concluded' }
  | { readonly type: 'broken'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'interrupted' }
  | { readonly type: 'tick'; readonly now: number };

export type RunEffect =
  | { readonly type: 'welcome'; readonly agent: number }
  | { readonly type: 'refuse'; readonly agent: number; readonly code: ErrorCode }
  /** The script is due: with the reports of the stage that ended. */
  | { readonly type: 'plan' }
  | { readonly type: 'assign'; readonly stage: number }
  | { readonly type: 'accept-report'; readonly agent: number }
  | { readonly type: 'end'; readonly phase: 'completed' | 'failed' | 'cancelled' };

export function initialRunState(agents: number, now: number, joinMs: number = LIMITS.joinMs): RunState {
  return {
    phase: 'assembling',
    stage: 0,
    agents: Array.from({ length: agents }, () => ({ joined: false, reported: false, finished: false, progressedAt: now, iteration: 0, waitingFor: '' })),
    deadline: now + joinMs,
    failure: undefined,
  };
}

export function isOver(phase: RunPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}

/** The only way the state changes. */
export function stepRun(state: RunState, event: RunEvent): RunEffect[] {
  if (isOver(state.phase)) return onEventWhenOver(state, event);
  switch (event.type) {
    case 'hello':
      return onHello(state, event.agent, event.now);
    case 'lost':
      return enterFailed(state, 'AGENT_LOST', `agent ${event.agent} was lost while ${state.phase}: ${event.detail}`);
    case 'left':
      return onLeft(state, event);
    case 'report':
      return onReport(state, event);
    case 'progress':
      return onProgress(state, event);
    case 'planned':
      return enterStage(state, event.phase, event.now);
    case 'concluded':
      return enterCompleted(state);
    case 'broken':
      return enterFailed(state, event.code, event.detail);
    case 'interrupted':
      return enterCancelled(state);
    case 'tick':
      return onTick(state, event.now);
  }
}

/** For whom the run waits and until when (monotonic ms), in words; empty when it waits for nobody. */
export function runWaits(state: RunState): { readonly for: readonly number[]; readonly until: number; readonly what: string } {
  const who = state.agents.flatMap((agent, k) => ((state.phase === 'assembling' ? !agent.joined : !agent.reported) ? [k] : []));
  if (isOver(state.phase)) return { for: [], until: 0, what: '' };
  if (state.phase === 'assembling') return { for: who, until: state.deadline, what: 'to join' };
  const until = Math.min(...who.map((k) => state.agents[k].progressedAt + LIMITS.stallMs));
  return { for: who, until, what: `to report stage ${state.stage}` };
}

function onHello(state: RunState, agent: number, now: number): RunEffect[] {
  const record = state.agents[agent];
  if (record === undefined) return [{ type: 'refuse', agent, code: 'WIRE_UNEXPECTED' }];
  if (record.joined) return [{ type: 'refuse', agent, code: 'WIRE_DUPLICATE_AGENT' }];
  record.joined = true;
  record.progressedAt = now;
  const everybody = state.agents.every((one) => one.joined);
  return everybody ? [{ type: 'welcome', agent }, { type: 'plan' }] : [{ type: 'welcome', agent }];
}

function onLeft(state: RunState, event: Extract<RunEvent, { type: 'left' }>): RunEffect[] {
  const code = event.code === '' ? 'AGENT_LOST' : event.code;
  return enterFailed(state, code, `agent ${event.agent} while ${state.phase}: ${event.detail || 'left before the run was over'}`);
}

function onReport(state: RunState, event: Extract<RunEvent, { type: 'report' }>): RunEffect[] {
  const record = state.agents[event.agent];
  if (record === undefined || state.phase === 'assembling' || event.stage !== state.stage || record.reported) return [];
  record.reported = true;
  record.progressedAt = event.now;
  const accepted: RunEffect = { type: 'accept-report', agent: event.agent };
  return state.agents.every((one) => one.reported) ? [accepted, { type: 'plan' }] : [accepted];
}

function onProgress(state: RunState, event: Extract<RunEvent, { type: 'progress' }>): RunEffect[] {
  const record = state.agents[event.agent];
  if (record === undefined || event.stage !== state.stage) return [];
  record.waitingFor = event.waitingFor;
  if (event.iteration <= record.iteration) return [];
  record.iteration = event.iteration;
  record.progressedAt = event.now;
  return [];
}

function onTick(state: RunState, now: number): RunEffect[] {
  const waits = runWaits(state);
  if (waits.for.length === 0 || now < waits.until) return [];
  const who = `agent ${waits.for.join(', ')}`;
  if (state.phase === 'assembling') return enterFailed(state, 'AGENTS_MISSING', `waited for ${who} to join, in vain`);
  const stuck = waits.for.filter((k) => now >= state.agents[k].progressedAt + LIMITS.stallMs);
  const reasons = stuck.map((k) => `agent ${k}${state.agents[k].waitingFor ? ` (waits for ${state.agents[k].waitingFor})` : ''}`);
  return enterFailed(state, 'AGENT_STALLED', `no progress for ${LIMITS.stallMs / 1000} s while ${state.phase}: ${reasons.join(', ')}`);
}

function onEventWhenOver(state: RunState, event: RunEvent): RunEffect[] {
  if (event.type === 'left' || event.type === 'lost') {
    const record = state.agents[event.agent];
    if (record !== undefined) record.finished = true;
  }
  if (event.type === 'hello') return [{ type: 'refuse', agent: event.agent, code: 'WIRE_UNEXPECTED' }];
  return [];
}

function enterStage(state: RunState, phase: RunPhase, now: number): RunEffect[] {
  state.phase = phase;
  state.stage++;
  for (const agent of state.agents) {
    agent.reported = false;
    agent.iteration = 0;
    agent.waitingFor = '';
    agent.progressedAt = now;
  }
  return [{ type: 'assign', stage: state.stage }];
}

function enterCompleted(state: RunState): RunEffect[] {
  state.phase = 'completed';
  return [{ type: 'end', phase: 'completed' }];
}

function enterFailed(state: RunState, code: ErrorCode, detail: string): RunEffect[] {
  state.phase = 'failed';
  state.failure = { code, detail };
  return [{ type: 'end', phase: 'failed' }];
}

function enterCancelled(state: RunState): RunEffect[] {
  state.phase = 'cancelled';
  state.failure = { code: 'RUN_INTERRUPTED', detail: 'interrupted' };
  return [{ type: 'end', phase: 'cancelled' }];
}
