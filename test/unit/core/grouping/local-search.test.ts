/** More tasks than can be grouped exactly: how near the search comes where the best is known, and clusters among many tasks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adjustedRandIndex, labelsOf } from '../../../../core/grouping/agreement.ts';
import { bestGrouping, groupingOf } from '../../../../core/grouping/grouping.ts';
import { localSearch } from '../../../../core/grouping/local-search.ts';
import type { Matrix } from '../../../../core/linalg/matrix.ts';
import { mean } from '../../../../core/statistics.ts';
import { randomGains } from './random-gains.ts';

/** Random gains, and a gain for whoever is in the same of three clusters. */
function clusteredGains(tasks: number, seed: number, gain: number): Matrix {
  const gains = randomGains(tasks, seed);
  gains.data.forEach((_, at) => {
    const [i, j] = [Math.floor(at / tasks), at % tasks];
    if (i !== j && i % 3 === j % 3) gains.data[at] += gain;
  });
  return gains;
}

function shares(gain: number, groups: number | 'auto'): number[] {
  return Array.from({ length: 50 }, (_, seed) => {
    const gains = clusteredGains(12, seed + 1, gain);
    return groupingOf(localSearch(gains, groups), gains).objective / bestGrouping({ gains, groups, cover: 'partition' }).objective;
  });
}

describe('of twelve tasks, 50 draws, its share of the best', () => {
  for (const [groups, least] of [
    ['auto', 0.98],
    [3, 0.98],
    [4, 0.97],
  ] as const)
    test(`unrelated, groups: ${groups}`, (context) => {
      const found = shares(0, groups);
      context.diagnostic(
        `mean ${mean(found).toFixed(4)}, least ${Math.min(...found).toFixed(3)}, the best itself: ${found.filter((one) => one > 1 - 1e-9).length}`,
      );
      assert.ok(Math.max(...found) < 1 + 1e-9, 'better than the best');
      assert.ok(mean(found) > least);
    });
  test('in three clusters: the best itself', () => {
    assert.ok(shares(2, 3).every((one) => one > 1 - 1e-9));
  });
});

test('two hundred tasks in three clusters are found in seconds', () => {
  const gains = clusteredGains(200, 1, 1);
  const began = process.cpuUsage();
  const { groups, isProven } = bestGrouping({ gains, groups: 3, cover: 'partition' });
  const seconds = process.cpuUsage(began).user / 1e6;
  assert.equal(isProven, false);
  assert.equal(
    adjustedRandIndex(
      labelsOf(groups, 200),
      Array.from({ length: 200 }, (_, task) => task % 3),
    ),
    1,
  );
  assert.ok(seconds < 30, `${seconds} s`);
});

test('as many groups as asked, everybody in one; what only the exact ones can do is refused', () => {
  const gains = randomGains(30, 1);
  for (const groups of [1, 7, 30]) {
    const found = bestGrouping({ gains, groups, cover: 'partition' });
    assert.equal(found.groups.length, groups);
    assert.deepEqual(
      found.groups.flat().sort((a, b) => a - b),
      [...Array(30).keys()],
    );
  }
  for (const more of [{ cover: 'cover' }, { groups: 31 }, { sizeMin: 2 }, { sizeMax: 4 }, { budgets: [20] }] as const)
    assert.throws(() => bestGrouping({ gains, groups: 3, cover: 'partition', ...more }), { code: 'GROUPS_IMPOSSIBLE' }, JSON.stringify(more));
});
