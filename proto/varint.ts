/**
 * Protobuf's base-128 varints of unsigned 32-bit integers: seven bits a byte, least significant first.
 * Only the shortest form is accepted, so that equal values have equal bytes.
 * Source: protobuf encoding, "Base 128 Varints".
 */
export const VARINT_BYTES_MAX = 5;

export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes `value` at `offset`; returns the offset behind it. */
export function writeVarint(bytes: Uint8Array, offset: number, value: number): number {
  while (value >= 0x80) {
    bytes[offset++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[offset++] = value;
  return offset;
}

/** The value at `offset`, or -1 where it is cut short, longer than needed or above 2^32 - 1. Its size is varintBytes(value). */
export function readVarint(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = 0; i < VARINT_BYTES_MAX && offset + i < bytes.length; i++) {
    const byte = bytes[offset + i];
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value < 2 ** 32 && varintBytes(value) === i + 1 ? value : -1;
  }
  return -1;
}
