/** HiGHS and our own search answer the same question alike; many tasks in seconds (algorithms-2, B5). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMixedIntegerSolver } from '../../../coordinator/mixed-integer.ts';
import { branchAndBound } from '../../../core/grouping/branch-and-bound.ts';
import { generateColumns } from '../../../core/grouping/column-generation.ts';
import { bestGrouping, groupingOf } from '../../../core/grouping/grouping.ts';
import { columnProgramme, tasksOf, type Programme } from '../../../core/grouping/programme.ts';
import { draw } from '../../../core/random.ts';
import { randomGains } from '../core/grouping/random-gains.ts';

const solver = await loadMixedIntegerSolver();

test('on 50 random programmes search and HiGHS agree to 1e-6, also that there is no grouping', () => {
  let impossible = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const random = draw(seed, 0, 'comparison', 0);
    const [tasks, groups] = [3 + random.integer(7), 1 + random.integer(4)];
    const limits: Partial<Programme>[] = [
      {},
      { cover: 'cover' },
      { sizeMin: 2, sizeMax: 4 },
      { budgets: Array.from({ length: groups }, (_, g) => 2 + g) },
      { groups: 'auto' },
    ];
    const programme = columnProgramme({ gains: randomGains(tasks, seed), groups, cover: 'partition', ...limits[seed % limits.length] });
    const [searched, solved] = [branchAndBound(programme), generateColumns(programme, solver)].map((masks) => masks?.map(tasksOf));
    if (searched === undefined) impossible++;
    const value = (masks: number[][] | undefined): number => (masks === undefined ? NaN : groupingOf(masks, randomGains(tasks, seed)).objective);
    const difference = Math.abs(value(searched) - value(solved));
    assert.ok(searched === undefined ? solved === undefined : difference < 1e-6, `seed ${seed}: ${JSON.stringify([searched, solved])}`);
  }
  assert.ok(impossible > 0 && impossible < 25, `${impossible} of 50 have no grouping`);
});

test('sixteen tasks in three groups take less than five seconds', () => {
  const began = process.cpuUsage();
  const { groups } = bestGrouping({ gains: randomGains(16, 1), groups: 3, cover: 'partition' }, solver);
  // Its own time, whatever else the machine does.
  const seconds = process.cpuUsage(began).user / 1e6;
  assert.deepEqual(
    groups.flat().sort((a, b) => a - b),
    [...Array(16).keys()],
  );
  assert.ok(seconds < 5, `${seconds} s`);
});
