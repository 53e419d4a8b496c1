/**
 * One step of the basis, out of every agent's answer; V (d x k) orthonormal in white coordinates, weights N_t:
 *   G = mean W u_t a_t', H = mean a_t a_t', V <- qr(V - eta G (H + 1e-10 tr(H) I)^-1).Q
 * G is the gradient of the likelihood with every head at its best; H^-1 makes the step one of Gauss and Newton, so that the
 * rounds do not grow with the dimension (algorithms-2, C1).
 */
import { cholesky, choleskySolve } from '../linalg/cholesky.ts';
import { copy, multiply, trace, zeros, type Matrix } from '../linalg/matrix.ts';
import type { HalfMoments, HeadAnswer } from './local.ts';
import { orthonormal } from './orthonormal.ts';

const JITTER = 1e-10;

export interface Pooled {
  readonly gradient: Matrix;
  readonly heads: Matrix;
}

/** Means over the agents in their order, by their rows. */
export function pool(moments: readonly HalfMoments[], answers: readonly HeadAnswer[], white: Matrix | undefined): Pooled {
  const [d, k] = [answers[0].gradient.length, answers[0].head.length];
  const gradient = zeros(d, k);
  const heads = zeros(k, k);
  const total = moments.reduce((sum, { rows }) => sum + rows, 0);
  answers.forEach((answer, t) => {
    const share = moments[t].rows / total;
    addProduct(share, answer.gradient, answer.head, gradient);
    addProduct(share, answer.head, answer.head, heads);
  });
  return { gradient: white === undefined ? gradient : multiply(white, gradient), heads };
}

function addProduct(factor: number, a: Float64Array, b: Float64Array, out: Matrix): void {
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) out.data[i * b.length + j] += factor * a[i] * b[j];
}

/** The next V. */
export function stepped(directions: Matrix, { gradient, heads }: Pooled, eta: number, precondition: boolean): Matrix {
  const move = precondition ? preconditioned(gradient, heads) : gradient;
  const out = copy(directions);
  for (let i = 0; i < out.data.length; i++) out.data[i] -= eta * move.data[i];
  return orthonormal(out);
}

/** G (H + jitter)^-1; 0 where all heads are. */
export function preconditioned(gradient: Matrix, heads: Matrix): Matrix {
  const k = heads.rows;
  const ridged = copy(heads);
  for (let c = 0; c < k; c++) ridged.data[c * k + c] += JITTER * trace(heads);
  const factor = cholesky(ridged);
  const out = zeros(gradient.rows, k);
  if (factor === undefined) return out;
  for (let i = 0; i < gradient.rows; i++) choleskySolve(factor, gradient.data.subarray(i * k, (i + 1) * k), out.data.subarray(i * k, (i + 1) * k));
  return out;
}
