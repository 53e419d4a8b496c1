/** A prior learned by real processes, agents and coordinator killed in the middle of it: the bits of the simulator. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Party } from '../../core/fault/plan.ts';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { smallTable } from '../support/small-table.ts';
import { once, slowed, watchedRun, type Watched } from '../support/watched-run.ts';

for (const loss of ['squared', 'logistic'] as const) {
  test(`${loss}: processes and simulator learn the same prior and the same models`, async () => {
    const experiment = smallTable(loss);
    const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.deepEqual(real.relationship, virtual.relationship);
    assert.equal(real.relationship!.kind, 'prior');
    assert.deepEqual(digests(real), digests(virtual));
    assert.notEqual(digests(real)[0], digests(real)[1]);
  });
}

describe('killed in the middle of the chain, it is started again and the run ends with the same bits', () => {
  for (const [party, loss] of [
    [1, 'squared'],
    [2, 'logistic'],
    ['coordinator', 'squared'],
  ] as const)
    // prettier-ignore
    test(`${party === 'coordinator' ? 'the coordinator' : 'an agent'}, ${loss}`, async () => {
      const blow = once<[Party, Watched]>(
        () => true,
        (who, run) => process.kill(run.pid(who), 'SIGKILL'),
      );
      const { result, run } = await watchedRun(smallTable(loss, [slowed(50)]), {
        progress: ({ label }, watched) => label.startsWith('learning the prior, question') && Number(label.split(' ').at(-1)) > 3 && blow(party, watched),
      });
      assert.ok(blow.done, 'the chain was over before anybody saw it');
      assert.equal(result.status, 'completed', result.error?.message);
      assert.equal(run.starts(party), 2);
      const expected = simulated(smallTable(loss));
      assert.deepEqual(result.relationship, expected.relationship);
      assert.deepEqual(digests(result), digests(expected));
    });
});
