/** Groups that are looked for beside the run: a stage that waits for the coordinator's own finding, and the thread that finds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findGroups, groupingFor } from '../../../coordinator/groupings.ts';
import type { RunEvent } from '../../../coordinator/run-machine.ts';
import { bestGrouping } from '../../../core/grouping/grouping.ts';
import type { Programme } from '../../../core/grouping/programme.ts';
import { randomGains } from '../core/grouping/random-gains.ts';
import { AWAY, detached, effectsAfter, effectsWithQuorum, JOINED, report, tick } from './run-events.ts';

const calculating: RunEvent = { type: 'planned', phase: 'estimating', needsAll: false, calculates: true, now: 0 };
const calculated = (stage: number): RunEvent => ({ type: 'calculated', stage });
const programme = (groups: Programme['groups'] = 3, tasks = 13): Programme => ({ gains: randomGains(tasks, 1), groups, cover: 'partition' });
/** Looking keeps no process alive: a run's server does, which is not here. */
function looked(asked: Programme): Promise<void> {
  const alive = setInterval(() => {}, 1_000);
  return new Promise<void>((resolve, reject) => {
    findGroups(asked, (error) => (error === undefined ? resolve() : reject(error)));
  }).finally(() => clearInterval(alive));
}

describe('the stage', () => {
  test('what it asks of the coordinator is begun with it', () => {
    assert.deepEqual(effectsAfter(...JOINED, calculating), ['assign-all', 'calculate']);
  });
  test('it is over when all have reported and it is found, whatever comes last', () => {
    const reports = [report(0, 1), report(1, 1), report(2, 1)];
    assert.deepEqual(effectsAfter(...JOINED, calculating, ...reports), ['accept 2']);
    assert.deepEqual(effectsAfter(...JOINED, calculating, ...reports, calculated(1)), ['plan']);
    assert.deepEqual(effectsAfter(...JOINED, calculating, calculated(1), ...reports), ['accept 2', 'plan']);
    assert.deepEqual(effectsAfter(...JOINED, calculating, ...reports, calculated(1), calculated(1)), []);
  });
  test('nobody is taken for stalled meanwhile, and who is lost is left out', () => {
    const reports = [report(0, 1), report(1, 1), report(2, 1)];
    assert.deepEqual(effectsAfter(...JOINED, calculating, ...reports, tick(10 * AWAY)), []);
    assert.deepEqual(effectsWithQuorum(...JOINED, calculating, ...reports, detached(2), tick(AWAY)), ['excluded 2']);
    assert.deepEqual(effectsWithQuorum(...JOINED, calculating, ...reports, detached(2), tick(AWAY), calculated(1)), ['plan']);
  });
});

describe('the thread', () => {
  test('finds what is found without it; asked again, nobody looks again', async () => {
    const asked = programme();
    await looked(asked);
    assert.deepEqual(groupingFor(asked), bestGrouping(asked));
    assert.equal(groupingFor(asked), groupingFor(asked));
  });
  test('where nobody looked before, whoever asks stands still until it knows', () => {
    const asked = programme('auto');
    assert.deepEqual(groupingFor(asked), bestGrouping(asked));
  });
  test('up to twelve tasks need no thread', async () => {
    const asked = programme(3, 9);
    await looked(asked);
    assert.deepEqual(groupingFor(asked), bestGrouping(asked));
  });
  test('what cannot be is refused by whoever asks', async () => {
    const asked = { ...programme(3), sizeMin: 6 };
    await looked(asked);
    assert.throws(() => groupingFor(asked), { code: 'GROUPS_IMPOSSIBLE' });
  });
});
