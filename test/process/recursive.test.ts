/** Learning on while agents cooperate and the relationship changes: the same bits as processes, and whoever is killed. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Party } from '../../core/fault/plan.ts';
import type { RunResult } from '../../core/run-result.ts';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';
import { once, watchedRun, type Outcome, type Watched } from '../support/watched-run.ts';

/** Looks after every 50 steps; the first that counts after 150, the change at 200. */
const experiment = smallExperiment([
  'relationship.estimator=recursive',
  'problem.drift={coherence: 100, change: rewiring, at: 200}',
  'cooperate.steps=450',
  'cooperate.arms=[{strategy: multitask}, {strategy: filter}, {strategy: multitask, relationship: known}, {strategy: multitask, relationship: frozen}]',
]);
const expected = simulated(experiment);

const versions = (result: RunResult): string[] => readdirSync(join(result.directory, 'relationship'));

function assertSame(result: RunResult): void {
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(expected));
  assert.deepEqual(result.relationship!.laplacian, expected.relationship!.laplacian);
  assert.deepEqual(versions(result), versions(expected));
}

/** Kills `party` in the middle of the first arm, and is over it. */
async function strike(party: Party): Promise<Outcome> {
  const blow = once<[Watched]>(
    () => true,
    (run) => process.kill(run.pid(party), 'SIGKILL'),
  );
  const outcome = await watchedRun(experiment, { progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 170 && blow(run) });
  assert.ok(blow.done, 'the run was over before');
  return outcome;
}

test('one version from exploring and one from every look; later arms ask for nothing', () => {
  assert.deepEqual(
    versions(expected),
    Array.from({ length: 7 }, (_, i) => `v000${i + 1}.json`),
  );
  assert.notEqual(expected.arms[0].parametersSha256, expected.arms[3].parametersSha256);
});

test('processes and simulator give the same parameters and versions', async () => {
  assertSame(await inProcesses(experiment));
});

for (const party of [3, 'coordinator'] as const)
  test(`${party === 3 ? 'an agent' : 'the coordinator'} killed in the middle: the same bits`, async () => {
    const { result, run, alive } = await strike(party);
    assertSame(result);
    assert.equal(run.starts(party), 2);
    assert.deepEqual(alive, []);
  });
