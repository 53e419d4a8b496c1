/**
 * The coordinator's append-only log. What was flushed survives a kill and a power cut; what was only appended survives
 * a kill of the process. Opening it again gives the records back.
 *  1. The file is always whole records, then at most one torn one, which opening cuts off.
 *  2. After a failed append the file ends with the last whole record, and the log can go on once there is room.
 *  3. After a failed flush nobody knows what is on the disk: the log refuses everything.
 */
import { closeSync, constants, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert, KindredError } from '../core/errors.ts';
import { joined } from '../core/packed.ts';
import { frameOf, LOG_PREAMBLE, readLog } from './log-format.ts';
import type { LogRecord } from './log-record.ts';

export interface EventLog {
  /** Throws LOG_UNWRITABLE, and then the record is not in the log. */
  append(record: LogRecord): void;
  /** Everything appended so far is durable when it returns. Throws LOG_UNWRITABLE. */
  flush(): void;
  /** Flushes first. */
  close(): void;
}

export interface OpenedLog {
  readonly log: EventLog;
  /** All of them durable. */
  readonly records: LogRecord[];
  /** The torn tail that was cut off. */
  readonly droppedBytes: number;
}

/** Makes the file where it is missing, not its folder. Throws LOG_DAMAGED, leaving the file as it is, and LOG_UNWRITABLE. */
export function openEventLog(path: string): OpenedLog {
  const file = guarded(path, () => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  try {
    const bytes = guarded(path, () => readFileSync(file));
    const { records, end } = readLog(bytes, path);
    const size = guarded(path, () => makeWhole(file, path, end, bytes.length));
    return { log: new FileEventLog(file, path, size), records, droppedBytes: bytes.length - end };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Cuts the torn tail, starts a new log; returns the size. */
function makeWhole(file: number, path: string, end: number, length: number): number {
  if (end < length) ftruncateSync(file, end);
  if (end === 0) writeWhole(file, LOG_PREAMBLE, 0);
  // Records that were appended but not flushed count from now on: they must not be lost any more.
  fsyncSync(file);
  syncFolder(dirname(path));
  return Math.max(end, LOG_PREAMBLE.length);
}

class FileEventLog implements EventLog {
  readonly #file: number;
  readonly #path: string;
  #size: number;
  #state: 'open' | 'failed' | 'closed' = 'open';

  constructor(file: number, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.#size = size;
  }

  append(record: LogRecord): void {
    this.#check();
    const frame = frameOf(record);
    guarded(this.#path, () => this.#write(frame));
    this.#size += frame.length;
  }

  flush(): void {
    this.#check();
    // Invariant 3. After a failed sync the kernel may call the lost pages clean: a second one would succeed and be wrong.
    this.#state = 'failed';
    guarded(this.#path, () => fdatasyncSync(this.#file));
    this.#state = 'open';
  }

  close(): void {
    if (this.#state === 'closed') return;
    try {
      if (this.#state === 'open') this.flush();
    } finally {
      this.#state = 'closed';
      closeSync(this.#file);
    }
  }

  /** Invariant 2. Should even the truncation fail: the next append goes over the torn record, and opening would cut it off. */
  #write(frame: Uint8Array): void {
    try {
      writeWhole(this.#file, frame, this.#size);
    } catch (error) {
      ftruncateSync(this.#file, this.#size);
      throw error;
    }
  }

  #check(): void {
    assert(this.#state !== 'closed', 'the event log is closed');
    if (this.#state === 'failed') throw unwritable(this.#path, new Error('an earlier flush failed'));
  }
}

/** For the simulator, through the same bytes. `crash` is a power cut: what was not flushed is gone. */
export function createMemoryEventLog(): { readonly log: EventLog; readonly records: () => LogRecord[]; readonly crash: () => void } {
  const durable: Uint8Array[] = [LOG_PREAMBLE];
  let pending: Uint8Array[] = [];
  const flush = (): void => void durable.push(...pending.splice(0));
  return {
    log: { append: (record) => void pending.push(frameOf(record)), flush, close: flush },
    records: () => readLog(joined(durable), 'the log in memory').records,
    crash: () => void (pending = []),
  };
}

function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) {
    // A full disk shows as a short count first.
    const written = writeSync(file, bytes, at, bytes.length - at, position + at);
    if (written === 0) throw new Error(`ENOSPC: only ${at} of ${bytes.length} bytes could be written`);
    at += written;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function guarded<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unwritable(where, error);
  }
}

const unwritable = (where: string, cause: unknown): KindredError =>
  new KindredError('LOG_UNWRITABLE', cause instanceof Error ? cause.message : String(cause), { where, cause });
