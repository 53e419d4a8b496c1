/** Groups planted in a table are found over the network, and their members learn common slopes (algorithms-2, B5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gainReport } from '../../../agent/gain-work.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { labelsOf, pairsRight } from '../../../core/grouping/agreement.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { mean } from '../../../core/statistics.ts';
import { encode } from '../../../proto/codec.ts';
import type { CooperateWork } from '../../../proto/messages.ts';
import { digests, direct, example, simulated } from '../../support/experiments.ts';
import { CLUSTERS, groupedExperiment, TEN_ROWS } from '../../support/grouped-table.ts';

const TASKS = 9;

function experiment(loss: 'squared' | 'logistic', seed: number, overrides: readonly string[] = [], tasks = TASKS): Experiment {
  return groupedExperiment({ loss, seed, tasks }, overrides);
}

const clusters = Array.from({ length: TASKS }, (_, task) => task % CLUSTERS);
const right = ({ relationship }: RunResult): number => pairsRight(labelsOf(relationship!.groups!, TASKS), clusters);
const SEEDS = [1, 2, 3, 4];
const UNGUARDED = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: grouped }, { strategy: grouped, guard: false }]';
/** One group more than there are clusters. */
const COVER = 'relationship={ estimator: task-grouping, groups: 4, cover: cover }';
const VERDICTS = ['GROUPS_HELP', 'GROUPS_HARM', 'AGENTS_FALL_BACK'];

describe('groups planted in a table are found: of the pairs .8 are right', () => {
  for (const loss of ['squared', 'logistic'] as const) {
    test(loss, () => {
      const found = SEEDS.map((seed) => right(direct(experiment(loss, seed))));
      assert.ok(mean(found) >= 0.8, found.join(' '));
    });
  }
});

test('as many groups as are asked for, told in the result; equal slopes inside a group give less error than alone', () => {
  const results = SEEDS.map((seed) => direct(experiment('squared', seed, ['relationship={ estimator: task-grouping, groups: 3 }'])));
  for (const { relationship } of results)
    assert.deepEqual([relationship!.kind, relationship!.estimator, relationship!.groups!.length], ['groups', 'task-grouping', 3]);
  const ratios = results.map(({ arms: [alone, inGroups] }) => inGroups.steadyError / alone.steadyError);
  assert.ok(mean(ratios) < 1, ratios.join(' '));
});

describe('the planted groups are found by every kind of gain, with equal bits over links and without', () => {
  for (const gains of ['lookahead', 'affinity', 'cosine'] as const) {
    test(gains, () => {
      const asked = experiment('squared', 1, [`relationship={ estimator: task-grouping, gains: ${gains} }`]);
      const [found, expected] = [direct(asked), simulated(asked)];
      assert.equal(right(found), 1);
      assert.deepEqual(digests(found), digests(expected));
      assert.deepEqual(found.relationship, expected.relationship);
    });
  }
});

test('alone in its group an agent learns alone', () => {
  const { arms, relationship } = direct(groupedExperiment({ tasks: 4, seed: 3, ...TEN_ROWS }, [UNGUARDED]));
  assert.deepEqual(relationship!.groups, [[0, 3], [1], [2]]);
  const [alone, , inGroups] = arms.map(({ errorByAgent }) => errorByAgent);
  assert.deepEqual(inGroups.slice(1, 3), alone.slice(1, 3));
  assert.notEqual(inGroups[0], alone[0]);
});

describe('the guard', () => {
  const judged = ({ diagnostics }: RunResult): string[] => diagnostics.map(({ code }) => code).filter((code) => VERDICTS.includes(code));

  test('tables of ten rows: groups err more than learning alone, guarded ones less, and hardly any agent is harmed', () => {
    const results = [1, 2, 3, 4, 5, 6].map((seed) => direct(groupedExperiment({ tasks: 12, seed, ...TEN_ROWS }, [UNGUARDED])));
    const against = (arm: number): number[] => results.map(({ arms }) => arms[arm].steadyError / arms[0].steadyError);
    const harmed = (arm: number): number =>
      mean(results.map(({ arms }) => arms[arm].errorByAgent.filter((error, k) => error! > arms[0].errorByAgent[k]!).length));
    assert.ok(mean(against(2)) > 1.05 && mean(against(1)) < 0.95 && Math.max(...against(1)) < 1, `${against(2).join(' ')} guarded ${against(1).join(' ')}`);
    assert.ok(harmed(1) < harmed(2) / 2, `${harmed(2)} agents err more, guarded ${harmed(1)}`);
  });

  test('whose group harms has the error of learning alone, everybody else that of its group', () => {
    const { arms, relationship, diagnostics } = direct(groupedExperiment({ tasks: 6, seed: 2, ...TEN_ROWS }, [UNGUARDED]));
    const { message } = diagnostics.find(({ code }) => code === 'AGENTS_FALL_BACK')!;
    assert.match(message, /leave-one-out error of all rows \+\d+\.\d % against learning alone; better off alone, and left alone: agent 0, 1, 3, 4$/);
    assert.deepEqual(relationship!.groups, [
      [0, 1, 3, 4],
      [2, 5],
    ]);
    const [alone, guarded, inGroups] = arms.map(({ errorByAgent }) => errorByAgent);
    assert.deepEqual(guarded, [...alone.slice(0, 2), inGroups[2], ...alone.slice(3, 5), inGroups[5]]);
    assert.notDeepEqual(inGroups, alone);
  });

  test('where every group harms, the arm has the bits of learning alone', () => {
    const result = direct(groupedExperiment({ tasks: 4, seed: 1, ...TEN_ROWS }, [UNGUARDED]));
    assert.deepEqual(judged(result), ['GROUPS_HARM']);
    const [alone, guarded, inGroups] = digests(result);
    assert.equal(guarded, alone);
    assert.notEqual(inGroups, alone);
  });

  test('six strangers among nine tasks in groups: nobody pays for them', () => {
    const results = [2, 6].map((seed) => direct(groupedExperiment({ tasks: 15, strangers: 6, seed }, [UNGUARDED])));
    for (const { arms } of results) {
      const [alone, guarded, inGroups] = arms.map(({ steadyError }) => steadyError);
      assert.ok(inGroups > 1.2 * alone && guarded <= alone, `${inGroups}, guarded ${guarded}, alone ${alone}`);
    }
  });

  test('of a cover those who are served by a group are judged by it', () => {
    const results = [1, 2, 3, 4].map((seed) => direct(experiment('squared', seed, [COVER, UNGUARDED])));
    const against = (arm: number): number => mean(results.map(({ arms }) => arms[arm].steadyError / arms[0].steadyError));
    assert.ok(against(2) > 1.02 && against(1) < 1, `${against(2)}, guarded ${against(1)}`);
  });

  test('groups that were planted stay as they are; labels are not judged', () => {
    const [numbers, labels] = [direct(experiment('squared', 1)), direct(experiment('logistic', 1))];
    assert.deepEqual(judged(numbers), ['GROUPS_HELP']);
    assert.equal(digests(numbers)[1], digests(direct(experiment('squared', 1, [UNGUARDED])))[2]);
    assert.deepEqual(judged(labels), []);
  });
});

test('sizes are kept', () => {
  const { relationship } = direct(experiment('squared', 1, ['relationship={ estimator: task-grouping, sizeMin: 2, sizeMax: 2, groups: auto }'], 8));
  assert.deepEqual(
    relationship!.groups!.map(({ length }) => length),
    [2, 2, 2, 2],
  );
});

const FIXED = ['cooperate.arms=[{ strategy: grouped }]', 'cooperate.steps=12'];

describe('a cover', () => {
  const whole = direct(experiment('squared', 1, [COVER, ...FIXED]));
  const { groups, servedBy, diagnostics } = whole.relationship!;

  test('some agents are in several groups, each is served by one of its own, and it is said', () => {
    assert.equal(groups!.length, 4);
    assert.ok(groups!.flat().length > TASKS);
    servedBy!.forEach((group, agent) => assert.ok(groups![group].includes(agent), `${agent} by ${group}`));
    assert.ok(diagnostics.some(({ code }) => code === 'GROUPS_OVERLAP'));
  });

  test('an agent served by a group of the partition learns there what it learns in the partition', () => {
    const apart = direct(experiment('squared', 1, ['relationship={ estimator: task-grouping, groups: 3 }', ...FIXED]));
    const own = (result: RunResult, agent: number): readonly number[] => result.relationship!.groups![result.relationship!.servedBy![agent]];
    const alike = clusters.flatMap((_, agent) => (own(whole, agent).join() === own(apart, agent).join() ? [agent] : []));
    assert.ok(alike.length > 3 && alike.length < TASKS, `${alike.length} agents are served alike`);
    const errors = ({ arms }: RunResult): unknown[] => alike.map((agent) => arms[0].errorByAgent[agent]);
    assert.deepEqual(errors(whole), errors(apart));
  });

  test('every layer is paid for: rounds are those of all of them', () => assert.equal(whole.arms[0].rounds, 24));

  // Learning together takes a hundred steps, a layer twelve.
  for (const fault of ['at: 106, kill: coordinator', 'at: 112, kill: coordinator', 'at: 118, kill: coordinator', 'at: 118, kill: 4'])
    test(`whatever dies and comes back, groups and models have the same bits: ${fault}`, () => {
      const result = simulated(experiment('squared', 1, [COVER, ...FIXED, `faults=[{ ${fault}, restartAfter: 2s }]`]));
      assert.equal(result.status, 'completed', result.error?.message);
      assert.deepEqual(result.relationship, whole.relationship);
      assert.deepEqual(digests(result), digests(whole));
    });

  test('an agent that is lost in the second layer is left out, and both are learned again', () => {
    const lost = ['participation={quorum: 8, wait: 1s}', 'faults=[{ at: 118, kill: 8 }]'];
    const result = simulated(experiment('squared', 1, [COVER, ...FIXED, ...lost]));
    assert.equal(result.status, 'completed-with-missing', result.error?.message);
    assert.deepEqual(result.arms[0].participants, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(result.relationship!.servedBy![8], -1);
  });
});

describe('budgets are kept', () => {
  const grouped = (options: string): readonly (readonly number[])[] =>
    direct(experiment('squared', 1, [`relationship={ estimator: task-grouping, ${options} }`, ...FIXED])).relationship!.groups!;
  const sizes = (options: string): number[] => grouped(options).map(({ length }) => length);

  test('one for all groups, of agents that cost alike', () => assert.ok(Math.max(...sizes('budget: 2')) <= 2));
  test('one for each group', () => assert.deepEqual(new Set(sizes('groups: 3, budget: [6, 2, 1]')), new Set([1, 2, 6])));
  test('of agents with costs of their own', () => {
    const costs = [3, 1, 1, 3, 1, 1, 3, 1, 1];
    for (const group of grouped(`budget: 4, costs: [${costs}]`)) assert.ok(group.reduce((sum, agent) => sum + costs[agent], 0) <= 4, group.join());
  });
  test('of agents that cost their rows: forty each', () => {
    assert.ok(Math.max(...sizes('budget: 80, costs: rows')) <= 2);
    assert.throws(() => sizes('budget: 39, costs: rows'), { code: 'GROUPS_IMPOSSIBLE' });
  });
});

for (const [name, asked] of [
  ['labels', experiment('logistic', 1)],
  ['some fall back', groupedExperiment({ tasks: 6, seed: 2, ...TEN_ROWS })],
] as const)
  test(`simulated over links and without a network: the same bits, ${name}`, () => {
    const [found, expected] = [direct(asked), simulated(asked)];
    assert.equal(expected.status, 'completed', expected.error?.message);
    assert.deepEqual(digests(found), digests(expected));
    assert.deepEqual(found.relationship!.groups, expected.relationship!.groups);
    assert.deepEqual(found.diagnostics, expected.diagnostics);
  });

test('beside other arms every relationship is told of, and each arm goes by its own', () => {
  const arms = 'cooperate.arms=[{ strategy: multitask }, { strategy: grouped }, { strategy: hierarchical }]';
  const { arms: results, relationship } = direct(experiment('squared', 1, [arms]));
  assert.deepEqual(
    relationship!.learned!.map(({ kind }) => kind),
    ['precision', 'groups', 'prior'],
  );
  assert.deepEqual([relationship!.kind, relationship!.groups!.flat().length], ['precision', TASKS]);
  assert.deepEqual(
    results.map(({ relationshipVersion }) => relationshipVersion),
    [1, 2, 3],
  );
});

test('an agent that is lost while gains are collected is left out, and the others are grouped', () => {
  const overrides = ['participation={quorum: 8, wait: 1s}', 'faults=[{ at: estimating, kill: 4 }]', 'cooperate.arms=[{ strategy: grouped }]'];
  const result = simulated(experiment('squared', 1, overrides));
  assert.equal(result.status, 'completed-with-missing', result.error?.message);
  assert.deepEqual(
    result.relationship!.groups!.flat().sort((a, b) => a - b),
    [0, 1, 2, 3, 5, 6, 7, 8],
  );
});

describe('whatever dies and comes back, groups and models have the same bits', () => {
  const alone = 'cooperate.arms=[{ strategy: grouped }]';
  const whole = simulated(experiment('squared', 1, [alone]));
  // A hundred steps are those of learning together; groups are looked for after them.
  for (const fault of [
    'at: 30, kill: 4',
    'at: 30, kill: coordinator',
    'at: 100, kill: coordinator',
    'at: cooperating, kill: coordinator',
    'at: cooperating, kill: 3',
  ]) {
    test(fault, () => {
      const result = simulated(experiment('squared', 1, [alone, `faults=[{ ${fault}, restartAfter: 2s }]`]));
      assert.equal(result.status, 'completed', result.error?.message);
      assert.deepEqual(result.relationship, whole.relationship);
      assert.deepEqual(digests(result), digests(whole));
    });
  }
});

test('bytes of a collected step are those of 2p numbers up and none down, of a lookahead p + n up and n p down, within 5 %', () => {
  const [p, n] = [100, 9];
  const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => Math.sin(1 + i));
  const heldOut = { loss: () => 0.5, gradient: (_w: Float64Array, out: Float64Array) => out.set(numbers(p + 1)) };
  const learner = { heldOut, before: numbers(p + 1), head: numbers(1), gradient: numbers(p) };
  const view = { kind: 'mean', neighbours: [], weights: [], strength: 1, hub: 0 } as const;
  const step = {
    kind: 'cooperate',
    arm: 1,
    epoch: 2,
    firstStep: 0,
    strategy: 'grouped',
    view,
    stepSize: 0.1,
    etas: [],
    noise: 0.1,
    spectrumMax: 1,
    ridge: 0.1,
  } as const;
  const rest = { rounds: 'bsp', staleness: 0, heldOut: true, fallBack: false, untilIteration: 10, lastIteration: 100, every: 10 } as const;
  const bytes = (work: CooperateWork): [up: number, down: number] => {
    const values = gainReport(learner, work);
    return [encode({ type: 'report', stage: 300, values }).length, encode({ type: 'assign', stage: 300, abandon: false, work }).length];
  };
  const [up, down] = bytes({ ...step, ...rest, needs: ['gradient', 'heldOut'] });
  const [gradientUp, stepDown] = bytes({ ...step, ...rest, needs: ['gradient'] });
  const [lossesUp, gradientsDown] = bytes({ ...step, ...rest, needs: ['lookahead'], gradients: [...numbers(n * p)] });
  for (const [measured, count] of [
    [up, 2 * p],
    [gradientUp, p],
    [gradientsDown, n * p],
  ])
    assert.ok(measured >= 8 * count && measured <= 1.05 * 8 * count + 100, `${measured} bytes for ${count} numbers`);
  assert.ok(up <= 1.05 * 8 * 2 * p && gradientsDown <= 1.05 * 8 * n * p, `${up} up, ${gradientsDown} down`);
  assert.ok(Math.max(down, stepDown) < 200 && lossesUp < 8 * (n + 1) + 100, `${down}, ${lossesUp}: these do not grow with p`);
});

test('more than twelve agents: HiGHS is asked, and finds the planted groups', () => {
  const { relationship } = direct(experiment('squared', 1, [], 14));
  const planted = Array.from({ length: 14 }, (_, task) => task % CLUSTERS);
  assert.equal(pairsRight(labelsOf(relationship!.groups!, 14), planted), 1);
});

test('what groups are not for is refused', () => {
  assert.throws(() => example('paper', ['cooperate.arms=[{ strategy: grouped }]']), /for tables/);
  assert.throws(() => experiment('squared', 1, ['network.open=false']), /network.open/);
  const asked = (options: string, tasks?: number) => () => experiment('squared', 1, [`relationship={ estimator: task-grouping, ${options} }`], tasks);
  assert.throws(asked('groups: 10'), /relationship.groups: must be at most 9/);
  assert.throws(asked('groups: 2, sizeMax: 4'), /relationship.sizeMax: 9 agents cannot be divided into 2 groups of 1 to 4/);
  assert.throws(asked('sizeMin: 5, sizeMax: 6'), /relationship.sizeMin: 9 agents cannot be divided into groups of 5 to 6/);
  assert.throws(asked('sizeMax: 4', 21), /relationship.sizeMax: sizes are kept for up to 20 agents \(there are 21\)/);
  assert.throws(asked('cover: cover'), /relationship.groups: a cover needs a number of groups/);
  assert.throws(asked('groups: 3, cover: cover', 21), /relationship.cover: covers are found for up to 20 agents/);
  assert.throws(asked('groups: 2, cover: cover, sizeMax: 4'), /relationship.sizeMax: 9 agents cannot be covered by 2 groups of 1 to 4/);
  assert.throws(asked('budget: 4', 21), /relationship.budget: budgets are kept for up to 20 agents/);
  assert.throws(asked('budget: [4, 4]'), /relationship.budget: a budget for each group needs a number of groups/);
  assert.throws(asked('groups: 3, budget: [4, 4]'), /relationship.budget: lists 2 for 3 groups/);
  assert.throws(asked('groups: 3, budget: 2'), /relationship.budget: all agents cost 9 together, and 3 groups at most 6/);
  assert.throws(asked('groups: 3, budget: 4, costs: [1, 2]'), /relationship.costs: lists 2 for 9 agents/);
  assert.throws(asked('budget: 4, costs: [1, 2, 3, 4, 5, 1, 1, 1, 1]'), /relationship.budget: agent 4 costs 5 by itself, and a group at most 4/);
  assert.throws(asked('sizeMin: 3, budget: 2'), /relationship.budget: a group that may cost 2 has no room for 3 agents: the cheapest cost 3/);
  assert.throws(asked('groups: 2, sizeMin: 2, budget: [8, 1]'), /relationship.budget: a group that may cost 1 has no room for 2 agents/);
  assert.throws(asked('costs: rows'), /relationship.costs: costs are held against a budget/);
  assert.throws(asked('budget: much'), /relationship.budget: must be a number >= 0, or a list of one for each group \(got "much"\)/);
  assert.throws(asked('budget: [2, -1]'), /relationship.budget/);
  assert.throws(asked('gains: exact'), /relationship.gains: must be one of first-order, lookahead, affinity, cosine/);
});
