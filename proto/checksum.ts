/**
 * The checksum that ends every frame, control and vector: the one place where it is made and checked.
 *
 *   75 digest(all bytes before the tag; little-endian fixed32)
 *
 * It is field 14 of wire.proto's Frame, so that the whole stays protobuf. It finds damage on the way, every single wrong
 * bit included; not malice, which the links' credentials are for.
 */
import { KindredError } from '../core/errors.ts';
import { digest } from './digest.ts';

const CHECKSUM_TAG = 0x75;
export const CHECKSUM_BYTES = 5;

/** A new frame: `body` and its checksum. */
export function sealed(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(body.length + CHECKSUM_BYTES);
  frame.set(body);
  writeChecksum(frame, body.length);
  return frame;
}

/** Writes the checksum of the bytes before `end` at `end`. */
export function writeChecksum(frame: Uint8Array, end: number): void {
  const sum = digest(frame, end);
  frame[end] = CHECKSUM_TAG;
  for (let i = 0; i < 4; i++) frame[end + 1 + i] = sum >>> (8 * i);
}

/** What is before the checksum, sharing memory with `frame`. Throws WIRE_CORRUPT where the checksum is missing or wrong. */
export function verified(frame: Uint8Array): Uint8Array {
  const end = frame.length - CHECKSUM_BYTES;
  if (end < 0 || frame[end] !== CHECKSUM_TAG) throw corrupt('it does not end with a checksum');
  const sum = digest(frame, end);
  for (let i = 0; i < 4; i++) if (frame[end + 1 + i] !== ((sum >>> (8 * i)) & 0xff)) throw corrupt('its checksum is wrong');
  return frame.subarray(0, end);
}

const corrupt = (reason: string): KindredError => new KindredError('WIRE_CORRUPT', `a frame was refused: ${reason}`);
