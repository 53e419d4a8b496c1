/** A coordinator that is started again where its log ends, wherever that is. Whole runs under faults are the swarm's: test/swarm. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { EventLog } from '../../../coordinator/event-log.ts';
import type { LogRecord } from '../../../coordinator/log-record.ts';
import { RunDriver } from '../../../coordinator/run-driver.ts';
import type { RunDriverOptions } from '../../../coordinator/run-driver.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { nowhere } from '../../../sim/nowhere.ts';
import { outcomeOf } from '../../../sim/outcome.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { example } from '../../support/experiments.ts';

interface Restarted {
  readonly driver: RunDriver;
  readonly ended: RunResult[];
  readonly written: LogRecord[];
  readonly events: string[];
}

const records: LogRecord[] = [];
let options: RunDriverOptions;
let result: RunResult;

before(() => {
  const keeping = (log: EventLog): EventLog => ({ ...log, append: (record) => (records.push(record), log.append(record)) });
  const simulation = new Simulation({
    experiment: example('swarm'),
    runId: 'run',
    store: nowhere,
    stopwatch: () => 0,
    readFile: () => assert.fail(),
    parts: { log: keeping, coordinator: (own) => (options = own) },
  });
  result = simulation.run()!;
});

/** A closed log refuses, as a file does. */
function restarted(from: readonly LogRecord[]): Restarted {
  const ended: RunResult[] = [];
  const written: LogRecord[] = [];
  const events: string[] = [];
  let isClosed = false;
  const append = (record: LogRecord): void => {
    assert.ok(!isClosed, 'the log is closed');
    written.push(record);
  };
  const log: EventLog = { append, flush: () => {}, close: () => void (isClosed = true) };
  const store = { ...nowhere, event: (type: string) => void events.push(type) };
  const onEnd = (end: RunResult): void => void ended.push(end);
  const driver = new RunDriver({ ...options, clock: new VirtualClock(), store, log, records: from, onEnd });
  return { driver, ended, written, events };
}

const types = (of: readonly LogRecord[]): string[] => of.map(({ type }) => type);

describe('a coordinator started again', () => {
  test('with the whole log ends at once, once, with the same outcome and nothing more in the log', () => {
    const { ended, written, events } = restarted(records);
    assert.deepEqual(ended.map(outcomeOf), [outcomeOf(result)]);
    assert.deepEqual([written, events], [[], ['resumed', 'completed']]);
  });

  test('after the last report plans what comes next', () => {
    const closed = records.map(({ type }) => type).lastIndexOf('closed');
    const { ended, written } = restarted(records.slice(0, closed));
    assert.deepEqual(types(written), ['closed']);
    assert.deepEqual(ended.map(outcomeOf), [outcomeOf(result)]);
  });

  test('within a stage waits for the reports that are missing, and says nothing', () => {
    const report = types(records).lastIndexOf('report');
    const { driver, ended, written, events } = restarted(records.slice(0, report));
    assert.deepEqual([ended, written, events], [[], [], ['resumed']]);
    assert.equal(driver.progress.phase, 'cooperating');
  });

  test('refuses a log whose relationship does not come out again', () => {
    const forged = records.map((record) => (record.type === 'relationship' ? { ...record, sha256: 'another' } : record));
    assert.throws(() => restarted(forged), { code: 'LOG_MISMATCH' });
  });
});
