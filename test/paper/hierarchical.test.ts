/** The rows of algorithms-3, section 5, on the project's own tables; test/acceptance has all. The guard may cost 1.5 points. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { direct } from '../support/experiments.ts';
import { change, demandRow, errorOf, OWN, ROWS, SPLITS, tableExperiment } from '../support/hierarchical-demand.ts';

const rows = ROWS.filter(({ data }) => OWN.includes(data));
const ARMS = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: hierarchical, guard: false }, { strategy: hierarchical }]';

rows.forEach(demandRow);

for (const { data, train } of rows)
  test(`${data} (${train}): the guard costs at most 1.5 points`, (context) => {
    const results = SPLITS.map((split) => direct(tableExperiment(data, train, split, [ARMS])));
    const errors = (arm: number): number[] => results.map((result) => errorOf(result, arm));
    const [free, guarded] = [change(errors(1), errors(0)), change(errors(2), errors(0))];
    context.diagnostic(`guard off ${free.toFixed(2)} %, on ${guarded.toFixed(2)} %`);
    assert.ok(guarded - free <= 1.5, `${guarded - free} points`);
    assert.ok(guarded < 0);
  });
