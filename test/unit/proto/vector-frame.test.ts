import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, KindredError } from '../../../core/errors.ts';
import { kindred } from '../../../proto/generated/wire.js';
import { sealed } from '../../../proto/checksum.ts';
import { digest } from '../../../proto/digest.ts';
import type { VectorHeader } from '../../../proto/messages.ts';
import { isVectorFrame, linkFrameBytesMax, readVectorFrame, readVectorHeader, vectorFrameBytesMax, VectorFrameWriter } from '../../../proto/vector-frame.ts';

const uint32 = fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1), fc.constantFrom(0, 127, 128, 16_383, 16_384, 2 ** 28, 2 ** 32 - 1));
const header = fc.record({ epoch: uint32, step: uint32, durableStep: uint32 }, { noNullPrototype: true });
const values = fc.float64Array({ maxLength: 40, noNaN: true, noDefaultInfinity: true });
const { Frame } = kindred.wire;

/** What the generated code makes of a vector; the checksum is appended as a message of its own, which protobuf merges. */
function generated(h: VectorHeader, v: Float64Array): Uint8Array {
  const durableLag = (h.step - h.durableStep) >>> 0;
  const unsealed = Frame.encode({ epoch: h.epoch, step: h.step, durableLag, vector: new Uint8Array(v.buffer, v.byteOffset, v.byteLength) }).finish();
  return Buffer.concat([unsealed, Frame.encode({ checksum: digest(unsealed, unsealed.length) }).finish()]);
}

const refuses = (action: () => unknown, code: ErrorCode): void => assert.throws(action, (error) => error instanceof KindredError && error.code === code);

/** WebSocket header and client mask of a message of this length (RFC 6455, section 5.2). */
const webSocketBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10) + 4;

test('the hand-packed frame is byte for byte what the schema says', () => {
  const writer = new VectorFrameWriter(40);
  fc.assert(
    fc.property(header, values, (h, v) => {
      const frame = writer.encode(h, v);
      assert.deepEqual(Buffer.from(frame), generated(h, v));
      const { epoch, step, checksum } = Frame.decode(frame);
      assert.deepEqual([epoch, step, checksum], [h.epoch, h.step, digest(frame, frame.length - 5)]);
    }),
    { seed: 1, numRuns: 1_000 },
  );
  for (const dimension of [15, 16, 2_047, 2_048, 262_143, 262_144]) {
    const v = new Float64Array(dimension).fill(0.1);
    const h = { epoch: 1, step: 2, durableStep: 0 };
    assert.equal(Buffer.compare(new VectorFrameWriter(dimension).encode(h, v), generated(h, v)), 0, `dimension ${dimension}`);
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
      readVectorHeader(moved, read);
      assert.deepEqual(read, h);
      readVectorFrame(moved, v.length, read, out);
      assert.ok(isVectorFrame(moved));
      assert.deepEqual([read, out], [h, v]);
    }),
    { seed: 2, numRuns: 1_000 },
  );
});

test('all of it costs at most 32 bytes on the wire, WebSocket header and mask included', () => {
  const last = 2 ** 32 - 1;
  const anyHeader = { epoch: 16_383, step: last, durableStep: 0 };
  // From 64 KiB on WebSocket's header is 6 bytes longer: there it holds for two million steps, checkpoints taken by the hundred.
  const usual = { epoch: 127, step: 2 ** 21 - 1, durableStep: 2 ** 21 - 128 };
  const cases = [
    ...[0, 1, 15, 16, 1_000, 8_188].map((M) => [M, anyHeader] as const),
    ...[8_189, 8_192, 100_000, 262_144, 1_000_000].map((M) => [M, usual] as const),
  ];
  for (const [dimension, h] of cases) {
    const { length } = new VectorFrameWriter(dimension).encode(h, new Float64Array(dimension));
    assert.ok(length + webSocketBytes(length) <= 8 * dimension + 32, `dimension ${dimension}: ${length + webSocketBytes(length) - 8 * dimension}`);
  }
  const { length } = new VectorFrameWriter(1_000).encode({ epoch: 1, step: 100_000, durableStep: 99_000 }, new Float64Array(1_000));
  assert.equal(length + webSocketBytes(length), 8_000 + 25);
});

test('no header makes a frame larger than its limit', () => {
  const header = { epoch: 2 ** 32 - 1, step: 2 ** 32 - 1, durableStep: 0 };
  for (const dimension of [0, 1, 15, 16, 2_048, 262_144]) {
    const frame = new VectorFrameWriter(dimension).encode(header, new Float64Array(dimension));
    assert.equal(frame.length, vectorFrameBytesMax(dimension));
    assert.ok(frame.length <= linkFrameBytesMax(dimension));
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
  const body = good.subarray(0, -5);
  const wrong = [...Array(body.length).keys()].map((length) => body.subarray(0, length));
  for (const at of [0, 3, 5, 7, 8]) wrong.push(body.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  wrong.push(Uint8Array.of(...body, 0), Uint8Array.of(0x08, 0x80, 0x00, ...body.subarray(3)));
  for (const frame of wrong.map(sealed)) {
    refuses(() => readVectorHeader(frame, read), 'WIRE_GARBAGE');
    refuses(() => readVectorFrame(frame, 2, read, out), 'WIRE_GARBAGE');
  }
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

test('half a parameter is refused', () => {
  const half = Frame.encode({ epoch: 1, step: 1, durableLag: 1, vector: new Uint8Array(12) }).finish();
  refuses(() => readVectorHeader(sealed(half), { epoch: 0, step: 0, durableStep: 0 }), 'WIRE_GARBAGE');
});

test('a writer leaves nothing of a longer vector in a shorter one', () => {
  const writer = new VectorFrameWriter(9);
  writer.encode({ epoch: 1, step: 1, durableStep: 0 }, new Float64Array(9).fill(-1));
  for (const length of [8, 0, 9, 3]) {
    const h = { epoch: 2, step: 2, durableStep: 1 };
    const v = new Float64Array(length).fill(0.5);
    assert.deepEqual(Buffer.from(writer.encode(h, v)), generated(h, v));
  }
});
