/**
 * The protocol of one agent, as a deterministic transition function: events in, effects out, no I/O and no clock
 * (time comes with the events). The driver (agent.ts) owns the state and performs the effects.
 *
 *   joining -> waiting -> (connecting -> waiting | working <-> exchanging -> waiting)* -> done
 *   any phase -> failed
 *
 * Invariants:
 *  1. A stage is worked on once: assignments of an older or the current stage are ignored.
 *  2. No vector is sent before every link of the stage's neighbourhood is open at both ends (the coordinator assigns
 *     work only after every agent reported its links: the barrier).
 *  3. `step` counts exchanges and never restarts in a run. A vector is used once, for exactly its step: of (source, step)
 *     the first wins; only the current step and the next one are accepted (bsp: nobody can be further ahead).
 *  4. An exchange completes only with every expected vector. A missing neighbour is waited for, by name, until a deadline.
 */
import { LIMITS } from '../core/limits.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Assign, Neighbour, Work } from '../proto/messages.ts';

export type AgentPhase = 'joining' | 'waiting' | 'connecting' | 'working' | 'exchanging' | 'done' | 'failed';

export interface AgentState {
  phase: AgentPhase;
  readonly agent: number;
  stage: number;
  /** Exchanges begun so far; the current exchange's step while exchanging. */
  step: number;
  expected: readonly number[];
  /** The step last received from each agent in each parity: two slots, as in the inbox. */
  readonly arrived: Map<number, number>;
  wanted: readonly Neighbour[];
  readonly open: Set<number>;
  readonly lost: Set<number>;
  deadline: number;
}

export type AgentEvent =
  | { readonly type: 'welcomed'; readonly now: number }
  | { readonly type: 'assigned'; readonly assign: Assign; readonly now: number }
  | { readonly type: 'link-open'; readonly agent: number }
  | { readonly type: 'link-lost'; readonly agent: number; readonly reason: string; readonly now: number }
  | { readonly type: 'vector'; readonly agent: number; readonly step: number }
  | { readonly type: 'exchange-wanted'; readonly sendTo: readonly number[]; readonly receiveFrom: readonly number[] }
  | { readonly type: 'work-done' }
  | { readonly type: 'work-failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'coordinator-lost'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'tick'; readonly now: number };

export type AgentEffect =
  | { readonly type: 'dial'; readonly neighbour: Neighbour }
  | { readonly type: 'work'; readonly work: Work }
  | { readonly type: 'publish'; readonly to: readonly number[]; readonly step: number }
  | { readonly type: 'keep-vector'; readonly agent: number; readonly step: number }
  | { readonly type: 'deliver'; readonly step: number; readonly from: readonly number[] }
  | { readonly type: 'report'; readonly stage: number }
  | { readonly type: 'ignored'; readonly reason: 'duplicate' | 'stale' | 'ahead' }
  | { readonly type: 'leave'; readonly code: ErrorCode | ''; readonly detail: string };

export function initialAgentState(agent: number): AgentState {
  return {
    phase: 'joining',
    agent,
    stage: 0,
    step: 0,
    expected: [],
    arrived: new Map(),
    wanted: [],
    open: new Set(),
    lost: new Set(),
    deadline: Infinity,
  };
}

/** The only way the state changes. */
export function stepAgent(state: AgentState, event: AgentEvent): AgentEffect[] {
  if (state.phase === 'done' || state.phase === 'failed') return [];
  switch (event.type) {
    case 'welcomed':
      return enterWaiting(state);
    case 'assigned':
      return onAssigned(state, event.assign, event.now);
    case 'link-open':
      return onLinkOpen(state, event.agent);
    case 'link-lost':
      return onLinkLost(state, event.agent, event.now);
    case 'vector':
      return onVector(state, event.agent, event.step);
    case 'exchange-wanted':
      return enterExchanging(state, event.sendTo, event.receiveFrom);
    case 'work-done':
      return [...enterWaiting(state), { type: 'report', stage: state.stage }];
    case 'work-failed':
    case 'coordinator-lost':
      return enterFailed(state, event.code, event.detail);
    case 'tick':
      return onTick(state, event.now);
  }
}

/** Whom this agent waits for, in words; empty when it computes. */
export function waitingFor(state: AgentState): string {
  switch (state.phase) {
    case 'joining':
    case 'waiting':
      return 'the coordinator';
    case 'connecting':
      return `links to ${named(state.wanted.map((one) => one.agent).filter((agent) => !state.open.has(agent)))}`;
    case 'exchanging':
      return `vectors of ${named(missingVectors(state))}`;
    default:
      return '';
  }
}

function onAssigned(state: AgentState, assign: Assign, now: number): AgentEffect[] {
  if (assign.stage <= state.stage) return [{ type: 'ignored', reason: 'stale' }];
  state.stage = assign.stage;
  const { work } = assign;
  if (work.kind === 'finish') return enterDone(state);
  if (work.kind === 'connect') return enterConnecting(state, work.neighbours, now);
  state.phase = 'working';
  return [{ type: 'work', work }];
}

function onLinkOpen(state: AgentState, agent: number): AgentEffect[] {
  state.open.add(agent);
  state.lost.delete(agent);
  return state.phase === 'connecting' ? completeConnecting(state) : [];
}

function onLinkLost(state: AgentState, agent: number, now: number): AgentEffect[] {
  state.open.delete(agent);
  state.lost.add(agent);
  // The coordinator sees a dead agent itself and says so; this deadline is for a link that broke between two living ones.
  state.deadline = Math.min(state.deadline, now + 2 * LIMITS.lostMs);
  return [];
}

function onVector(state: AgentState, agent: number, step: number): AgentEffect[] {
  const current = state.phase === 'exchanging' ? state.step : state.step + 1;
  if (hasVector(state, agent, step)) return [{ type: 'ignored', reason: 'duplicate' }];
  if (step < current) return [{ type: 'ignored', reason: 'stale' }];
  if (step > current + 1) return [{ type: 'ignored', reason: 'ahead' }];
  state.arrived.set(2 * agent + (step % 2), step);
  const kept: AgentEffect = { type: 'keep-vector', agent, step };
  return state.phase === 'exchanging' ? [kept, ...completeExchange(state)] : [kept];
}

function onTick(state: AgentState, now: number): AgentEffect[] {
  if (now < state.deadline) return [];
  if (state.phase === 'connecting') return enterFailed(state, 'LINK_UNREACHABLE', `waited for ${waitingFor(state)}`);
  if (state.lost.size > 0) return enterFailed(state, 'LINK_LOST', `the link to ${named([...state.lost])} broke`);
  return [];
}

function enterWaiting(state: AgentState): AgentEffect[] {
  state.phase = 'waiting';
  return [];
}

function enterConnecting(state: AgentState, wanted: readonly Neighbour[], now: number): AgentEffect[] {
  state.phase = 'connecting';
  state.wanted = wanted;
  state.deadline = now + LIMITS.connectMs;
  const toDial = wanted.filter((neighbour) => neighbour.dial && !state.open.has(neighbour.agent));
  return [...toDial.map((neighbour): AgentEffect => ({ type: 'dial', neighbour })), ...completeConnecting(state)];
}

function completeConnecting(state: AgentState): AgentEffect[] {
  if (state.wanted.some((one) => !state.open.has(one.agent))) return [];
  state.deadline = Infinity;
  return [...enterWaiting(state), { type: 'report', stage: state.stage }];
}

function enterExchanging(state: AgentState, sendTo: readonly number[], receiveFrom: readonly number[]): AgentEffect[] {
  state.phase = 'exchanging';
  state.step++;
  state.expected = receiveFrom;
  const publish: AgentEffect[] = sendTo.length > 0 ? [{ type: 'publish', to: sendTo, step: state.step }] : [];
  return [...publish, ...completeExchange(state)];
}

function completeExchange(state: AgentState): AgentEffect[] {
  for (const agent of state.expected) if (!hasVector(state, agent, state.step)) return [];
  state.phase = 'working';
  return [{ type: 'deliver', step: state.step, from: state.expected }];
}

function enterDone(state: AgentState): AgentEffect[] {
  state.phase = 'done';
  return [{ type: 'leave', code: '', detail: '' }];
}

function enterFailed(state: AgentState, code: ErrorCode, detail: string): AgentEffect[] {
  state.phase = 'failed';
  return [{ type: 'leave', code, detail }];
}

function missingVectors(state: AgentState): number[] {
  return state.expected.filter((agent) => !hasVector(state, agent, state.step));
}

function hasVector(state: AgentState, agent: number, step: number): boolean {
  return state.arrived.get(2 * agent + (step % 2)) === step;
}

function named(agents: readonly number[]): string {
  return agents.length === 0 ? 'nobody' : `agent ${agents.join(', ')}`;
}
