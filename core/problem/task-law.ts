/**
 * The law that the true parameters of synthetic tasks are drawn from, and how it may break what estimators assume.
 *
 * As the paper has it: column m of Wo (K x M) = R z, z ~ N(0, I_K), R R' = pinv(L). Broken (algorithms-1, section 3 (h)):
 *   tails    z of unit variance, but not normal: Laplace, Student t with 3 degrees (each coordinate its own, or one
 *            common scale for a whole column: elliptical)
 *   rank     z_l = 0 but for the last r agents: the tasks of the others follow from theirs (each the weighted mean of its
 *            neighbours'), so that all lie in r directions
 *   outlier  one agent's task has nothing to do with the others (its node has no edges); its variance is their mean one
 * Column m is drawn under the key (seed, 0, 'truth', m) whatever the law.
 */
import { identity, multiply, transpose, zeros, type Matrix } from '../linalg/matrix.ts';
import { Random } from '../random.ts';
import { coupleDraws } from './gmrf-regression.ts';

export const TAILS = ['gaussian', 'laplace', 't3', 'elliptical-t3'] as const;
export type Tails = (typeof TAILS)[number];

export interface TaskLaw {
  readonly laplacian: Matrix;
  /** gaussian when left out. */
  readonly tails?: Tails | undefined;
  /** How many directions the tasks lie in; all of them when left out. */
  readonly rank?: number | undefined;
  /** The agent whose node has no edges. */
  readonly outlier?: number | undefined;
}

/** Wo (K x M). */
export function drawTasks(law: TaskLaw, dimension: number, seed: number): Matrix {
  const draws = drawColumns(law, dimension, seed);
  applyLaw(law, draws);
  return draws;
}

/** R (K x K): tasks are R z for draws z of unit variance. */
export function mixingOf(law: TaskLaw): Matrix {
  const mixing = identity(law.laplacian.rows);
  applyLaw(law, mixing);
  return mixing;
}

/** R R', the covariance of the tasks over the coordinates. */
export function taskCovariance(law: TaskLaw): Matrix {
  const mixing = mixingOf(law);
  return multiply(mixing, transpose(mixing));
}

/** z <- R z. */
function applyLaw(law: TaskLaw, z: Matrix): void {
  const { laplacian, rank, outlier } = law;
  const own = outlier === undefined ? undefined : z.data.slice(outlier * z.cols, (outlier + 1) * z.cols);
  if (rank !== undefined) z.data.fill(0, 0, (laplacian.rows - rank) * z.cols);
  coupleDraws(laplacian, z);
  if (outlier === undefined || own === undefined) return;
  const deviation = Math.sqrt(meanVariance({ ...law, outlier: undefined }, outlier));
  own.forEach((draw, m) => (z.data[outlier * z.cols + m] = deviation * draw));
}

/** Of the tasks of all agents but one. */
function meanVariance(law: TaskLaw, without: number): number {
  const covariance = taskCovariance(law);
  let sum = 0;
  for (let k = 0; k < covariance.rows; k++) if (k !== without) sum += covariance.data[k * covariance.cols + k];
  return sum / (covariance.rows - 1);
}

/** z (K x M), before they are related. */
export function drawColumns({ laplacian, tails = 'gaussian' }: TaskLaw, dimension: number, seed: number): Matrix {
  const agents = laplacian.rows;
  const z = zeros(agents, dimension);
  const random = new Random();
  const column = new Float64Array(agents);
  for (let m = 0; m < dimension; m++) {
    random.rekey(seed, 0, 'truth', m);
    drawColumn(random, tails, column);
    for (let k = 0; k < agents; k++) z.data[k * dimension + m] = column[k];
  }
  return z;
}

/** Of unit variance. A t with 3 degrees of freedom has the variance 3: g / sqrt(chi2_3 / 3) / sqrt(3). */
function drawColumn(random: Random, tails: Tails, out: Float64Array): void {
  for (let k = 0; k < out.length; k++)
    out[k] = tails === 'laplace' ? laplace(random) : random.gaussian() / (tails === 't3' ? Math.sqrt(chiSquared3(random)) : 1);
  if (tails !== 'elliptical-t3') return;
  const scale = 1 / Math.sqrt(chiSquared3(random));
  for (let k = 0; k < out.length; k++) out[k] *= scale;
}

function chiSquared3(random: Random): number {
  return random.gaussian() ** 2 + random.gaussian() ** 2 + random.gaussian() ** 2;
}

/** Density exp(-sqrt(2) |x|) / sqrt(2). */
function laplace(random: Random): number {
  const u = random.uniform() - 0.5;
  return (-Math.sign(u) * Math.log(1 - 2 * Math.abs(u))) / Math.SQRT2;
}
