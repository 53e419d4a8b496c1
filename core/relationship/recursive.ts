/**
 * A relationship that is learned again and again while agents cooperate, from their shadows: a covariance that forgets.
 *
 *   S_j = (1/M) W_j W_j' - diag(n_j), the corrected covariance of the reports of look j (every 2/mu steps)
 *   C_j = sum over looks i <= j of l^(j-i) p_i S_i over the sum of their weights, l = 1 - 2 / window, p_i = 1 / (mean
 *   eigenvalue of S_i + mean of n_i)^2, the precision of its entries; then as `cgl` from C_j.
 *   Where tasks drift, every look brings new samples of the relationship: half the error of one snapshot and less.
 *
 * A change shows as the surprise of a look under the relationship learned before it, the deviance per direction
 *   D_j = (tr(L_{j-1} S_j) - log pdet(L_{j-1} S_j)) / (K-1) - 1   >= 0, about K / (2 M) from sampling alone:
 * twice in a row more than `alarm` times its usual value, and above K / M, it forgets everything but S_j. From then on late
 * looks count more than early ones (at least 2 / (1 + looks since)): tasks have only begun to follow the change.
 * The study's ||L_snapshot - L_recursive|| > 3 times usual never came in 20 runs of its own setting.
 * Source: algorithms-1, section 3 (d); the alarm ours.
 */
import { assert } from '../errors.ts';
import { symmetricEigen } from '../linalg/eigen.ts';
import { combine, multiply, trace, type Matrix } from '../linalg/matrix.ts';
import { mapSpectrum } from '../linalg/ones-complement.ts';
import { marchenkoPasturFloor } from '../theory.ts';
import type { Estimator, EvidenceState } from './estimator.ts';
import { evidenceRows, initEvidence, observeEvidence } from './evidence.ts';
import { correctedSpectrum, describeFit, describeFloor, fitGraph, flooredCovariance } from './graph-chain.ts';
import { kktOf, KKT_OPTION, meanOf, noiseOf, NOISE_OPTION, spectrumAbove } from './graph-chain.ts';
import type { Corrected } from './graph-chain.ts';
import type { Diagnostic } from './relationship.ts';

/** Time constants 1 / mu between two looks. */
export const LOOK_TIME_CONSTANTS = 2;
const WINDOW_DEFAULT = 20;
const ALARM_DEFAULT = 2;
/** One look may be strange by chance. */
const LOOKS_IN_A_ROW = 2;
/** Before, nobody knows what is usual. */
const LOOKS_BEFORE_ALARM = 3;

export interface RecursiveState extends EvidenceState {
  /** Looks that are complete; `evidence` is what was reported of the next one. */
  readonly looks: number;
  readonly memory: Memory | undefined;
}

/** C_j of the complete looks. */
interface WeightedMean {
  readonly covariance: Matrix;
  /** Looks in it since the beginning, or since the last alarm if there was one. */
  readonly age: number;
  readonly isAfterAlarm: boolean;
  /** Sum of l^(j-i) p_i, and of the squares of the looks' weights in the mean. */
  readonly precision: number;
  readonly squaredWeights: number;
}

interface Memory extends WeightedMean {
  readonly laplacian: Matrix;
  readonly surprise: Surprise;
  readonly diagnostics: readonly Diagnostic[];
}

interface Surprise {
  /** D_j, its running mean over the looks that were not suspicious, and how many these were. */
  readonly last: number;
  readonly usual: number;
  readonly count: number;
  /** Suspicious looks up to this one. */
  readonly inARow: number;
}

const NO_SURPRISE: Surprise = { last: 0, usual: 0, count: 0, inARow: 0 };

export const recursive: Estimator<RecursiveState> = {
  name: 'recursive',
  summary: 'cgl that goes on learning while the agents cooperate: forgets slowly, and at once when the relationship changed',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'continuous',
  options: {
    window: { type: 'number', minimum: LOOK_TIME_CONSTANTS, default: WINDOW_DEFAULT, description: 'how far back it remembers, in time constants 1/mu' },
    alarm: { type: 'number', minimum: 1, default: ALARM_DEFAULT, description: 'how many times as surprising as usual two looks are before it begins anew' },
    noise: NOISE_OPTION,
    kkt: KKT_OPTION,
  },
  init: (agents, options) => ({ ...initEvidence(agents, options), looks: 0, memory: undefined }),
  observe(state, evidence) {
    if ((evidence.look ?? 0) < state.looks) return state;
    const next = { ...state, ...observeEvidence(state, evidence) };
    return next.evidence.every((one) => one !== undefined) ? closeLook(next) : next;
  },
  estimate(state) {
    const { memory } = state.memory === undefined ? closeLook(state) : state;
    assert(memory !== undefined, 'a look was closed and not remembered');
    return { relationship: { kind: 'precision', agents: state.agents, laplacian: memory.laplacian }, diagnostics: memory.diagnostics };
  },
};

/** Takes in the reports of all agents; refuses when one is missing. */
function closeLook(state: RecursiveState): RecursiveState {
  const w = evidenceRows(state, 'average');
  const noise = noiseOf(state);
  const seen = correctedSpectrum(w, noise);
  const surprise = surpriseOf(state, seen, w.cols);
  const isAlarm = surprise.inARow >= LOOKS_IN_A_ROW;
  const mean = meanWith(isAlarm ? undefined : state.memory, seen, meanOf(noise), 1 - LOOK_TIME_CONSTANTS / optionOf(state, 'window', WINDOW_DEFAULT), isAlarm);
  const corrected = spectrumAbove(mean.covariance, marchenkoPasturFloor(meanOf(noise), w.rows, w.cols / mean.squaredWeights));
  const fit = fitGraph(flooredCovariance(corrected), kktOf(state));
  const memory: Memory = {
    ...mean,
    laplacian: fit.laplacian,
    surprise: isAlarm ? { ...surprise, inARow: 0 } : surprise,
    diagnostics: [...describeFit(fit), ...describeFloor(corrected), ...(isAlarm ? [changed(surprise)] : [])],
  };
  return { ...state, ...initEvidence(state.agents, state.options), looks: state.looks + 1, memory };
}

/** C_j and what its weights need; `before` is undefined where it begins. */
function meanWith(before: WeightedMean | undefined, seen: Corrected, noise: number, keeps: number, isAlarm: boolean): WeightedMean {
  const own = mapSpectrum(seen.spectrum, (value) => value);
  const ownPrecision = 1 / (meanOf(seen.spectrum.values) + noise) ** 2;
  if (before === undefined) return { covariance: own, age: 1, isAfterAlarm: isAlarm, precision: ownPrecision, squaredWeights: 1 };
  const age = before.age + 1;
  const precision = keeps * before.precision + ownPrecision;
  const gain = Math.max(ownPrecision / precision, before.isAfterAlarm ? 2 / (1 + age) : 0);
  return {
    covariance: combine(1 - gain, before.covariance, gain, own),
    age,
    isAfterAlarm: before.isAfterAlarm,
    precision,
    squaredWeights: (1 - gain) ** 2 * before.squaredWeights + gain ** 2,
  };
}

function surpriseOf(state: RecursiveState, seen: Corrected, dimension: number): Surprise {
  if (state.memory === undefined) return NO_SURPRISE;
  const { laplacian, surprise } = state.memory;
  const last = deviance(laplacian, seen);
  const { usual, count, inARow } = surprise;
  const limit = Math.max(optionOf(state, 'alarm', ALARM_DEFAULT) * usual, laplacian.rows / dimension);
  if (count >= LOOKS_BEFORE_ALARM && last > limit) return { last, usual, count, inARow: inARow + 1 };
  const weight = Math.max(LOOK_TIME_CONSTANTS / WINDOW_DEFAULT, 1 / (count + 1));
  return { last, usual: usual + weight * (last - usual), count: count + 1, inARow: 0 };
}

/** D of the header; 0 where S has no positive eigenvalue in some direction, and likelihoods say nothing. */
function deviance(laplacian: Matrix, seen: Corrected): number {
  const directions = laplacian.rows - 1;
  const variances = seen.spectrum.values.map((value) => Math.max(value, seen.floor));
  if (!(variances[0] > 0)) return 0;
  const precisions = symmetricEigen(laplacian).values.slice(1);
  const logDeterminant = sumOfLogs(precisions) + sumOfLogs(variances);
  return (trace(multiply(laplacian, flooredCovariance(seen))) - logDeterminant) / directions - 1;
}

const sumOfLogs = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.log(value), 0);

function optionOf(state: RecursiveState, name: 'window' | 'alarm', fallback: number): number {
  const value = state.options[name];
  return typeof value === 'number' ? value : fallback;
}

function changed({ last, usual }: Surprise): Diagnostic {
  const message = `the relationship changed: what agents reported last is ${(last / usual).toFixed(1)} times as surprising as usual, twice in a row; it was learned anew from that`;
  return { code: 'RELATIONSHIP_CHANGED', message, value: last / usual };
}
