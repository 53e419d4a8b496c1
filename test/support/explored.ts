/** Phase 1 without a run: real agents' explorers on synthetic tasks, and what estimators make of the SAME evidence. */
import { Explorer } from '../../agent/explorer.ts';
import { fromRows, type Matrix } from '../../core/linalg/matrix.ts';
import { createGmrfTask, sampleTruth } from '../../core/problem/gmrf-regression.ts';
import { relativeError } from '../../core/relationship/compare.ts';
import { EVIDENCE_NAMES, type EstimatorOptions, type Evidence } from '../../core/relationship/estimator.ts';
import { estimatorByName } from '../../core/relationship/index.ts';
import { windowSteps } from '../../core/window-test.ts';

export interface Exploration {
  readonly laplacian: Matrix;
  readonly dimension: number;
  readonly batch: number;
  /** s, of every agent or of each. */
  readonly noise: number | ArrayLike<number>;
  readonly stepSize: number;
  readonly steps: number;
  /** The last steps, which averages cover. */
  readonly tail: number;
  readonly seed: number;
  /** Variances of agent k's features. */
  readonly features?: (agent: number) => Float64Array;
}

export interface Explored {
  readonly truth: Matrix;
  /** The last iterates (K x M). */
  readonly iterates: Matrix;
  readonly evidence: readonly Evidence[];
  /** s_k / B by the energy identity. */
  readonly noisePower: readonly number[];
}

export function explored({ laplacian, dimension, batch, noise, stepSize, steps, tail, seed, features }: Exploration): Explored {
  const truth = sampleTruth(laplacian, dimension, seed);
  const reports = Array.from({ length: laplacian.rows }, (_, agent) => {
    const own = truth.data.slice(agent * dimension, (agent + 1) * dimension);
    const task = createGmrfTask({ truth: own, batch, noise: typeof noise === 'number' ? noise : noise[agent], features: features?.(agent), seed, agent });
    const explorer = new Explorer(task, batch, { stepSize, windowSteps: windowSteps(stepSize) });
    explorer.continueWith({ kind: 'explore', stepSize, windowSteps: windowSteps(stepSize), untilStep: steps, tailFromStep: steps - tail });
    while (explorer.advance().kind !== 'report');
    return explorer.evidence(EVIDENCE_NAMES);
  });
  return {
    truth,
    iterates: fromRows(reports.map((values) => values.get('iterate')!)),
    evidence: reports.map((values, agent) => ({ agent, ...Object.fromEntries(EVIDENCE_NAMES.map((name) => [name, values.get(name)!])) })),
    noisePower: reports.map((values) => values.get('noisePower')![0]),
  };
}

export function learned(name: string, evidence: readonly Evidence[], options: EstimatorOptions = {}): Matrix {
  const estimator = estimatorByName(name)!;
  const state = evidence.reduce((current, one) => estimator.observe(current, one), estimator.init(evidence.length, options));
  return estimator.estimate(state).relationship.laplacian;
}

export function learnedError(name: string, evidence: readonly Evidence[], truth: Matrix, options: EstimatorOptions = {}): number {
  return relativeError(learned(name, evidence, options), truth);
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1) / values.length);
}
