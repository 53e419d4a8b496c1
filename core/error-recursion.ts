/**
 * The exact second moments of W+ = A (W - mu g): every error curve without a simulation (algorithms-1, section 1).
 *
 * With E = W - Wo (K x M), Wo's columns of covariance So, C = E[E E'] / M and F = E[E Wo'] / M:
 *   E+ = A ((1-mu) E + xi) - (I-A) Wo, xi the gradient noise, independent between agents given E, so
 *   C+ = A ((1-mu)^2 C + D) A' - X - X' + (I-A) So (I-A)',   X = (1-mu) A F (I-A)',
 *   F+ = (1-mu) A F - (I-A) So,   D diagonal with D_k = (mu^2 / B) (s_k + (M+1) C_kk).
 * All agents start at w = 0: C = So, F = -So. The mean squared deviation per coordinate is tr C / K.
 * A is sparse where many agents have few neighbours each, and a step allocates nothing: it costs K times the entries of A.
 * A filter reads out x = H psi instead, psi running with A = I: its error is H E - (I-H) Wo.
 */
import { combine as weighted, copy, identity, multiply, trace, transpose, zeros, type Matrix } from './linalg/matrix.ts';
import { multiplySparse, multiplySparseTransposed, sparseRows, type SparseRows } from './linalg/sparse.ts';

export interface RecursionInput {
  /** A (K x K): I without cooperation, I - mu eta L for multitask. */
  readonly combine: Matrix;
  readonly mu: number;
  readonly batch: number;
  readonly dimension: number;
  /** s_k of every agent (K). */
  readonly noise: ArrayLike<number>;
  /** So, the covariance of the true parameters over the coordinates (K x K): pinv(L), or Wo Wo' / M of a realised Wo. */
  readonly signal: Matrix;
  /** H, the output filter (K x K); then `combine` is to be the identity. */
  readonly output?: Matrix;
}

const SETTLED_RELATIVE = 1e-12;
const STEPS_MAX = 200_000;

/** The mean squared deviation at each of `iterations` (0 is the start), in their order; Infinity once it overflows. */
export function predictedCurve(input: RecursionInput & { readonly iterations: readonly number[] }): number[] {
  const wanted = new Map(input.iterations.map((i) => [i, NaN]));
  const last = Math.max(0, ...input.iterations);
  const moments = new Moments(input);
  let settled = false;
  let error: number | undefined;
  for (let i = 0; i <= last; i++) {
    if (wanted.has(i)) wanted.set(i, (error ??= readOut(moments, input)));
    // A long arm is steady most of its time: its moments stay what they are.
    if (settled || i === last) continue;
    settled = moments.step();
    error = undefined;
  }
  return input.iterations.map((i) => wanted.get(i)!);
}

/** The mean squared deviation the recursion converges to; Infinity when it diverges. */
export function steadyState(input: RecursionInput): number {
  const moments = new Moments(input);
  for (let i = 0; i < STEPS_MAX; i++) {
    const settled = moments.step();
    if (!Number.isFinite(trace(moments.C))) return Infinity;
    if (settled) break;
  }
  return readOut(moments, input);
}

/** C and F, and what does not change from step to step. */
class Moments {
  C: Matrix;
  F: Matrix;
  readonly #input: RecursionInput;
  readonly #combine: SparseRows;
  /** I - A. */
  readonly #rest: SparseRows;
  readonly #bias: Matrix;
  readonly #biasBias: Matrix;
  #nextC: Matrix;
  #nextF: Matrix;
  readonly #scratch: Matrix;

  constructor(input: RecursionInput) {
    const { combine: A, signal: So } = input;
    const n = A.rows;
    const rest = weighted(1, identity(n), -1, A);
    this.#input = input;
    this.#combine = sparseRows(A);
    this.#rest = sparseRows(rest);
    this.#bias = zeros(n, n);
    this.#biasBias = zeros(n, n);
    multiplySparse(this.#rest, So, this.#bias);
    multiplySparseTransposed(this.#bias, this.#rest, this.#biasBias);
    this.C = copy(So);
    this.F = weighted(-1, So, 0, So);
    [this.#nextC, this.#nextF, this.#scratch] = [zeros(n, n), zeros(n, n), zeros(n, n)];
  }

  /** True when it changed (nearly) nothing. */
  step(): boolean {
    const next = this.#nextC;
    const moved = this.#nextF;
    const scratch = this.#scratch;
    this.#noisy(next);
    if (this.#isAlone) moved.data.set(this.F.data);
    else {
      multiplySparse(this.#combine, next, scratch);
      multiplySparseTransposed(scratch, this.#combine, next);
      multiplySparse(this.#combine, this.F, moved);
    }
    scaleAll(1 - this.#input.mu, moved);
    if (!this.#isAlone) multiplySparseTransposed(moved, this.#rest, scratch);
    const change = Math.max(addCross(this.#biasBias, scratch, this.C, next), addBias(this.#bias, this.F, moved));
    [this.C, this.#nextC] = [next, this.C];
    [this.F, this.#nextF] = [moved, this.F];
    return change <= SETTLED_RELATIVE * trace(next);
  }

  /** A = I: then I - A, the biases and the cross terms are 0, and products are not worth their time. */
  get #isAlone(): boolean {
    return this.#rest.values.length === 0;
  }

  /** out <- (1-mu)^2 C + D. */
  #noisy(out: Matrix): void {
    const { mu, batch, dimension, noise } = this.#input;
    const { data, rows: n } = this.C;
    const kept = (1 - mu) ** 2;
    const scale = (mu * mu) / batch;
    for (let i = 0; i < data.length; i++) out.data[i] = kept * data[i];
    for (let k = 0; k < n; k++) out.data[k * n + k] += scale * (noise[k] + (dimension + 1) * data[k * n + k]);
  }
}

function scaleAll(factor: number, a: Matrix): void {
  for (let i = 0; i < a.data.length; i++) a.data[i] *= factor;
}

/** next <- next + bias - x - x'; returns the largest change of an entry against `before`. */
function addCross(bias: Matrix, x: Matrix, before: Matrix, next: Matrix): number {
  const n = x.rows;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      next.data[at] = next.data[at] + bias.data[at] - x.data[at] - x.data[j * n + i];
      largest = Math.max(largest, Math.abs(next.data[at] - before.data[at]));
    }
  }
  return largest;
}

/** next <- next - bias; returns the largest change of an entry against `before`. */
function addBias(bias: Matrix, before: Matrix, next: Matrix): number {
  let largest = 0;
  for (let at = 0; at < next.data.length; at++) {
    next.data[at] -= bias.data[at];
    largest = Math.max(largest, Math.abs(next.data[at] - before.data[at]));
  }
  return largest;
}

/** The mean squared deviation of these moments, through the filter if there is one. */
function readOut({ C, F }: { readonly C: Matrix; readonly F: Matrix }, { signal: So, output: H }: RecursionInput): number {
  if (!H) return trace(C) / C.rows;
  const rest = weighted(1, identity(H.rows), -1, H);
  const own = rightTransposed(multiply(H, C), H);
  const cross = rightTransposed(multiply(H, F), rest);
  const bias = rightTransposed(multiply(rest, So), rest);
  return (trace(own) - 2 * trace(cross) + trace(bias)) / C.rows;
}

/** a b' as (b a')': sparse b (a combine matrix) stays the left factor, whose zeros `multiply` skips. */
function rightTransposed(a: Matrix, b: Matrix): Matrix {
  return transpose(multiply(b, transpose(a)));
}
