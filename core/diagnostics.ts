/**
 * Failure signatures in plain words, each with its figure (algorithms-1, section 4): what can be computed from
 * L, n, mu, K, M and eta alone, before anyone looks at an error curve.
 *
 * b = n lmax / (1 + n lmax) is the relative bias that noise of size n leaves in L,
 * v = sqrt(((tr L)^2 / ||L||^2 + 1) / M) the sampling error of M coordinates: whichever is larger says what to change.
 */
import { symmetricEigen } from './linalg/eigen.ts';
import { frobeniusNorm, trace, type Matrix } from './linalg/matrix.ts';
import { positiveOffDiagonalShare } from './relationship/compare.ts';
import type { Diagnostic } from './relationship/relationship.ts';
import { COMBINE_DEGREE_MAX, COMBINE_EIGENVALUE_MAX, cooperativeError, stability, STABILITY_ADVISED, STABILITY_MAX } from './theory.ts';

const DOMINATES = 2;
const DIMENSIONS_PER_AGENT_MIN = 3;
const DIMENSIONS_PER_AGENT_ADVISED = 10;
const NOISE_RATIO_MAX = 3;
const POSITIVE_SHARE_MAX = 0.1;
const GAIN_MIN = 0.02;

export interface Exploration {
  /** The learned L (K x K). */
  readonly laplacian: Matrix;
  /** n_k of the estimates L was learned from (K). */
  readonly noise: ArrayLike<number>;
  readonly stepSize: number;
  readonly batch: number;
  readonly dimension: number;
}

export interface BiasAndVariance {
  readonly bias: number;
  readonly variance: number;
}

/** b and v of the header. */
export function biasAndVariance(laplacian: Matrix, noise: number, dimension: number): BiasAndVariance {
  const { values } = symmetricEigen(laplacian);
  const product = noise * Math.max(0, values[values.length - 1]);
  const ratio = trace(laplacian) / frobeniusNorm(laplacian);
  return { bias: product / (1 + product), variance: Math.sqrt((ratio * ratio + 1) / dimension) };
}

/** What to know about a learned L and the exploring it came from. */
export function explorationDiagnostics({ laplacian, noise, stepSize, batch, dimension }: Exploration): Diagnostic[] {
  return [
    ...aboutStep(stability(stepSize, batch, dimension)),
    ...aboutError(biasAndVariance(laplacian, mean(noise), dimension)),
    ...aboutDimensions(dimension / laplacian.rows),
    ...aboutNoise(noise),
    ...aboutSigns(positiveOffDiagonalShare(laplacian)),
  ];
}

/** nu of any step size: exploring or cooperating. */
export function aboutStep(nu: number): Diagnostic[] {
  if (nu >= STABILITY_MAX) {
    return [{ code: 'STEP_UNSTABLE', message: `the step size is unstable (nu = ${nu.toFixed(2)}, must be below 2): lower it or raise the batch`, value: nu }];
  }
  if (nu <= STABILITY_ADVISED) return [];
  const inflation = 2 / (2 - nu);
  const message = `the step size is large (nu = ${nu.toFixed(2)}): the noise floor is inflated ${inflation.toFixed(2)} times; lower it or raise the batch`;
  return [{ code: 'STEP_INFLATES_NOISE', message, value: nu }];
}

function aboutError({ bias, variance }: BiasAndVariance): Diagnostic[] {
  const figures = `bias of uncorrected estimates ${percent(bias)}, sampling error ${percent(variance)}`;
  if (bias > DOMINATES * variance) {
    const message = `${figures}: the step size decides how well the relationship is learned; lower it, average, or use cgl`;
    return [{ code: 'STEP_SIZE_DOMINATES', message, value: bias }];
  }
  if (variance > DOMINATES * bias) {
    return [{ code: 'SAMPLING_DOMINATES', message: `${figures}: more dimensions would help, a smaller step size would not`, value: variance }];
  }
  return [{ code: 'BIAS_AND_VARIANCE', message: figures, value: Math.max(bias, variance) }];
}

function aboutDimensions(perAgent: number): Diagnostic[] {
  if (perAgent >= DIMENSIONS_PER_AGENT_ADVISED) return [];
  const advice = perAgent < DIMENSIONS_PER_AGENT_MIN ? 'an inverse of their covariance is ill-posed; use cgl' : 'single weights are uncertain';
  return [{ code: 'FEW_DIMENSIONS', message: `${perAgent.toFixed(1)} dimensions per agent: ${advice}`, value: perAgent }];
}

function aboutNoise(noise: ArrayLike<number>): Diagnostic[] {
  const values = Array.from(noise);
  const ratio = Math.max(...values) / Math.min(...values);
  if (!(ratio > NOISE_RATIO_MAX)) return [];
  const message = `the noisiest agent is ${ratio.toFixed(1)} times as noisy as the quietest: correct for each agent's own noise (cgl does)`;
  return [{ code: 'NOISE_HETEROGENEOUS', message, value: ratio }];
}

function aboutSigns(share: number): Diagnostic[] {
  if (share <= POSITIVE_SHARE_MAX) return [];
  const message = `${percent(share)} of the off-diagonals are positive: too few dimensions for pinv, or relations of negative sign`;
  return [{ code: 'POSITIVE_OFF_DIAGONALS', message, value: share }];
}

export interface Cooperation {
  /** Names the arm in messages. */
  readonly arm: string;
  /** Of the L in use. */
  readonly eigenvalues: ArrayLike<number>;
  readonly maxDegree: number;
  /** n at the cooperating step size, mean over the agents. */
  readonly noise: number;
  readonly stepSize: number;
  readonly eta: number;
}

/** What to know before an arm combines with A = I - mu eta L. */
export function cooperationDiagnostics({ arm, eigenvalues, maxDegree, noise, stepSize, eta }: Cooperation): Diagnostic[] {
  const contraction = stepSize * eta * Math.max(...Array.from(eigenvalues));
  const kept = stepSize * eta * maxDegree;
  const found: Diagnostic[] = [];
  const add = (code: string, value: number, message: string): void => void found.push({ code, message: `${arm}: ${message}`, value });
  if (exceeds(contraction, COMBINE_EIGENVALUE_MAX))
    add('COMBINE_UNSTABLE', contraction, `mu eta lmax = ${contraction.toFixed(2)} is above ${COMBINE_EIGENVALUE_MAX}: lower eta`);
  else if (exceeds(kept, COMBINE_DEGREE_MAX))
    add('COMBINE_OVERRUN', kept, `an agent keeps only ${percent(1 - kept)} of its own parameters in a combination: lower eta`);
  const gain = 1 - cooperativeError(eta, eigenvalues, noise) / noise;
  if (gain < 0)
    add(
      'COOPERATION_HARMS',
      gain,
      `the predicted error is ${percent(-gain)} above learning alone: eta = ${eta.toPrecision(3)} is too large for noise ${noise.toPrecision(3)}`,
    );
  else if (gain < GAIN_MIN)
    add('COOPERATION_CANNOT_HELP', gain, `the predicted gain is ${percent(gain)}: at this step size the noise is too small for neighbours to help`);
  return found;
}

/** The caps of the eta rule are met with equality; rounding must not make a finding of that. */
function exceeds(value: number, limit: number): boolean {
  return value > limit * (1 + 1e-9);
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
