/** A subspace that agents learn among themselves, over the simulated network: the coordinator's, whatever befalls them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../core/linalg/matrix.ts';
import { subspaceDistance } from '../../../core/subspace/measure.ts';
import { digests, direct, simulated } from '../../support/experiments.ts';
import { errorInBasis, plantedTable } from '../../support/planted-table.ts';

const SMALL = { d: 6, k: 2, T: 8, N: 30, sigma: 0.3 };
const AMONG_AGENTS = 'relationship={ estimator: shared-subspace, rank: 2, host: agents }';

const small = (...overrides: string[]) => plantedTable(SMALL, 14, 1, [AMONG_AGENTS, ...overrides]).experiment;

for (const graph of ['complete', 'ring', 'star'])
  test(`${graph}: the coordinator's subspace, simulated and without a network alike`, () => {
    const central = direct(plantedTable(SMALL, 14, 1, ['relationship.rank=2']).experiment);
    const experiment = small(`network.graph=${graph}`);
    const found = direct(experiment);
    const [, arm] = found.arms;
    assert.ok(subspaceDistance(fromRows(central.relationship!.subspace!.basis), fromRows(found.relationship!.subspace!.basis)) < 1e-8);
    assert.ok(Math.abs(arm.steadyError / central.arms[1].steadyError - 1) < 1e-3);
    assert.deepEqual([found.relationship!.kind, found.relationship!.subspace!.rank, found.relationship!.estimator], ['subspace', 2, 'shared-subspace']);
    assert.deepEqual(found.relationship!.diagnostics.map(({ code }) => code), ['LEARNED_BY_AGENTS']); // prettier-ignore
    const virtual = simulated(experiment);
    assert.deepEqual(digests(virtual), digests(found));
    assert.deepEqual(virtual.relationship, found.relationship);
  });

test('a planted subspace, 16 rows for 20 features: within 12 % of the true subspace, at most .6 of alone, over a grid', (context) => {
  const table = plantedTable({ d: 20, k: 2, T: 60, N: 76, sigma: 0.5 }, 16, 1, [AMONG_AGENTS, 'network.graph=grid']);
  const [alone, shared] = direct(table.experiment).arms.map(({ steadyError }) => steadyError);
  const oracle = errorInBasis(table, table.planted.basis);
  context.diagnostic(`alone ${alone.toFixed(3)}, shared ${shared.toFixed(3)}, true subspace ${oracle.toFixed(3)}`);
  assert.ok(shared <= 1.12 * oracle && shared <= 0.6 * alone);
});

test('labels are learned so as well', () => {
  const { experiment } = plantedTable({ d: 8, k: 2, T: 20, N: 70, sigma: 0, labels: true, headScale: 1.5 }, 30, 1, [AMONG_AGENTS, 'network.graph=ring']);
  const { arms, status } = direct(experiment);
  assert.equal(status, 'completed');
  assert.ok(arms[1].auc! > arms[0].auc! - 0.01, `${arms[1].auc}, alone ${arms[0].auc}`);
});

test('bytes are those of dk + k (k + 1) / 2 + 3 numbers for every neighbour and exchange, within 5 %', (context) => {
  const [d, k, agents] = [40, 3, 6];
  const { experiment } = plantedTable({ d, k, T: agents, N: 130, sigma: 0.5 }, 120, 1, [
    'relationship={ estimator: shared-subspace, rank: 3, host: agents }',
    'network.graph=ring',
    'cooperate.steps=10',
  ]);
  const { arms, relationship } = simulated(experiment);
  const exchanges = Number(/rounds of (\d+) exchanges/.exec(relationship!.diagnostics[0].message)![1]);
  const length = d * k + (k * (k + 1)) / 2 + 3;
  const expected = 2 * agents * exchanges * (10 + Math.ceil(((d * (d + 1)) / 2 + 1) / length)) * 8 * length;
  context.diagnostic(`${arms[1].bytesSent} bytes, ${(arms[1].bytesSent / expected).toFixed(3)} of ${expected}`);
  assert.ok(arms[1].bytesSent >= expected && arms[1].bytesSent <= 1.05 * expected, `${arms[1].bytesSent}, expected ${expected}`);
});

test('agents and the coordinator killed while they learn: the same bits; one that is lost: the others begin again', () => {
  const whole = simulated(small('network.graph=ring'));
  const faulty = simulated(
    small(
      'network.graph=ring',
      'faults=[{ at: 15, kill: 1, restartAfter: 2s }, { at: 18, kill: coordinator, restartAfter: 3s }, { at: 14, link: all, loss: .2, for: 1s }]',
    ),
  );
  assert.equal(faulty.status, 'completed');
  assert.deepEqual(digests(faulty), digests(whole));
  assert.deepEqual(faulty.relationship, whole.relationship);
  const lost = simulated(small('network.graph=ring', 'participation={ quorum: 7, wait: 1s }', 'faults=[{ at: 15, kill: 1 }]'));
  assert.equal(lost.status, 'completed-with-missing');
  assert.deepEqual(lost.relationship!.contributors, [0, 2, 3, 4, 5, 6, 7]);
});

test('a network in parts learns in parts, and says so', () => {
  const { relationship } = direct(small('network.graph=star', 'participation={ quorum: 7, wait: 1s }'));
  assert.equal(relationship!.diagnostics.length, 1);
  const lost = simulated(small('network.graph=star', 'participation={ quorum: 7, wait: 1s }', 'faults=[{ at: estimating, kill: 0 }]'));
  const text = lost.relationship!.diagnostics.find(({ code }) => code === 'NETWORK_DISCONNECTED')?.message;
  assert.match(text ?? lost.status, /7 parts/);
});

test('what does not fit is refused: an unknown rank, rounds that do not wait', () => {
  const refusal = (...overrides: string[]) => {
    try {
      small(...overrides);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing refused';
  };
  assert.match(refusal('relationship.rank=auto'), /relationship.rank.*nobody sees enough to find it \(got auto\)/);
  assert.match(refusal('cooperate.arms=[{ strategy: shared-representation, guard: true }]'), /guard.*nobody compares what agents gain/);
  assert.match(refusal('network.rounds=async'), /network.rounds.*use bsp \(got async\)/);
});
