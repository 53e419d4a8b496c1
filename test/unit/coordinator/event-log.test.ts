import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { createMemoryEventLog, openEventLog } from '../../../coordinator/event-log.ts';
import { frameOf, LOG_PREAMBLE, readLog } from '../../../coordinator/log-format.ts';
import { decodeRecord, encodeRecord, type LogRecord } from '../../../coordinator/log-record.ts';
import { KindredError } from '../../../core/errors.ts';
import { joined, pack, uint32 } from '../../../core/packed.ts';

const text = fc.string({ unit: 'binary' });
const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 3 })
  .filter((value) => !/-0\b/.test(JSON.stringify(value, (_, v) => (Object.is(v, -0) ? '-0' : v))));
const values = fc
  .uniqueArray(fc.tuple(text, fc.float64Array({ maxLength: 9 })), { selector: ([name]) => name, maxLength: 4 })
  .map((entries) => new Map(entries));
const fields = fc.dictionary(
  text.filter((name) => name !== 'type' && name !== 'values' && name !== '__proto__'),
  json,
  { maxKeys: 4, noNullPrototype: true },
);
const record: fc.Arbitrary<LogRecord> = fc
  .tuple(text, fields, fc.option(values, { nil: undefined }))
  .map(([type, more, vectors]) => ({ ...more, type, ...(vectors && { values: vectors }) }));

const RECORDS: readonly LogRecord[] = [
  { type: 'created', agents: 3, name: 'Ä run' },
  { type: 'report', agent: 1, values: new Map([['w', Float64Array.of(1, -0, NaN, 1e-320)]]) },
  { type: 'stage', stage: 2, eta: [0.1, 0.2], plan: { none: null } },
  { type: 'completed', values: new Map() },
];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-log-'));
  path = join(folder, 'run.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const isDamaged = (error: unknown): error is KindredError => error instanceof KindredError && error.code === 'LOG_DAMAGED';
const isOtherVersion = (error: unknown): error is KindredError => error instanceof KindredError && error.code === 'RUN_NOT_RESUMABLE';
const bytesOf = (records: readonly LogRecord[]): Uint8Array => joined([LOG_PREAMBLE, ...records.map(frameOf)]);
/** Flipped, the digit may be another digit. */
const VERSION_AT = LOG_PREAMBLE.length - 2;
/** Where each record starts, and the end. */
const OFFSETS = RECORDS.reduce((ends, r) => [...ends, ends.at(-1)! + frameOf(r).length], [LOG_PREAMBLE.length]);

function write(records: readonly LogRecord[]): void {
  const { log } = openEventLog(path);
  for (const r of records) log.append(r);
  log.close();
}

function read(): { records: LogRecord[]; droppedBytes: number } {
  const { log, records, droppedBytes } = openEventLog(path);
  log.close();
  return { records, droppedBytes };
}

test('a record is decoded as it was encoded, every bit of it', () => {
  fc.assert(
    fc.property(record, (r) => {
      const decoded = decodeRecord(encodeRecord(r));
      assert.deepEqual(decoded, r);
      const bits = (vectors: LogRecord['values']): string[] => [...(vectors?.values() ?? [])].map((v) => Buffer.from(v.buffer).toString('hex'));
      assert.deepEqual(bits(decoded.values), bits(r.values));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a field that JSON would change is a bug; undefined is no field', () => {
  for (const field of [NaN, Infinity, -0, new Map(), Float64Array.of(1), 1n, () => 1, [undefined], { deep: [{ n: NaN }] }])
    assert.throws(() => encodeRecord({ type: 'x', field }), /'field' is no JSON value/);
  assert.deepEqual(decodeRecord(encodeRecord({ type: 'x', field: undefined })), { type: 'x' });
});

test('what was appended is there when the log is opened again, and appending goes on', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.array(record, { maxLength: 5 }), (first, second) => {
      rmSync(path, { force: true });
      write(first);
      write(second);
      assert.deepEqual(read(), { records: [...first, ...second], droppedBytes: 0 });
    }),
    { seed: 2, numRuns: 10 },
  );
});

test('an appended record survives a kill, without a flush; nobody else may read the file', () => {
  const { log } = openEventLog(path);
  log.append(RECORDS[0]);
  assert.deepEqual(readLog(readFileSync(path), path).records, [RECORDS[0]]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  log.close();
  log.close();
  assert.throws(() => log.append(RECORDS[0]), /closed/);
});

test('any prefix holds a prefix of the records', () => {
  const whole = bytesOf(RECORDS);
  for (let length = 0; length <= whole.length; length++) {
    const count = OFFSETS.filter((offset) => offset <= length).length - 1;
    assert.deepEqual(readLog(whole.subarray(0, length), path), { records: RECORDS.slice(0, Math.max(0, count)), end: OFFSETS[count] ?? 0 }, `length ${length}`);
  }
});

test('a torn tail is reported and cut off, and the log goes on', () => {
  const whole = bytesOf(RECORDS);
  for (const length of [0, 1, OFFSETS[0] - 1, OFFSETS[0], OFFSETS[1] - 1, OFFSETS[1], OFFSETS[1] + 1, OFFSETS[1] + 11, OFFSETS[1] + 13, OFFSETS[4]]) {
    writeFileSync(path, whole.subarray(0, length));
    const end = OFFSETS.findLast((offset) => offset <= length) ?? 0;
    const { log, records, droppedBytes } = openEventLog(path);
    assert.equal(droppedBytes, length - end, `length ${length}`);
    log.append(RECORDS[3]);
    log.close();
    assert.deepEqual(read(), { records: [...records, RECORDS[3]], droppedBytes: 0 }, `length ${length}`);
  }
});

test('a tail of zeros or of garbage is cut off', () => {
  for (const tail of [new Uint8Array(1), new Uint8Array(5_000), Uint8Array.from({ length: 5_000 }, (_, i) => (i * 37) % 251)]) {
    writeFileSync(path, joined([bytesOf(RECORDS), tail]));
    assert.deepEqual(read(), { records: RECORDS, droppedBytes: tail.length });
    assert.deepEqual(read(), { records: RECORDS, droppedBytes: 0 });
  }
});

test('any flipped bit is found: in the last record a torn tail, before it damage with its offset', () => {
  const whole = bytesOf(RECORDS);
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const flipped = whole.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    const at = OFFSETS.findLast((offset) => offset <= bit >> 3) ?? 0;
    if (at === OFFSETS[3]) {
      assert.deepEqual(readLog(flipped, path), { records: RECORDS.slice(0, 3), end: at }, `bit ${bit}`);
      continue;
    }
    assert.throws(
      () => readLog(flipped, path),
      (error) => (isDamaged(error) && error.message.includes(`byte ${at}`)) || (bit >> 3 === VERSION_AT && isOtherVersion(error)),
      `bit ${bit}`,
    );
  }
});

test('damage and other versions are refused by path, and the file is left as it is', () => {
  const whole = bytesOf(RECORDS);
  const damaged = whole.slice();
  damaged[OFFSETS[1] + 20] ^= 4;
  const older = whole.slice();
  older[VERSION_AT] = '1'.charCodeAt(0);
  const foreign = new TextEncoder().encode('{"type":"a json file"}\n');
  // A whole record behind a missing one's torn half.
  const gap = joined([whole.subarray(0, OFFSETS[1] + 15), frameOf(RECORDS[2])]);
  for (const bytes of [damaged, older, foreign, gap]) {
    writeFileSync(path, bytes);
    assert.throws(
      () => openEventLog(path),
      (error) => error instanceof KindredError && (bytes === older ? isOtherVersion : isDamaged)(error) && error.message.includes(path),
    );
    assert.deepEqual(readFileSync(path), Buffer.from(bytes));
  }
});

test('a correct checksum over nonsense is damage', () => {
  const fields = { type: 'x' };
  const vector = new Uint8Array(8);
  const nonsense: [unknown, Uint8Array[]][] = [
    [null, []],
    [{ fields: { type: 1 }, names: null }, []],
    [{ fields, names: [1] }, [vector]],
    [{ fields, names: ['a'] }, [new Uint8Array(7)]],
    [{ fields, names: ['a'] }, []],
    [{ fields, names: null }, [vector]],
    [{ fields, names: ['a', 'a'] }, [vector, vector]],
  ];
  const good = joined(pack({ fields, names: ['a'] }, [vector]));
  assert.deepEqual(decodeRecord(good), { type: 'x', values: new Map([['a', Float64Array.of(0)]]) });
  const bodies = [...nonsense.map(([header, parts]) => joined(pack(header, parts))), uint32(0), uint32(100), good.subarray(0, -8), joined([good, vector])];
  for (const [i, body] of bodies.entries()) assert.throws(() => decodeRecord(body), isDamaged, `body ${i}`);
});

test('a large torn tail is cut off quickly', () => {
  const last = frameOf({ type: 'report', values: new Map([['w', new Float64Array(100_000).map((_, i) => i % 100)]]) });
  writeFileSync(path, joined([bytesOf(RECORDS), last.subarray(0, -1)]));
  const startedAt = performance.now();
  assert.deepEqual(read(), { records: RECORDS, droppedBytes: last.length - 1 });
  assert.ok(performance.now() - startedAt < 5_000);
});

test('a log that cannot be made is refused by path', () => {
  const missing = join(folder, 'missing', 'run.log');
  assert.throws(
    () => openEventLog(missing),
    (error) => error instanceof KindredError && error.code === 'LOG_UNWRITABLE' && error.message.includes(missing),
  );
  assert.equal(existsSync(missing), false);
});

test('in memory: a crash keeps what was flushed, and nothing is shared', () => {
  const { log, records, crash } = createMemoryEventLog();
  const w = Float64Array.of(1, 2);
  log.append({ type: 'first', values: new Map([['w', w]]) });
  log.flush();
  w.fill(0);
  log.append({ type: 'second' });
  assert.deepEqual(records(), [{ type: 'first', values: new Map([['w', Float64Array.of(1, 2)]]) }]);
  crash();
  log.append({ type: 'third' });
  log.close();
  assert.deepEqual(
    records().map(({ type }) => type),
    ['first', 'third'],
  );
  assert.throws(() => log.append({ type: 'x', field: NaN }), /no JSON value/);
});
