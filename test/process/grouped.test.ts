/** Groups found by real processes, an agent and the coordinator killed while gains are collected: the bits of the simulator. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Party } from '../../core/fault/plan.ts';
import type { RunResult } from '../../core/run-result.ts';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { groupedExperiment, TEN_ROWS } from '../support/grouped-table.ts';
import { once, slowed, watchedRun, type Watched } from '../support/watched-run.ts';

const SETTING = { tasks: 6 };
const SOME_FALL_BACK = { ...SETTING, ...TEN_ROWS, seed: 2 };

for (const gains of ['first-order', 'lookahead'])
  test(`gains: ${gains}: processes and simulator find the same groups and learn the same models`, async () => {
    const experiment = groupedExperiment(SETTING, [`relationship={ estimator: task-grouping, gains: ${gains} }`]);
    const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.deepEqual(real.relationship!.groups, [
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    assert.deepEqual(real.relationship, virtual.relationship);
    assert.deepEqual(digests(real), digests(virtual));
  });

test('a cover: processes and simulator learn the same layers and deliver the same models', async () => {
  const cover = 'relationship={ estimator: task-grouping, groups: 4, cover: cover }';
  const experiment = groupedExperiment(SETTING, [cover, 'cooperate.arms=[{ strategy: grouped }]', 'cooperate.steps=12']);
  const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
  assert.equal(real.status, 'completed', real.error?.message);
  assert.ok(real.arms[0].rounds > 12, 'one layer is no cover');
  assert.deepEqual(real.relationship, virtual.relationship);
  assert.deepEqual(digests(real), digests(virtual));
});

describe('some are better off alone, and fall back: processes and simulator have the same bits', () => {
  const experiment = groupedExperiment(SOME_FALL_BACK);
  const expected = simulated(experiment);
  const verdict = ({ diagnostics }: RunResult): string[] => diagnostics.filter(({ code }) => code === 'AGENTS_FALL_BACK').map(({ message }) => message);
  const assertSame = (result: RunResult): void => {
    assert.equal(result.status, 'completed', result.error?.message);
    assert.match(verdict(result)[0], /left alone: agent 0, 1, 3, 4$/);
    assert.deepEqual(verdict(result), verdict(expected));
    assert.deepEqual(digests(result), digests(expected));
  };

  test('undisturbed', async () => assertSame(await inProcesses(experiment)));

  test('one of them and the coordinator are killed in the arm', async () => {
    const faults = ['{ at: cooperating, kill: 4, restartAfter: 100ms }', '{ at: cooperating, kill: coordinator, restartAfter: 100ms }'];
    const { result, run } = await watchedRun(groupedExperiment(SOME_FALL_BACK, [`faults=[${faults.join(', ')}]`]), {});
    assertSame(result);
    assert.deepEqual([run.starts(4), run.starts('coordinator')], [2, 2]);
  });
});

describe('killed while gains are collected, it is started again and the run ends with the same bits', () => {
  for (const party of [1, 'coordinator'] as const)
    test(party === 'coordinator' ? 'the coordinator' : 'an agent', async () => {
      const blow = once<[Party, Watched]>(
        () => true,
        (who, run) => process.kill(run.pid(who), 'SIGKILL'),
      );
      const { result, run } = await watchedRun(groupedExperiment(SETTING, [slowed(5)]), {
        progress: ({ label }, watched) => label.startsWith('learning together') && blow(party, watched),
      });
      assert.ok(blow.done, 'the gains were collected before anybody saw it');
      assert.equal(result.status, 'completed', result.error?.message);
      assert.equal(run.starts(party), 2);
      const expected = simulated(groupedExperiment(SETTING));
      assert.deepEqual(result.relationship, expected.relationship);
      assert.deepEqual(digests(result), digests(expected));
    });
});
