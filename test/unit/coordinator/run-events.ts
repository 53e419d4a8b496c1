/** Events of the run machine in the fewest words, and the machine of three agents run through a list of them. */
import { stepRun } from '../../../coordinator/run-machine.ts';
import { initialRunState } from '../../../coordinator/run-state.ts';
import type { HelloClaim, RunEffect, RunEvent } from '../../../coordinator/run-machine.ts';
import type { RunPhase, RunState, RunTerms } from '../../../coordinator/run-state.ts';
import type { ErrorCode } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';

type Claim = Partial<Omit<HelloClaim, 'agent'>>;

/** A new process without a session. */
export const hello = (agent: number, claim: Claim = {}, now = 0): RunEvent => ({
  type: 'hello',
  claim: { agent, incarnation: 0, proven: false, boot: true, stage: 0, ...claim },
  now,
});
/** The same process on a new link, and a new process with the session of the old one. */
export const again = (agent: number, incarnation: number, stage = 0, now = 0): RunEvent => hello(agent, { incarnation, proven: true, boot: false, stage }, now);
export const restarted = (agent: number, incarnation: number, stage = 0, now = 0): RunEvent =>
  hello(agent, { incarnation, proven: true, boot: true, stage }, now);
export const detached = (agent: number, now = 0): RunEvent => ({ type: 'detached', agent, detail: 'its link closed', now });
export const gone = (agent: number): RunEvent => ({ type: 'gone', agent, detail: 'killed', now: 0 });
export const left = (agent: number, code: ErrorCode | '', now = 0): RunEvent => ({ type: 'left', agent, code, detail: 'at iteration 3', now });
export const report = (agent: number, stage: number, now = 0): RunEvent => ({ type: 'report', agent, stage, isEmpty: false, now });
export const planned = (phase: RunPhase = 'cooperating', needsAll = true, now = 0): RunEvent => ({ type: 'planned', phase, needsAll, now });
export const progress = (agent: number, iteration: number, now: number, waitingFor = ''): RunEvent => ({
  type: 'progress',
  agent,
  stage: 1,
  iteration,
  waitingFor,
  now,
});
export const tick = (now: number): RunEvent => ({ type: 'tick', now });

export const JOINED = [hello(0), hello(1), hello(2)];
export const QUORUM: Partial<RunTerms> = { quorum: 2 };
export const AWAY = LIMITS.rejoinMs;

export interface After {
  readonly state: RunState;
  readonly effects: RunEffect[];
}

/** Three agents, of whom all are needed. */
export const after = (...events: RunEvent[]): After => withTerms({}, ...events);

export function withTerms(terms: Partial<RunTerms>, ...events: readonly RunEvent[]): After {
  const state = initialRunState(3, 0, terms);
  let effects: RunEffect[] = [];
  for (const event of events) effects = stepRun(state, event);
  return { state, effects };
}

/** What happened, by name: 'attach 1#2', 'assign 0 stage 3', 'refuse 1 WIRE_FENCED'. */
export function summary(effects: readonly RunEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case 'attach':
        return `attach ${effect.agent}#${effect.incarnation}${effect.isNew ? ' new' : ''}`;
      case 'refuse':
        return `refuse ${effect.agent} ${effect.code}`;
      case 'plan':
        return effect.brokenOff ? 'plan anew' : 'plan';
      case 'assign':
      case 'keep-late-report':
        return `${effect.type} ${effect.agent} stage ${effect.stage}`;
      case 'accept-report':
        return `accept ${effect.agent}`;
      case 'note':
        return `${effect.kind} ${effect.agent}`;
      case 'end':
        return `end ${effect.phase}`;
      default:
        return effect.type;
    }
  });
}

export const effectsAfter = (...events: RunEvent[]): string[] => summary(after(...events).effects);
export const effectsWithQuorum = (...events: RunEvent[]): string[] => summary(withTerms(QUORUM, ...events).effects);
