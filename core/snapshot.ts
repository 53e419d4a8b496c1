/**
 * A snapshot: named vectors that say where a computation stands, without its data. Copies, never live arrays.
 *
 * What is restored was written by the same code with the same shapes, or it is refused: a learner that continues from
 * half of a state would go on with other bits and nobody would see it.
 */
import { KindredError } from './errors.ts';

export type Snapshot = ReadonlyMap<string, Float64Array>;

/** The vector of that name; refused when missing, or of another length than the one asked for. */
export function vectorOf(snapshot: Snapshot, name: string, length?: number): Float64Array {
  const vector = snapshot.get(name);
  if (vector === undefined) throw new KindredError('SNAPSHOT_MISMATCH', `it has no vector "${name}"`);
  if (length !== undefined && vector.length !== length) {
    throw new KindredError('SNAPSHOT_MISMATCH', `its vector "${name}" has ${vector.length} numbers, expected ${length}`);
  }
  return vector;
}

/** The snapshot of a part, to be kept in the snapshot of the whole. */
export function prefixed(prefix: string, part: Snapshot): [string, Float64Array][] {
  return Array.from(part, ([name, vector]) => [prefix + name, vector]);
}

/** The part again; empty where the whole has none. */
export function withoutPrefix(prefix: string, whole: Snapshot): Map<string, Float64Array> {
  return new Map(Array.from(whole).flatMap(([name, vector]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), vector]] : [])));
}

/** All of them one after another. */
export function joined(vectors: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const vector of vectors) {
    out.set(vector, offset);
    offset += vector.length;
  }
  return out;
}

/** Overwrites them from what joined() made: the vector of that name. */
export function overwrite(vectors: readonly Float64Array[], snapshot: Snapshot, name: string): void {
  const whole = vectorOf(
    snapshot,
    name,
    vectors.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const vector of vectors) {
    vector.set(whole.subarray(offset, offset + vector.length));
    offset += vector.length;
  }
}
