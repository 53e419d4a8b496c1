/** A subspace learned by real processes, an agent and the coordinator killed between two rounds: the bits of the simulator. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Party } from '../../core/fault/plan.ts';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { plantedTable } from '../support/planted-table.ts';
import { once, slowed, watchedRun, type Watched } from '../support/watched-run.ts';

const table = (labels: boolean, ...overrides: string[]) =>
  plantedTable({ d: 6, k: 2, T: 5, N: 40, sigma: 0.3, labels }, 16, 1, ['relationship.rank=2', ...overrides]).experiment;

for (const labels of [false, true])
  test(`${labels ? 'labels' : 'numbers'}: processes and simulator learn the same subspace and the same models`, async () => {
    const experiment = table(labels);
    const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.equal(real.relationship!.kind, 'subspace');
    assert.deepEqual(real.relationship, virtual.relationship);
    assert.deepEqual(digests(real), digests(virtual));
  });

describe('killed between two rounds, it is started again and the run ends with the same bits', () => {
  for (const party of [1, 'coordinator'] as const)
    test(party === 'coordinator' ? 'the coordinator' : 'an agent', async () => {
      const blow = once<[Party, Watched]>(
        () => true,
        (who, run) => process.kill(run.pid(who), 'SIGKILL'),
      );
      const { result, run } = await watchedRun(table(false, slowed(50)), {
        progress: ({ label }, watched) => label.startsWith('learning the subspace, round') && Number(label.split(' ').at(-1)) > 2 && blow(party, watched),
      });
      assert.ok(blow.done, 'the rounds were over before anybody saw them');
      assert.equal(result.status, 'completed', result.error?.message);
      assert.equal(run.starts(party), 2);
      const expected = simulated(table(false));
      assert.deepEqual(result.relationship, expected.relationship);
      assert.deepEqual(digests(result), digests(expected));
    });
});

describe('learned by the agents among themselves', () => {
  const AMONG_AGENTS = ['relationship={ estimator: shared-subspace, rank: 2, host: agents }', 'network.graph=ring'];
  const among = (...faults: string[]) =>
    plantedTable({ d: 6, k: 2, T: 5, N: 40, sigma: 0.3 }, 16, 1, [...AMONG_AGENTS, `faults=[${faults.join(', ')}]`]).experiment;
  const expected = simulated(among());

  test('processes and simulator: the same subspace and the same models', async () => {
    const real = await inProcesses(among());
    assert.equal(real.status, 'completed', real.error?.message);
    assert.deepEqual(real.relationship, expected.relationship);
    assert.deepEqual(digests(real), digests(expected));
  });

  test('the coordinator dies when they begin and is away until they are done, and an agent dies meanwhile: the same bits', async () => {
    // The first ten steps are of the arm before.
    const faults = [
      '{ at: 12, kill: coordinator, restartAfter: 6s }',
      '{ at: 16, kill: 3, restartAfter: 100ms }',
      '{ at: 20, link: all, delay: 5ms, loss: 5%, for: 5 rounds }',
    ];
    const { result, run } = await watchedRun(among(...faults), {});
    assert.equal(result.status, 'completed', result.error?.message);
    assert.deepEqual([run.starts('coordinator'), run.starts(3)], [2, 2]);
    assert.deepEqual(result.relationship, expected.relationship);
    assert.deepEqual(digests(result), digests(expected));
  });
});
