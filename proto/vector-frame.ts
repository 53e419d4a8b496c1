/**
 * Vector frames, packed and read by hand: the hot path of every round.
 *
 * The bytes are those of wire.proto's Frame { epoch, step, durable_lag, vector } in field order - a test compares
 * them with the generated code - but one memcpy each way, no object and no intermediate buffer.
 * A frame carries no source and no shape: it is the SAME bytes for all neighbours, encoded once per exchange.
 *
 *   08 epoch  58 step  60 step - durableStep  7a length (varints)  M x float64, little-endian  75 checksum(fixed32)
 *
 * Reading takes two calls, since the dimension may be known only later: readVectorHeader once on receipt, which checks
 * the checksum, then readVectorFrame when the exchange is due.
 */
import { assert, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { CHECKSUM_BYTES, verified, writeChecksum } from './checksum.ts';
import type { VectorHeader } from './messages.ts';
import { readVarint, VARINT_BYTES_MAX, varintBytes, writeVarint } from './varint.ts';

const EPOCH_TAG = 0x08;
const STEP_TAG = 0x58;
const DURABLE_LAG_TAG = 0x60;
const VECTOR_TAG = 0x7a;
/** Epoch, step and lag, each with its tag. */
const HEADER_BYTES_MAX = 3 * (1 + VARINT_BYTES_MAX);
/** The longest header and the payload's tag and length, 24 bytes: the payload behind them is 8-aligned. */
const PAYLOAD_OFFSET = HEADER_BYTES_MAX + 1 + VARINT_BYTES_MAX;
/** Of a vector that is copied and looked at; a multiple of 8. */
const PIECE_BYTES = 8_192;

// Float64Array has the byte order of the machine; the wire is little-endian.
assert(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 'Kindred needs a little-endian machine');

/** The largest frame that a vector of `dimension` parameters can need. */
export function vectorFrameBytesMax(dimension: number): number {
  return HEADER_BYTES_MAX + 1 + varintBytes(8 * dimension) + 8 * dimension + CHECKSUM_BYTES;
}

/** The length of the frame of `dimension` parameters with this header. */
export function vectorFrameBytes(header: VectorHeader, dimension: number): number {
  const { epoch, step } = header;
  const head = 4 + varintBytes(epoch) + varintBytes(step) + varintBytes(lagOf(header)) + varintBytes(8 * dimension);
  return head + 8 * dimension + CHECKSUM_BYTES;
}

function lagOf({ step, durableStep }: VectorHeader): number {
  return (step - durableStep) >>> 0;
}

/** What a link between neighbours must let through: vectors of up to `dimension` parameters, and control frames. */
export function linkFrameBytesMax(dimension: number): number {
  return Math.max(vectorFrameBytesMax(dimension), LIMITS.linkControlFrameBytesMax);
}

/** True for what `encode` below writes; every control message starts with another byte. */
export function isVectorFrame(frame: Uint8Array): boolean {
  return frame[0] === EPOCH_TAG;
}

/** Encodes into one buffer that it reuses: a frame is valid until the next `encode`. */
export class VectorFrameWriter {
  readonly #bytes: Uint8Array;
  readonly #payload: Float64Array;

  constructor(dimensionMax: number) {
    const buffer = new ArrayBuffer(PAYLOAD_OFFSET + 8 * dimensionMax + CHECKSUM_BYTES);
    this.#bytes = new Uint8Array(buffer);
    this.#payload = new Float64Array(buffer, PAYLOAD_OFFSET, dimensionMax);
  }

  /** The header grows to the left of the payload and the checksum stands to its right, so that the payload never moves. */
  encode(header: VectorHeader, values: Float64Array): Uint8Array {
    assert(values.length <= this.#payload.length, 'a vector is longer than its writer was made for');
    const bytes = 8 * values.length;
    const end = PAYLOAD_OFFSET + bytes + CHECKSUM_BYTES;
    const start = end - vectorFrameBytes(header, values.length);
    this.#writeHeader(start, header, lagOf(header), bytes);
    this.#payload.set(values);
    const frame = this.#bytes.subarray(start, end);
    writeChecksum(frame, frame.length - CHECKSUM_BYTES);
    return frame;
  }

  #writeHeader(start: number, header: VectorHeader, lag: number, payloadBytes: number): void {
    assertUint32(header.epoch);
    assertUint32(header.step);
    assertUint32(header.durableStep);
    const step = writeField(this.#bytes, start, EPOCH_TAG, header.epoch);
    const durable = writeField(this.#bytes, step, STEP_TAG, header.step);
    const vector = writeField(this.#bytes, durable, DURABLE_LAG_TAG, lag);
    writeField(this.#bytes, vector, VECTOR_TAG, payloadBytes);
  }
}

function writeField(bytes: Uint8Array, offset: number, tag: number, value: number): number {
  bytes[offset] = tag;
  return writeVarint(bytes, offset + 1, value);
}

/**
 * Checks a vector frame on receipt, whatever its dimension, and fills `header`. Throws WIRE_CORRUPT on a wrong checksum
 * and WIRE_GARBAGE on a wrong form, before anything is written.
 */
export function readVectorHeader(frame: Uint8Array, header: VectorHeader): void {
  verified(frame);
  readForm(frame, undefined, header);
}

/**
 * Reads a vector frame into `header` and `out` (length expectedDimension); `frame` is not kept. It must have passed
 * readVectorHeader on receipt: the checksum is not looked at again, only form, length and values are.
 * Throws WIRE_GARBAGE on a wrong form or length, before anything is written, and PARAMETERS_NOT_FINITE
 * on a NaN or an infinity, after which `out` holds what the frame held and must not be used.
 */
export function readVectorFrame(frame: Uint8Array, expectedDimension: number, header: VectorHeader, out: Float64Array): void {
  assert(out.length === expectedDimension, 'the buffer for a vector has another dimension');
  const payload = readForm(frame, 8 * expectedDimension, header);
  if (!copiedFinite(frame.subarray(payload, frame.length - CHECKSUM_BYTES), out))
    throw new KindredError('PARAMETERS_NOT_FINITE', `the vector of exchange ${header.step} holds a value that is not finite`);
}

/** Piece by piece: what was just copied is looked at while it is in the processor's first cache. False where a value is not finite. */
function copiedFinite(payload: Uint8Array, out: Float64Array): boolean {
  const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  let isFinite = true;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const to = Math.min(from + PIECE_BYTES, bytes.length);
    bytes.set(payload.subarray(from, to), from);
    isFinite = allFinite(out.subarray(from / 8, to / 8)) && isFinite;
  }
  return isFinite;
}

/** Checks the whole form, then fills `header`; returns where the payload starts. */
function readForm(frame: Uint8Array, payloadBytes: number | undefined, header: VectorHeader): number {
  const epoch = fieldAt(frame, 0, EPOCH_TAG);
  const stepAt = 1 + varintBytes(epoch);
  const step = fieldAt(frame, stepAt, STEP_TAG);
  const lagAt = stepAt + 1 + varintBytes(step);
  const lag = fieldAt(frame, lagAt, DURABLE_LAG_TAG);
  const vectorAt = lagAt + 1 + varintBytes(lag);
  const length = fieldAt(frame, vectorAt, VECTOR_TAG);
  const payload = vectorAt + 1 + varintBytes(length);
  if (length % 8 !== 0 || length !== (payloadBytes ?? length) || frame.length !== payload + length + CHECKSUM_BYTES)
    throw garbage(payloadBytes === undefined ? 'its parameters do not fill it' : `it is not ${payloadBytes} bytes of parameters`);
  header.epoch = epoch;
  header.step = step;
  header.durableStep = (step - lag) >>> 0;
  return payload;
}

function fieldAt(frame: Uint8Array, offset: number, tag: number): number {
  const value = frame[offset] === tag ? readVarint(frame, offset + 1) : -1;
  if (value < 0) throw garbage('its header is malformed');
  return value;
}

/** True when no value is NaN or infinite. */
export function allFinite(values: Float64Array): boolean {
  // A sum is finite only where every term is; where finite terms overflow it, look at each.
  return Number.isFinite(sum(values)) || values.every((value) => Number.isFinite(value));
}

/** Eight partial sums, because one would wait for each addition. */
function sum(values: Float64Array): number {
  const whole = values.length & ~7;
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < whole; i += 8) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
    e += values[i + 4];
    f += values[i + 5];
    g += values[i + 6];
    h += values[i + 7];
  }
  for (let i = whole; i < values.length; i++) a += values[i];
  return a + b + c + d + e + f + g + h;
}

function assertUint32(value: number): void {
  assert(value >>> 0 === value, `${value} does not fit the header of a vector`);
}

const garbage = (reason: string): KindredError => new KindredError('WIRE_GARBAGE', `a vector frame was refused: ${reason}`);
