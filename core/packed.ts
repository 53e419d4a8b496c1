/**
 * What goes to disk (checkpoints, the coordinator's log): a JSON header and binary parts in one run of bytes.
 *
 *   uint32 length of the JSON | JSON [header, [length of each part]] | the parts        all little-endian
 *
 * Only the form is checked here: checksums, versions and meaning belong to the callers.
 */
import { assert } from './errors.ts';

export interface Packed {
  readonly header: unknown;
  readonly parts: readonly Uint8Array[];
}

/** The chunks that joined() makes one of: a large part is copied once only. */
export function pack(header: unknown, parts: readonly Uint8Array[]): Uint8Array[] {
  const json = new TextEncoder().encode(JSON.stringify([header, parts.map((part) => part.length)]));
  return [uint32(json.length), json, ...parts];
}

/** The reverse; undefined where the form is wrong. The parts share memory with `bytes`. */
export function unpack(bytes: Uint8Array): Packed | undefined {
  if (bytes.length < 4) return undefined;
  const start = 4 + readUint32(bytes, 0);
  const outer = start <= bytes.length ? parsed(bytes.subarray(4, start)) : undefined;
  if (!Array.isArray(outer) || outer.length !== 2 || !isLengths(outer[1])) return undefined;
  const parts: Uint8Array[] = [];
  let at = start;
  for (const length of outer[1]) parts.push(bytes.subarray(at, (at += length)));
  return at === bytes.length ? { header: outer[0], parts } : undefined;
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Shares memory with the vector. */
export function bytesOf(vector: Float64Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** A copy, because bytes are not aligned; undefined where they are no multiple of 8. */
export function vectorOf(bytes: Uint8Array): Float64Array | undefined {
  if (bytes.length % 8 !== 0) return undefined;
  const vector = new Float64Array(bytes.length / 8);
  bytesOf(vector).set(bytes);
  return vector;
}

/** The vectors of these names, or undefined where names and parts do not fit. */
export function namedVectors(names: readonly string[], parts: readonly Uint8Array[]): Map<string, Float64Array> | undefined {
  const vectors = new Map<string, Float64Array>();
  for (const [i, part] of parts.entries()) {
    const vector = vectorOf(part);
    if (vector !== undefined) vectors.set(names[i], vector);
  }
  return names.length === parts.length && vectors.size === names.length ? vectors : undefined;
}

export function uint32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    assert(value >>> 0 === value, `${value} does not fit four bytes`);
    view.setUint32(4 * i, value, true);
  }
  return bytes;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    return undefined;
  }
}

const isLengths = (value: unknown): value is number[] => Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
