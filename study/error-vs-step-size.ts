/** The paper's first experiment: how far off the learned Laplacian is, over the step size of exploring. */
import { noiseFloor } from '../core/theory.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { fromRows, frobeniusNorm } from '../core/linalg/matrix.ts';
import { sampleTruth } from '../core/problem/gmrf-regression.ts';
import { pinv } from '../core/relationship/pinv.ts';
import { estimatedLaplacian } from './estimated.ts';
import { expectedPinvError } from '../core/relationship/expected-error.ts';
import { BATCH, DIMENSION, NOISE, PAPER_FILE, referenceLaplacian } from './paper-setting.ts';
import { around, atMost, finding, logSlope } from './study.ts';
import type { RunOne, Study } from './study.ts';

const STEP_SIZES = [1e-3, 2e-3, 5e-3, 1e-2];
const TIME_CONSTANTS = 11;
const CGL_ERROR_MAX = 0.065;

export const errorVsStepSize: Study = {
  name: 'error-vs-step-size',
  title: 'error of the learned Laplacian over the step size (first experiment of the paper)',
  claim:
    'The paper: the error falls with the step size, with slope 1 on double logarithmic axes. Theory: only the part that noise brings does, ' +
    'with slope .89 over these step sizes; M coordinates leave a floor, so that the whole has slope .52. cgl, corrected for noise, stays below .065 everywhere.',
  runsPerSeed: 2 * STEP_SIZES.length,
  findings(seeds, run) {
    const truth = referenceLaplacian();
    const perfect = seeds.map((seed) => estimatedLaplacian(pinv, sampleTruth(truth, DIMENSION, seed), 0));
    const learned = STEP_SIZES.map((mu) => seeds.map((seed) => explored(run, 'pinv', mu, seed)));
    const induced = learned.map((row) => row.map(({ laplacian }, i) => distance(laplacian, perfect[i]) / frobeniusNorm(truth)));
    const slopesOf = (errors: readonly (readonly number[])[]): number[] =>
      seeds.map((_, i) =>
        logSlope(
          STEP_SIZES,
          errors.map((row) => row[i]),
        ),
      );
    const totals = learned.map((row) => row.map(({ error }) => error));
    return [
      ...STEP_SIZES.flatMap((mu, at) => {
        const expected = expectedPinvError(truth, noiseFloor(mu, NOISE, BATCH, DIMENSION), DIMENSION).total;
        const corrected = seeds.map((seed) => explored(run, 'cgl', mu, seed).error);
        return [
          finding(`mu = ${mu}`, 'error of pinv', totals[at], around(expected, 0.02)),
          finding(`mu = ${mu}`, 'error of cgl', corrected, atMost(CGL_ERROR_MAX)),
        ];
      }),
      finding('all step sizes', 'slope of the part that noise brings', slopesOf(induced), around(0.89, 0.1)),
      finding('all step sizes', 'slope of the whole error', slopesOf(totals), around(0.52, 0.06)),
    ];
  },
};

function explored(run: RunOne, estimator: string, mu: number, seed: number): { laplacian: Matrix; error: number } {
  const steps = Math.ceil(TIME_CONSTANTS / mu);
  const { relationship } = run(PAPER_FILE, [`explore={ stepSize: ${mu}, steps: ${steps} }`, `relationship.estimator=${estimator}`], seed);
  return { laplacian: fromRows(relationship!.laplacian!), error: relationship!.relativeError! };
}

function distance(a: Matrix, b: Matrix): number {
  return Math.sqrt(a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0));
}
