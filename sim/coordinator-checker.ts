/**
 * Watches every process of the coordinator from next to its log. It changes nothing and throws nothing;
 * what is wrong is said to the witness.
 *
 *  1. A process begins with everything that was flushed before, and with nothing that was not written.
 *  2. A report counts once in a stage, and is what the agent reported; nobody is left out, no stage is broken off.
 *  3. A version of the relationship is one relationship.
 *  4. State = fold(log): a fresh coordinator that reads the whole log stands where the living one stood.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RunResult } from '../core/run-result.ts';
import type { EventLog } from '../coordinator/event-log.ts';
import type { LogRecord } from '../coordinator/log-record.ts';
import { RunDriver } from '../coordinator/run-driver.ts';
import type { RunDriverOptions } from '../coordinator/run-driver.ts';
import { VirtualClock } from '../net/virtual-clock.ts';
import { outcomeOf } from './outcome.ts';
import type { Witness } from './witness.ts';

export class CoordinatorChecker {
  readonly #witness: Witness;
  #records: LogRecord[] = [];
  #flushed = 0;
  #closedStage = 0;
  /** Closed, but not yet flushed. */
  #closingStage = 0;
  #counted = new Set<string>();
  readonly #relationships = new Map<number, unknown>();
  #options: RunDriverOptions | undefined;
  #restarts = -1;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** The last stage whose reports and end are durable. */
  get closedStage(): number {
    return this.#closedStage;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Next to its disk: a new process of the coordinator, before bugs are planted in it. */
  surround(options: RunDriverOptions): RunDriverOptions {
    this.#restarts++;
    this.#checkRecords(options.records);
    this.#options = options;
    return { ...options, log: this.#log(options.log) };
  }

  /** Invariant 4: at the end of a run that completed. */
  replay(result: RunResult): void {
    const { experiment, runId, mode, token, readFile, stopwatch, store } = this.#options!;
    const ignored: EventLog = { append: () => {}, flush: () => {}, close: () => {} };
    const nothing = (): void => {};
    const nowhere = { ...store, event: nothing, metrics: nothing, relationship: nothing, parameters: nothing, result: nothing };
    let replayed: RunResult | undefined;
    const driver = new RunDriver({
      experiment,
      runId,
      mode,
      token,
      readFile,
      stopwatch,
      store: nowhere,
      log: ignored,
      clock: new VirtualClock(),
      records: this.#records,
      onProgress: nothing,
      onEnd: (end) => (replayed = end),
    });
    if (!isDeepStrictEqual(outcomeOf(replayed ?? driver.result), outcomeOf(result))) this.#complain('stands elsewhere when its log is read again');
  }

  #log(log: EventLog): EventLog {
    return {
      append: (record) => {
        log.append(record);
        this.#appended(record);
      },
      flush: () => {
        log.flush();
        this.#flush();
      },
      close: () => {
        log.close();
        this.#flush();
      },
    };
  }

  #flush(): void {
    this.#flushed = this.#records.length;
    this.#closedStage = this.#closingStage;
  }

  #appended(record: LogRecord): void {
    this.#records.push(record);
    if (record.type === 'report') this.#checkReport(record);
    else if (record.type === 'closed') this.#checkClosed(record);
    else if (record.type === 'relationship') this.#checkRelationship(record);
    else if (record.type === 'begun' && (record['excluded'] as number[]).length > 0) this.#complain('began without everybody');
  }

  /** Invariant 2. */
  #checkReport({ agent, stage, values }: LogRecord): void {
    const key = `${agent} ${stage}`;
    if (this.#counted.has(key)) this.#complain(`counted the report of agent ${agent} for stage ${stage} twice`);
    this.#counted.add(key);
    this.#witness.counted(agent as number, stage as number, values!);
  }

  #checkClosed({ stage, brokenOff, excluded }: LogRecord): void {
    if (brokenOff === true || (excluded as number[]).length > 0) this.#complain(`went on without agent ${excluded} after stage ${stage}`);
    this.#closingStage = stage as number;
  }

  /** Invariant 3. */
  #checkRelationship({ version, sha256 }: LogRecord): void {
    const first = this.#relationships.get(version as number) ?? sha256;
    this.#relationships.set(version as number, first);
    if (first !== sha256) this.#complain(`learned two relationships with the version ${version}`);
  }

  /** Invariant 1. What was not flushed is gone, also from what was counted. */
  #checkRecords(records: readonly LogRecord[]): void {
    const isAllThere = records.length === this.#flushed && isDeepStrictEqual(records, this.#records.slice(0, this.#flushed));
    if (!isAllThere) this.#witness.complain('lost', `the coordinator began with ${records.length} records of ${this.#flushed} that it had flushed`);
    this.#records = [...records];
    this.#flushed = records.length;
    this.#closingStage = this.#closedStage;
    const reports = records.filter(({ type }) => type === 'report');
    this.#counted = new Set(reports.map(({ agent, stage }) => `${agent} ${stage}`));
  }

  #complain(text: string): void {
    this.#witness.complain('different', `the coordinator ${text}`);
  }
}
