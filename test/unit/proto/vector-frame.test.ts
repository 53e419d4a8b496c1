import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, KindredError } from '../../../core/errors.ts';
import { kindred } from '../../../proto/generated/wire.js';
import { isVectorFrame, readVectorFrame, vectorFrameBytesMax, VectorFrameWriter } from '../../../proto/vector-frame.ts';

const uint32 = fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1), fc.constantFrom(0, 127, 128, 16_383, 16_384, 2 ** 28, 2 ** 32 - 1));
const header = fc.record({ epoch: uint32, step: uint32, durableStep: uint32 }, { noNullPrototype: true });
const values = fc.float64Array({ maxLength: 40, noNaN: true, noDefaultInfinity: true });

const refuses = (action: () => unknown, code: ErrorCode): void => assert.throws(action, (error) => error instanceof KindredError && error.code === code);

/** WebSocket header and client mask of a message of this length (RFC 6455, section 5.2). */
const webSocketBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10) + 4;

test('the hand-packed frame is byte for byte what the schema says', () => {
  const writer = new VectorFrameWriter(40);
  fc.assert(
    fc.property(header, values, (h, v) => {
      const generated = kindred.wire.Frame.encode({ ...h, vector: new Uint8Array(v.buffer, v.byteOffset, v.byteLength) }).finish();
      assert.deepEqual(Buffer.from(writer.encode(h, v)), Buffer.from(generated));
    }),
    { seed: 1, numRuns: 1_000 },
  );
  for (const dimension of [15, 16, 2_047, 2_048, 262_143, 262_144]) {
    const v = new Float64Array(dimension).fill(0.1);
    const h = { epoch: 1, step: 2, durableStep: 0 };
    const generated = kindred.wire.Frame.encode({ ...h, vector: new Uint8Array(v.buffer) }).finish();
    assert.equal(Buffer.compare(new VectorFrameWriter(dimension).encode(h, v), generated), 0, `dimension ${dimension}`);
  }
});

test('what is written is read back, at any alignment, dimension 0 included', () => {
  const writer = new VectorFrameWriter(40);
  fc.assert(
    fc.property(header, values, fc.nat(7), (h, v, shift) => {
      const frame = writer.encode(h, v);
      const moved = new Uint8Array(frame.length + 8).subarray(shift, shift + frame.length);
      moved.set(frame);
      const read = { epoch: 0, step: 0, durableStep: 0 };
      const out = new Float64Array(v.length);
      readVectorFrame(moved, v.length, read, out);
      assert.ok(isVectorFrame(moved));
      assert.deepEqual([read, out], [h, v]);
    }),
    { seed: 2, numRuns: 1_000 },
  );
});

test('all of it costs at most 32 bytes on the wire, WebSocket header and mask included', () => {
  for (const dimension of [0, 1, 15, 16, 1_000, 8_192, 100_000, 1_000_000]) {
    const frame = new VectorFrameWriter(dimension).encode({ epoch: 16_383, step: 2 ** 32 - 1, durableStep: 2 ** 32 - 1 }, new Float64Array(dimension));
    assert.ok(frame.length + webSocketBytes(frame.length) <= 8 * dimension + 32, `dimension ${dimension}`);
    assert.ok(frame.length <= vectorFrameBytesMax(dimension));
  }
});

test('a writer reuses one buffer', () => {
  const writer = new VectorFrameWriter(2);
  const h = { epoch: 1, step: 1, durableStep: 0 };
  assert.equal(writer.encode(h, Float64Array.of(1, 2)).buffer, writer.encode(h, Float64Array.of(3)).buffer);
});

test('a wrong form is refused before anything is written, a value that is not finite after', () => {
  const good = new VectorFrameWriter(2).encode({ epoch: 300, step: 5, durableStep: 4 }, Float64Array.of(1, 2));
  const read = { epoch: 7, step: 7, durableStep: 7 };
  const out = Float64Array.of(7, 7);
  const wrong = [...Array(good.length).keys()].map((length) => good.subarray(0, length));
  for (const at of [0, 3, 8, 13, 14]) wrong.push(good.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  wrong.push(Uint8Array.of(...good, 0), Uint8Array.of(0x08, 0x80, 0x00, ...good.subarray(3)));
  for (const frame of wrong) refuses(() => readVectorFrame(frame, 2, read, out), 'WIRE_GARBAGE');
  refuses(() => readVectorFrame(good, 3, read, new Float64Array(3)), 'WIRE_GARBAGE');
  assert.deepEqual([read.epoch, ...out], [7, 7, 7]);
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (const at of [0, 3, 4, 6]) {
      const v = new Float64Array(7);
      v[at] = bad;
      const frame = new VectorFrameWriter(7).encode({ epoch: 1, step: 1, durableStep: 0 }, v);
      refuses(() => readVectorFrame(frame, 7, read, new Float64Array(7)), 'PARAMETERS_NOT_FINITE');
    }
  }
});
