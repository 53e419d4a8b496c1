/**
 * What estimators of a graph share: estimates -> noise subtracted -> eigenvalue floor -> Laplacian-constrained likelihood.
 *
 *   S = (1/M) W W' - diag(n), W (K x M) the estimates, n_k the variance per coordinate of their errors;
 *   on the complement of ones eigenvalues are raised to mean(n) (2 sqrt(K/M) + K/M), where Marchenko and Pastur put
 *   what noise alone leaves; then cgl-solver.ts, the agents in an order of their own. Source: algorithms-1, sections 1 and 3.
 */
import { KindredError } from '../errors.ts';
import { complementSpectrum, mapSpectrum, type ComplementSpectrum } from '../linalg/ones-complement.ts';
import { copy, zeros, type Matrix } from '../linalg/matrix.ts';
import { marchenkoPasturFloor } from '../theory.ts';
import { solveCgl, type CglSolution } from './cgl-solver.ts';
import { laplacianEdges } from './compare.ts';
import { permutedLaplacian } from './controls.ts';
import { centredCovariance } from './covariance.ts';
import type { EvidenceState, OptionSchema } from './estimator.ts';
import { evidenceScalars } from './evidence.ts';
import { describeIdentical, DISTANCE_RELATIVE_MIN } from './measured-distances.ts';
import type { Diagnostic } from './relationship.ts';

const KKT_DEFAULT = 1e-4;

export const NOISE_OPTION: OptionSchema = {
  type: 'number',
  minimum: 0,
  description: 'noise per coordinate of every estimate, instead of what the agents report',
};
export const KKT_OPTION: OptionSchema = {
  type: 'number',
  minimum: 1e-12,
  default: KKT_DEFAULT,
  description: 'relative violation of the optimality conditions at which to stop',
};

/** n_k of every agent (K): the option, or what was reported. */
export function noiseOf(state: EvidenceState): Float64Array {
  const given = numberOption(state, 'noise');
  return given === undefined ? evidenceScalars(state, 'noise') : new Float64Array(state.agents).fill(given);
}

export function kktOf(state: EvidenceState): number {
  return numberOption(state, 'kkt') ?? KKT_DEFAULT;
}

function numberOption(state: EvidenceState, name: string): number | undefined {
  const value = state.options[name];
  return typeof value === 'number' ? value : undefined;
}

export interface Corrected {
  /** Of Q (S - diag n) Q, before the floor. */
  readonly spectrum: ComplementSpectrum;
  readonly floor: number;
  /** How many of the K-1 eigenvalues had to be raised to the floor. */
  readonly floored: number;
}

/** The spectrum of the covariance of the estimates `w` (K x M) without their noise (K). */
export function correctedSpectrum(w: Matrix, noise: Float64Array): Corrected {
  const raw = copy(centredCovariance(w));
  noise.forEach((n, k) => (raw.data[k * raw.cols + k] -= n));
  return spectrumAbove(raw, marchenkoPasturFloor(meanOf(noise), w.rows, w.cols));
}

/** The spectrum of a covariance (K x K) that has no noise in it any more. */
export function spectrumAbove(covariance: Matrix, floor: number): Corrected {
  const spectrum = complementSpectrum(covariance);
  const floored = floor > 0 ? spectrum.values.filter((value) => value < floor).length : 0;
  return { spectrum, floor, floored };
}

/** Q (S - diag n) Q (K x K) with its K-1 eigenvalues floored. */
export function flooredCovariance({ spectrum, floor }: Corrected): Matrix {
  return mapSpectrum(spectrum, (value) => Math.max(value, floor));
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface GraphFit extends CglSolution {
  /** Pairs of agents whose estimates are (nearly) the same. */
  readonly identical: readonly (readonly [number, number])[];
}

/** The graph of maximum likelihood given a covariance; with `allowed` (symmetric, connected) only among these pairs. */
export function fitGraph(covariance: Matrix, kkt: number, allowed: (k: number, l: number) => boolean = () => true): GraphFit {
  const { distances, identical } = distancesOf(covariance);
  return { ...solveInCanonicalOrder(distances, covariance, kkt, allowed), identical };
}

/** s_ij = S_ii + S_jj - 2 S_ij, kept above DISTANCE_RELATIVE_MIN of the mean; which pairs had to be. */
function distancesOf(s: Matrix): { distances: Matrix; identical: [number, number][] } {
  const n = s.rows;
  const distances = zeros(n, n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) sum += distances.data[i * n + j] = s.data[i * n + i] + s.data[j * n + j] - 2 * s.data[i * n + j];
  }
  const least = (DISTANCE_RELATIVE_MIN * sum) / (n * (n - 1));
  if (!(least > 0)) throw new KindredError('ESTIMATE_ILL_POSED', 'all agents report the same estimates: nothing can be learned from them');
  const identical: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (distances.data[i * n + j] < least) identical.push([i, j]);
  for (const [i, j] of identical) distances.data[i * n + j] = distances.data[j * n + i] = least;
  return { distances, identical };
}

/**
 * Coordinate descent stops short of the optimum, where it stops depends on the order of the agents. Ordering them by
 * their variance first makes the result equivariant under permutations, not only to the tolerance `kkt`.
 */
function solveInCanonicalOrder(distances: Matrix, covariance: Matrix, kkt: number, allowed: (k: number, l: number) => boolean): CglSolution {
  const n = distances.rows;
  const variance = (k: number): number => covariance.data[k * n + k];
  const order = Array.from({ length: n }, (_, k) => k).sort((k, l) => variance(k) - variance(l));
  const place = new Uint32Array(n);
  order.forEach((agent, position) => (place[agent] = position));
  const solution = solveCgl(permutedLaplacian(distances, order), kkt, (i, j) => allowed(order[i], order[j]));
  return { ...solution, laplacian: permutedLaplacian(solution.laplacian, place) };
}

/** How well the graph was solved for, and who is too alike. */
export function describeFit({ laplacian, residual, sweeps, converged, identical }: GraphFit): Diagnostic[] {
  const edges = laplacianEdges(laplacian).length;
  const found: Diagnostic[] = [
    { code: 'CGL_SOLVER', message: `${edges} edges after ${sweeps} sweeps, optimal to ${residual.toExponential(1)}`, value: residual },
  ];
  if (!converged)
    found.push({ code: 'CGL_NOT_CONVERGED', message: `the solver gave up after ${sweeps} sweeps at ${residual.toExponential(1)}`, value: residual });
  return [...found, ...describeIdentical(identical)];
}

export function describeFloor({ spectrum, floored }: Corrected): Diagnostic[] {
  if (floored === 0) return [];
  const message = `${floored} of ${spectrum.values.length} eigenvalues lie at the noise floor: what they say of the strongest relations is a lower bound`;
  return [{ code: 'EIGENVALUES_AT_NOISE_FLOOR', message, value: floored }];
}
