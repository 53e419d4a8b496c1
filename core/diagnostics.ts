/**
 * Failure signatures in plain words, each with its figure (algorithms-1, section 4): what can be computed from
 * L, n, mu, K, M and eta alone, before anyone looks at an error curve. evidence-diagnostics.ts has those of the estimates.
 *
 * b = n lmax / (1 + n lmax) is the relative bias that noise of size n leaves in L,
 * v = sqrt(((tr L)^2 / ||L||^2 + 1) / M) the sampling error of M coordinates: whichever is larger says what to change.
 */
import { symmetricEigen } from './linalg/eigen.ts';
import { frobeniusNorm, trace, type Matrix } from './linalg/matrix.ts';
import type { Diagnostic } from './relationship/relationship.ts';
import { percent } from './relationship/signs.ts';
import { COMBINE_DEGREE_MAX, COMBINE_EIGENVALUE_MAX, cooperativeError, stability, STABILITY_ADVISED, STABILITY_MAX } from './theory.ts';
import { PASS_CHANGE } from './window-test.ts';

const DOMINATES = 2;
/** eta over the noise: the best one is n / 2 to n (algorithms-1, section 1). */
const ETA_RATIO_MAX = 3;
const GAIN_MIN = 0.02;
/** Time constants after which a transient e^-t no longer shows. */
const SETTLED_WINDOWS = 6;

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
  return [...aboutStep(stability(stepSize, batch, dimension), 'exploring'), ...aboutError(biasAndVariance(laplacian, mean(noise), dimension))];
}

/** nu of the step size of a phase. */
export function aboutStep(nu: number, phase: 'exploring' | 'cooperating'): Diagnostic[] {
  if (nu >= STABILITY_MAX) {
    const message = `the step size of ${phase} is unstable (nu = ${nu.toFixed(2)}, must be below 2): lower it or raise the batch`;
    return [{ code: 'STEP_UNSTABLE', message, value: nu }];
  }
  if (nu <= STABILITY_ADVISED) return [];
  const inflation = 2 / (2 - nu);
  const message = `the step size of ${phase} is large (nu = ${nu.toFixed(2)}): the noise floor is inflated ${inflation.toFixed(2)} times; lower it or raise the batch`;
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

/**
 * Exploring that ended `windows` time constants after it began, with changes of `change` (core/window-test.ts) at the agent
 * furthest from steady: what is left of the start shrinks the estimates, and inflates L by about (1 - e^-t)^-2.
 */
export function aboutTransient(windows: number, change: number): Diagnostic[] {
  const isSettled = windows >= SETTLED_WINDOWS && change <= PASS_CHANGE;
  if (isSettled) return [];
  const inflation = (1 - Math.exp(-windows)) ** -2 - 1;
  const figures = `after ${windows.toFixed(1)} time constants (${SETTLED_WINDOWS} are safe), the largest change ${shown(change)} of at most ${PASS_CHANGE}`;
  const effect = windows >= SETTLED_WINDOWS ? 'estimates of some agents still moved' : `the learned relationship is inflated, by about ${percent(inflation)}`;
  const message = `exploring ended ${figures}: ${effect}; let explore.steps be auto, or explore longer`;
  return [{ code: 'TRANSIENT', message, value: windows }];
}

/** Of two windows there may be none yet. */
function shown(change: number): string {
  return change < Number.MAX_VALUE ? change.toFixed(2) : 'not known';
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
  const ratio = eta / noise;
  if (exceeds(ratio, ETA_RATIO_MAX))
    add('ETA_LARGE', ratio, `eta is ${ratio.toFixed(1)} times the noise, more than ${ETA_RATIO_MAX}: the agents are pulled together too hard; lower eta`);
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
