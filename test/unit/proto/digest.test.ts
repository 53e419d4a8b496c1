/** The digest against a slow oracle; what it promises to find, it finds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../core/random.ts';
import { digest } from '../../../proto/digest.ts';

/** The definition, word by word, with integers of any size. */
function oracle(bytes: Uint8Array): number {
  const [mask, prime] = [0xffffffffn, 0x9e3779b1n];
  const rotated = (x: bigint): bigint => ((x << 13n) | (x >> 19n)) & mask;
  const word = (i: number): bigint => [3, 2, 1, 0].reduce((sum, k) => (sum << 8n) | BigInt(bytes[4 * i + k] ?? 0), 0n);
  const lanes = [1n, 2n, 3n, 4n];
  for (let i = 0; i < 8 * Math.ceil(bytes.length / 32); i += 2) {
    const lane = (i / 2) % 4;
    lanes[lane] = ((rotated(lanes[lane]) ^ word(i)) * prime + word(i + 1)) & mask;
  }
  return Number(lanes.reduce((sum, lane) => ((rotated(sum) ^ lane) * prime) & mask, BigInt(bytes.length)));
}

function randomBytes(count: number, seed: number): Uint8Array {
  const random = new Random();
  random.rekey(seed, 0, 'truth', count);
  return Uint8Array.from({ length: count }, () => 256 * random.uniform());
}

test('it is what its definition says, at every length, also after longer frames', () => {
  for (const length of [0, 1, 3, 4, 31, 32, 33, 63, 64, 65, 100, 8_000, 40_000, 5, 0]) {
    const bytes = randomBytes(length, 1);
    assert.equal(digest(bytes, length), oracle(bytes), `${length} bytes`);
  }
});

test('it does not look beyond the end, and not at where the bytes are', () => {
  const bytes = randomBytes(100, 2);
  const moved = new Uint8Array(200).fill(7);
  moved.set(bytes.subarray(0, 70), 13);
  assert.equal(digest(bytes, 70), digest(bytes.slice(0, 70), 70));
  assert.equal(digest(moved.subarray(13), 70), digest(bytes, 70));
});

test('every change within one word is found: each bit of 200 bytes, and 32,000 random words', () => {
  const bytes = randomBytes(200, 3);
  const right = digest(bytes, 200);
  for (let bit = 0; bit < 1_600; bit++) {
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assert.notEqual(digest(bytes, 200), right, `bit ${bit}`);
    bytes[bit >> 3] ^= 1 << (bit & 7);
  }
  const words = new Uint32Array(bytes.buffer);
  const random = new Random();
  random.rekey(3, 0, 'truth', 0);
  for (let change = 0; change < 32_000; change++) {
    const at = Math.floor(50 * random.uniform());
    const before = words[at];
    words[at] ^= Math.floor(1 + (2 ** 32 - 1) * random.uniform());
    assert.notEqual(digest(bytes, 200), right);
    words[at] = before;
  }
});

test('zeros that are added and words that change places are found, and two wrong bits but for one pair in a thousand', () => {
  const bytes = randomBytes(96, 4);
  const right = digest(bytes, 96);
  for (const zeros of [1, 4, 32]) assert.notEqual(digest(Uint8Array.from([...bytes, ...new Uint8Array(zeros)]), 96 + zeros), right);
  const swapped = new Uint32Array(bytes.slice().buffer);
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [0, 8],
    [1, 9],
    [3, 17],
  ]) {
    const other = swapped.slice();
    [other[i], other[j]] = [swapped[j], swapped[i]];
    assert.notEqual(digest(new Uint8Array(other.buffer), 96), right, `words ${i} and ${j}`);
  }
  let [missed, pairs] = [0, 0];
  const flip = (bit: number): number => (bytes[bit >> 3] ^= 1 << (bit & 7));
  for (let first = 0; first < 768; first++) {
    for (let second = first + 1; second < 768; second++) {
      flip(first);
      flip(second);
      pairs++;
      if (digest(bytes, 96) === right) missed++;
      flip(first);
      flip(second);
    }
  }
  assert.ok(missed < 0.001 * pairs, `${missed} of ${pairs}`);
});
