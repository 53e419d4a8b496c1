/**
 * Vector frames, packed and read by hand: the hot path of every round.
 *
 * The bytes are those of wire.proto's Frame { epoch, step, durable_step, vector } in field order - a test compares
 * them with the generated code - but one memcpy each way, no object and no intermediate buffer.
 * A frame carries no source and no shape: it is the SAME bytes for all neighbours, encoded once per exchange.
 *
 *   08 epoch(varint)  15 step(fixed32)  1d durable_step(fixed32)  7a length(varint)  M x float64, little-endian
 */
import { assert, KindredError } from '../core/errors.ts';
import type { VectorHeader } from './messages.ts';
import { readVarint, VARINT_BYTES_MAX, varintBytes, writeVarint } from './varint.ts';

const EPOCH_TAG = 0x08;
const STEP_TAG = 0x15;
const DURABLE_STEP_TAG = 0x1d;
const VECTOR_TAG = 0x7a;
/** Two tagged fixed32. */
const STEPS_BYTES = 10;
/** The longest header, 22 bytes, rounded up so that the payload behind it is 8-aligned. */
const PAYLOAD_OFFSET = 24;

// Float64Array has the byte order of the machine; the wire is little-endian.
assert(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 'Kindred needs a little-endian machine');

/** The largest frame that a vector of `dimension` parameters can need. */
export function vectorFrameBytesMax(dimension: number): number {
  return 2 + VARINT_BYTES_MAX + STEPS_BYTES + varintBytes(8 * dimension) + 8 * dimension;
}

/** True for what `encode` below writes; every control message starts with another byte. */
export function isVectorFrame(frame: Uint8Array): boolean {
  return frame[0] === EPOCH_TAG;
}

/** Encodes into one buffer that it reuses: a frame is valid until the next `encode`. */
export class VectorFrameWriter {
  readonly #bytes: Uint8Array;
  readonly #steps: DataView;
  readonly #payload: Float64Array;

  constructor(dimensionMax: number) {
    const buffer = new ArrayBuffer(PAYLOAD_OFFSET + 8 * dimensionMax);
    this.#bytes = new Uint8Array(buffer);
    this.#steps = new DataView(buffer, 0, PAYLOAD_OFFSET);
    this.#payload = new Float64Array(buffer, PAYLOAD_OFFSET);
  }

  /** The header grows to the left of the payload, so that the payload never moves. */
  encode(header: VectorHeader, values: Float64Array): Uint8Array {
    assert(values.length <= this.#payload.length, 'a vector is longer than its writer was made for');
    const bytes = 8 * values.length;
    const start = PAYLOAD_OFFSET - (2 + varintBytes(header.epoch) + STEPS_BYTES + varintBytes(bytes));
    this.#writeHeader(start, header, bytes);
    this.#payload.set(values);
    return this.#bytes.subarray(start, PAYLOAD_OFFSET + bytes);
  }

  #writeHeader(start: number, header: VectorHeader, payloadBytes: number): void {
    assertUint32(header.epoch);
    assertUint32(header.step);
    assertUint32(header.durableStep);
    this.#bytes[start] = EPOCH_TAG;
    const steps = writeVarint(this.#bytes, start + 1, header.epoch);
    this.#bytes[steps] = STEP_TAG;
    this.#steps.setUint32(steps + 1, header.step, true);
    this.#bytes[steps + 5] = DURABLE_STEP_TAG;
    this.#steps.setUint32(steps + 6, header.durableStep, true);
    this.#bytes[steps + STEPS_BYTES] = VECTOR_TAG;
    writeVarint(this.#bytes, steps + STEPS_BYTES + 1, payloadBytes);
  }
}

/**
 * Reads a vector frame into `header` and `out` (length expectedDimension); `frame` is not kept.
 * Throws WIRE_GARBAGE on a wrong form or length, before anything is written, and PARAMETERS_NOT_FINITE
 * on a NaN or an infinity, after which `out` holds what the frame held and must not be used.
 */
export function readVectorFrame(frame: Uint8Array, expectedDimension: number, header: VectorHeader, out: Float64Array): void {
  assert(out.length === expectedDimension, 'the buffer for a vector has another dimension');
  const payload = readHeader(frame, 8 * expectedDimension, header);
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(frame.subarray(payload));
  if (!allFinite(out)) throw new KindredError('PARAMETERS_NOT_FINITE', `the vector of exchange ${header.step} holds a value that is not finite`);
}

/** The step of a vector frame whose shape is not known yet: enough to decide whether to keep it. Throws WIRE_GARBAGE. */
export function readVectorStep(frame: Uint8Array): number {
  return readUint32(frame, stepsOffset(frame) + 1);
}

/** Checks the whole form, then fills `header`; returns where the payload starts. */
function readHeader(frame: Uint8Array, payloadBytes: number, header: VectorHeader): number {
  const steps = stepsOffset(frame);
  const vector = steps + STEPS_BYTES;
  const payload = vector + 1 + varintBytes(payloadBytes);
  const length = readVarint(frame, vector + 1);
  if (frame[vector] !== VECTOR_TAG || length !== payloadBytes || frame.length !== payload + payloadBytes)
    throw garbage(`it is not ${payloadBytes} bytes of parameters`);
  header.epoch = readVarint(frame, 1);
  header.step = readUint32(frame, steps + 1);
  header.durableStep = readUint32(frame, steps + 6);
  return payload;
}

/** Where the two steps start, which are all there. */
function stepsOffset(frame: Uint8Array): number {
  const epoch = isVectorFrame(frame) ? readVarint(frame, 1) : -1;
  const steps = 1 + varintBytes(epoch);
  if (epoch < 0 || frame.length < steps + STEPS_BYTES || frame[steps] !== STEP_TAG || frame[steps + 5] !== DURABLE_STEP_TAG)
    throw garbage('its header is malformed');
  return steps;
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

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

function assertUint32(value: number): void {
  assert(value >>> 0 === value, `${value} does not fit the header of a vector`);
}

const garbage = (reason: string): KindredError => new KindredError('WIRE_GARBAGE', `a vector frame was refused: ${reason}`);
