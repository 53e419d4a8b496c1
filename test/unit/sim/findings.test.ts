/** What a run prints of its failure signatures, each provoked end to end (algorithms-1, section 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultTables } from '../../../cli/result-table.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { simulated, smallExperiment } from '../../support/experiments.ts';

const ARMS = 'cooperate.arms=[{strategy: non-cooperative}, {strategy: multitask}]';
const run = (...overrides: string[]): RunResult =>
  simulated(smallExperiment(['relationship.estimator=cgl', 'problem.dimension=120', 'problem.batch=40', 'cooperate.steps=6', ARMS, ...overrides]));

/** The printed line of a finding, if there is one. */
function line(result: RunResult, code: string): string | undefined {
  return resultTables(result)
    .split('\n')
    .find((text) => text.startsWith(`note ${code}: `));
}

const CASES: readonly [string, string[], string, RegExp][] = [
  ['a large step of exploring', ['explore.stepSize=0.2'], 'STEP_INFLATES_NOISE', /step size of exploring is large \(nu = 0\.81\)/],
  ['a large step of cooperating', ['cooperate.stepSize=0.2'], 'STEP_INFLATES_NOISE', /step size of cooperating is large \(nu = 0\.81\)/],
  ['too little time', ['explore.steps=100'], 'TRANSIENT', /after 2\.0 time constants \(6 are safe\)/],
  ['a large step against few samples', ['explore.stepSize=0.1', 'explore.steps=80', 'problem.noise=2000'], 'STEP_SIZE_DOMINATES', /bias .* sampling error/],
  ['few coordinates', ['problem.dimension=17', 'explore.steps=400'], 'FEW_DIMENSIONS', /2\.8 dimensions per agent/],
  ['unequal noise', ['problem.noiseSpread=20'], 'NOISE_HETEROGENEOUS', /times as noisy as the quietest/],
  ['several components', ['problem.components=2', 'problem.dimension=400', 'explore.steps=400'], 'SEVERAL_COMPONENTS', /fall into 2 groups .* use components/],
  ['tasks of low rank', ['problem.rank=2', 'problem.dimension=400', 'explore.steps=400'], 'EIGENVALUES_AT_NOISE_EDGE', /3 eigenvalues/],
  ['strong relations under much noise', ['problem.noise=4000', 'explore.stepSize=0.05'], 'EIGENVALUES_AT_NOISE_FLOOR', /lower bound/],
  ['an eta too large', ['cooperate.arms=[{strategy: multitask, eta: 3}]'], 'ETA_LARGE', /times the noise, more than 3/],
  ['an eta beyond stability', ['cooperate.arms=[{strategy: multitask, eta: 1000}]'], 'ETA_LOWERED', /eta 1000 is unstable here/],
  ['too little noise to help', ['problem.noise=1'], 'COOPERATION_CANNOT_HELP', /predicted gain is [01]\.\d %/],
  ['solver', [], 'CGL_SOLVER', /edges after \d+ sweeps, optimal to/],
];

for (const [what, overrides, code, message] of CASES)
  test(`${what}: ${code}`, () => {
    const printed = line(run(...overrides), code);
    assert.match(printed ?? `no ${code}`, message);
  });

test('components finds the groups in a run, and does better there than one graph for all', () => {
  const overrides = ['problem.components=2', 'problem.dimension=400', 'explore.steps=600', 'explore.stepSize=0.01'];
  const [pieces, whole] = ['components', 'cgl'].map((estimator) => run(...overrides, `relationship.estimator=${estimator}`));
  assert.match(line(pieces, 'COMPONENTS')!, /2 components: \{0 1 2\} \{3 4 5\}$/);
  assert.ok(pieces.relationship!.relativeError! < 0.5 * whole.relationship!.relativeError!);
  assert.equal(line(pieces, 'SEVERAL_COMPONENTS'), undefined);
});

test('relations of negative sign: cgl says so, signed expresses them, and agents cooperate over them', () => {
  const overrides = [
    'problem.graph=complete',
    'problem.signed=0.2',
    'problem.dimension=600',
    'explore.steps=600',
    'explore.stepSize=0.01',
    'cooperate.steps=60',
    'problem.noise=400',
  ];
  const [free, graph] = ['signed', 'cgl'].map((estimator) => run(...overrides, `relationship.estimator=${estimator}`));
  assert.match(line(graph, 'NEGATIVE_RELATIONS')!, /signed can$/);
  assert.equal(line(free, 'NEGATIVE_RELATIONS'), undefined);
  assert.ok(free.relationship!.relativeError! < graph.relationship!.relativeError!);
  assert.ok(free.relationship!.laplacian!.some((row, k) => row.some((x, l) => k !== l && x > 0)));
  assert.ok(free.arms[1].steadyError < free.arms[0].steadyError);
});

test('lagged explores for four more windows, and learns what cgl does without any gradient', () => {
  const overrides = ['explore.steps=auto', 'problem.dimension=400', 'explore.stepSize=0.02', 'problem.noise=200'];
  const [snapshots, gradients, raw] = ['{ estimator: lagged }', '{ estimator: cgl }', '{ estimator: cgl, noise: 0 }'].map((section) =>
    run(...overrides, `relationship=${section}`),
  );
  const [lagged, known, uncorrected] = [snapshots, gradients, raw].map((result) => result.relationship!.relativeError!);
  assert.ok(lagged < 1.4 * known && lagged < 0.9 * uncorrected, `${lagged} ${known} ${uncorrected}`);
});

test('what does not hold is not said', () => {
  const result = run('explore.steps=500', 'problem.noise=60', 'cooperate.stepSize=0.08');
  const said = [...result.relationship!.diagnostics, ...result.diagnostics].map(({ code }) => code);
  assert.deepEqual(
    said.filter((code) => !['CGL_SOLVER', 'BIAS_AND_VARIANCE', 'SAMPLING_DOMINATES', 'STEP_SIZE_DOMINATES'].includes(code)),
    [],
  );
});
