/**
 * The laws every relationship estimator keeps, to be run over the registry and over one's own estimator.
 *
 *   1 permuting the agents permutes the Laplacian          2 a repeated report changes nothing
 *   3 the result is a Laplacian: symmetric, L 1 = 0, PSD (and off-diagonals <= 0 unless `signed`)
 *   4 a planted relationship is recovered better as the dimension grows
 *   5 fewer than two agents, NaN, ragged and missing reports are refused with a code
 *   6 equal reports give bitwise equal results             7 W -> c W gives L / c^2
 *   8 adding one row vector to all agents changes nothing
 */
import { KindredError } from '../core/errors.ts';
import { buildGraph, laplacian } from '../core/graph.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { copy, zeros, type Matrix } from '../core/linalg/matrix.ts';
import { sampleTruth } from '../core/problem/gmrf-regression.ts';
import { draw } from '../core/random.ts';
import { relativeError } from '../core/relationship/compare.ts';
import { permutedLaplacian } from '../core/relationship/controls.ts';
import type { Estimator, Evidence, EstimatorOptions } from '../core/relationship/estimator.ts';
import { reportOfEstimate } from '../core/relationship/evidence.ts';
import { lawResult, sameBits, type LawResult, type Verdict } from './law-result.ts';

export interface LawOptions {
  /** Options of the estimator under test. */
  readonly options?: EstimatorOptions;
  /** Off-diagonals above zero are allowed (a precision matrix, not a graph's Laplacian). */
  readonly signed?: boolean;
  readonly seed?: number;
}

const AGENTS = 10;
const DIMENSION = 300;
const NOISE = 0.01;
/** Relative to ||L||: what differs by rounding only. */
const ROUNDING = 1e-7;
const ROW_SUM_MAX = 1e-10;

/** Any state: the laws never look inside. */
// oxlint-disable-next-line typescript/no-explicit-any
type AnyEstimator = Estimator<any>;
type Law = (learn: (reports: readonly Evidence[], agents?: number) => Matrix, seed: number, signed: boolean) => Verdict;

const LAWS: Readonly<Record<string, Law>> = {
  'permutation equivariance': (learn, seed) => {
    const w = estimates(DIMENSION, seed);
    const order = draw(seed, 0, 'permutation', 1).derangement(AGENTS);
    return near(learn(reports(permutedRows(w, order))), permutedLaplacian(learn(reports(w)), order));
  },
  'duplicate reports change nothing': (learn, seed) => {
    const once = reports(estimates(DIMENSION, seed));
    return sameBits(learn([...once, once[3], once[0]]).data, learn(once).data);
  },
  'the result is a Laplacian': (learn, seed, signed) => laplacianFigures(learn(reports(estimates(DIMENSION, seed))), signed),
  'a planted relationship is recovered as the dimension grows': (learn, seed) => {
    const errors = [100, 1_000, 10_000].map((dimension) => relativeError(learn(reports(estimates(dimension, seed, 0), 0)), planted()));
    return { passed: errors[2] < 0.1 && errors[2] < errors[0] / 3, detail: `relative errors ${errors.map((e) => e.toFixed(3)).join(', ')}` };
  },
  'bad reports are refused with a code': (learn, seed) => {
    const good = reports(estimates(DIMENSION, seed));
    const replaced = (agent: number, values: Float64Array): Evidence[] =>
      good.map((one) => (one.agent === agent ? reportOfEstimate(agent, values, NOISE) : one));
    const broken = good[2].iterate!.slice();
    broken[5] = NaN;
    const attempts = {
      'one agent': () => learn([good[0]], 1),
      NaN: () => learn(replaced(2, broken)),
      'missing agent': () => learn(good.slice(1)),
      ragged: () => learn(replaced(2, broken.slice(0, 4))),
    };
    const accepted = Object.entries(attempts)
      .filter(([, attempt]) => !refuses(attempt))
      .map(([name]) => name);
    return { passed: accepted.length === 0, detail: accepted.length === 0 ? 'all refused' : `not refused: ${accepted.join(', ')}` };
  },
  'equal reports give equal results': (learn, seed) => {
    const [once, again] = [1, 2].map(() => learn(reports(estimates(DIMENSION, seed))));
    return sameBits(again.data, once.data);
  },
  'scaling W by c divides L by c^2': (learn, seed) => {
    const w = estimates(DIMENSION, seed);
    const c = 37;
    const scaled = learn(
      reports(
        mapEntries(w, (x) => c * x),
        c * c * NOISE,
      ),
    );
    return near(
      mapEntries(scaled, (x) => c * c * x),
      learn(reports(w)),
    );
  },
  'a common row vector changes nothing': (learn, seed) => {
    const w = estimates(DIMENSION, seed);
    const common = new Float64Array(DIMENSION);
    draw(seed, AGENTS, 'truth', 1).fillGaussian(common);
    return near(learn(reports(mapEntries(w, (x, m) => x + 3 * common[m % DIMENSION]))), learn(reports(w)));
  },
};

/** Every law with whether it holds; never throws. */
export function checkEstimator(estimator: AnyEstimator, { options = {}, signed = false, seed = 1 }: LawOptions = {}): LawResult[] {
  const learn = (evidence: readonly Evidence[], agents = AGENTS): Matrix => {
    const state = evidence.reduce((current, one) => estimator.observe(current, one), estimator.init(agents, options));
    return estimator.estimate(state).relationship.laplacian;
  };
  return Object.entries(LAWS).map(([law, check]) => lawResult(law, () => check(learn, seed, signed)));
}

function planted(): Matrix {
  return laplacian(buildGraph('reference', AGENTS, 0));
}

/** K x 2M: the planted truth plus noise, twice: the last estimates, and beside them earlier ones. */
function estimates(dimension: number, seed: number, noise = NOISE): Matrix {
  const truth = sampleTruth(planted(), dimension, seed);
  const random = draw(seed, 0, 'jitter', 0);
  const snapshots = zeros(AGENTS, 2 * dimension);
  return mapEntries(snapshots, (_, m, k) => truth.data[k * dimension + (m % dimension)] + Math.sqrt(noise) * random.gaussian());
}

function reports(w: Matrix, noise = NOISE): Evidence[] {
  const dimension = w.cols / 2;
  const part = (agent: number, from: number): Float64Array => w.data.slice(agent * w.cols + from, agent * w.cols + from + dimension);
  return Array.from({ length: w.rows }, (_, agent) => ({ ...reportOfEstimate(agent, part(agent, 0), noise), earlier: part(agent, dimension) }));
}

function mapEntries(a: Matrix, f: (x: number, column: number, row: number) => number): Matrix {
  const out = copy(a);
  for (let i = 0; i < out.data.length; i++) out.data[i] = f(a.data[i], i % a.cols, Math.floor(i / a.cols));
  return out;
}

function permutedRows(w: Matrix, order: ArrayLike<number>): Matrix {
  const out = zeros(w.rows, w.cols);
  for (let k = 0; k < w.rows; k++) out.data.set(w.data.subarray(order[k] * w.cols, (order[k] + 1) * w.cols), k * w.cols);
  return out;
}

function near(actual: Matrix, expected: Matrix): Verdict {
  const error = relativeError(actual, expected);
  return { passed: error <= ROUNDING, detail: `relative difference ${error.toExponential(1)}` };
}

function laplacianFigures(l: Matrix, signed: boolean): Verdict {
  const { values } = symmetricEigen(l);
  let asymmetry = 0;
  let rowSum = 0;
  let positive = 0;
  for (let i = 0; i < l.rows; i++) {
    const row = l.data.subarray(i * l.cols, (i + 1) * l.cols);
    rowSum = Math.max(rowSum, Math.abs(row.reduce((sum, x) => sum + x, 0)));
    row.forEach((x, j) => {
      asymmetry = Math.max(asymmetry, Math.abs(x - l.data[j * l.cols + i]));
      if (i !== j) positive = Math.max(positive, x);
    });
  }
  const passed = asymmetry === 0 && rowSum < ROW_SUM_MAX && values[0] > -1e-10 * values[values.length - 1] && (signed || positive <= 0);
  return {
    passed,
    detail: `asymmetry ${asymmetry}, row sum ${rowSum.toExponential(1)}, smallest eigenvalue ${values[0].toExponential(1)}, largest off-diagonal ${positive.toExponential(1)}`,
  };
}

function refuses(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    return error instanceof KindredError && error.code !== 'INTERNAL';
  }
}
