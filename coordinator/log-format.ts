/**
 * The bytes of the coordinator's log.
 *
 *   'kindred event log 2\n' | frame*        frame: length, crc32 of the body, crc32 of these 8 bytes (uint32 LE) | body
 *
 * What a kill leaves is a torn tail: it is cut off. Damage with a whole record behind it is no torn tail: it is refused,
 * because to go on without a record is to go on with another run. The frame's own checksum finds the records behind it.
 */
import { crc32 } from 'node:zlib';
import { assert, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { joined, readUint32, uint32 } from '../core/packed.ts';
import { decodeRecord, encodeRecord, type LogRecord } from './log-record.ts';

/** The number is the version of the format, and of what its records mean: a stage that asks for more is another run. */
export const LOG_PREAMBLE: Uint8Array = new TextEncoder().encode('kindred event log 2\n');
const ANOTHER_VERSION = /^kindred event log (\d+)\n/;
const FRAME_HEADER_BYTES = 12;

export function frameOf(record: LogRecord): Uint8Array {
  const body = encodeRecord(record);
  assert(body.length <= LIMITS.logRecordBytesMax, `a record of ${body.length} bytes is too large for the log`);
  const header = uint32(body.length, crc32(body));
  return joined([header, uint32(crc32(header)), body]);
}

/** The records of a whole log, and where the last one ends. Throws LOG_DAMAGED, RUN_NOT_RESUMABLE. */
export function readLog(bytes: Uint8Array, where: string): { records: LogRecord[]; end: number } {
  if (isTornPreamble(bytes)) return { records: [], end: 0 };
  if (!startsWith(bytes, LOG_PREAMBLE)) throw notOurs(bytes, where);
  const records: LogRecord[] = [];
  let at = LOG_PREAMBLE.length;
  for (let end = frameEnd(bytes, at); end !== undefined; end = frameEnd(bytes, at)) {
    records.push(decodeRecord(bytes.subarray(at + FRAME_HEADER_BYTES, end), `${where}: the record at byte ${at}`));
    at = end;
  }
  const behind = nextFrame(bytes, at + 1);
  if (behind !== undefined) throw damaged(where, `the record at byte ${at} is damaged, and there is a whole one behind it at byte ${behind}`);
  return { records, end: at };
}

function notOurs(bytes: Uint8Array, where: string): KindredError {
  const version = ANOTHER_VERSION.exec(new TextDecoder().decode(bytes.subarray(0, LOG_PREAMBLE.length)))?.[1];
  if (version === undefined) return damaged(where, 'it is not a log (byte 0)');
  return new KindredError('RUN_NOT_RESUMABLE', `another version of Kindred recorded it (log ${version})`, { where });
}

/** Killed while the log was made. */
function isTornPreamble(bytes: Uint8Array): boolean {
  return bytes.length < LOG_PREAMBLE.length && startsWith(LOG_PREAMBLE, bytes);
}

/** Where the frame at `at` ends; undefined when there is no whole one. */
function frameEnd(bytes: Uint8Array, at: number): number | undefined {
  const start = at + FRAME_HEADER_BYTES;
  if (start > bytes.length) return undefined;
  const length = readUint32(bytes, at);
  // Cheap, and true at few places of a damaged log: most are left without a checksum.
  if (length === 0 || length > Math.min(bytes.length - start, LIMITS.logRecordBytesMax)) return undefined;
  if (crc32(bytes.subarray(at, at + 8)) !== readUint32(bytes, at + 8)) return undefined;
  return crc32(bytes.subarray(start, start + length)) === readUint32(bytes, at + 4) ? start + length : undefined;
}

function nextFrame(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + FRAME_HEADER_BYTES < bytes.length; at++) if (frameEnd(bytes, at) !== undefined) return at;
  return undefined;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

const damaged = (where: string, reason: string): KindredError => new KindredError('LOG_DAMAGED', reason, { where });
