/** Where local SGD on a stream stops being stable: nu = mu (B + M + 1) / B < 2, and how its noise grows on the way there. */
import { createGmrfTask } from '../core/problem/gmrf-regression.ts';
import { gradientStep } from '../core/strategy/local-step.ts';
import { largestStepSize, noiseFloor } from '../core/theory.ts';
import { mean } from '../core/statistics.ts';
import { atLeast, finding, near } from './study.ts';
import type { Study } from './study.ts';

const DIMENSION = 50;
const BATCH = 1;
const NOISE = 1;
const AGENTS = 20;
/** With what a steady error may differ from theory; its tails grow heavy towards 2. */
const STABLE = [
  { nu: 0.25, share: 0.02 },
  { nu: 1, share: 0.03 },
  { nu: 1.5, share: 0.06 },
];
const UNSTABLE = [3, 5];
const DIVERGED = 1e6;
const TIME_CONSTANTS = 200;

export const stepSizeThreshold: Study = {
  name: 'step-size-threshold',
  title: 'where a step size becomes unstable, and the noise below it',
  claim:
    "Theory: stable in the mean square iff nu = mu (B + M + 1) / B < 2; the steady error is mu s / (B (2 - nu)). The paper's own mu and M with unit features " +
    'and single samples have nu up to 7.5: they diverge.',
  runsPerSeed: 0,
  findings: (seeds) => [
    ...STABLE.map(({ nu, share }) => {
      const mu = largestStepSize(nu, BATCH, DIMENSION);
      const errors = seeds.map((seed) => mean(agents(seed, (agent) => steadyError(seed, agent, mu))));
      return finding(`nu = ${nu}`, 'steady error', errors, near(noiseFloor(mu, NOISE, BATCH, DIMENSION), share));
    }),
    ...UNSTABLE.map((nu) => {
      const mu = largestStepSize(nu, BATCH, DIMENSION);
      const shares = seeds.map((seed) => mean(agents(seed, (agent) => (steadyError(seed, agent, mu) > DIVERGED ? 1 : 0))));
      return finding(`nu = ${nu}`, 'share of agents that diverge', shares, atLeast(0.95));
    }),
  ],
};

const agents = (seed: number, measure: (agent: number) => number): number[] => Array.from({ length: AGENTS }, (_, agent) => measure(agent));

/** Mean squared deviation over the last three quarters; Infinity as soon as it is beyond all bounds. */
function steadyError(seed: number, agent: number, mu: number): number {
  const task = createGmrfTask({ truth: new Float64Array(DIMENSION), batch: BATCH, noise: NOISE, seed, agent });
  const w = new Float64Array(DIMENSION);
  const gradient = new Float64Array(DIMENSION);
  const steps = Math.ceil(TIME_CONSTANTS / mu);
  const settled = steps >> 2;
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    gradientStep(task, w, mu, step, gradient, w);
    if (step <= settled) continue;
    const error = task.squaredDeviation(w, 0);
    if (!(error < DIVERGED)) return Infinity;
    sum += error;
  }
  return sum / (steps - settled);
}
