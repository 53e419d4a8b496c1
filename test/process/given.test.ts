/** Real processes that are given groups, a subspace or a prior end with the bits of the simulator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Experiment } from '../../config/experiment.ts';
import { digests, inProcesses, simulated } from '../support/experiments.ts';
import { eventsOf, fileOf, given } from '../support/given-files.ts';
import { groupedExperiment } from '../support/grouped-table.ts';
import { smallTable } from '../support/small-table.ts';

const SUBSPACE = ['relationship={ estimator: shared-subspace, rank: 1 }', 'cooperate.arms=[{ strategy: shared-representation }]'];
const SUBJECTS: Record<string, (overrides: readonly string[]) => Experiment> = {
  groups: (overrides) => groupedExperiment({ tasks: 6 }, overrides),
  subspace: (overrides) => smallTable('squared', [...SUBSPACE, ...overrides]),
  prior: (overrides) => smallTable('logistic', overrides),
};

for (const [kind, experiment] of Object.entries(SUBJECTS))
  test(kind, async () => {
    const again = experiment(given(fileOf(simulated(experiment([])))));
    assert.equal(again.relationship.given?.kind, kind);
    const [real, virtual] = [await inProcesses(again), simulated(again)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.doesNotMatch(eventsOf(real), /learning (together|the)/);
    assert.deepEqual(real.relationship, virtual.relationship);
    assert.deepEqual(digests(real), digests(virtual));
  });
