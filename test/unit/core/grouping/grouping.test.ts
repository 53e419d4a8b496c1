/** The programme: search against every grouping there is, sizes, budgets, covers, what serves, failure signatures (algorithms-2, B2 and B5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adjustedRandIndex, labelsOf, pairsRight } from '../../../../core/grouping/agreement.ts';
import { bestGrouping, groupingOf } from '../../../../core/grouping/grouping.ts';
import type { Programme } from '../../../../core/grouping/programme.ts';
import { zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { randomGains } from './random-gains.ts';

/** Three clean clusters of three: task j is in cluster j modulo 3. */
function clustered(tasks = 9): Matrix {
  const out = zeros(tasks, tasks);
  for (let i = 0; i < tasks; i++) for (let j = 0; j < tasks; j++) if (i !== j) out.data[i * tasks + j] = i % 3 === j % 3 ? 0.1 : -0.05;
  return out;
}
const TRUE_GROUPS = [
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
];

/** Every partition of the tasks from `task` on into the groups so far and new ones. */
function* partitions(tasks: number, task = 0, groups: number[][] = []): Generator<number[][]> {
  if (task === tasks) return void (yield groups);
  for (let g = 0; g < groups.length; g++)
    yield* partitions(
      tasks,
      task + 1,
      groups.map((group, i) => (i === g ? [...group, task] : group)),
    );
  yield* partitions(tasks, task + 1, [...groups, [task]]);
}

function bestByHand({ gains, groups, sizeMin = 1, sizeMax = 99, budgets }: Programme): number {
  let best = -Infinity;
  for (const one of partitions(gains.rows)) {
    const sizes = one.map((group) => group.length).sort((a, b) => b - a);
    if (groups !== 'auto' && one.length !== groups) continue;
    if (sizes.some((size) => size < sizeMin || size > sizeMax)) continue;
    const sorted = budgets && [...budgets].sort((a, b) => b - a);
    if (sorted && sizes.some((size, i) => size > sorted[i])) continue;
    best = Math.max(best, groupingOf(one, gains).objective);
  }
  return best;
}

describe('the search finds what trying every partition finds', () => {
  const cases: Record<string, Omit<Programme, 'gains' | 'cover'>> = {
    'three groups': { groups: 3 },
    'as many as are best': { groups: 'auto' },
    'sizes 2 to 4': { groups: 3, sizeMin: 2, sizeMax: 4 },
    'a budget for each group': { groups: 3, budgets: [1, 2, 5] },
  };
  for (const [name, limits] of Object.entries(cases))
    test(name, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const programme: Programme = { gains: randomGains(7, seed), cover: 'partition', ...limits };
        const expected = bestByHand(programme);
        assert.ok(Math.abs(bestGrouping(programme).objective - expected) < 1e-12, `seed ${seed}`);
      }
    });
});

test('clean clusters are found, also without being told how many', () => {
  for (const groups of [3, 'auto'] as const) assert.deepEqual(bestGrouping({ gains: clustered(), groups, cover: 'partition' }).groups, TRUE_GROUPS);
});

test('all gains positive: one group; all negative: everybody alone, unless told otherwise', () => {
  const all = (value: number): Matrix => ({ ...zeros(4, 4), data: Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 0 : value)) });
  assert.deepEqual(bestGrouping({ gains: all(0.1), groups: 'auto', cover: 'partition' }).groups, [[0, 1, 2, 3]]);
  assert.deepEqual(bestGrouping({ gains: all(-0.1), groups: 'auto', cover: 'partition' }).groups, [[0], [1], [2], [3]]);
  assert.ok(bestGrouping({ gains: all(-0.1), groups: 2, cover: 'partition' }).objective < 0);
});

test('a cover with more groups than clusters counts near-duplicates again: why partitions are the default', () => {
  const { groups, objective } = bestGrouping({ gains: clustered(), groups: 4, cover: 'cover' });
  assert.equal(groups.length, 4);
  assert.ok(objective > bestGrouping({ gains: clustered(), groups: 3, cover: 'partition' }).objective);
  assert.ok(groups.flat().length > 9);
});

test('with overlap a task is served by the group that gives it most', () => {
  const { servedBy } = groupingOf(
    [
      [0, 3, 6],
      [0, 1, 4, 7],
      [2, 5, 8],
    ],
    clustered(),
  );
  assert.deepEqual(servedBy, [1, 0, 2, 1, 0, 2, 1, 0, 2]);
});

test('what cannot be is refused with a code', () => {
  const gains = clustered();
  const refused: Partial<Programme>[] = [
    { groups: 10 },
    { groups: 3, sizeMin: 4 },
    { groups: 2, sizeMax: 3 },
    { groups: 3, budgets: [2, 2, 2] },
    { groups: 'auto', cover: 'cover' },
    { groups: 0 },
    { groups: 3, budgets: [2, 2] },
  ];
  for (const one of refused)
    assert.throws(
      () => bestGrouping({ gains, groups: 3, cover: 'partition', ...one }),
      { code: 'GROUPS_IMPOSSIBLE' },
      JSON.stringify({ ...one, gains: undefined }),
    );
});

test('agreement: 1 for equal groupings however named, near 0 for unrelated ones', () => {
  assert.equal(adjustedRandIndex([0, 0, 1, 1], [5, 5, 2, 2]), 1);
  assert.ok(Math.abs(adjustedRandIndex([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2])) < 0.4);
  assert.equal(pairsRight([0, 0, 1, 1], [0, 0, 1, 2]), 5 / 6);
  assert.deepEqual(labelsOf(TRUE_GROUPS, 9), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
});
