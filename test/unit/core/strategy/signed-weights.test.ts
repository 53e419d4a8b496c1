/** Relations of negative sign in use: exact solves converge where plain block Jacobi does not, and steps stay bounded where links are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laplacianViews } from '../../../../coordinator/views.ts';
import { cholesky, choleskyInverse } from '../../../../core/linalg/cholesky.ts';
import { symmetricEigen } from '../../../../core/linalg/eigen.ts';
import { combine, identity, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { createGmrfTask } from '../../../../core/problem/gmrf-regression.ts';
import type { SolveTask } from '../../../../core/problem/problem.ts';
import { largestDegrees } from '../../../../core/strategy/stability-guard.ts';
import { multitask } from '../../../../core/strategy/multitask.ts';
import { etaCap, STALE_PUSH_MAX } from '../../../../core/theory.ts';
import { signedTruth } from '../relationship/planted.ts';

/** Two teams of two that are opposites: c v v' with v = (1, 1, -1, -1) / 2; mates push each other apart, opponents pull. */
const TEAMS: Matrix = { ...zeros(4, 4), data: Float64Array.from({ length: 16 }, (_, i) => (i >> 3 === (i & 3) >> 1 ? 5 : -5)) };
const common = { ridge: 0, noise: 0, spectrumMax: 1, options: {}, isRecorded: () => true };

/** loss_k(w) = (w - b_k)^2 / 2: argmin loss + c/2 w^2 - pull w = (b + pull) / (1 + c). */
const quadratic = (b: number) =>
  ({
    learns: 'solve',
    dimension: 1,
    sharedFrom: 0,
    passes: 1,
    solve: (coupling: number, pull: Float64Array, _step: number, w: Float64Array) => void (w[0] = (b + pull[0]) / (1 + coupling)),
    refitPrivate: () => {},
  }) as unknown as SolveTask;

for (const [name, laplacian] of [
  ['a signed graph', signedTruth()],
  ['two teams', TEAMS],
] as const) {
  // prettier-ignore
  test(`exact local solves reach (I + eta L)^-1 b at any strength: ${name}`, () => {
    const agents = laplacian.rows;
    const views = laplacianViews(laplacian);
    const b = views.map((_, k) => Math.sin(3 * k));
    for (const eta of [0.1, 1, 10]) {
      const runs = views.map((view, k) => multitask.start({ ...common, agents, task: quadratic(b[k]), view, stepSize: 0, eta }));
      for (let round = 1; round <= 3000; round++) {
        for (const run of runs) run.adapt(round);
        const sent = runs.map((run) => run.outgoing.slice());
        runs.forEach((run, k) => run.combine(0, { vectors: views[k].neighbours.map((l) => sent[l]), mean: undefined }));
      }
      const inverse = choleskyInverse(cholesky(combine(1, identity(agents), eta, laplacian))!);
      runs.forEach((run, k) => {
        const expected = b.reduce((sum, x, l) => sum + inverse.data[agents * k + l] * x, 0);
        assert.ok(Math.abs(run.output()[0] - expected) < 1e-8, `eta ${eta}, agent ${k}: ${run.output()[0]}, ${expected}`);
      });
    }
  });
}

test('plain block Jacobi would not: lmax is more than twice the degree', () => {
  assert.ok(symmetricEigen(TEAMS).values[3] > 2 * largestDegrees(TEAMS).net);
});

/** The largest parameter in 1000 steps where vectors between agents k and l do not arrive. */
function largestParameter(eta: number, mu: number, isCut: (k: number, l: number) => boolean): number {
  const views = laplacianViews(TEAMS);
  const runs = views.map((view, agent) => {
    const task = createGmrfTask({ truth: new Float64Array(20).fill(agent - 1.5), batch: 20, noise: 10, seed: 3, agent });
    return multitask.start({ ...common, agents: 4, task, view, stepSize: mu, eta });
  });
  let largest = 0;
  for (let i = 1; i <= 1000; i++) {
    for (const run of runs) run.adapt(i);
    const sent = runs.map((run) => run.outgoing.slice());
    runs.forEach((run, k) => {
      run.combine(0, { vectors: views[k].neighbours.map((l) => (isCut(k, l) ? undefined : sent[l])), mean: undefined });
      largest = Math.max(largest, ...run.output().map(Math.abs));
    });
  }
  return largest;
}

test('gradient steps at the cap stay bounded with every vector, and at the lower cap where the links that pull are cut', () => {
  const mu = 0.05;
  const { absolute, negative } = largestDegrees(TEAMS);
  const full = etaCap(symmetricEigen(TEAMS).values[3], mu, absolute);
  const partial = Math.min(full, STALE_PUSH_MAX / (2 * negative));
  const opponents = (k: number, l: number): boolean => k >> 1 !== l >> 1;
  const nobody = (): boolean => false;
  const [whole, cut, wild] = [largestParameter(full, mu, nobody), largestParameter(partial, mu, opponents), largestParameter(full, mu, opponents)];
  console.log(`eta ${full.toFixed(3)}: ${whole.toPrecision(3)}; pulling links cut: ${wild.toPrecision(3)}, at eta ${partial.toFixed(3)} ${cut.toPrecision(3)}`);
  assert.ok(whole < 10 && cut < 10, `${whole} ${cut}`);
  assert.ok(wild > 1e6, 'the lower cap is needed');
});
