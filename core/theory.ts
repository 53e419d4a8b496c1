/**
 * What theory predicts for LMS with unit-variance Gaussian features (algorithms-1, section 1):
 * stability, the noise floor, what a measured noise says about another step size, and the choice of eta.
 * mu is the step size, B the batch, M the dimension, s the variance of the noise on the targets.
 */

export { predictedCurve, steadyState, type RecursionInput } from './error-recursion.ts';

/** The step size is mean-square stable if and only if nu = mu (B + M + 1) / B is below this. */
export const STABILITY_MAX = 2;
/** What `stepSize: auto` and the warning use: the noise floor is inflated by 2 / (2 - nu) only. */
export const STABILITY_ADVISED = 0.35;
/** mu eta lmax at most this, so that the combine step contracts every mode. */
export const COMBINE_EIGENVALUE_MAX = 0.9;
/** mu eta max_k sum_l |L_kl| at most this, so that every agent keeps at least half of its own. */
export const COMBINE_DEGREE_MAX = 0.5;
/** 2 eta max_k N_k at most this in rounds that do not wait, N_k the negative weights of agent k (strategy/stability-guard.ts). */
export const STALE_PUSH_MAX = 0.5;

/** nu. */
export function stability(mu: number, batch: number, dimension: number): number {
  return (mu * (batch + dimension + 1)) / batch;
}

/** The mu at which `stability` is nu. */
export function largestStepSize(nu: number, batch: number, dimension: number): number {
  return (nu * batch) / (batch + dimension + 1);
}

/** n = lim E||w - wo||^2 / M = mu s / (B (2 - nu)) of an agent that learns alone; Infinity when unstable. */
export function noiseFloor(mu: number, noise: number, batch: number, dimension: number): number {
  return noiseAtStep(noise / batch, mu, stability(mu, batch, dimension));
}

/** n = (mu / 2) G, G = E||g||^2 / M in steady state: the energy identity; needs no knowledge of s. */
export function energyNoise(mu: number, meanSquaredGradient: number): number {
  return (mu / 2) * meanSquaredGradient;
}

/** s / B from the n measured at step size mu. */
export function noisePower(noise: number, mu: number, nu: number): number {
  return (noise * (STABILITY_MAX - nu)) / mu;
}

/** n at step size mu from s / B. */
export function noiseAtStep(noisePower: number, mu: number, nu: number): number {
  return nu < STABILITY_MAX ? (mu * noisePower) / (STABILITY_MAX - nu) : Infinity;
}

/** Var(mean of the iterates over T time constants 1/mu) / n = (2/T) (1 - (1 - e^-T) / T). */
export function tailNoiseFactor(timeConstants: number): number {
  if (timeConstants < 1e-4) return 1 - timeConstants / 3;
  return (2 / timeConstants) * (1 + Math.expm1(-timeConstants) / timeConstants);
}

/** n (2 sqrt(K/M) + K/M): how far sampling moves eigenvalues of pure noise (Marchenko and Pastur); corrected ones are floored there. */
export function marchenkoPasturFloor(noise: number, agents: number, dimension: number): number {
  const ratio = agents / dimension;
  return noise * (2 * Math.sqrt(ratio) + ratio);
}

/** Steady error of one mode: n / (1 + eta l) of the noise is left, and a bias eta^2 l / (1 + eta l)^2 (prior variance 1/l) is added. */
export function modeError(eta: number, eigenvalue: number, noise: number): number {
  const shrink = 1 + eta * eigenvalue;
  return noise / shrink + (eta * eta * eigenvalue) / (shrink * shrink);
}

/** Mean over the modes: the predicted steady error per coordinate of the combine recursion. */
export function cooperativeError(eta: number, eigenvalues: ArrayLike<number>, noise: number): number {
  const modes = Array.from(eigenvalues, (eigenvalue) => modeError(eta, Math.max(0, eigenvalue), noise));
  return modes.reduce((sum, x) => sum + x, 0) / modes.length;
}

export interface EtaChoice {
  readonly eta: number;
  /** Stability, not the error, decided. */
  readonly limited: boolean;
}

const POSITIVE_RELATIVE = 1e-9;
const GRID_POINTS = 400;
const REFINE_RELATIVE = 1e-10;

/**
 * The eta that minimises the sum of modeError over the positive eigenvalues, subject to
 * mu eta lmax <= .9 and mu eta max_k L_kk <= .5. `noise` is n at the cooperating step size mu.
 * Every single mode has its minimum at n / (2 - n l) > n / 2, so the search starts there:
 * a grid of logarithms finds the valley (there may be two), golden sections its bottom.
 */
export function etaRule(eigenvalues: ArrayLike<number>, noise: number, mu: number, maxDegree = 0): EtaChoice {
  const largest = Math.max(0, ...Array.from(eigenvalues));
  const positive = Array.from(eigenvalues).filter((value) => value > POSITIVE_RELATIVE * largest);
  if (positive.length === 0 || !(noise > 0)) return { eta: 0, limited: false };
  const cap = etaCap(largest, mu, maxDegree);
  if (cap <= noise / 2) return { eta: cap, limited: true };
  const cost = (logEta: number): number => cooperativeError(Math.exp(logEta), positive, noise);
  const eta = Math.exp(minimise(cost, Math.log(noise / 2), Math.log(cap)));
  return eta < cap * (1 - 1e-6) ? { eta, limited: false } : { eta: cap, limited: true };
}

/**
 * The largest eta with mu eta lambda_max <= .9 and mu eta max_k L_kk <= .5: up to it every combination of a graph with
 * positive weights is convex in its inputs, hence stable under any loss, delay or restart (protocol: missing neighbours).
 * With weights of either sign `maxDegree` is max_k sum_l |L_kl|.
 */
export function etaCap(largestEigenvalue: number, mu: number, maxDegree: number): number {
  const byEigenvalue = largestEigenvalue > 0 ? COMBINE_EIGENVALUE_MAX / (mu * largestEigenvalue) : Infinity;
  return Math.min(byEigenvalue, maxDegree > 0 ? COMBINE_DEGREE_MAX / (mu * maxDegree) : Infinity);
}

function minimise(f: (x: number) => number, low: number, high: number): number {
  const width = (high - low) / GRID_POINTS;
  let best = 0;
  for (let i = 1; i <= GRID_POINTS; i++) if (f(low + i * width) < f(low + best * width)) best = i;
  return goldenSection(f, low + Math.max(0, best - 1) * width, low + Math.min(GRID_POINTS, best + 1) * width);
}

function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  while (high - low > REFINE_RELATIVE * (1 + Math.abs(low))) {
    const inner = high - ratio * (high - low);
    const outer = low + ratio * (high - low);
    if (f(inner) < f(outer)) high = outer;
    else low = inner;
  }
  return (low + high) / 2;
}
