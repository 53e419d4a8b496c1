/**
 * What a run writes into its log, each fact with its fields. All are durable before anything follows from them; a report
 * and a relationship's digest with the next one: the stage after a report is assigned behind it, and the first use of a
 * relationship too.
 */
import type { EventLog } from './event-log.ts';
import type { LogRecord } from './log-record.ts';
import type { RunPhase } from './run-state.ts';
import type { Values } from './script.ts';

/** Who is left out, and why. */
type Exclusions = {
  readonly excluded: readonly number[];
  readonly reasons: readonly string[];
};

export type RunFact =
  | { readonly type: 'run'; readonly run: string; readonly agents: number; readonly seed: number }
  | { readonly type: 'member'; readonly agent: number; readonly incarnation: number }
  | ({ readonly type: 'begun' } & Exclusions)
  /** By the stopwatch. */
  | { readonly type: 'assigned'; readonly at: number }
  | { readonly type: 'report'; readonly agent: number; readonly stage: number; readonly values: Values }
  | { readonly type: 'late'; readonly agent: number; readonly stage: number; readonly values: Values }
  | ({ readonly type: 'closed'; readonly stage: number; readonly phase: RunPhase } & StageEnd & Exclusions)
  | { readonly type: 'relationship'; readonly version: number; readonly sha256: string }
  /** The plan as text. */
  | { readonly type: 'faults'; readonly plan: string }
  | { readonly type: 'paused'; readonly paused: boolean; readonly at: number };

export interface StageEnd {
  readonly brokenOff: boolean;
  /** Who could take part again. */
  readonly returned: readonly number[];
  readonly elapsedMs: number;
}

export class RunLog {
  readonly #log: EventLog;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Throws LOG_UNWRITABLE. */
  write(fact: RunFact): void {
    this.#log.append({ ...fact });
    if (fact.type !== 'report' && fact.type !== 'relationship') this.#log.flush();
  }

  close(): void {
    this.#log.close();
  }
}

/** Records of a run's log are what was written there: its checksums hold. */
export function factsOf(records: readonly LogRecord[]): readonly RunFact[] {
  return records as readonly unknown[] as readonly RunFact[];
}
