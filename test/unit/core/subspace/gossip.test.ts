/** A basis learned by gossip is the coordinator's: in as many rounds, the same at all agents, the nearer the more they mix. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, metropolisWeights, type TopologyName } from '../../../../core/graph.ts';
import { multiply, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import type { BasisQuestion } from '../../../../core/subspace/local.ts';
import { subspaceDistance } from '../../../../core/subspace/measure.ts';
import { mixingBound, mixingParts } from '../../../../core/subspace/mixing-bound.ts';
import { Mixing, mixingSteps } from '../../../../core/subspace/mixing.ts';
import { learnByGossip } from '../../../../study/gossiped-subspace.ts';
import { learnTogether, plant, type PlantedSetting } from '../../../../study/planted-subspace.ts';

const SETTING: PlantedSetting = { d: 20, k: 2, T: 60, N: 40, sigma: 0.5 };

/** The largest difference of a coordinate between two agents' bases. */
function disagreement(questions: readonly BasisQuestion[]): number {
  return Math.max(...questions.map(({ basis }) => basis.data.reduce((most, value, i) => Math.max(most, Math.abs(value - questions[0].basis.data[i])), 0)));
}

const graph = (name: TopologyName, agents = SETTING.T) => buildGraph(name, agents, 3);

for (const name of ['complete', 'erdos-renyi', 'grid'] as const)
  test(`${name}: the coordinator's subspace in at most three rounds more than its own, and one basis at all agents`, (context) => {
    const planted = plant(SETTING, 1);
    const central = learnTogether(planted, { whiten: true, variant: { tolerance: 1e-18 } });
    const distances: number[] = [];
    const { questions, exchanges } = learnByGossip(planted, graph(name), {
      rounds: 14,
      watch: ([{ basis }]) => void distances.push(subspaceDistance(central.basis, basis)),
    });
    const usual = learnTogether(planted, { whiten: true }).rounds;
    const [near, last, apart] = [distances.findIndex((value) => value < 1e-9) + 1, distances.at(-1)!, disagreement(questions)];
    context.diagnostic(
      `${exchanges} exchanges a round; below 1e-9 after ${near} rounds (coordinator: ${usual}); then ${last.toExponential(1)}, apart ${apart.toExponential(1)}`,
    );
    assert.ok(near >= 1 && near <= usual + 3, `${near} rounds`);
    assert.ok(last < 1e-13, `${last}`);
    assert.ok(apart < 1e-8, `${apart}`);
  });

test('with fewer exchanges agents agree less, by the factor that mixing promises', (context) => {
  const planted = plant(SETTING, 2);
  const weights = metropolisWeights(graph('grid'));
  const apart = [1e-2, 1e-4, 1e-6, 1e-8].map((left) => {
    const exchanges = mixingSteps(mixingBound(weights), left);
    return [left, disagreement(learnByGossip(planted, graph('grid'), { rounds: 10, exchanges }).questions)];
  });
  context.diagnostic(apart.map(([left, value]) => `${left}: ${value.toExponential(1)}`).join(', '));
  for (const [left, value] of apart) assert.ok(value < 30 * left, `${left}: ${value}`);
});

test('correlated features: as few rounds, since everybody steps by the moment of all', () => {
  const planted = plant({ ...SETTING, d: 24, k: 3, N: 60, correlation: 0.7 }, 1);
  const central = learnTogether(planted, { whiten: true, variant: { tolerance: 1e-18 } });
  const { questions } = learnByGossip(planted, graph('grid'), { rounds: 12 });
  const distance = subspaceDistance(central.basis, questions[7].basis);
  assert.ok(distance < 1e-10, `${distance}`);
});

test('labels: one basis at all agents, as near to the true one as the coordinator comes', () => {
  const planted = plant({ d: 12, k: 2, T: 40, N: 60, sigma: 0, labels: true, headScale: 1.5 }, 1);
  const central = subspaceDistance(learnTogether(planted, { whiten: true }).basis, planted.basis);
  const { questions } = learnByGossip(planted, graph('grid', 40), { rounds: 15 });
  assert.ok(disagreement(questions) < 1e-8);
  const own = subspaceDistance(questions[0].basis, planted.basis);
  assert.ok(own < 1.1 * central, `${own}, coordinator ${central}`);
});

test('too few rows for a head: shrunk by what all others tell, and still one basis', () => {
  const planted = plant(SETTING, 1);
  const rows = planted.rows.map((own, t) => (t % 6 > 0 ? own : { ...own, count: 4, x: own.x.slice(0, 4 * SETTING.d), y: own.y.slice(0, 4) }));
  const { questions } = learnByGossip({ ...planted, rows }, graph('grid', 60), { rounds: 14 });
  // sigma^2 over the variance of a head's coordinates.
  assert.ok(Math.abs(questions[0].ridge - 0.25) < 0.1, `${questions[0].ridge}`);
  assert.equal(questions[1].ridge, 0);
  assert.ok(disagreement(questions) < 1e-8);
  assert.ok(subspaceDistance(questions[0].basis, planted.basis) < 0.01);
});

test('a column twice, and one that does not vary: a basis all the same', () => {
  const planted = plant({ ...SETTING, d: 8 }, 1);
  const rows = planted.rows.map((own) => {
    const x = own.x.slice();
    for (let i = 0; i < own.count; i++) x.set([x[8 * i], 0], 8 * i + 1);
    return { ...own, x };
  });
  const { questions } = learnByGossip({ ...planted, rows }, graph('erdos-renyi'), { rounds: 8 });
  assert.ok(questions.every(({ basis }) => basis.data.every(Number.isFinite)));
  const apart = disagreement(questions);
  assert.ok(apart < 1e-7, `${apart}`);
});

test('mixing keeps the sum, and leaves of a difference no more than it says', () => {
  const weights = metropolisWeights(graph('ring', 12));
  const bound = mixingBound(weights);
  const values: Matrix = { ...zeros(12, 1), data: Float64Array.from({ length: 12 }, (_, i) => (i === 0 ? 12 : 0)) };
  const mixings = Array.from({ length: 12 }, () => new Mixing(bound, 1));
  for (let exchange = 0; exchange < mixingSteps(bound, 1e-6); exchange++) {
    const mixed = multiply(weights, values).data;
    mixings.forEach((one, t) => one.mix(exchange, values.data.subarray(t, t + 1), Float64Array.of(values.data[t] - mixed[t])));
  }
  assert.ok(Math.abs(values.data.reduce((sum, value) => sum + value, 0) - 12) < 1e-12);
  assert.ok(values.data.every((value) => Math.abs(value - 1) < 12e-6));
  assert.deepEqual([mixingSteps(0), mixingSteps(bound) > mixingSteps(bound, 1e-6)], [1, true]);
});

test('a network in parts: a mean for each', () => {
  const two = zeros(4, 4);
  for (const [k, l] of [[0, 0], [1, 1], [2, 2], [3, 3], [0, 1], [1, 0], [2, 3], [3, 2]]) two.data[k * 4 + l] = 0.5; // prettier-ignore
  assert.deepEqual(mixingParts(two), [[0, 1], [2, 3]]); // prettier-ignore
  assert.ok(mixingBound(two) < 1e-12);
});
