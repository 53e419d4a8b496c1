/** Tasks that wander, and a relationship that changes while the agents cooperate: learned once, learned on, known. */
import type { RunResult } from '../core/run-result.ts';
import { finding, near, atMost } from './study.ts';
import type { Study } from './study.ts';

const SETTLED = 1_500;
const CHANGE = 3_500;
/** 20 / mu. */
const WINDOW = 1_000;

const FILE = `
name: reproduce
agents: 10
problem:
  kind: gmrf-regression
  graph: reference
  dimension: 200
  batch: 20
  noise: 200
  drift: { coherence: 1000, change: permutation, at: ${CHANGE} }
explore: { stepSize: 0.02, steps: auto }
relationship: { estimator: recursive }
cooperate:
  stepSize: 0.02
  steps: 7000
  arms:
    - { strategy: non-cooperative }
    - { strategy: multitask, relationship: frozen }
    - { strategy: multitask }
    - { strategy: multitask, relationship: known }
output: { every: 100 }
`;
/** Steady errors of the reference study (algorithms-1, section 3 d), over the last steps after the change. */
const ALONE = 0.1306;
const FROZEN = 0.1214;
const LEARNED = 0.1161;
const KNOWN = 0.1158;
const SHARE = 0.03;
/** .092 +- .007 in the reference study; after the change what is demanded. */
const ERROR_BEFORE = 0.15;
const ERROR_AFTER = 0.35;

export const drift: Study = {
  name: 'drift',
  title: 'tasks that wander, and a relationship that changes: learned once, learned on, known',
  claim:
    'What is learned once helps as long as the relationship holds, and still a little when it has changed. What is learned on from shadows, with a reset when it ' +
    'changes, is nearly as good as knowing it at every moment.',
  runsPerSeed: 1,
  findings(seeds, run) {
    const results = seeds.map((seed) => run(FILE, [], seed));
    // Over the last third: from 1,167 steps after the change on.
    const errors = results.map(({ arms }) => arms.map(({ steadyError }) => steadyError));
    const of = (arm: number): number[] => errors.map((one) => one[arm]);
    const ratio = (one: number, other: number): number[] => errors.map((all) => all[one] / all[other]);
    return [
      finding('before the change', 'error of L, mean from step 1,500 on', results.map(errorBefore), atMost(ERROR_BEFORE)),
      finding('within 20/mu of the change', 'least error of L', results.map(errorAfter), atMost(ERROR_AFTER)),
      finding('after the change', 'error alone', of(0), near(ALONE, SHARE)),
      finding('after the change', 'error of multitask, learned once', of(1), near(FROZEN, SHARE)),
      finding('after the change', 'error of multitask, learned on', of(2), near(LEARNED, SHARE)),
      finding('after the change', 'error of multitask, known', of(3), near(KNOWN, SHARE)),
      finding('after the change', 'learned on / learned once', ratio(2, 1), atMost(0.99)),
      finding('after the change', 'learned on / known', ratio(2, 3), atMost(1.02)),
    ];
  },
};

function errorBefore(result: RunResult): number {
  const errors = errorsBetween(result, SETTLED, CHANGE - 1);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

const errorAfter = (result: RunResult): number => Math.min(...errorsBetween(result, CHANGE, CHANGE + WINDOW));

/** Relative errors of the versions that were learned between two steps. */
function errorsBetween({ relationship }: RunResult, from: number, to: number): number[] {
  return (relationship?.course ?? []).flatMap(({ step, relativeError }) => (step >= from && step <= to && relativeError !== null ? [relativeError] : []));
}
