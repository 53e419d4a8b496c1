/**
 * The life cycle of a run, as a deterministic transition function: events in, effects out; time comes with the events.
 *
 *   assembling -> exploring -> estimating -> cooperating -> completed | completed-with-missing
 *   any of them -> failed(code) | cancelled
 *
 * What the stages of a run are is the script's business (script.ts); this machine knows only that a stage is assigned
 * to every participant, that each reports once, and that the next stage is planned when all have.
 *
 * Invariants:
 *  1. One process per agent index: of two, the one with the later incarnation is it, and the other is fenced off.
 *  2. A report counts once, for the current stage only. An old one is answered with the stage after it: that is how an
 *     agent that restarted, or missed an assignment, catches up.
 *  3. Nothing is assigned before every agent joined, or a quorum when the time for joining is over.
 *  4. An agent that is away is waited for, by name, until its time is over; then the run goes on without it when a quorum
 *     remains, and fails otherwise. It is never forgotten: who took part is part of the result.
 *  5. Every wait names for whom and until when. While the run is paused nobody's time runs out: every deadline is later by
 *     as long.
 */
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { indicesOf, isOver, participants, runWaits, type AgentRecord, type RunPhase, type RunState } from './run-state.ts';

export interface HelloClaim {
  readonly agent: number;
  /** Of its session; 0 without one. */
  readonly incarnation: number;
  readonly proven: boolean;
  readonly boot: boolean;
  readonly stage: number;
}

export type RunEvent =
  | { readonly type: 'hello'; readonly claim: HelloClaim; readonly now: number }
  | { readonly type: 'detached'; readonly agent: number; readonly detail: string; readonly now: number }
  /** Its process will not come back. */
  | { readonly type: 'gone'; readonly agent: number; readonly detail: string; readonly now: number }
  | { readonly type: 'left'; readonly agent: number; readonly code: ErrorCode | ''; readonly detail: string; readonly now: number }
  | { readonly type: 'report'; readonly agent: number; readonly stage: number; readonly isEmpty: boolean; readonly now: number }
  | { readonly type: 'progress'; readonly agent: number; readonly stage: number; readonly iteration: number; readonly waitingFor: string; readonly now: number }
  | { readonly type: 'planned'; readonly phase: RunPhase; readonly needsAll: boolean; readonly calculates?: boolean; readonly now: number }
  | { readonly type: 'calculated'; readonly stage: number }
  /** leftOut: somebody missed a part of it, even if everybody is there now. */
  | { readonly type: 'concluded'; readonly leftOut?: boolean }
  | { readonly type: 'broken'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'paused'; readonly now: number }
  | { readonly type: 'unpaused'; readonly now: number }
  | { readonly type: 'interrupted' }
  | { readonly type: 'tick'; readonly now: number };

export type RunEffect =
  | { readonly type: 'attach'; readonly agent: number; readonly incarnation: number; readonly isNew: boolean }
  | { readonly type: 'refuse'; readonly agent: number; readonly code: ErrorCode }
  /** Everybody is there: the script's first stage is due. */
  | { readonly type: 'begin' }
  /** The script is due: with the reports of the stage that ended, or was broken off. */
  | { readonly type: 'plan'; readonly brokenOff: boolean }
  /** The current stage, to every participant. */
  | { readonly type: 'assign-all' }
  /** What the stage asks of the coordinator itself. */
  | { readonly type: 'calculate' }
  | { readonly type: 'assign'; readonly agent: number; readonly stage: number }
  | { readonly type: 'accept-report'; readonly agent: number }
  /** Of a stage that went on without it. */
  | { readonly type: 'keep-late-report'; readonly agent: number; readonly stage: number }
  | { readonly type: 'note'; readonly kind: 'lost' | 'excluded' | 'returned'; readonly agent: number; readonly detail: string }
  /** Everybody is to hear whether the run is paused. */
  | { readonly type: 'tell-paused' }
  | { readonly type: 'end'; readonly phase: RunPhase };

/** The only way the state changes. */
export function stepRun(state: RunState, event: RunEvent): RunEffect[] {
  if (isOver(state.phase)) return onEventWhenOver(state, event);
  switch (event.type) {
    case 'hello':
      return onHello(state, event.claim, event.now);
    case 'detached':
      return onDetached(state, event.agent, event.detail, event.now);
    case 'gone':
      return onGone(state, event.agent, event.detail);
    case 'left':
      return onLeft(state, event);
    case 'report':
      return onReport(state, event);
    case 'progress':
      return onProgress(state, event);
    case 'planned':
      return enterStage(state, event);
    case 'calculated':
      return onCalculated(state, event.stage);
    case 'concluded':
      return enterCompleted(state, event.leftOut ?? false);
    case 'broken':
      return enterFailed(state, event.code, event.detail);
    case 'paused':
      return onPaused(state, event.now);
    case 'unpaused':
      return onUnpaused(state, event.now);
    case 'interrupted':
      return enterCancelled(state);
    case 'tick':
      return onTick(state, event.now);
  }
}

function onHello(state: RunState, claim: HelloClaim, now: number): RunEffect[] {
  const record = state.agents[claim.agent];
  const refusal = refusalOf(state, record, claim);
  if (refusal !== undefined) return [{ type: 'refuse', agent: claim.agent, code: refusal }];
  const isNew = !claim.proven || claim.boot;
  if (isNew) {
    record.incarnation++;
    // It does iterations again: that is progress.
    record.iteration = 0;
  }
  // The others may have had to wait for it: its absence counts for nobody as a stall.
  const absentMs = record.attached ? 0 : now - record.awaySince;
  for (const one of state.agents) one.progressedAt = Math.min(now, one.progressedAt + absentMs);
  record.attached = true;
  const attach: RunEffect = { type: 'attach', agent: claim.agent, incarnation: record.incarnation, isNew };
  if (state.phase === 'assembling') return state.agents.every((one) => one.attached) ? [attach, { type: 'begin' }] : [attach];
  return [attach, ...nextStage(state, claim.agent, claim.stage)];
}

function refusalOf(state: RunState, record: AgentRecord | undefined, claim: HelloClaim): ErrorCode | undefined {
  if (record === undefined) return 'AGENT_UNKNOWN';
  if (claim.stage > state.stage) return 'AGENT_AHEAD';
  // A new process may show an old session: the Welcome that would have renewed it was lost.
  if (claim.proven) return !claim.boot && claim.incarnation < record.incarnation ? 'WIRE_FENCED' : undefined;
  return record.attached ? 'WIRE_DUPLICATE_AGENT' : undefined;
}

/** What an agent that has done `stage` is to do next; nothing when it is at work on the current one. */
function nextStage(state: RunState, agent: number, stage: number): RunEffect[] {
  return stage < state.stage ? [{ type: 'assign', agent, stage: stage + 1 }] : [];
}

function onDetached(state: RunState, agent: number, detail: string, now: number): RunEffect[] {
  const record = state.agents[agent];
  if (!record.attached) return [];
  record.attached = false;
  record.returned = false;
  record.awaySince = now;
  return [{ type: 'note', kind: 'lost', agent, detail }];
}

function onGone(state: RunState, agent: number, detail: string): RunEffect[] {
  const record = state.agents[agent];
  record.attached = false;
  record.returned = false;
  return record.excluded ? [] : goOnWithout(state, [agent], 'AGENT_LOST', detail);
}

/** A leave in good order is an absence; any other is the agent's failure. */
function onLeft(state: RunState, event: Extract<RunEvent, { type: 'left' }>): RunEffect[] {
  const { agent, code, detail, now } = event;
  if (code === '' || code === 'RUN_INTERRUPTED') return onDetached(state, agent, `it left${detail ? `: ${detail}` : ''}`, now);
  return state.agents[agent].excluded ? [] : goOnWithout(state, [agent], code, detail);
}

function onReport(state: RunState, event: Extract<RunEvent, { type: 'report' }>): RunEffect[] {
  const { agent, stage, now } = event;
  const record = state.agents[agent];
  if (record === undefined || state.phase === 'assembling' || stage > state.stage) return [];
  if (record.excluded) return onLateReport(state, record, event);
  if (stage < state.stage) return nextStage(state, agent, stage);
  if (record.reported) return [];
  record.reported = true;
  record.progressedAt = now;
  return [{ type: 'accept-report', agent }, ...planWhenAllReported(state)];
}

/** Of an agent that was left out: it catches up, stage by stage. */
function onLateReport(state: RunState, record: AgentRecord, { agent, stage, isEmpty }: Extract<RunEvent, { type: 'report' }>): RunEffect[] {
  const isNews = !isEmpty && stage > record.lateStage;
  const kept: RunEffect[] = isNews ? [{ type: 'keep-late-report', agent, stage }] : [];
  if (isNews) record.lateStage = stage;
  if (stage < state.stage) return [...kept, ...nextStage(state, agent, stage)];
  if (record.returned) return kept;
  record.returned = true;
  return [...kept, { type: 'note', kind: 'returned', agent, detail: 'it takes part from the next relationship on' }];
}

function planWhenAllReported(state: RunState): RunEffect[] {
  return !state.calculating && state.agents.every((one) => one.reported || one.excluded) ? [{ type: 'plan', brokenOff: false }] : [];
}

/** Of a stage that was broken off meanwhile nobody needs it. */
function onCalculated(state: RunState, stage: number): RunEffect[] {
  if (!state.calculating || stage !== state.stage) return [];
  state.calculating = false;
  return planWhenAllReported(state);
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

function onPaused(state: RunState, now: number): RunEffect[] {
  if (state.pausedAt !== undefined) return [];
  state.pausedAt = now;
  return [{ type: 'tell-paused' }];
}

/** Invariant 5. Who came, went or moved meanwhile did so now. */
function onUnpaused(state: RunState, now: number): RunEffect[] {
  if (state.pausedAt === undefined) return [];
  const pausedMs = now - state.pausedAt;
  state.pausedAt = undefined;
  state.deadline += pausedMs;
  for (const record of state.agents) {
    record.awaySince = Math.min(now, record.awaySince + pausedMs);
    record.progressedAt = Math.min(now, record.progressedAt + pausedMs);
  }
  return [{ type: 'tell-paused' }];
}

function onTick(state: RunState, now: number): RunEffect[] {
  if (state.pausedAt !== undefined) return [];
  if (state.phase === 'assembling') return now < state.deadline ? [] : beginWithoutSome(state);
  const away = indicesOf(state, (one) => !one.excluded && !one.attached && now >= one.awaySince + state.waitMs);
  if (away.length > 0) return goOnWithout(state, away, 'AGENT_LOST', `did not come back within ${state.waitMs / 1000} s`);
  const waits = runWaits(state);
  if (waits.for.length === 0 || now < waits.until || waits.what === 'to come back') return [];
  const stuck = waits.for.filter((k) => now >= state.agents[k].progressedAt + LIMITS.stallMs);
  const reasons = stuck.map((k) => `agent ${k}${state.agents[k].waitingFor ? ` (waits for ${state.agents[k].waitingFor})` : ''}`);
  return enterFailed(state, 'AGENT_STALLED', `no progress for ${LIMITS.stallMs / 1000} s while ${state.phase}: ${reasons.join(', ')}`);
}

function beginWithoutSome(state: RunState): RunEffect[] {
  const missing = indicesOf(state, (one) => !one.attached);
  if (state.agents.length - missing.length < state.quorum)
    return enterFailed(state, 'AGENTS_MISSING', `waited for agent ${missing.join(', ')} to join, in vain`);
  return [...missing.flatMap((agent) => exclude(state, agent, 'did not join in time')), { type: 'begin' }];
}

/** A quorum goes on; a stage that cannot is broken off, and the script plans anew. */
function goOnWithout(state: RunState, lost: readonly number[], code: ErrorCode, detail: string): RunEffect[] {
  const left = participants(state).filter((agent) => !lost.includes(agent));
  if (left.length < state.quorum || state.phase === 'assembling')
    return enterFailed(state, code, `agent ${lost.join(', ')} while ${state.phase}: ${detail || ''}${leftOutBefore(state, lost)}`);
  const excluded = lost.flatMap((agent) => exclude(state, agent, detail));
  if (!state.stageNeedsAll) return [...excluded, ...planWhenAllReported(state)];
  return [...excluded, { type: 'plan', brokenOff: true }];
}

function leftOutBefore(state: RunState, lost: readonly number[]): string {
  const before = indicesOf(state, (one) => one.excluded).filter((agent) => !lost.includes(agent));
  return before.length === 0 ? '' : `; left out before: agent ${before.join(', ')}`;
}

function exclude(state: RunState, agent: number, detail: string): RunEffect[] {
  const record = state.agents[agent];
  record.excluded = true;
  record.returned = record.attached = false;
  return [{ type: 'note', kind: 'excluded', agent, detail }];
}

function onEventWhenOver(state: RunState, event: RunEvent): RunEffect[] {
  if (event.type === 'left' || event.type === 'detached' || event.type === 'gone') {
    const record = state.agents[event.agent];
    if (record !== undefined) record.finished = true;
  }
  if (event.type === 'hello') return [{ type: 'refuse', agent: event.claim.agent, code: 'RUN_OVER' }];
  return [];
}

function enterStage(state: RunState, { phase, needsAll, calculates = false, now }: Extract<RunEvent, { type: 'planned' }>): RunEffect[] {
  state.phase = phase;
  state.stage++;
  state.stageNeedsAll = needsAll;
  state.calculating = calculates;
  for (const agent of state.agents) {
    agent.reported = agent.returned = false;
    agent.iteration = 0;
    agent.waitingFor = '';
    agent.progressedAt = now;
  }
  return calculates ? [{ type: 'assign-all' }, { type: 'calculate' }] : [{ type: 'assign-all' }];
}

function enterCompleted(state: RunState, leftOut: boolean): RunEffect[] {
  state.phase = leftOut || state.agents.some((one) => one.excluded) ? 'completed-with-missing' : 'completed';
  return [{ type: 'end', phase: state.phase }];
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
