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
const BLOCK_BYTES = 32;

/** Aligned words that every frame is copied to; grows with the longest one. */
let words = new Int32Array(1_024);
let bytes = new Uint8Array(words.buffer);

/** Of the first `end` bytes, as an unsigned integer. */
export function digest(frame: Uint8Array, end: number): number {
  const padded = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
  if (padded > bytes.length) grow(padded);
  bytes.set(end === frame.length ? frame : frame.subarray(0, end));
  bytes.fill(0, end, padded);
  return digestWords(words, padded >> 2, end) >>> 0;
}

function grow(bytesMin: number): void {
  words = new Int32Array(bytesMin >> 1);
  bytes = new Uint8Array(words.buffer);
}

function digestWords(x: Int32Array, count: number, length: number): number {
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let i = 0; i < count; i += 8) {
    a = (Math.imul(((a << 13) | (a >>> 19)) ^ x[i], PRIME) + x[i + 1]) | 0;
    b = (Math.imul(((b << 13) | (b >>> 19)) ^ x[i + 2], PRIME) + x[i + 3]) | 0;
    c = (Math.imul(((c << 13) | (c >>> 19)) ^ x[i + 4], PRIME) + x[i + 5]) | 0;
    d = (Math.imul(((d << 13) | (d >>> 19)) ^ x[i + 6], PRIME) + x[i + 7]) | 0;
  }
  return chained(chained(chained(chained(length, a), b), c), d);
}

const chained = (digest: number, lane: number): number => Math.imul(((digest << 13) | (digest >>> 19)) ^ lane, PRIME);
