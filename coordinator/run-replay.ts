/**
 * A restarted coordinator goes on from its log: the facts are fed to a fresh fold, which then stands where the old one stood.
 * Nothing is written and nobody hears of it.
 */
import type { FaultPlan } from '../core/fault/plan.ts';
import type { Clock } from '../net/clock.ts';
import type { RunFold } from './run-fold.ts';
import type { RunFact } from './run-log.ts';
import { isOver, participants } from './run-state.ts';
import type { RunEffect } from './run-machine.ts';

/** Returns what is left to do now. */
export function replay(facts: readonly RunFact[], fold: RunFold, clock: Clock): RunEffect[] {
  for (const fact of facts) if (fact.type === 'relationship') fold.learnedBefore(fact.version, fact.sha256);
  fold.ledger.replaying = true;
  let last: RunEffect[] = [];
  for (const fact of facts) last = apply(fact, fold, clock) ?? last;
  fold.ledger.replaying = false;
  fold.time.takeUp();
  if (isOver(fold.state.phase)) return last;
  if (fold.state.calculating) return [{ type: 'calculate' }];
  return isStageDone(fold) ? [{ type: 'plan', brokenOff: false }] : [];
}

/** The old one may have ended between the last report and the plan. */
function isStageDone({ time, state }: RunFold): boolean {
  return time.hasBegun && participants(state).every((k) => state.agents[k].reported);
}

/** The effects where a stage was planned or the run concluded. */
function apply(fact: RunFact, fold: RunFold, clock: Clock): RunEffect[] | undefined {
  const { state, time, reports } = fold;
  switch (fact.type) {
    case 'member':
      state.agents[fact.agent].incarnation = fact.incarnation;
      return undefined;
    case 'begun':
      exclude(fact, fold);
      time.begin();
      return planned(fold, fold.begin());
    case 'report':
      reports.accept(fact.agent, fact.values);
      state.agents[fact.agent].reported = true;
      return undefined;
    case 'assigned':
      time.beginStage(fact.at);
      return undefined;
    case 'late':
      reports.keepLate(fact.agent, fact.stage, fact.values);
      return undefined;
    case 'closed':
      exclude(fact, fold);
      time.spent(state.phase, fact.elapsedMs);
      return planned(fold, fold.next(fact));
    case 'faults':
      fold.faults = JSON.parse(fact.plan) as FaultPlan;
      return undefined;
    case 'paused':
      state.pausedAt = fact.paused ? clock.now() : undefined;
      time.setPaused(fact.paused, fact.at);
      return undefined;
    default:
      return undefined;
  }
}

function planned({ time }: RunFold, effects: RunEffect[]): RunEffect[] {
  time.beginStage();
  return effects;
}

function exclude({ excluded, reasons }: { readonly excluded: readonly number[]; readonly reasons: readonly string[] }, fold: RunFold): void {
  const { agents } = fold.state;
  const wasThere = excluded.map((agent) => !agents[agent].excluded);
  agents.forEach((record, k) => (record.excluded = excluded.includes(k)));
  excluded.forEach((agent, i) => (wasThere[i] ? fold.leaveOut(agent, reasons[i]) : fold.ledger.excluded(agent, reasons[i])));
}
