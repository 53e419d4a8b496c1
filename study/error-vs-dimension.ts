/** The paper's second experiment: how far off the learned Laplacian is, over the dimension of the tasks. */
import { noiseFloor } from '../core/theory.ts';
import { expectedPinvError } from '../core/relationship/expected-error.ts';
import { BATCH, NOISE, PAPER_FILE, referenceLaplacian } from './paper-setting.ts';
import { around, finding } from './study.ts';
import type { Study } from './study.ts';

const DIMENSIONS = [200, 400, 600, 800, 1_000, 1_500, 2_000];
const STEP_SIZE = 5e-3;
const STEPS = 1_600;

export const errorVsDimension: Study = {
  name: 'error-vs-dimension',
  title: 'error of the learned Laplacian over the dimension of the tasks (second experiment of the paper)',
  claim:
    'The paper: more dimensions, smaller error. Theory: only down to what the noise of the iterates leaves, at this step size a plateau near .14 from about 800 ' +
    'dimensions on; cgl, corrected for noise, has none.',
  runsPerSeed: 2 * DIMENSIONS.length,
  findings(seeds, run) {
    const truth = referenceLaplacian();
    return DIMENSIONS.flatMap((dimension) => {
      const errors = (estimator: string): number[] =>
        seeds.map((seed) => {
          const overrides = [`problem.dimension=${dimension}`, `explore={ stepSize: ${STEP_SIZE}, steps: ${STEPS} }`, `relationship.estimator=${estimator}`];
          return run(PAPER_FILE, overrides, seed).relationship!.relativeError!;
        });
      const expected = expectedPinvError(truth, noiseFloor(STEP_SIZE, NOISE, BATCH, dimension), dimension).total;
      return [finding(`M = ${dimension}`, 'error of pinv', errors('pinv'), around(expected, 0.02)), finding(`M = ${dimension}`, 'error of cgl', errors('cgl'))];
    });
  },
};
