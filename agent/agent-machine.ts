/**
 * The protocol of one agent, as a deterministic transition function: events in, effects out, no I/O and no clock
 * (time comes with the events). The driver (agent.ts) owns the state and performs the effects.
 *
 *   joining -> waiting -> (connecting -> waiting | working <-> exchanging -> waiting)* -> done
 *   any phase -> failed
 *
 * The link to the coordinator and the links to neighbours break and come back at any time: that is no phase.
 *
 * Invariants:
 *  1. Stages are worked on in order, each once: only the stage after the last one is accepted. A report is repeated
 *     until the next stage is assigned, so that a lost report or assignment costs time only.
 *  2. No vector is sent before every link of the stage's neighbourhood is open at both ends (the coordinator assigns
 *     work only after every agent reported its links: the barrier).
 *  3. `step` counts exchanges and never restarts in a run. Of (source, step) the first wins; a step already applied is
 *     ignored whatever the incarnation. In bsp only the current step and the next one are kept.
 *  4. An exchange in bsp completes only with every expected vector: a missing one is pulled until it comes. In bounded and
 *     async rounds the last known one of the same epoch and hop stands in for it while it is young enough; else it is left out.
 *  5. Every wait names for whom, and until when: the coordinator decides about agents that do not come back.
 */
import { LIMITS } from '../core/limits.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Assign, Neighbour, Sync, VectorHeader, Work } from '../proto/messages.ts';
import { keep, NO_RULES, refusal, standIn } from './held-vectors.ts';
import type { ExchangeRules, Held, Refusal } from './held-vectors.ts';

export type AgentPhase = 'joining' | 'waiting' | 'connecting' | 'working' | 'exchanging' | 'done' | 'failed';

export interface AgentState {
  phase: AgentPhase;
  readonly agent: number;
  stage: number;
  /** Exchanges begun so far; the current exchange's step while exchanging. */
  step: number;
  expected: readonly number[];
  rules: ExchangeRules;
  readonly held: Map<number, Held>;
  readonly neighbours: Map<number, Neighbour>;
  /** Links the current stage waits for. */
  wanted: readonly number[];
  readonly open: Set<number>;
  attached: boolean;
  /** The run is paused: no work goes on beyond the iteration under way. */
  paused: boolean;
  /** When the coordinator is given up. */
  giveUpAt: number;
  /** When missing vectors are pulled, or the report is repeated, next; and the wait after that. */
  repeatAt: number;
  repeatMs: number;
  /** bounded: when the exchange goes on without the missing. */
  dropAt: number;
}

export type AgentEvent =
  | { readonly type: 'welcomed'; readonly neighbours: readonly Neighbour[]; readonly now: number }
  | { readonly type: 'detached'; readonly now: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'assigned'; readonly assign: Assign; readonly now: number }
  | { readonly type: 'moved'; readonly neighbour: Neighbour }
  | { readonly type: 'link-open'; readonly agent: number; readonly now: number }
  | { readonly type: 'link-lost'; readonly agent: number; readonly reason: string; readonly now: number }
  | { readonly type: 'synced'; readonly agent: number; readonly sync: Sync; readonly now: number }
  | { readonly type: 'pulled'; readonly agent: number; readonly step: number }
  | { readonly type: 'vector'; readonly agent: number; readonly header: VectorHeader; readonly now: number }
  | {
      readonly type: 'exchange-wanted';
      readonly sendTo: readonly number[];
      readonly receiveFrom: readonly number[];
      readonly rules: ExchangeRules;
      readonly now: number;
    }
  | { readonly type: 'work-done'; readonly now: number }
  | { readonly type: 'work-failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly type: 'tick'; readonly now: number };

export type AgentEffect =
  | { readonly type: 'dial'; readonly neighbour: Neighbour }
  | { readonly type: 'fence'; readonly neighbour: Neighbour }
  | { readonly type: 'work'; readonly work: Work }
  | { readonly type: 'publish'; readonly to: readonly number[]; readonly step: number }
  | { readonly type: 'keep-vector'; readonly agent: number; readonly step: number }
  /** steps[i] of agent from[i]; 0 where there is none. */
  | { readonly type: 'deliver'; readonly from: readonly number[]; readonly steps: readonly number[] }
  | { readonly type: 'sync'; readonly agent: number }
  | { readonly type: 'pull'; readonly agent: number; readonly step: number }
  | { readonly type: 'resend'; readonly agent: number; readonly step: number }
  | { readonly type: 'report'; readonly stage: number }
  | { readonly type: 'ignored'; readonly reason: Refusal }
  | { readonly type: 'notice'; readonly kind: 'link-open' | 'link-lost'; readonly agent: number; readonly detail: string }
  | { readonly type: 'leave'; readonly code: ErrorCode | ''; readonly detail: string };

/** An agent that goes on after `stage` stages and `step` exchanges: 0 and 0 unless it has a checkpoint. */
export function initialAgentState(agent: number, stage = 0, step = 0): AgentState {
  return {
    phase: 'joining',
    agent,
    stage,
    step,
    expected: [],
    rules: NO_RULES,
    held: new Map(),
    neighbours: new Map(),
    wanted: [],
    open: new Set(),
    attached: false,
    paused: false,
    giveUpAt: Infinity,
    repeatAt: Infinity,
    repeatMs: LIMITS.repeatMinMs,
    dropAt: Infinity,
  };
}

/** The only way the state changes. */
export function stepAgent(state: AgentState, event: AgentEvent): AgentEffect[] {
  if (state.phase === 'done' || state.phase === 'failed') return [];
  switch (event.type) {
    case 'welcomed':
      return onWelcomed(state, event.neighbours, event.now);
    case 'detached':
      return onDetached(state, event.now);
    case 'pause':
      state.paused = event.paused;
      return [];
    case 'assigned':
      return onAssigned(state, event.assign, event.now);
    case 'moved':
      return onNeighbour(state, event.neighbour);
    case 'link-open':
      return onLinkOpen(state, event.agent, event.now);
    case 'link-lost':
      return onLinkLost(state, event.agent, event.reason, event.now);
    case 'synced':
      return onSynced(state, event.agent, event.sync, event.now);
    case 'pulled':
      return event.step <= state.step ? [{ type: 'resend', agent: event.agent, step: event.step }] : [];
    case 'vector':
      return onVector(state, event.agent, event.header, event.now);
    case 'exchange-wanted':
      return enterExchanging(state, event);
    case 'work-done':
      return [...enterWaiting(state, event.now), { type: 'report', stage: state.stage }];
    case 'work-failed':
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
      return `links to ${named(unopened(state))}`;
    case 'exchanging':
      return `vectors of ${named(missing(state))}`;
    default:
      return state.paused ? 'the run to be resumed' : '';
  }
}

/** Exchanges that this neighbour's newest vector is behind the current one; 0 where none of it is expected. */
export function stalenessOf(state: AgentState, agent: number): number {
  if (!state.expected.includes(agent)) return 0;
  return Math.max(0, state.step - Math.max(...heldOf(state, agent).steps));
}

function onWelcomed(state: AgentState, neighbours: readonly Neighbour[], now: number): AgentEffect[] {
  state.attached = true;
  state.giveUpAt = Infinity;
  const links = neighbours.flatMap((neighbour) => onNeighbour(state, neighbour));
  if (state.phase === 'joining') return [...links, ...enterWaiting(state, now)];
  // The coordinator may have lost the report with its link: it answers with the next stage when it had it.
  return state.phase === 'waiting' ? [...links, { type: 'report', stage: state.stage }] : links;
}

function onDetached(state: AgentState, now: number): AgentEffect[] {
  if (state.attached) state.giveUpAt = now + LIMITS.coordinatorAwayMs;
  state.attached = false;
  return [];
}

/**
 * A stage ahead of the next one is no news: the coordinator repeats itself for whoever is behind. So is the next one while
 * this one is not done: a restarted agent does again what its predecessor has reported.
 */
function onAssigned(state: AgentState, assign: Assign, now: number): AgentEffect[] {
  const { work } = assign;
  if (work.kind === 'finish') return enterDone(state);
  if (assign.stage <= state.stage) return [{ type: 'ignored', reason: 'stale' }];
  if (assign.stage > state.stage + 1 || (state.phase !== 'waiting' && !assign.abandon)) return [{ type: 'ignored', reason: 'ahead' }];
  state.stage = assign.stage;
  if (work.kind === 'connect') return enterConnecting(state, work.neighbours, now);
  // Once in an epoch: in its later stages the step is beyond it.
  if ('firstStep' in work && work.firstStep > state.step) state.step = work.firstStep - 1;
  state.phase = 'working';
  return [{ type: 'work', work }];
}

/** A link of this agent's plan, or where to find its other end now. Older incarnations are fenced off. */
function onNeighbour(state: AgentState, neighbour: Neighbour): AgentEffect[] {
  const { agent } = neighbour;
  const known = state.neighbours.get(agent);
  if (known !== undefined && known.incarnation > neighbour.incarnation) return [{ type: 'ignored', reason: 'stale' }];
  // A coordinator that restarted does not know every address yet.
  const address = neighbour.endpoint === '' && known?.incarnation === neighbour.incarnation ? known.endpoint : neighbour.endpoint;
  const current = { ...neighbour, endpoint: address };
  state.neighbours.set(agent, current);
  const fence: AgentEffect[] = known === undefined || known.incarnation < neighbour.incarnation ? [{ type: 'fence', neighbour: current }] : [];
  return state.open.has(agent) && fence.length === 0 ? [] : [...fence, ...dialled(current)];
}

function onLinkOpen(state: AgentState, agent: number, now: number): AgentEffect[] {
  state.open.add(agent);
  const opened: AgentEffect[] = [
    { type: 'sync', agent },
    { type: 'notice', kind: 'link-open', agent, detail: '' },
  ];
  return state.phase === 'connecting' ? [...opened, ...completeConnecting(state, now)] : opened;
}

/** Nothing fails by it: the end that dials dials again, and what was lost is pulled. */
function onLinkLost(state: AgentState, agent: number, reason: string, now: number): AgentEffect[] {
  state.open.delete(agent);
  const neighbour = state.neighbours.get(agent);
  const lost: AgentEffect[] = [{ type: 'notice', kind: 'link-lost', agent, detail: reason }];
  const again = neighbour === undefined ? [] : dialled(neighbour);
  return [...lost, ...again, ...(state.phase === 'exchanging' ? completeExchange(state, now) : [])];
}

function onSynced(state: AgentState, agent: number, sync: Sync, now: number): AgentEffect[] {
  const held = heldOf(state, agent);
  held.published = Math.max(held.published, sync.step);
  if (state.phase !== 'exchanging' || !missing(state).includes(agent)) return [];
  if (sync.oldestStep > state.step && state.rules.rounds === 'bsp')
    return enterFailed(state, 'HISTORY_GONE', `agent ${agent} keeps vectors from exchange ${sync.oldestStep} on, this agent needs ${state.step}`);
  return sync.step >= state.step ? pull(state, [agent], now) : [];
}

function onVector(state: AgentState, agent: number, header: VectorHeader, now: number): AgentEffect[] {
  const { step } = header;
  const held = heldOf(state, agent);
  const isExchanging = state.phase === 'exchanging';
  held.published = Math.max(held.published, step);
  const reason = refusal(held, header, state.rules, isExchanging ? state.step : state.step + 1);
  if (reason === 'ahead' && isExchanging && missing(state).includes(agent)) return [{ type: 'ignored', reason }, ...pull(state, [agent], now)];
  if (reason !== undefined) return [{ type: 'ignored', reason }];
  keep(held, header);
  const kept: AgentEffect = { type: 'keep-vector', agent, step };
  if (!isExchanging) return [kept];
  // It is a step further already: what is missing of it was lost on the way.
  const gap = step > state.step && takenOf(state, agent) === 0;
  return [kept, ...(gap ? pull(state, [agent], now) : completeExchange(state, now))];
}

function onTick(state: AgentState, now: number): AgentEffect[] {
  if (now >= state.giveUpAt) return enterFailed(state, 'COORDINATOR_LOST', `it was away for ${LIMITS.coordinatorAwayMs / 1000} s`);
  if (state.phase === 'exchanging' && now >= state.dropAt) return completeExchange(state, now);
  if (now < state.repeatAt) return [];
  if (state.phase === 'exchanging') {
    state.repeatMs = Math.min(2 * state.repeatMs, LIMITS.pullMaxMs);
    return pull(state, missing(state), now);
  }
  if (state.phase !== 'waiting' || !state.attached) return [];
  state.repeatMs = Math.min(2 * state.repeatMs, LIMITS.repeatMaxMs);
  state.repeatAt = now + state.repeatMs;
  return [{ type: 'report', stage: state.stage }];
}

function enterWaiting(state: AgentState, now: number): AgentEffect[] {
  state.phase = 'waiting';
  state.repeatMs = LIMITS.repeatMinMs;
  state.repeatAt = now + state.repeatMs;
  return [];
}

function enterConnecting(state: AgentState, neighbours: readonly Neighbour[], now: number): AgentEffect[] {
  state.phase = 'connecting';
  state.wanted = neighbours.map((one) => one.agent);
  const links = neighbours.flatMap((neighbour) => onNeighbour(state, neighbour));
  return [...links, ...completeConnecting(state, now)];
}

function completeConnecting(state: AgentState, now: number): AgentEffect[] {
  if (unopened(state).length > 0) return [];
  return [...enterWaiting(state, now), { type: 'report', stage: state.stage }];
}

function enterExchanging(state: AgentState, event: Extract<AgentEvent, { type: 'exchange-wanted' }>): AgentEffect[] {
  const { sendTo, receiveFrom, rules, now } = event;
  state.phase = 'exchanging';
  state.step++;
  state.expected = receiveFrom;
  state.rules = rules;
  state.repeatMs = LIMITS.pullMs;
  state.repeatAt = now + state.repeatMs;
  state.dropAt = rules.rounds === 'bsp' ? Infinity : now + (rules.rounds === 'async' ? 0 : LIMITS.suspectMs);
  const publish: AgentEffect[] = sendTo.length > 0 ? [{ type: 'publish', to: sendTo, step: state.step }] : [];
  const completed = completeExchange(state, now);
  if (completed.length > 0) return [...publish, ...completed];
  // A neighbour that published this step already will not send it by itself: this agent restarted, or missed it.
  const behind = missing(state).filter((agent) => heldOf(state, agent).published >= state.step);
  return behind.length === 0 ? publish : [...publish, ...pull(state, behind, now)];
}

function completeExchange(state: AgentState, now: number): AgentEffect[] {
  const { expected } = state;
  const steps: number[] = [];
  const mayDrop = state.rules.rounds !== 'bsp';
  for (let i = 0; i < expected.length; i++) {
    const step = takenOf(state, expected[i]);
    if (step === 0 && !(mayDrop && (now >= state.dropAt || !state.open.has(expected[i])))) return [];
    steps.push(step);
  }
  state.phase = 'working';
  return [{ type: 'deliver', from: expected, steps }];
}

/** The step whose vector of this agent the current exchange takes; 0 when there is none. */
function takenOf(state: AgentState, agent: number): number {
  return standIn(heldOf(state, agent), state.step, state.rules);
}

function pull(state: AgentState, agents: readonly number[], now: number): AgentEffect[] {
  state.repeatAt = now + state.repeatMs;
  return agents.filter((agent) => state.open.has(agent)).map((agent) => ({ type: 'pull', agent, step: state.step }));
}

function enterDone(state: AgentState): AgentEffect[] {
  state.phase = 'done';
  return [{ type: 'leave', code: '', detail: '' }];
}

function enterFailed(state: AgentState, code: ErrorCode, detail: string): AgentEffect[] {
  state.phase = 'failed';
  return [{ type: 'leave', code, detail }];
}

function dialled(neighbour: Neighbour): AgentEffect[] {
  return neighbour.dial ? [{ type: 'dial', neighbour }] : [];
}

function missing(state: AgentState): number[] {
  return state.expected.filter((agent) => takenOf(state, agent) === 0);
}

function unopened(state: AgentState): number[] {
  return state.wanted.filter((agent) => !state.open.has(agent));
}

function heldOf(state: AgentState, agent: number): Held {
  let held = state.held.get(agent);
  if (held === undefined) {
    held = { steps: [0, 0], epochs: [0, 0], published: 0 };
    state.held.set(agent, held);
  }
  return held;
}

function named(agents: readonly number[]): string {
  return agents.length === 0 ? 'nobody' : `agent ${agents.join(', ')}`;
}
