/**
 * The big stochastic list of algorithms-1, section 4, on the reference graph: M = 1500, B = 100, s = 1000, mean of 5 runs.
 * Never a slope of 1 for the whole error: M coordinates leave a floor, only the part that noise brings falls with mu.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildGraph, laplacian } from '../../core/graph.ts';
import { combine, frobeniusNorm } from '../../core/linalg/matrix.ts';
import { reportOfEstimate } from '../../core/relationship/evidence.ts';
import { noiseAtStep, noiseFloor, stability } from '../../core/theory.ts';
import { logSlope } from '../../study/study.ts';
import { direct, example } from '../support/experiments.ts';
import { explored, learned, learnedError, mean, standardError } from '../support/explored.ts';

const REF = laplacian(buildGraph('reference', 10, 0));
const SETTING = { laplacian: REF, dimension: 1500, batch: 100, noise: 1000 };
const SEEDS = [1, 2, 3, 4, 5];
const STEP_SIZES = [1e-3, 2e-3, 5e-3, 1e-2];
const PINV = [0.074, 0.086, 0.144, 0.244];

function within(what: string, values: readonly number[], low: number, high: number): void {
  const measured = mean(values);
  console.log(`${what}: measured ${measured.toFixed(4)} +- ${standardError(values).toFixed(4)}, asked ${low.toFixed(4)} to ${high.toFixed(4)}`);
  assert.ok(measured >= low && measured <= high, `${what}: ${measured}`);
}

interface Learned {
  readonly pinv: number;
  readonly corrected: number;
  /** n measured over n of theory. */
  readonly energy: number;
  /** ||L^(W) - L^(Wo)|| / ||L||. */
  readonly induced: number;
}

/** Eleven time constants, averages over the last four. */
function learn(stepSize: number, seed: number): Learned {
  const { truth, evidence, noisePower } = explored({ ...SETTING, stepSize, steps: Math.round(11 / stepSize), tail: Math.round(4 / stepSize), seed });
  const perfect = evidence.map((_, agent) => reportOfEstimate(agent, truth.data.slice(agent * truth.cols, (agent + 1) * truth.cols)));
  const nu = stability(stepSize, SETTING.batch, SETTING.dimension);
  const measured = mean(noisePower.map((power) => noiseAtStep(power, stepSize, nu)));
  return {
    pinv: learnedError('pinv', evidence, REF),
    corrected: learnedError('cgl', evidence, REF),
    energy: measured / noiseFloor(stepSize, SETTING.noise, SETTING.batch, SETTING.dimension),
    induced: frobeniusNorm(combine(1, learned('pinv', evidence), -1, learned('pinv', perfect))) / frobeniusNorm(REF),
  };
}

describe('what is learned, by the step size of exploring', () => {
  const runs = STEP_SIZES.map((stepSize) => SEEDS.map((seed) => learn(stepSize, seed)));
  STEP_SIZES.forEach((stepSize, at) => {
    const of = (figure: keyof Learned): number[] => runs[at].map((run) => run[figure]);
    test(`mu = ${stepSize}: pinv`, () => within(`mu ${stepSize} pinv`, of('pinv'), PINV[at] - 0.02, PINV[at] + 0.02));
    test(`mu = ${stepSize}: cgl`, () => within(`mu ${stepSize} cgl`, of('corrected'), 0, 0.065));
    test(`mu = ${stepSize}: noise by the energy identity`, () => within(`mu ${stepSize} n`, of('energy'), 0.99, 1.01));
  });
  test('the part that noise brings has slope .89', () => {
    const slopes = SEEDS.map((_, i) => logSlope(STEP_SIZES, runs.map((row) => row[i].induced))); // prettier-ignore
    within('slope', slopes, 0.79, 0.99);
  });
});

describe('what cooperating gains at mu = .02, 400 steps', () => {
  const results = SEEDS.map((seed) =>
    direct(
      example('paper', [
        `seed=${seed}`,
        'problem={kind: gmrf-regression, graph: reference, dimension: 1500, batch: 100, noise: 1000}',
        'explore={stepSize: 0.005, steps: 2200}',
        'cooperate={stepSize: 0.02, steps: 400, arms: [{strategy: non-cooperative}, {strategy: consensus}, {strategy: multitask}, {strategy: filter}]}',
      ]),
    ),
  );
  const steady = (arm: number): number[] => results.map((result) => result.arms[arm].steadyError);
  for (const [arm, name, expected, percent] of [
    [0, 'non-cooperative', 0.1191, 1.5],
    [1, 'consensus', 0.35, 4],
    [2, 'multitask', 0.1053, 2],
  ] as const)
    test(name, () => within(name, steady(arm), expected * (1 - percent / 100), expected * (1 + percent / 100)));
  test('the filter gains 26 % (section 2.3: .740 of learning alone)', () => {
    const alone = steady(0);
    const ratios = steady(3).map((value, i) => value / alone[i]);
    within('filter / alone', ratios, 0.72, 0.76);
  });
});
