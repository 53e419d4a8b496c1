/**
 * The exact second moments of W+ = A (W - mu g): every error curve without a simulation (algorithms-1, section 1).
 *
 * With E = W - Wo (K x M), Wo's columns of covariance So, C = E[E E'] / M and F = E[E Wo'] / M:
 *   E+ = A ((1-mu) E + xi) - (I-A) Wo, xi the gradient noise, independent between agents given E, so
 *   C+ = A ((1-mu)^2 C + D) A' - X - X' + (I-A) So (I-A)',   X = (1-mu) A F (I-A)',
 *   F+ = (1-mu) A F - (I-A) So,   D diagonal with D_k = (mu^2 / B) (s_k + (M+1) C_kk).
 * All agents start at w = 0: C = So, F = -So. The mean squared deviation per coordinate is tr C / K.
 * A filter reads out x = H psi instead, psi running with A = I: its error is H E - (I-H) Wo.
 */
import { combine as weighted, identity, multiply, trace, transpose, type Matrix } from './linalg/matrix.ts';

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

interface Moments {
  readonly C: Matrix;
  readonly F: Matrix;
}

const SETTLED_RELATIVE = 1e-12;
const STEPS_MAX = 200_000;

/** The mean squared deviation at each of `iterations` (0 is the start), in their order; Infinity once it overflows. */
export function predictedCurve(input: RecursionInput & { readonly iterations: readonly number[] }): number[] {
  const wanted = new Map(input.iterations.map((i) => [i, NaN]));
  const last = Math.max(0, ...input.iterations);
  const step = stepper(input);
  let moments = start(input.signal);
  let settled = false;
  for (let i = 0; i <= last; i++) {
    if (wanted.has(i)) wanted.set(i, readOut(moments, input));
    if (settled || i === last) continue;
    const next = step(moments);
    // A long arm is steady most of its time: its moments stay what they are.
    settled = isSettled(moments, next);
    moments = next;
  }
  return input.iterations.map((i) => wanted.get(i)!);
}

/** The mean squared deviation the recursion converges to; Infinity when it diverges. */
export function steadyState(input: RecursionInput): number {
  const step = stepper(input);
  let moments = start(input.signal);
  for (let i = 0; i < STEPS_MAX; i++) {
    const next = step(moments);
    if (!Number.isFinite(trace(next.C))) return Infinity;
    const settled = isSettled(moments, next);
    moments = next;
    if (settled) break;
  }
  return readOut(moments, input);
}

function start(So: Matrix): Moments {
  return { C: So, F: weighted(-1, So, 0, So) };
}

function isSettled(before: Moments, after: Moments): boolean {
  return Math.max(change(before.C, after.C), change(before.F, after.F)) <= SETTLED_RELATIVE * trace(after.C);
}

/** Largest change of an entry. */
function change(before: Matrix, after: Matrix): number {
  return before.data.reduce((largest, x, i) => Math.max(largest, Math.abs(after.data[i] - x)), 0);
}

/** One step of the recursion; what does not change from step to step is computed once. */
function stepper({ combine: A, mu, batch, dimension, noise, signal: So }: RecursionInput): (moments: Moments) => Moments {
  const n = A.rows;
  const rest = weighted(1, identity(n), -1, A);
  const bias = multiply(rest, So);
  const biasBias = rightTransposed(bias, rest);
  const scale = (mu * mu) / batch;
  return ({ C, F }) => {
    const inner = weighted((1 - mu) ** 2, C, 0, C);
    for (let k = 0; k < n; k++) inner.data[k * n + k] += scale * (noise[k] + (dimension + 1) * C.data[k * n + k]);
    const moved = weighted(1 - mu, multiply(A, F), 0, F);
    const spread = weighted(1, rightTransposed(multiply(A, inner), A), 1, biasBias);
    return { C: withoutCross(spread, rightTransposed(moved, rest)), F: weighted(1, moved, -1, bias) };
  };
}

/** The mean squared deviation of these moments, through the filter if there is one. */
function readOut({ C, F }: Moments, { signal: So, output: H }: RecursionInput): number {
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

/** a - x - x'. */
function withoutCross(a: Matrix, x: Matrix): Matrix {
  return weighted(1, weighted(1, a, -1, x), -1, transpose(x));
}
