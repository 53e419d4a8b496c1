/**
 * Keyed random draws: (seed, agent, purpose, step) names ONE stream, so any process can reproduce any draw
 * without having made the draws before it. Nothing outlives a call: there is no global stream state.
 *
 * The key is hashed into the 128 bits of xoshiro128** (Blackman and Vigna, 2018): four lanes, each absorbing
 * every word of the key through murmur3's finaliser. For a fixed rest of the key every lane is a bijection
 * of one word, so keys that differ in one word never share a stream.
 * Normals: the ziggurat of ziggurat.ts with 53-bit uniforms.
 */
import { assert } from './errors.ts';
import { HEIGHTS, LAYERS, TAIL_START, WIDTHS } from './ziggurat.ts';

/** What a draw is for. The numbers are part of every stream's key: never renumber them. */
export const PURPOSES = { truth: 1, graph: 2, batch: 3, permutation: 4, fault: 5, jitter: 6, drift: 7, violation: 8, comparison: 9, initial: 10 } as const;
export type Purpose = keyof typeof PURPOSES;

const TWO_32 = 2 ** 32;
const TWO_MINUS_52 = 2 ** -52;
const TWO_MINUS_53 = 2 ** -53;
const GOLDEN = 0x9e3779b9;
/** sqrt of 2, 3, 5, 7 as 32-bit fractions: arbitrary, distinct starting points of the lanes. */
const LANE_START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a];
/** Odd, hence invertible modulo 2^32. */
const LANE_MULTIPLIER = [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1];
const LAYER_MASK = LAYERS - 1;

/** murmur3's 32-bit finaliser: a bijection in which every input bit moves every output bit. Result is unsigned. */
export function fmix32(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One 32-bit word of the state: the words of the key absorbed one after another. */
function lane(index: number, seedLow: number, seedHigh: number, agent: number, purpose: number, step: number): number {
  const multiplier = LANE_MULTIPLIER[index];
  let h: number = LANE_START[index];
  h = fmix32((h ^ Math.imul(seedLow, multiplier)) + GOLDEN);
  h = fmix32((h ^ Math.imul(seedHigh, multiplier)) + GOLDEN);
  h = fmix32((h ^ Math.imul(agent, multiplier)) + GOLDEN);
  h = fmix32((h ^ Math.imul(purpose, multiplier)) + GOLDEN);
  return fmix32((h ^ Math.imul(step, multiplier)) + GOLDEN) | 0;
}

export class Random {
  readonly #s = new Int32Array(4);

  /** Start the stream of this key. `seed` is any integer below 2^53, the others below 2^32. */
  rekey(seed: number, agent: number, purpose: Purpose, step: number): this {
    const high = Math.floor(seed / TWO_32);
    const number = PURPOSES[purpose];
    const s = this.#s;
    for (let i = 0; i < 4; i++) s[i] = lane(i, seed, high, agent, number, step);
    // xoshiro's only forbidden state.
    if ((s[0] | s[1] | s[2] | s[3]) === 0) s[0] = 1;
    return this;
  }

  /** The next 32 bits (signed). */
  #next(): number {
    const s = this.#s;
    const s1 = s[1];
    const times5 = Math.imul(s1, 5);
    const s2 = s[2] ^ s[0];
    const s3 = s[3] ^ s1;
    s[1] = s1 ^ s2;
    s[0] ^= s3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((times5 << 7) | (times5 >>> 25), 9);
  }

  /** Uniform on [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) * TWO_MINUS_53;
  }

  /** N(0, 1). */
  gaussian(): number {
    const bits = this.#next();
    const layer = bits & LAYER_MASK;
    // The top 23 bits of one word (with its sign: a branch on a random sign would cost more than all else)
    // and 30 of the next: the signed fraction shares no bit with the layer.
    const x = ((bits >> 9) * 1073741824 + (this.#next() >>> 2)) * TWO_MINUS_52 * WIDTHS[layer];
    return Math.abs(x) < WIDTHS[layer + 1] ? x : this.#outside(layer, x);
  }

  /** The 1 % outside the inner rectangles: the wedge of its layer, or the tail; a refused point starts afresh. */
  #outside(layer: number, x: number): number {
    if (layer === 0) return x < 0 ? -this.#tail() : this.#tail();
    const height = HEIGHTS[layer] + this.uniform() * (HEIGHTS[layer + 1] - HEIGHTS[layer]);
    return height < Math.exp(-0.5 * x * x) ? x : this.gaussian();
  }

  /** A normal beyond TAIL_START (Marsaglia, 1964). 1 - uniform() is never 0. */
  #tail(): number {
    for (;;) {
      const x = -Math.log(1 - this.uniform()) / TAIL_START;
      const y = -Math.log(1 - this.uniform());
      if (2 * y > x * x) return TAIL_START + x;
    }
  }

  /** out <- independent N(0, 1): the same draws as gaussian() one by one, with the state in local variables. */
  fillGaussian(out: Float64Array): void {
    const s = this.#s;
    let s0 = s[0];
    let s1 = s[1];
    let s2 = s[2];
    let s3 = s[3];
    for (let i = 0; i < out.length; i++) {
      const five = Math.imul(s1, 5);
      const bits = Math.imul((five << 7) | (five >>> 25), 9);
      let shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
      const fiveNext = Math.imul(s1, 5);
      const bitsNext = Math.imul((fiveNext << 7) | (fiveNext >>> 25), 9);
      shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
      const layer = bits & LAYER_MASK;
      const x = ((bits >> 9) * 1073741824 + (bitsNext >>> 2)) * TWO_MINUS_52 * WIDTHS[layer];
      if (Math.abs(x) < WIDTHS[layer + 1]) {
        out[i] = x;
        continue;
      }
      this.#setState(s0, s1, s2, s3);
      out[i] = this.#outside(layer, x);
      s0 = s[0];
      s1 = s[1];
      s2 = s[2];
      s3 = s[3];
    }
    this.#setState(s0, s1, s2, s3);
  }

  #setState(s0: number, s1: number, s2: number, s3: number): void {
    this.#s[0] = s0;
    this.#s[1] = s1;
    this.#s[2] = s2;
    this.#s[3] = s3;
  }

  /** Uniform on 0 .. n-1; the bias is below n / 2^53. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A uniform permutation of 0 .. n-1 (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    return this.permute(new Uint32Array(n));
  }

  /** The same, where there is room for it already. */
  permute(out: Uint32Array): Uint32Array {
    for (let i = 0; i < out.length; i++) out[i] = i;
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = out[i];
      out[i] = out[j];
      out[j] = swap;
    }
    return out;
  }

  /** A uniform permutation without fixed points: permutations are drawn until one has none (about e draws). */
  derangement(n: number): Uint32Array {
    assert(n >= 2, `no permutation of ${n} elements is without fixed points`);
    for (;;) {
      const out = this.permutation(n);
      if (out.every((image, i) => image !== i)) return out;
    }
  }
}

/** The stream of one key. Hot loops keep one Random and `rekey` it instead. */
export function draw(seed: number, agent: number, purpose: Purpose, step: number): Random {
  return new Random().rekey(seed, agent, purpose, step);
}
