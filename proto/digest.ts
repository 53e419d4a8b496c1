/**
 * The digest of a frame's bytes: 32 bits that damage changes. As fast as a copy, which CRC-32 is not (docs/decisions/0019).
 *
 * The bytes, filled up with zeros to a multiple of 32, are words of 32 bits, dealt out to four lanes, two at a time:
 *   lane <- imul(rot13(lane) ^ x, P) + y          P odd, hence one to one in the lane, in x, and in y
 * The digest chains the lanes and the length through the same step.
 *
 * 1. Any change within one word changes it for certain, since every step after it is one to one.
 * 2. Of two wrong bits within 96 bytes fewer than one pair in a thousand is missed; larger damage once in 2^32. Not for malice.
 */
const PRIME = 0x9e3779b1 | 0;
const STEP_BYTES = 32;

/** Aligned words that a frame is copied to, piece by piece: what was just copied is still in the processor's first cache. */
const words = new Int32Array(2_048);
const bytes = new Uint8Array(words.buffer);
/** Of the digest under way: most frames are so short that a new array would be dear. */
const lanes = new Int32Array(4);

/** Of the first `end` bytes, as an unsigned integer. */
export function digest(frame: Uint8Array, end: number): number {
  for (let i = 0; i < lanes.length; i++) lanes[i] = i + 1;
  for (let from = 0; from < end; from += bytes.length) deal(frame, from, Math.min(from + bytes.length, end));
  let sum = end;
  for (let i = 0; i < lanes.length; i++) sum = chained(sum, lanes[i]);
  return sum >>> 0;
}

function deal(frame: Uint8Array, from: number, to: number): void {
  const length = to - from;
  const padded = Math.ceil(length / STEP_BYTES) * STEP_BYTES;
  bytes.set(frame.subarray(from, to));
  bytes.fill(0, length, padded);
  dealWords(padded >> 2);
}

/** The lanes are numbers of their own, not an array taken apart: V8 then keeps them in registers. */
function dealWords(count: number): void {
  let a = lanes[0];
  let b = lanes[1];
  let c = lanes[2];
  let d = lanes[3];
  for (let i = 0; i < count; i += 8) {
    a = (Math.imul(((a << 13) | (a >>> 19)) ^ words[i], PRIME) + words[i + 1]) | 0;
    b = (Math.imul(((b << 13) | (b >>> 19)) ^ words[i + 2], PRIME) + words[i + 3]) | 0;
    c = (Math.imul(((c << 13) | (c >>> 19)) ^ words[i + 4], PRIME) + words[i + 5]) | 0;
    d = (Math.imul(((d << 13) | (d >>> 19)) ^ words[i + 6], PRIME) + words[i + 7]) | 0;
  }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
}

const chained = (digest: number, lane: number): number => Math.imul(((digest << 13) | (digest >>> 19)) ^ lane, PRIME);
