/** Networks in runs: the same as trained in one process, whatever is killed, on families and on tables. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { adjustedRandIndex, labelsOf } from '../../../core/grouping/agreement.ts';
import { trainGroups } from '../../../core/grouping/group-training.ts';
import { FAMILY_FEATURES, familyGroups, FAMILY_TASKS, familyTask } from '../../../core/problem/mlp-families.ts';
import { Mlp } from '../../../core/problem/mlp.ts';
import type { ArmResult } from '../../../core/run-result.ts';
import { mean } from '../../../core/statistics.ts';
import { digests, direct, example, simulated } from '../../support/experiments.ts';
import { networks } from '../../support/networks.ts';
import { projectRoot } from '../../support/project.ts';

const EVERYBODY = Array.from({ length: FAMILY_TASKS }, (_, task) => task);
const STEPS = 60;
const ALONE_AND_ALL = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: consensus }]';
const GROUPED = 'cooperate.arms=[{ strategy: grouped }]';
const SHORT = [`cooperate.steps=${STEPS}`, 'seed=3', ALONE_AND_ALL];

/** Root mean squared error on the test rows, by agent, trained in this process in these groups. */
function trained(groups: readonly (readonly number[])[]): number[] {
  const tasks = EVERYBODY.map((task) => familyTask('easy', task, 3));
  const models = trainGroups(tasks, groups, { hidden: 3, steps: STEPS, stepSize: 0.1, batch: 20, seed: 3 });
  return tasks.map(({ test: rows }, task) => Math.sqrt(new Mlp(FAMILY_FEATURES, 3).loss(models[task], rows)));
}

describe('agents learn what is learned in one process', () => {
  const { arms } = direct(networks(SHORT));
  for (const [arm, groups] of [EVERYBODY.map((task) => [task]), [EVERYBODY]].entries())
    test(arms[arm].strategy, () => {
      const expected = trained(groups);
      arms[arm].errorByAgent.forEach((error, agent) => assert.ok(Math.abs(error! / expected[agent] - 1) < 1e-9, `${error} for ${expected[agent]}`));
    });
});

test('what is delivered is the model that was best on the rows held out: more steps alone do not make it worse there', () => {
  const [few, many] = [400, 1200].map((steps) => direct(networks([`cooperate.steps=${steps}`, 'cooperate.arms=[{ strategy: non-cooperative }]'])));
  // Without stopping, thirty rows and 64 parameters end a third above.
  assert.ok(many.arms[0].steadyError < 1.1 * few.arms[0].steadyError, `${many.arms[0].steadyError} after ${few.arms[0].steadyError}`);
});

test('agents and the coordinator killed in the middle of an arm, messages lost: the same bits', () => {
  const kills = '{ at: 20, kill: 1, restartAfter: 100ms }, { at: 30, kill: 0, restartAfter: 100ms }, { at: 45, kill: coordinator, restartAfter: 100ms }';
  const broken = simulated(networks([...SHORT, `faults=[${kills}, { link: all, loss: 2%, duplicate: 2% }]`]));
  assert.equal(broken.status, 'completed', broken.error?.message);
  assert.deepEqual(digests(broken), digests(direct(networks(SHORT))));
});

test('who is lost is left out, and the others go on', () => {
  const result = simulated(networks([...SHORT, 'participation={quorum: 8, wait: 1s}', 'faults=[{ at: 70, kill: 4 }]']));
  assert.equal(result.status, 'completed-with-missing', result.error?.message);
  assert.deepEqual(
    result.arms.map(({ participants }) => participants.length),
    [9, 8],
  );
  assert.equal(result.arms[1].errorByAgent[4], null);
});

test('as many agents of a family as are asked for, over another network, in rounds that do not wait', () => {
  const { arms, status } = simulated(networks([...SHORT, 'agents=5', 'network={ graph: ring, rounds: { bounded: 3 } }']));
  assert.equal(status, 'completed');
  assert.deepEqual([arms[1].errorByAgent.length, arms[1].relationship], [5, 'network']);
});

/** Mean squared test error. */
const squared = ({ errorByAgent }: ArmResult): number => mean(errorByAgent.map((error) => error! ** 2));

test('easy clusters are found, six seeds: groups err less than alone, and nearly as little as the true ones (algorithms-2, B5)', () => {
  const arms = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: grouped }, { strategy: grouped, relationship: known }]';
  const results = [1, 2, 3, 4, 5, 6].map((seed) => direct(networks([`seed=${seed}`, arms])));
  const clusters = labelsOf(familyGroups(FAMILY_TASKS), FAMILY_TASKS);
  const found = results.map(({ relationship }) => adjustedRandIndex(labelsOf(relationship!.groups!, FAMILY_TASKS), clusters));
  const told = results.map(({ relationship }) => relationship!.diagnostics.find(({ code }) => code === 'GROUPS_AGREEMENT')!.value);
  assert.deepEqual(told, found);
  assert.ok(mean(found) >= 0.8, found.join(' '));
  const errors = results.map((result) => result.arms.map(squared));
  const [alone, known] = [0, 2].map((other) => mean(errors.map((one) => one[1] / one[other])));
  assert.ok(alone <= 0.9 && known <= 1.15, `${alone} of alone, ${known} of the true groups`);
  assert.deepEqual(
    results[0].arms.map(({ relationship, relationshipVersion }) => [relationship, relationshipVersion]),
    [
      ['none', undefined],
      ['learned', 1],
      ['known', undefined],
    ],
  );
});

test('in overlapping groups a layer is learned after the other; the same bits over links, with kills between them', () => {
  const cover = [...SHORT, 'seed=1', GROUPED, 'relationship={ estimator: task-grouping, groups: 4, cover: cover, budget: 200, costs: rows }'];
  const calm = direct(networks(cover));
  const layers = calm.arms[0].rounds / STEPS;
  assert.ok(layers > 1, 'groups do not overlap, or only those that serve nobody');
  // Thirty steps of learning together, sixty of the first layer.
  const broken = simulated(networks([...cover, 'faults=[{ at: 60, kill: 1, restartAfter: 100ms }, { at: 91, kill: coordinator, restartAfter: 100ms }]']));
  assert.equal(broken.status, 'completed', broken.error?.message);
  assert.deepEqual(broken.relationship, calm.relationship);
  assert.deepEqual(digests(broken), digests(calm));
});

test('every way to measure gains finds most of them', () => {
  for (const gains of ['lookahead', 'affinity', 'cosine']) {
    const { relationship } = direct(networks(['seed=1', GROUPED, `relationship={ estimator: task-grouping, groups: 3, gains: ${gains} }`]));
    const { value } = relationship!.diagnostics.find(({ code }) => code === 'GROUPS_AGREEMENT')!;
    assert.ok(value! >= 0.5, `${gains}: ${value}`);
  }
});

test('agents and the coordinator killed while gains are collected: the same groups, the same bits', () => {
  const kills = '{ at: estimating, kill: 4, restartAfter: 100ms }, { at: estimating, kill: coordinator, restartAfter: 50ms }';
  const [calm, broken] = ['', `${kills}, { link: all, loss: 2%, duplicate: 2% }`].map((faults) =>
    simulated(networks([...SHORT, GROUPED, `faults=[${faults}]`])),
  );
  assert.equal(broken.status, 'completed', broken.error?.message);
  assert.deepEqual(broken.relationship, calm.relationship);
  assert.deepEqual(digests(broken), digests(calm));
  assert.deepEqual(digests(calm), digests(direct(networks([...SHORT, GROUPED]))));
});

test('who is lost while gains are collected is in no group, true groups and rounds that do not wait go on', () => {
  const arms = 'cooperate.arms=[{ strategy: grouped }, { strategy: grouped, relationship: known }]';
  const lost = ['participation={quorum: 8, wait: 1s}', 'faults=[{ at: estimating, kill: 4 }]'];
  const result = simulated(networks([...SHORT, arms, ...lost]));
  assert.equal(result.status, 'completed-with-missing', result.error?.message);
  assert.deepEqual(
    result.relationship!.groups!.flat().sort((a, b) => a - b),
    [0, 1, 2, 3, 5, 6, 7, 8],
  );
  assert.ok(result.arms.every(({ participants }) => participants.length === 8));
  assert.equal(simulated(networks([...SHORT, arms, 'network.rounds={ bounded: 2 }'])).status, 'completed');
});

describe('on a table', () => {
  const path = join(projectRoot, 'examples', 'data', 'us_productivity.csv');
  const table = (more: string): string => `{ kind: mlp, path: "${path}", split: { train: 10 }${more} }`;
  const short = ['cooperate={ steps: 20 }'];

  test('errors are in the unit of the target, and less than its spread', () => {
    const { problem, arms } = direct(networks(['cooperate={ steps: 200 }'], table('')));
    assert.deepEqual([problem!.kind, problem!.loss], ['mlp', 'squared']);
    assert.ok(arms[0].steadyError < problem!.targetSd! / 4, `${arms[0].steadyError} of ${problem!.targetSd}`);
  });
  test('rows may stay at their sites', () => {
    const { status, arms } = simulated(example('sites', ['problem.kind=mlp', 'cooperate={ steps: 20 }']));
    assert.equal(status, 'completed');
    assert.ok(arms.every(({ errorByAgent }) => errorByAgent.length === 6 && errorByAgent.every(Number.isFinite)));
  });
  for (const standardize of ['per-agent', 'none'])
    test(`standardised ${standardize}`, () => assert.equal(simulated(networks(short, table(`, standardize: ${standardize}, hidden: 2`))).status, 'completed'));
});
