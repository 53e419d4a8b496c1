/** The paper's third experiment: mean squared deviation over the iterations, for every strategy. */
import { PAPER_FILE } from './paper-setting.ts';
import { mean } from '../core/statistics.ts';
import { finding, near } from './study.ts';
import type { Finding, Study } from './study.ts';

const POINTS = [20, 40, 80, 120, 200];
/** By strategy, of algorithms-1 section 4: theory is exact for the recursions, the rest is simulation noise. */
const STEADY_SHARE: Readonly<Record<string, number>> = { 'non-cooperative': 0.015, consensus: 0.04 };
const OTHER_SHARE = 0.02;
/** Of a point of a curve: a single iteration, not a mean over a third of them. */
const POINT_SHARE = 0.03;
const ARMS = [
  'strategy: non-cooperative',
  'strategy: consensus',
  'strategy: multitask',
  'strategy: multitask, relationship: known',
  'strategy: filter',
  'strategy: filter, relationship: known',
].map((arm) => `{ ${arm} }`);

export const errorCurves: Study = {
  name: 'error-curves',
  title: 'mean squared deviation over the iterations, strategy by strategy (third experiment of the paper)',
  claim:
    'The paper: cooperating over the learned Laplacian is better than learning alone and than consensus, and as good as over the true one. Theory (the exact ' +
    'second moments) gives every curve; the output filter gains about twice as much as the recursion.',
  runsPerSeed: 1,
  findings(seeds, run) {
    const cooperate = `cooperate={ stepSize: 0.02, steps: 400, arms: [${ARMS.join(', ')}] }`;
    const results = seeds.map((seed) => run(PAPER_FILE, [cooperate, 'relationship.estimator=cgl'], seed));
    return results[0].arms.flatMap((arm, index): Finding[] => {
      const setting = `${arm.strategy} (${arm.relationship})`;
      const ofArm = (value: (arm: (typeof results)[number]['arms'][number]) => number): number[] => results.map((result) => value(result.arms[index]));
      const at = (i: number): Finding => {
        const point = arm.curve!.iteration.indexOf(i);
        const expected = mean(ofArm((one) => one.curve!.predicted![point]));
        return finding(
          setting,
          `error at iteration ${i}`,
          ofArm((one) => one.curve!.error[point]),
          near(expected, POINT_SHARE),
        );
      };
      const steady = near(mean(ofArm((one) => one.predictedError!)), STEADY_SHARE[arm.strategy] ?? OTHER_SHARE);
      return [
        ...(arm.strategy === 'filter' ? [] : POINTS.map(at)),
        finding(
          setting,
          'steady error',
          ofArm((one) => one.steadyError),
          steady,
        ),
      ];
    });
  },
};
