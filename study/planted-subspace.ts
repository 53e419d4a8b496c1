/**
 * Tasks that share a linear representation, drawn by a seed, and what learning it together comes to:
 *   y = x' B a_t + sigma e, B (d x k) orthonormal, a_t ~ N(0, diag), x ~ N(0, I) or autoregressive, N rows for each of T agents
 *   (labels: y = 1 with probability sigmoid(x' B a_t)). No intercept (algorithms-2, C1 and C2).
 */
import { cholesky, choleskySolve } from '../core/linalg/cholesky.ts';
import { multiply, transpose, zeros, type Matrix } from '../core/linalg/matrix.ts';
import { sigmoid } from '../core/problem/linear-model.ts';
import type { Rows } from '../core/problem/rows.ts';
import { Random } from '../core/random.ts';
import { subspaceChain, type SubspaceFit, type Variant } from '../core/subspace/chain.ts';
import { halfMoments, headAnswer, modelIn, scatterOf, type LocalLoss } from '../core/subspace/local.ts';
import { subspaceDistance } from '../core/subspace/measure.ts';
import { orthonormal } from '../core/subspace/orthonormal.ts';
import { startOf, whitening, type Start } from '../core/subspace/start.ts';

export interface PlantedSetting {
  readonly d: number;
  readonly k: number;
  readonly T: number;
  readonly N: number;
  readonly sigma: number;
  /** Largest over smallest variance of a head's coordinates; 1 unless given. */
  readonly headCondition?: number;
  /** Of the first coordinate of a head; 1 unless given. */
  readonly headScale?: number;
  /** Correlation of neighbouring features; 0 unless given. */
  readonly correlation?: number;
  readonly labels?: boolean;
}

export interface Planted {
  readonly setting: PlantedSetting;
  readonly basis: Matrix;
  /** B a_t. */
  readonly slopes: readonly Float64Array[];
  readonly rows: readonly Rows[];
}

/** Scales of the heads run from 1 down to 1 / sqrt(headCondition), geometrically. */
export function plant(setting: PlantedSetting, seed: number): Planted {
  const { d, k, T, headCondition = 1, headScale = 1 } = setting;
  const random = new Random().rekey(seed, 0, 'truth', 0);
  const drawn = zeros(d, k);
  random.fillGaussian(drawn.data);
  const basis = orthonormal(drawn);
  const heads = Array.from({ length: T }, () => {
    const head = zeros(k, 1);
    random.fillGaussian(head.data);
    for (let c = 0; c < k; c++) head.data[c] *= headScale * headCondition ** (-c / (2 * Math.max(k - 1, 1)));
    return head;
  });
  const slopes = heads.map((head) => multiply(basis, head).data);
  return { setting, basis, slopes, rows: slopes.map((w, agent) => drawRows(setting, w, random.rekey(seed, agent, 'batch', 0))) };
}

function drawRows({ d, N, sigma, correlation = 0, labels = false }: PlantedSetting, w: Float64Array, random: Random): Rows {
  const x = new Float64Array(N * d);
  random.fillGaussian(x);
  const fresh = Math.sqrt(1 - correlation ** 2);
  for (let i = 0; i < N && correlation !== 0; i++) for (let j = 1; j < d; j++) x[i * d + j] = correlation * x[i * d + j - 1] + fresh * x[i * d + j];
  const y = Float64Array.from({ length: N }, (_, i) => {
    let z = 0;
    for (let j = 0; j < d; j++) z += x[i * d + j] * w[j];
    if (labels) return random.uniform() < sigmoid(z) ? 1 : 0;
    return z + sigma * random.gaussian();
  });
  return { count: N, features: d, x, y };
}

export interface LearnOptions {
  readonly rank?: number | 'auto';
  readonly whiten?: boolean;
  readonly variant?: Variant;
  /** Sees the basis of every round. */
  readonly watch?: (basis: Matrix) => void;
}

/** All agents in one process: what they would answer over a network. */
export function learnTogether({ rows, setting }: Planted, { rank = setting.k, whiten = false, variant = {}, watch }: LearnOptions = {}): SubspaceFit {
  const about = lossOf(setting);
  const chain = subspaceChain(
    rows.map((own) => halfMoments(own, about.intercept)),
    whiten ? rows.map((own) => scatterOf(own, about.intercept)) : [],
    { ...about, rank, variant },
  );
  let next = chain.next();
  while (!next.done) {
    const questions = next.value;
    watch?.(questions[0].basis);
    next = chain.next(rows.map((own, t) => headAnswer(own, about, questions[t])));
  }
  return next.value;
}

/** What the first moments say, whitened. */
export function firstMoments({ rows, setting: { T, N } }: Planted): Start {
  const white = whitening(
    rows.map((own) => scatterOf(own, false)),
    T * N,
  );
  return startOf(
    rows.map((own) => halfMoments(own, false)),
    white,
    'auto',
    T * N,
    T,
  );
}

export function lossOf({ labels = false }: PlantedSetting): LocalLoss {
  return { loss: labels ? 'logistic' : 'squared', intercept: false };
}

export interface Outcome {
  readonly sub: number;
  /** Mean squared distance of the agents' slopes from the truth: together, knowing B, and alone. */
  readonly est: number;
  readonly oracle: number;
  readonly alone: number;
  readonly rounds: number;
  readonly rank: number;
}

export function outcome(planted: Planted, options: LearnOptions = {}): Outcome {
  const fit = learnTogether(planted, options);
  const about = lossOf(planted.setting);
  const { rows, slopes, basis } = planted;
  const error = (slopesOf: (own: Rows, t: number) => Float64Array): number =>
    rows.reduce((sum, own, t) => sum + slopesOf(own, t).reduce((total, value, j) => total + (value - slopes[t][j]) ** 2, 0), 0) / rows.length;
  return {
    sub: subspaceDistance(fit.basis, basis),
    est: error((own, t) => modelIn(own, about, fit.questions[t]).subarray(1)),
    oracle: error((own) => modelIn(own, about, { basis, ridge: fit.questions[0].ridge }).subarray(1)),
    alone: about.loss === 'squared' ? error(leastNorm) : NaN,
    rounds: fit.rounds,
    rank: fit.basis.cols,
  };
}

/** Least squares alone: the shortest solution where rows are fewer than features. */
function leastNorm(rows: Rows): Float64Array {
  const x: Matrix = { rows: rows.count, cols: rows.features, data: rows.x };
  const [short, long] = rows.count < rows.features ? [x, transpose(x)] : [transpose(x), x];
  const gram = multiply(short, long);
  const ridge = 1e-12 * gram.data.reduce((most, value) => Math.max(most, value), 0);
  for (let i = 0; i < gram.rows; i++) gram.data[i * gram.rows + i] += ridge;
  const factor = cholesky(gram)!;
  const y: Matrix = { rows: rows.count, cols: 1, data: rows.y };
  const right = rows.count < rows.features ? y.data.slice() : multiply(short, y).data;
  choleskySolve(factor, right, right);
  return rows.count < rows.features ? multiply(long, { rows: rows.count, cols: 1, data: right }).data : right;
}
