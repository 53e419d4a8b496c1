/**
 * Combinatorial graph Laplacian of maximum likelihood by exact coordinate descent:
 *   min over w >= 0 of  sum_e w_e s_e - log pdet L(w),   s_ij = S_ii + S_jj - 2 S_ij > 0, e over all pairs.
 *
 * With P = (L + 11'/K)^-1 and the effective resistance r_e = P_ii + P_jj - 2 P_ij, the exact minimiser of one
 * coordinate is w_e <- max(0, w_e + 1/s_e - 1/r_e); P follows by a rank-one update. A bridge has w r = 1, so it keeps
 * w + 1/s - 1/r = 1/s > 0: the graph is never disconnected.
 * Optimal if and only if r_e = s_e on edges and r_e <= s_e elsewhere; then sum_e w_e s_e = K - 1.
 * Source: algorithms-1, section 1 (P3), after Egilmez et al. 2017 and the closed-form steps of Pavez and Ortega.
 *
 * Invariants: (1) only the lower triangle of P is kept up to date; (2) a residual is only believed on a P from scratch.
 */
import { assert } from '../errors.ts';
import { cholesky, choleskyInverse } from '../linalg/cholesky.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';

export interface CglSolution {
  readonly laplacian: Matrix;
  /** Largest relative violation of the optimality conditions: |r/s - 1| on edges, r/s - 1 above 0 elsewhere. */
  readonly residual: number;
  readonly sweeps: number;
  readonly converged: boolean;
}

/** Between full sweeps only edges with positive weight are visited. */
const FULL_SWEEP_EVERY = 10;
const REFRESH_EVERY = 5;
const SWEEPS_MAX = 2_000;

/** The allowed pairs in order, with s scaled to mean 1 so that nothing depends on units. */
interface Descent {
  readonly agents: number;
  readonly source: Uint16Array;
  readonly target: Uint16Array;
  readonly distance: Float64Array;
  readonly weight: Float64Array;
  /** Scratch (K). */
  readonly column: Float64Array;
  /** P, lower triangle (1). */
  inverse: Matrix;
}

/**
 * `distances` (K x K, symmetric, off-diagonals > 0) holds s; `kkt` is the residual at which to stop. With `allowed` the
 * problem is the same among these pairs only, which must connect all agents.
 */
export function solveCgl(distances: Matrix, kkt: number, allowed: (i: number, j: number) => boolean = () => true): CglSolution {
  const unit = meanOffDiagonal(distances);
  const descent = begin(distances, unit, pairsOf(distances.rows, allowed));
  let sweeps = 0;
  let full = true;
  let residual = Infinity;
  while (residual > kkt && sweeps < SWEEPS_MAX) {
    sweep(descent, full);
    sweeps++;
    if (sweeps % REFRESH_EVERY === 0 || largestViolation(descent) <= kkt) refresh(descent); // (2)
    residual = largestViolation(descent);
    full = sweeps % FULL_SWEEP_EVERY === 0 || largestViolation(descent, true) <= kkt;
  }
  return { ...polish(descent, unit), sweeps: sweeps + 1, converged: residual <= kkt };
}

/** One more full sweep: `kkt` bounds resistances, and the weights deserve to be as good. */
function polish(descent: Descent, unit: number): Pick<CglSolution, 'laplacian' | 'residual'> {
  sweep(descent, true);
  refresh(descent);
  return { laplacian: assemble(descent, 1 / unit), residual: largestViolation(descent) };
}

function meanOffDiagonal(distances: Matrix): number {
  const n = distances.rows;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum += distances.data[i * n + j];
  return sum / ((n * (n - 1)) / 2);
}

type Pairs = Pick<Descent, 'source' | 'target'>;

function pairsOf(agents: number, allowed: (i: number, j: number) => boolean): Pairs {
  const source: number[] = [];
  const target: number[] = [];
  for (let i = 0; i < agents; i++) {
    for (let j = i + 1; j < agents; j++) {
      if (!allowed(i, j)) continue;
      source.push(i);
      target.push(j);
    }
  }
  return { source: Uint16Array.from(source), target: Uint16Array.from(target) };
}

/** w_e = ((K-1) / #edges) / s_e: on the right scale, since it satisfies sum w s = K - 1. */
function begin(distances: Matrix, unit: number, { source, target }: Pairs): Descent {
  const n = distances.rows;
  const distance = Float64Array.from(source, (i, e) => distances.data[i * n + target[e]] / unit);
  assert(
    distance.every((s) => s > 0),
    'CGL needs positive distances',
  );
  const weight = distance.map((s) => (n - 1) / distance.length / s);
  const descent: Descent = { agents: n, source, target, distance, weight, column: new Float64Array(n), inverse: distances };
  refresh(descent);
  return descent;
}

function sweep(descent: Descent, full: boolean): void {
  const { agents: n, source, target, distance, weight } = descent;
  const p = descent.inverse.data;
  for (let e = 0; e < weight.length; e++) {
    if (!full && weight[e] === 0) continue;
    const i = source[e];
    const j = target[e];
    const r = p[i * n + i] + p[j * n + j] - 2 * p[j * n + i]; // (1)
    const next = Math.max(0, weight[e] + 1 / distance[e] - 1 / r);
    const step = next - weight[e];
    if (step === 0) continue;
    weight[e] = next;
    rankOneUpdate(p, n, i, j, step / (1 + step * r), descent.column);
  }
}

/** P <- P - factor (P b)(P b)', b = e_i - e_j, i < j. */
function rankOneUpdate(p: Float64Array, n: number, i: number, j: number, factor: number, column: Float64Array): void {
  for (let k = 0; k < n; k++) column[k] = (k < i ? p[i * n + k] : p[k * n + i]) - (k < j ? p[j * n + k] : p[k * n + j]);
  for (let k = 0; k < n; k++) {
    const scaled = factor * column[k];
    const end = k * n + k;
    for (let at = k * n, l = 0; at <= end; at++, l++) p[at] -= scaled * column[l];
  }
}

function refresh(descent: Descent): void {
  const n = descent.agents;
  const anchored = assemble(descent, 1);
  for (let i = 0; i < anchored.data.length; i++) anchored.data[i] += 1 / n;
  const factor = cholesky(anchored);
  assert(factor, 'CGL lost positive definiteness');
  descent.inverse = choleskyInverse(factor);
}

function largestViolation({ agents: n, source, target, distance, weight, inverse: { data: p } }: Descent, activeOnly = false): number {
  let largest = 0;
  for (let e = 0; e < weight.length; e++) {
    if (activeOnly && weight[e] === 0) continue;
    const i = source[e];
    const j = target[e];
    const excess = (p[i * n + i] + p[j * n + j] - 2 * p[j * n + i]) / distance[e] - 1;
    largest = Math.max(largest, weight[e] > 0 ? Math.abs(excess) : excess);
  }
  return largest;
}

/** scale L(w): exactly symmetric, the diagonal summed from the row's weights. */
function assemble({ agents: n, source, target, weight }: Descent, scale: number): Matrix {
  const out = zeros(n, n);
  for (let e = 0; e < weight.length; e++) {
    if (weight[e] === 0) continue;
    const i = source[e];
    const j = target[e];
    const scaled = scale * weight[e];
    out.data[i * n + j] = out.data[j * n + i] = -scaled;
    out.data[i * n + i] += scaled;
    out.data[j * n + j] += scaled;
  }
  return out;
}
