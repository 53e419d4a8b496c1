/**
 * Linear regression whose tasks are related by a Gaussian Markov random field (algorithms-1, section 1).
 *
 * Truth: column m of Wo (K x M) ~ N(0, pinv(L)), so 1' wo = 0 on every connected component.
 * Data of agent k: u ~ N(0, I_M), d = u' wo_k + v, v ~ N(0, s). Gradient of a batch: g = (1/B) sum_b u_b (u_b' w - d_b).
 *
 * The gradient is drawn from its exact law without drawing the features. With w~ = w - wo, r = ||w~||, w^ = w~ / r:
 *   u_b = a_b w^ + u_b', a_b = w^' u_b ~ N(0, 1) independent of u_b' ~ N(0, I - w^ w^');
 *   e_b = u_b' w - d_b = r a_b - v_b depends on (a_b, v_b) only, hence given all of these
 *   g = w^ (1/B) sum_b a_b e_b + (1/B) sum_b e_b u_b',
 *   and the second sum is N(0, (sum_b e_b^2 / B^2) (I - w^ w^')) = (sqrt(sum_b e_b^2) / B) (z - w^ w^' z), z ~ N(0, I).
 * So M + 2 B normals replace M B. At r = 0 the errors e_b = -v_b are independent of all of u_b and w^ drops out:
 * g = (sqrt(sum_b v_b^2) / B) z.
 *
 * a_b, v_b and z of a step are kept until another one is asked for: a gradient at a second point costs no draws. It shares
 * a_b, each along its own w^: exact at every point. Losses are COMPARED on the same u_b: with p = w2 - w,
 *   u_b' w2~ = r a_b + p' u_b,   p' u_b = (p' w^) a_b + |p - w^ w^' p| c_b,   c_b ~ N(0, 1) independent of a_b and v_b.
 */
import { assert } from '../errors.ts';
import { cholesky } from '../linalg/cholesky.ts';
import { identity, zeros, type Matrix } from '../linalg/matrix.ts';
import { draw, Random } from '../random.ts';
import { componentsOf, type Edge } from '../topology.ts';
import type { GradientTask } from './problem.ts';

/**
 * Wo (K x M): independent columns ~ N(0, pinv(L)), L a Laplacian (also of a disconnected graph).
 * On a component of n agents C C' = L + 11'/n, C' x = z gives x ~ N(0, pinv(L) + 11'/n); centring leaves pinv(L).
 * Column m of z, one draw of the whole field, is keyed (seed, 0, 'truth', m), whatever the graph and the dimension.
 */
export function sampleTruth(laplacian: Matrix, dimension: number, seed: number): Matrix {
  const agents = laplacian.rows;
  const truth = zeros(agents, dimension);
  const random = new Random();
  for (let m = 0; m < dimension; m++) {
    random.rekey(seed, 0, 'truth', m);
    for (let k = 0; k < agents; k++) truth.data[k * dimension + m] = random.gaussian();
  }
  coupleDraws(laplacian, truth);
  return truth;
}

/** z <- x, K x M: columns of unit covariance become columns of covariance pinv(L). */
export function coupleDraws(laplacian: Matrix, z: Matrix): void {
  for (const members of componentsOf(laplacian.rows, couplings(laplacian))) {
    const rows = members.map((k) => rowOf(z, k));
    solveRows(anchoredFactor(laplacian, members), rows);
    centre(rows);
  }
}

/**
 * pinv(L), the covariance of the truth over the coordinates (K x K): of a graph's Laplacian, without eigenvectors.
 * On a component of n agents pinv(L) = (L + 11'/n)^-1 - 11'/n, and 0 between components.
 */
export function truthCovariance(laplacian: Matrix): Matrix {
  const out = zeros(laplacian.rows, laplacian.rows);
  for (const members of componentsOf(laplacian.rows, couplings(laplacian))) {
    const n = members.length;
    const inverse = identity(n);
    const rows = members.map((_, i) => rowOf(inverse, i));
    // Row i of C'^-1 begins at column i, so that row products give (C C')^-1 = C'^-1 C^-1.
    solveRows(anchoredFactor(laplacian, members), rows);
    members.forEach((k, i) => {
      for (let j = 0; j <= i; j++) {
        const value = productFrom(i, rows[i], rows[j]) - 1 / n;
        out.data[k * out.cols + members[j]] = out.data[members[j] * out.cols + k] = value;
      }
    });
  }
  return out;
}

/** sum over m >= from of a_m b_m. */
function productFrom(from: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let m = from; m < a.length; m++) sum += a[m] * b[m];
  return sum;
}

const rowOf = (a: Matrix, i: number): Float64Array => a.data.subarray(i * a.cols, (i + 1) * a.cols);

function couplings(laplacian: Matrix): Edge[] {
  const n = laplacian.rows;
  const edges: Edge[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const weight = -laplacian.data[i * n + j];
      if (weight !== 0) edges.push({ source: i, target: j, weight });
    }
  }
  return edges;
}

/** The Cholesky factor of L + 11'/n restricted to the n members of one component. */
function anchoredFactor(laplacian: Matrix, members: readonly number[]): Matrix {
  const n = members.length;
  const anchored = zeros(n, n);
  members.forEach((k, i) => {
    members.forEach((l, j) => (anchored.data[i * n + j] = laplacian.data[k * laplacian.cols + l] + 1 / n));
  });
  const factor = cholesky(anchored);
  assert(factor, 'the Laplacian is not positive definite on the complement of its components');
  return factor;
}

/** rows <- C'^-1 rows, all M columns at once. */
function solveRows(c: Matrix, rows: readonly Float64Array[]): void {
  const n = c.rows;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) addScaled(rows[i], -c.data[j * n + i], rows[j]);
    const scale = 1 / c.data[i * n + i];
    for (let m = 0; m < rows[i].length; m++) rows[i][m] *= scale;
  }
}

/** target <- target + factor source. */
function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let m = 0; m < target.length; m++) target[m] += factor * source[m];
}

function centre(rows: readonly Float64Array[]): void {
  const mean = new Float64Array(rows[0].length);
  for (const row of rows) addScaled(mean, 1 / rows.length, row);
  for (const row of rows) addScaled(row, -1, mean);
}

export interface GmrfTaskSpec {
  /** The agent's own row of Wo (M), or where it is at every step. */
  readonly truth: Float64Array | { at(step: number): Float64Array };
  /** B. */
  readonly batch: number;
  /** s = sigma_v^2. */
  readonly noise: number;
  /** Variance of every feature (M); 1 where left out. */
  readonly features?: Float64Array | undefined;
  readonly seed: number;
  readonly agent: number;
}

/**
 * One agent's stream of mini-batches; step i draws under the key (seed, agent, 'batch', i).
 * Features of variances r: u = sqrt(r) u0, hence g = sqrt(r) g0, g0 the gradient of unit features at sqrt(r) w~.
 */
export function createGmrfTask({ truth, batch, noise, features, seed, agent }: GmrfTaskSpec): GradientTask {
  const truthAt = truth instanceof Float64Array ? (): Float64Array => truth : (step: number): Float64Array => truth.at(step);
  const dimension = truthAt(0).length;
  const draws = new BatchDraws(dimension, batch, Math.sqrt(noise), seed, agent);
  const scale = features?.map(Math.sqrt);
  const deviation = new Float64Array(dimension);
  const apart = new Float64Array(dimension);
  const deviationOf = (w: Float64Array, step: number): Float64Array => {
    const wo = truthAt(step);
    for (let m = 0; m < dimension; m++) deviation[m] = w[m] - wo[m];
    if (scale !== undefined) multiplyBy(scale, deviation);
    return deviation;
  };
  return {
    learns: 'gradient',
    dimension,
    sharedFrom: 0,
    gradient(w, step, out) {
      draws.at(step).gradient(deviationOf(w, step), out);
      if (scale !== undefined) multiplyBy(scale, out);
    },
    lossDifference(w, other, step) {
      for (let m = 0; m < dimension; m++) apart[m] = other[m] - w[m];
      if (scale !== undefined) multiplyBy(scale, apart);
      return draws.at(step).lossDifference(deviationOf(w, step), apart);
    },
    squaredDeviation: (w, step) => squaredDistance(w, truthAt(step)) / dimension,
  };
}

/** target <- factors target, coordinate by coordinate. */
function multiplyBy(factors: Float64Array, target: Float64Array): void {
  for (let m = 0; m < target.length; m++) target[m] *= factors[m];
}

/** s_k of one agent: `spread` is the largest over the smallest, in equal ratios, in an order drawn by the seed; their middle is `noise`. */
export function agentNoise(noise: number, spread: number | undefined, agent: number, agents: number, seed: number): number {
  if (spread === undefined || spread === 1) return noise;
  const place = draw(seed, 0, 'violation', 1).permutation(agents)[agent];
  return noise * spread ** (place / (agents - 1) - 0.5);
}

/** Feature variances of one agent (M), uniform between two of ratio `spread`, of mean 1; undefined where they are all 1. */
export function featureVariances(spread: number | undefined, dimension: number, agent: number, seed: number): Float64Array | undefined {
  if (spread === undefined || spread === 1) return undefined;
  const random = draw(seed, agent, 'violation', 2);
  const drawn = Float64Array.from({ length: dimension }, () => 1 + (spread - 1) * random.uniform());
  const mean = drawn.reduce((sum, value) => sum + value, 0) / dimension;
  return drawn.map((value) => value / mean);
}

/** a_b, v_b and z of one mini-batch of an agent, in the words of the header. */
class BatchDraws {
  readonly #random = new Random();
  readonly #along: Float64Array;
  readonly #errors: Float64Array;
  readonly #z: Float64Array;
  readonly #noiseDeviation: number;
  readonly #seed: number;
  readonly #agent: number;
  #step: number | undefined;

  constructor(dimension: number, batch: number, noiseDeviation: number, seed: number, agent: number) {
    this.#along = new Float64Array(batch);
    this.#errors = new Float64Array(batch);
    this.#z = new Float64Array(dimension);
    this.#noiseDeviation = noiseDeviation;
    this.#seed = seed;
    this.#agent = agent;
  }

  at(step: number): this {
    if (this.#step === step) return this;
    const random = this.#random;
    random.rekey(this.#seed, this.#agent, 'batch', step);
    for (let b = 0; b < this.#along.length; b++) {
      this.#along[b] = random.gaussian();
      this.#errors[b] = this.#noiseDeviation * random.gaussian();
    }
    random.fillGaussian(this.#z);
    this.#step = step;
    return this;
  }

  /** 1/2 (1/B) sum_b (e_b^2 - e2_b^2) at deviations w~ and w~ + p; c_b is keyed apart, so that no gradient depends on being compared. */
  lossDifference(deviation: Float64Array, p: Float64Array): number {
    const radius = Math.sqrt(dot(deviation, deviation));
    const inward = radius > 0 ? dot(deviation, p) / radius : 0;
    const across = Math.sqrt(Math.max(0, dot(p, p) - inward * inward));
    const random = this.#random.rekey(this.#seed, this.#agent, 'comparison', this.#step!);
    let difference = 0;
    for (let b = 0; b < this.#along.length; b++) {
      const error = radius * this.#along[b] - this.#errors[b];
      const change = inward * this.#along[b] + across * random.gaussian();
      difference -= change * (2 * error + change);
    }
    return difference / (2 * this.#along.length);
  }

  /** out <- the batch gradient at deviation w~: along w^ + (sqrt(sum e^2) / B) z. */
  gradient(deviation: Float64Array, out: Float64Array): void {
    const batch = this.#along.length;
    const radius = Math.sqrt(dot(deviation, deviation));
    let alongSum = 0;
    let squaredErrors = 0;
    for (let b = 0; b < batch; b++) {
      const a = this.#along[b];
      const error = radius * a - this.#errors[b];
      alongSum += a * error;
      squaredErrors += error * error;
    }
    const spread = Math.sqrt(squaredErrors) / batch;
    const along = radius > 0 ? (alongSum / batch - (spread * dot(deviation, this.#z)) / radius) / radius : 0;
    for (let m = 0; m < out.length; m++) out[m] = along * deviation[m] + spread * this.#z[m];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m];
  return sum;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let m = 0; m < a.length; m++) sum += (a[m] - b[m]) ** 2;
  return sum;
}
