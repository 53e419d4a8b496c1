/** Nearly as few dimensions as agents: what a pseudo-inverse does there, and what constrained likelihood does. */
import { buildGraph, laplacian } from '../core/graph.ts';
import { trace } from '../core/linalg/matrix.ts';
import { sampleTruth } from '../core/problem/gmrf-regression.ts';
import { Random } from '../core/random.ts';
import { cgl } from '../core/relationship/cgl.ts';
import { relativeError } from '../core/relationship/compare.ts';
import type { Estimator, EstimatorOptions } from '../core/relationship/estimator.ts';
import { pinv } from '../core/relationship/pinv.ts';
import { estimatedLaplacian } from './estimated.ts';
import { atLeast, finding, near } from './study.ts';
import type { Band, Finding, Study } from './study.ts';

/** n times the mean eigenvalue of L. */
const NOISE_RATIO = 0.2;
/** Mean degree 4 of the bigger graphs, which are random; the smallest is the reference graph. */
const SIZES = [
  { agents: 10, dimensions: [12, 20, 50, 200, 1_500] },
  { agents: 30, dimensions: [30, 100, 1_500] },
  { agents: 60, dimensions: [60, 100, 1_500] },
];
/** Error of cgl as measured by the reference study (algorithms-1, section 3): K = 10 on the reference graph, else on random ones. */
const CGL_ERROR: Readonly<Record<string, Band>> = {
  '10 12': near(0.5, 0.3),
  '10 20': near(0.44, 0.3),
  '10 50': near(0.36, 0.3),
  '10 200': near(0.151, 0.25),
  '10 1500': near(0.057, 0.25),
  '30 30': near(0.69, 0.5),
  '30 100': near(0.312, 0.3),
  '30 1500': near(0.08, 0.3),
  '60 100': near(0.33, 0.3),
  '60 1500': near(0.086, 0.3),
};
/** Up to so many dimensions an agent cgl is better by the factor below. */
const FEW_PER_AGENT = 2;
const FACTOR_MIN = 2;

export const fewDimensions: Study = {
  name: 'few-dimensions',
  title: 'nearly as few dimensions as agents, for 10, 30 and 60 agents',
  claim:
    'The paper needs many more dimensions than agents. With as many as up to twice as many, the pseudo-inverse is off by a multiple of the truth; constrained ' +
    'likelihood is at least twice as near (three times and more below one and a half times as many), and always a valid Laplacian.',
  runsPerSeed: 0,
  findings: (seeds) => SIZES.flatMap(({ agents, dimensions }) => dimensions.flatMap((dimension) => atSize(agents, dimension, seeds))),
};

function atSize(agents: number, dimension: number, seeds: readonly number[]): Finding[] {
  const setting = `K = ${agents}, M = ${dimension}`;
  const errors = seeds.map((seed) => errorsOf(agents, dimension, seed));
  const few = dimension <= FEW_PER_AGENT * agents;
  return [
    finding(
      setting,
      'error of pinv',
      errors.map((one) => one.pinv),
    ),
    finding(
      setting,
      'error of cgl',
      errors.map((one) => one.cgl),
      CGL_ERROR[`${agents} ${dimension}`] ?? null,
    ),
    ...(few ? [finding(setting, 'how many times nearer cgl is', [geometricMean(errors.map((one) => one.pinv / one.cgl))], atLeast(FACTOR_MIN))] : []),
  ];
}

/** Estimates of truth plus noise, as they are after exploring. */
function errorsOf(agents: number, dimension: number, seed: number): { pinv: number; cgl: number } {
  const truth = laplacian(buildGraph(agents === 10 ? 'reference' : 'erdos-renyi', agents, seed));
  const noise = (NOISE_RATIO * agents) / trace(truth);
  const w = sampleTruth(truth, dimension, seed);
  const random = new Random();
  for (let k = 0; k < agents; k++) {
    random.rekey(seed, k, 'batch', 0);
    for (let m = 0; m < dimension; m++) w.data[k * dimension + m] += Math.sqrt(noise) * random.gaussian();
  }
  const error = (estimator: Estimator, options?: EstimatorOptions): number => relativeError(estimatedLaplacian(estimator, w, noise, options), truth);
  return { pinv: error(pinv, { force: true }), cgl: error(cgl) };
}

const geometricMean = (values: readonly number[]): number => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
