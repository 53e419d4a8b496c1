/**
 * Noise variances from what is expected of the residuals (algorithms-3, section 2).
 *
 * own:    1/s_k ~ Gamma(nu0/2, nu0 s0/2): s0 and nu0 by evidence over the agents, nu0 in [4, 2000] by bisection of
 *         log(x/2) - psi(x/2) = log mean E[1/s] - mean E[log 1/s]; then s_k = (nu0 s0 + residual_k) / (nu0 + N_k).
 * shared: one s for all, sum residual / sum N: for labels, where a field of one class has no noise and s_k would vanish.
 */
import { digamma } from '../digamma.ts';

export interface Noise {
  /** s_k. */
  readonly byAgent: Float64Array;
  /** Degrees of freedom the agents share: near 4 the s_k differ as they like, above 500 they are the same. */
  readonly shape: number;
}

export const SHAPE_MIN = 4;
const SHAPE_MAX = 2_000;
export const SHAPE_START = 10;
const BISECTIONS = 40;

export function ownNoise({ byAgent, shape }: Noise, residuals: Float64Array, rows: Float64Array): Noise {
  const scale = 1 / mean(byAgent.map((s) => 1 / s));
  const a = rows.map((N) => (shape + N) / 2);
  const b = residuals.map((residual) => (shape * scale + residual) / 2);
  const precision = a.map((value, k) => value / b[k]);
  const logPrecision = a.map((value, k) => digamma(value) - Math.log(b[k]));
  const nextShape = shapeOf(Math.log(mean(precision)) - mean(logPrecision));
  const nextScale = 1 / mean(precision);
  return { byAgent: residuals.map((residual, k) => (nextShape * nextScale + residual) / (nextShape + rows[k])), shape: nextShape };
}

export function sharedNoise({ shape }: Noise, residuals: Float64Array, rows: Float64Array): Noise {
  const s = sum(residuals) / sum(rows);
  return { byAgent: rows.map(() => s), shape };
}

/** The root of log(x/2) - psi(x/2) = gap, which falls from x = 4 to 2000; the end of the interval where there is none. */
function shapeOf(gap: number): number {
  let low = Math.log(SHAPE_MIN);
  let high = Math.log(SHAPE_MAX);
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    const half = Math.exp(middle) / 2;
    if (Math.log(half) - digamma(half) > gap) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: Float64Array): number {
  return sum(values) / values.length;
}
