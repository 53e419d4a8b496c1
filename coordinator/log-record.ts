/**
 * One record of the coordinator's log, as bytes: its fields as JSON and its vectors as they are in memory (core/packed.ts).
 * The state of a run is a fold over its records, so a field that JSON would change quietly (NaN, -0, a Map) is refused:
 * such numbers belong into `values`, which keeps every bit.
 */
import { assert, KindredError } from '../core/errors.ts';
import { bytesOf, isStrings, joined, namedVectors, pack, unpack } from '../core/packed.ts';

export interface LogRecord {
  readonly type: string;
  readonly values?: ReadonlyMap<string, Float64Array>;
  /** JSON values; undefined is the same as no field. */
  readonly [field: string]: unknown;
}

interface Header {
  readonly fields: { readonly type: string };
  /** Null where the record has no `values`. */
  readonly names: readonly string[] | null;
}

/** New bytes that share nothing with the record. */
export function encodeRecord({ values, ...fields }: LogRecord): Uint8Array {
  for (const [name, value] of Object.entries(fields)) assert(value === undefined || isJson(value), `the log's field '${name}' is no JSON value`);
  const header = { fields, names: values ? [...values.keys()] : null };
  return joined(pack(header, values ? [...values.values()].map(bytesOf) : []));
}

/** Shares nothing with `bytes`. Throws LOG_DAMAGED; `where` says which record it is. */
export function decodeRecord(bytes: Uint8Array, where = 'a record'): LogRecord {
  const { header, parts } = unpack(bytes) ?? { header: undefined, parts: [] };
  const values = isHeader(header) ? namedVectors(header.names ?? [], parts) : undefined;
  if (!isHeader(header) || values === undefined) throw new KindredError('LOG_DAMAGED', 'is malformed, with a correct checksum', { where });
  return header.names === null ? header.fields : { ...header.fields, values };
}

function isHeader(value: unknown): value is Header {
  const { fields, names } = (value ?? {}) as Partial<Header>;
  return typeof fields?.type === 'string' && (names === null || isStrings(names));
}

/** True for what JSON gives back as it was. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every((item) => item === undefined || isJson(item));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
