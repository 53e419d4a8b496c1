/** A process on a small disk: fills it with checkpoints and a log, and tells what is left. Prints one line of JSON. */
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createFileCheckpointStore } from '../../agent/checkpoint-store.ts';
import { openEventLog } from '../../coordinator/event-log.ts';
import { KindredError } from '../../core/errors.ts';
import { bytesOfStep } from './checkpoints.ts';

/** The disk (or the largest file) has 256 KiB to 1 MiB: two of the small ones fit, not one of the large ones. */
const SMALL = 4 * 1024;
const LARGE = 256 * 1024;
const RECORD = 1_000;

export interface Filled {
  readonly saves: readonly (string | null)[];
  readonly loaded: number | undefined;
  readonly notes: readonly string[];
  /** Right after a save that failed. */
  readonly files: readonly string[];
  readonly appended: number;
  readonly appendError: string;
  readonly smallerFits: boolean;
  readonly reopened: number;
  readonly intact: boolean;
  readonly droppedBytes: number;
}

const folder = process.argv[2];
const checkpoints = join(folder, 'checkpoints');
const store = createFileCheckpointStore(checkpoints);
const save = (step: number, dimension: number): Promise<string | null> =>
  new Promise((done) => store.save(bytesOfStep(step, dimension), (error) => done(error === undefined ? null : codeAndMessage(error))));

const saves = [await save(1, SMALL), await save(2, LARGE), await save(3, LARGE), await save(4, SMALL), await save(5, LARGE)];
const files = readdirSync(checkpoints).sort();
const { checkpoint, notes } = store.load();
writeSync(1, JSON.stringify({ saves, loaded: checkpoint?.step, notes, files, ...fillLog(join(folder, 'run.log')) } satisfies Filled));

function fillLog(path: string): Pick<Filled, 'appended' | 'appendError' | 'smallerFits' | 'reopened' | 'intact' | 'droppedBytes'> {
  const { log } = openEventLog(path);
  let appended = 0;
  let appendError = '';
  for (; appendError === '' && appended < 1_000; appended += appendError === '' ? 1 : 0) appendError = refusal(() => log.append(record(appended)));
  const smallerFits = refusal(() => log.append({ type: 'x' })) === '';
  log.close();
  const { records, droppedBytes } = openEventLog(path);
  const intact = records.slice(0, appended).every(({ n, values }, i) => n === i && values?.get('w')?.every((value) => value === i));
  return { appended, appendError, smallerFits, reopened: records.length, intact, droppedBytes };
}

function record(n: number): { type: string; n: number; values: Map<string, Float64Array> } {
  return { type: 'report', n, values: new Map([['w', new Float64Array(RECORD).fill(n)]]) };
}

function refusal(action: () => void): string {
  try {
    action();
    return '';
  } catch (error) {
    return codeAndMessage(error as Error);
  }
}

function codeAndMessage(error: Error): string {
  return `${error instanceof KindredError ? error.code : error.name} ${error.message}`;
}
