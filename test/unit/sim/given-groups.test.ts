/** Groups that another run found, given to a run that learns in them: no gains are collected, and its models are the same bits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';
import type { Diagnostic } from '../../../core/relationship/relationship.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { digests, simulated } from '../../support/experiments.ts';
import { eventsOf, fileOf, given, readFile, rewritten } from '../../support/given-files.ts';
import { groupedExperiment, TEN_ROWS } from '../../support/grouped-table.ts';
import { networks } from '../../support/networks.ts';

/** The file with these groups in place of its own. */
function regrouped(path: string, groups: readonly (readonly number[])[]): string {
  const { agents } = readFile(path);
  const servedBy = Array.from({ length: agents }, (_, k) => groups.findIndex((group) => group.includes(k)));
  return rewritten(path, { kind: 'groups', agents, groups, servedBy, laplacian: blockLaplacian(agents, groups) });
}

describe('a run that is given groups learns in them what the run learned that found them, to the last bit', () => {
  const subjects: Record<string, (overrides: readonly string[]) => Experiment> = {
    'a table, squared loss': (overrides) => groupedExperiment({ tasks: 6 }, overrides),
    'a table, labels': (overrides) => groupedExperiment({ tasks: 6, loss: 'logistic' }, overrides),
    'a cover': (overrides) =>
      groupedExperiment({ tasks: 9 }, overrides.length > 0 ? overrides : ['relationship={ estimator: task-grouping, cover: cover, groups: 4 }']),
    networks: (overrides) => networks(['cooperate.steps=60', 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: grouped }]', ...overrides]),
  };
  for (const [name, experiment] of Object.entries(subjects))
    test(name, () => {
      const first = simulated(experiment([]));
      const again = simulated(experiment(given(fileOf(first))));
      assert.equal(again.status, 'completed', again.error?.message);
      assert.match(eventsOf(first), /learning together/);
      assert.doesNotMatch(eventsOf(again), /learning together|best groups/);
      assert.deepEqual(again.relationship!.groups, first.relationship!.groups);
      assert.deepEqual(digests(again), digests(first));
      const before = readFile(fileOf(first));
      assert.deepEqual(again.relationship!.given, { run: first.runId, version: 1, digest: before.digest });
      assert.equal(again.relationship!.diagnostics[0].code, 'RELATIONSHIP_GIVEN');
      assert.equal(readFile(fileOf(again)).given?.digest, before.digest);
    });
});

test('the guard leaves alone whom it left alone in the run that found the groups, with the same bits', () => {
  const experiment = (overrides: readonly string[]): Experiment => groupedExperiment({ tasks: 6, seed: 2, ...TEN_ROWS }, overrides);
  const first = simulated(experiment([]));
  const again = simulated(experiment(given(fileOf(first))));
  const verdict = ({ diagnostics }: RunResult): Diagnostic => diagnostics.find(({ code }) => code === 'AGENTS_FALL_BACK') ?? assert.fail('nobody fell back');
  assert.match(verdict(again).message, /left alone: agent 0, 1, 3, 4$/);
  assert.deepEqual(verdict(again), verdict(first));
  assert.deepEqual(digests(again), digests(first));
  assert.deepEqual(again.arms[1].errorByAgent, first.arms[1].errorByAgent);
});

test('it is these groups that agents learn in, and no others; who is in none learns alone', () => {
  const first = simulated(groupedExperiment({ tasks: 6 }));
  const GROUPS = [
    [0, 1],
    [2, 3, 4],
  ];
  const again = simulated(groupedExperiment({ tasks: 6 }, given(regrouped(fileOf(first), GROUPS))));
  assert.equal(again.status, 'completed', again.error?.message);
  assert.deepEqual(again.relationship!.groups, [...GROUPS, [5]]);
  assert.notEqual(digests(again)[1], digests(first)[1]);
  assert.ok(Math.abs(again.arms[1].errorByAgent[5]! / again.arms[0].errorByAgent[5]! - 1) < 0.02);
});

test('where no arms are named the second learns in the groups; beside it an arm over a graph takes what they are converted to', () => {
  const path = fileOf(simulated(groupedExperiment({ tasks: 6 })));
  const strategies = (more: string): string[] => groupedExperiment({ tasks: 6 }, [...given(path), more]).cooperate.arms.map(({ strategy }) => strategy);
  assert.deepEqual(strategies('cooperate=null'), ['non-cooperative', 'grouped']);
  const both = simulated(groupedExperiment({ tasks: 6 }, [...given(path), 'cooperate.arms=[{ strategy: grouped }, { strategy: multitask, eta: 1 }]']));
  assert.equal(both.status, 'completed', both.error?.message);
  const files = [1, 2].map((version) => readFile(fileOf(both, version)));
  assert.deepEqual(
    files.map(({ kind, given: from }) => [kind, from === null]),
    [
      ['precision', false],
      ['groups', false],
    ],
  );
  assert.ok(both.diagnostics.every(({ code }) => code !== 'ESTIMATOR_OF_STRATEGY'));
});

test('whoever is lost leaves its group, and the others go on in theirs', () => {
  const path = fileOf(simulated(groupedExperiment({ tasks: 6 })));
  const fault = ['participation={quorum: 5, wait: 1s}', 'faults=[{ at: exploring, kill: 0 }]', 'cooperate.arms=[{ strategy: grouped }]'];
  const result = simulated(groupedExperiment({ tasks: 6 }, [...given(path), ...fault]));
  assert.equal(result.status, 'completed-with-missing', result.error?.message);
  assert.deepEqual(result.relationship!.groups, [[3], [1, 4], [2, 5]]);
});
