import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../agent/checkpoint.ts';
import { KindredError } from '../../../core/errors.ts';
import { checkpointOf } from '../../support/checkpoints.ts';

const count = fc.nat(2 ** 32 - 1);
const scalars = { agent: count, incarnation: count, stage: count, step: count, cooperatingStep: count };
const vector = fc.float64Array({ maxLength: 20 });
const published = fc.record({ step: count, to: fc.array(count, { maxLength: 5 }), frame: fc.uint8Array({ maxLength: 50 }) }, { noNullPrototype: true });
const text = fc.string({ unit: 'binary' });
const checkpoint: fc.Arbitrary<Checkpoint> = fc.record(
  {
    run: text,
    session: text,
    ...scalars,
    vectors: fc.uniqueArray(fc.tuple(text, vector), { selector: ([name]) => name, maxLength: 5 }).map((entries) => new Map(entries)),
    history: fc.array(published, { maxLength: 5 }),
  },
  { noNullPrototype: true },
);

const isDamaged = (error: unknown): boolean => error instanceof KindredError && error.code === 'CHECKPOINT_DAMAGED';
const refuses = (bytes: Uint8Array, what: string): void => assert.throws(() => decodeCheckpoint(bytes), isDamaged, what);
const bits = ({ buffer, byteOffset, byteLength }: Float64Array): string => Buffer.from(buffer, byteOffset, byteLength).toString('hex');

/** With a correct checksum. */
const resealed = (body: Uint8Array): Uint8Array => Buffer.concat([body, createHash('sha256').update(body).digest()]);

test('what is encoded is decoded, every bit of it', () => {
  fc.assert(
    fc.property(checkpoint, (c) => {
      const decoded = decodeCheckpoint(encodeCheckpoint(c));
      assert.deepEqual(decoded, c);
      assert.deepEqual([...decoded.vectors.values()].map(bits), [...c.vectors.values()].map(bits));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('bytes at any alignment, which the checkpoint does not keep', () => {
  const c = checkpointOf(5, 9);
  const bytes = encodeCheckpoint(c);
  for (let shift = 0; shift < 8; shift++) {
    const moved = new Uint8Array(bytes.length + 8).subarray(shift, shift + bytes.length);
    moved.set(bytes);
    const decoded = decodeCheckpoint(moved);
    moved.fill(0xff);
    assert.deepEqual(decoded, c);
  }
});

test('any flipped bit, any missing end and anything behind it is refused', () => {
  const bytes = encodeCheckpoint(checkpointOf(1, 4));
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    refuses(flipped, `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) refuses(bytes.slice(0, length), `length ${length}`);
  refuses(Uint8Array.of(...bytes, 0), 'a byte too many');
});

test('another version or form is refused, whatever its checksum says', () => {
  const body = encodeCheckpoint(checkpointOf(1, 4)).subarray(0, -32);
  assert.equal(decodeCheckpoint(resealed(body)).step, 1);
  const newer = Buffer.from(Buffer.from(body).toString('latin1').replace('checkpoint 1\n', 'checkpoint 2\n'), 'latin1');
  refuses(resealed(newer), 'version 2');
  refuses(resealed(new Uint8Array(0)), 'nothing');
  for (let length = 0; length < body.length; length++) refuses(resealed(body.subarray(0, length)), `length ${length}`);
  refuses(resealed(Buffer.concat([body, Buffer.alloc(1)])), 'a byte too many');
  for (let at = 0; at < body.length; at++) {
    const changed = Buffer.from(body);
    changed[at] ^= 0x01;
    try {
      decodeCheckpoint(resealed(changed));
    } catch (error) {
      assert.ok(isDamaged(error), `byte ${at}: ${String(error)}`);
    }
  }
});

test('numbers that JSON cannot keep are a bug', () => {
  assert.throws(() => encodeCheckpoint({ ...checkpointOf(1, 1), step: NaN }), /JSON/);
});
