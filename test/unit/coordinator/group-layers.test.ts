/** What agents are told of a layer, and whose report of which layer counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupLayers, servedReports } from '../../../coordinator/group-layers.ts';
import type { StageReports } from '../../../coordinator/script.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';

/** Agent 2 helps in the second group, and 4 is in none. */
const groups = [
  [0, 1, 2],
  [2, 3],
];
const COVER = { kind: 'groups', agents: 5, groups, servedBy: [0, 0, 0, 1, -1], laplacian: blockLaplacian(5, groups) } as const;

test('in a layer everybody hears its own group of it, and in none nobody', () => {
  const layers = groupLayers(COVER);
  assert.deepEqual(
    layers.map(({ views }) => views.map(({ neighbours }) => neighbours)),
    [
      [[1, 2], [0, 2], [0, 1], [], []],
      [[], [], [3], [2], []],
    ],
  );
  assert.deepEqual(layers[1].views[2].weights, [1 / 2]);
  assert.deepEqual(
    layers.map(({ serves }) => serves),
    [[0, 1, 2], [3]],
  );
});

function reports(mark: number, participants: readonly number[]): StageReports {
  const values = participants.map(
    (agent) =>
      new Map([
        ['parameters', Float64Array.of(mark, agent)],
        ['traffic', Float64Array.of(100 * mark, mark)],
      ] as const),
  );
  return { values, participants, brokenOff: false, returned: new Map(), stage: mark, elapsedMs: 10 * mark };
}

test('an agent delivers what it learned in the layer that serves it; time and traffic are of all layers', () => {
  const merged = servedReports(groupLayers(COVER), [reports(1, [0, 1, 2, 3]), reports(2, [0, 1, 2, 3])]);
  assert.deepEqual(
    merged.values.map((told) => [...told.get('parameters')!, ...told.get('traffic')!]),
    [
      [1, 0, 300, 3],
      [1, 1, 300, 3],
      [1, 2, 300, 3],
      [2, 3, 300, 3],
    ],
  );
  assert.deepEqual([merged.elapsedMs, merged.stage], [30, 2]);
});

test('who was lost on the way has no report, whichever layer served it', () => {
  const merged = servedReports(groupLayers(COVER), [reports(1, [0, 1, 2, 3]), reports(2, [0, 1, 2])]);
  assert.deepEqual(
    [merged.participants, Object.keys(merged.values)],
    [
      [0, 1, 2],
      ['0', '1', '2'],
    ],
  );
});
