import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmRunner } from '../../../../agent/arm-runner.ts';
import { laplacianViews, meanViews } from '../../../../coordinator/views.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { createGmrfTask } from '../../../../core/problem/gmrf-regression.ts';
import type { LocalView } from '../../../../core/relationship/local-view.ts';
import { degreesOf, largestDegrees, refuseUnstable, type Combination } from '../../../../core/strategy/stability-guard.ts';
import { filter } from '../../../../core/strategy/filter.ts';
import { multitask } from '../../../../core/strategy/multitask.ts';
import { etaCap } from '../../../../core/theory.ts';
import type { CooperateWork } from '../../../../proto/messages.ts';
import { REF } from '../relationship/golden-estimates.ts';
import { signedTruth } from '../relationship/planted.ts';

const SIGNED = signedTruth();
const MU = 0.04;
const view = (weights: number[]): LocalView => ({ kind: 'edges', neighbours: weights.map((_, i) => i + 1), weights, strength: 0, hub: 0 });
const combination = (more: Partial<Combination>): Combination => ({
  view: view([2, 3]),
  agents: 10,
  stepSize: MU,
  eta: 1,
  noise: 0.1,
  spectrumMax: 2,
  steps: true,
  waits: true,
  ...more,
});
const unstable = (message: RegExp) => ({ code: 'COMBINATION_UNSTABLE', message });

test('an agent refuses an eta that its own row does not bear, and takes every one the coordinator may choose', () => {
  for (const laplacian of [REF, SIGNED]) {
    const { values } = symmetricEigen(laplacian);
    const eta = etaCap(values[9], MU, largestDegrees(laplacian).absolute);
    for (const own of laplacianViews(laplacian)) refuseUnstable(multitask, combination({ view: own, eta }));
    assert.throws(() => laplacianViews(laplacian).forEach((own) => refuseUnstable(multitask, combination({ view: own, eta: 1.01 * eta }))), unstable(/mu eta/));
  }
  refuseUnstable(multitask, combination({ eta: 2.5 }));
  assert.throws(() => refuseUnstable(multitask, combination({ eta: 2.6 })), unstable(/multitask: mu eta sum \|a\| is 0\.520, at most 0\.500 is stable/));
  assert.throws(() => refuseUnstable(multitask, combination({ eta: NaN })), unstable(/NaN/));
});

test('what every agent accepts is stable for all of them: mu eta lmax <= 1 (Gershgorin), signs or not', () => {
  for (const laplacian of [REF, SIGNED]) {
    const { absolute } = largestDegrees(laplacian);
    assert.ok((0.5 / absolute) * symmetricEigen(laplacian).values[9] <= 1);
  }
});

test('where vectors may be missing, negative weights have a bound of their own', () => {
  assert.deepEqual(degreesOf([2, -0.5, 1]), { net: 2.5, absolute: 3.5, negative: 0.5 });
  const signedView = { view: view([2, -0.5]), eta: 0.5 };
  refuseUnstable(multitask, combination({ ...signedView, waits: false }));
  refuseUnstable(multitask, combination({ ...signedView, eta: 1 }));
  assert.throws(
    () => refuseUnstable(multitask, combination({ ...signedView, eta: 1, waits: false })),
    unstable(/twice eta times its negative weights is 1\.00/),
  );
  refuseUnstable(multitask, combination({ ...signedView, eta: 100, waits: false, steps: false }));
});

test('a filter needs a bound of the spectrum that its own row fits in; who combines nothing is asked nothing', () => {
  refuseUnstable(filter, combination({}));
  assert.throws(() => refuseUnstable(filter, combination({ spectrumMax: 1.99 })), unstable(/filter: its bound of the spectrum is 2\.00, at most 1\.99/));
  const [hub] = meanViews(10, 5);
  refuseUnstable(filter, combination({ view: hub, spectrumMax: 1.9 }));
  assert.throws(() => refuseUnstable(filter, combination({ view: hub, spectrumMax: 1.89 })), unstable(/1\.90/));
  assert.throws(() => refuseUnstable(multitask, combination({ view: hub, eta: 2.8 })), unstable(/0\.504/));
  refuseUnstable({ name: 'consensus', cooperatesOver: 'network', usesEta: false }, combination({ view: view([100]), eta: 100 }));
});

test('an agent checks before it takes part', () => {
  const task = createGmrfTask({ truth: Float64Array.of(1, 2), batch: 5, noise: 1, seed: 1, agent: 0 });
  const start = (eta: number): ArmRunner => {
    const work = { strategy: 'multitask', view: view([2, 3]), etas: [eta], stepSize: MU, noise: 0, spectrumMax: 1, rounds: 'bsp', lastIteration: 9, every: 1 };
    return new ArmRunner(task, work as unknown as CooperateWork, 0, 3, { recorded: () => {} });
  };
  start(2.5);
  assert.throws(() => start(3), unstable(/0\.600/));
});
