/**
 * The default for graphs: tail averages -> noise subtracted -> eigenvalue floor -> Laplacian-constrained likelihood.
 *
 *   S = (1/M) W W' - diag(n), W the agents' averages, n_k the noise per coordinate they measured themselves;
 *   on the complement of ones eigenvalues are raised to mean(n) (2 sqrt(K/M) + K/M), where Marchenko and Pastur put
 *   what noise alone leaves; then cgl-solver.ts. Always a graph's Laplacian (algorithms-1, sections 1 and 3).
 */
import { KindredError } from '../errors.ts';
import { complementSpectrum, mapSpectrum } from '../linalg/ones-complement.ts';
import { copy, zeros, type Matrix } from '../linalg/matrix.ts';
import { marchenkoPasturFloor } from '../theory.ts';
import { solveCgl, type CglSolution } from './cgl-solver.ts';
import { laplacianEdges } from './compare.ts';
import { permutedLaplacian } from './controls.ts';
import { centredCovariance } from './covariance.ts';
import type { Estimator, EvidenceState } from './estimator.ts';
import { evidenceRows, evidenceScalars, initEvidence, observeEvidence } from './evidence.ts';
import type { Diagnostic } from './relationship.ts';

const KKT_DEFAULT = 1e-4;
/** Two agents nearer than this share of the mean distance count as this far apart: no weight becomes infinite. */
const DISTANCE_RELATIVE_MIN = 1e-6;

export const cgl: Estimator = {
  name: 'cgl',
  summary: 'constrained likelihood of a graph, corrected for noise; always a valid Laplacian, also with few dimensions',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: {
    noise: { type: 'number', minimum: 0, description: 'noise per coordinate of every estimate, instead of what the agents report' },
    kkt: { type: 'number', minimum: 1e-12, default: KKT_DEFAULT, description: 'relative violation of the optimality conditions at which to stop' },
  },
  init: initEvidence,
  observe: observeEvidence,
  estimate(state) {
    const w = evidenceRows(state, 'average');
    const noise = noiseOf(state);
    const { covariance, floored } = correctedCovariance(w, noise);
    const { distances, identical } = distancesOf(covariance);
    const solution = solveInCanonicalOrder(distances, covariance, numberOption(state, 'kkt') ?? KKT_DEFAULT);
    const relationship = { kind: 'precision', agents: w.rows, laplacian: solution.laplacian } as const;
    return { relationship, diagnostics: describe(solution, floored, identical) };
  },
};

function numberOption(state: EvidenceState, name: string): number | undefined {
  const value = state.options[name];
  return typeof value === 'number' ? value : undefined;
}

function noiseOf(state: EvidenceState): Float64Array {
  const given = numberOption(state, 'noise');
  return given === undefined ? evidenceScalars(state, 'noise') : new Float64Array(state.agents).fill(given);
}

/** Q (S - diag n) Q with its K-1 eigenvalues floored; `floored` counts those that had to be raised. */
function correctedCovariance(w: Matrix, noise: Float64Array): { covariance: Matrix; floored: number } {
  const raw = copy(centredCovariance(w));
  noise.forEach((n, k) => (raw.data[k * raw.cols + k] -= n));
  const floor = marchenkoPasturFloor(mean(noise), w.rows, w.cols);
  const spectrum = complementSpectrum(raw);
  const floored = floor > 0 ? spectrum.values.filter((value) => value < floor).length : 0;
  return { covariance: mapSpectrum(spectrum, (value) => Math.max(value, floor)), floored };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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
function solveInCanonicalOrder(distances: Matrix, covariance: Matrix, kkt: number): CglSolution {
  const n = distances.rows;
  const variance = (k: number): number => covariance.data[k * n + k];
  const order = Array.from({ length: n }, (_, k) => k).sort((k, l) => variance(k) - variance(l));
  const place = new Uint32Array(n);
  order.forEach((agent, position) => (place[agent] = position));
  const solution = solveCgl(permutedLaplacian(distances, order), kkt);
  return { ...solution, laplacian: permutedLaplacian(solution.laplacian, place) };
}

function describe({ laplacian, residual, sweeps, converged }: CglSolution, floored: number, identical: readonly [number, number][]): Diagnostic[] {
  const edges = laplacianEdges(laplacian).length;
  const found: Diagnostic[] = [
    { code: 'CGL_SOLVER', message: `${edges} edges after ${sweeps} sweeps, optimal to ${residual.toExponential(1)}`, value: residual },
  ];
  if (!converged)
    found.push({ code: 'CGL_NOT_CONVERGED', message: `the solver gave up after ${sweeps} sweeps at ${residual.toExponential(1)}`, value: residual });
  if (floored > 0) {
    const message = `${floored} of ${laplacian.rows - 1} eigenvalues lie at the noise floor: what they say of the strongest relations is a lower bound`;
    found.push({ code: 'EIGENVALUES_AT_NOISE_FLOOR', message, value: floored });
  }
  if (identical.length > 0) {
    const list = identical
      .slice(0, 5)
      .map((pair) => pair.join(' and '))
      .join(', ');
    const message = `${identical.length} pairs of agents report (nearly) the same estimates: ${list}${identical.length > 5 ? ', ...' : ''}; their weight is a lower bound`;
    found.push({ code: 'AGENTS_IDENTICAL', message, value: identical.length });
  }
  return found;
}
