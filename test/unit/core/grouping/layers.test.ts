/** Overlapping groups as layers of disjoint ones: every group that serves somebody is in exactly one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestGrouping, groupingOf } from '../../../../core/grouping/grouping.ts';
import { layersOf } from '../../../../core/grouping/layers.ts';
import { randomGains } from './random-gains.ts';

test('a partition is one layer', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const found = bestGrouping({ gains: randomGains(8, seed), groups: 3, cover: 'partition' });
    assert.deepEqual(layersOf(found), [[0, 1, 2]]);
  }
});

test('groups with a task in common are in different layers, the first that has room', () => {
  const groups = [
    [0, 1, 2],
    [2, 3],
    [3, 4, 5],
    [5, 6],
  ];
  assert.deepEqual(layersOf({ groups, servedBy: [0, 0, 0, 1, 2, 2, 3] }), [
    [0, 2],
    [1, 3],
  ]);
});

test('a group that serves nobody is in no layer', () => {
  const groups = [
    [0, 1],
    [0, 1, 2],
    [2, 3],
  ];
  assert.deepEqual(layersOf({ groups, servedBy: [0, 0, 2, 2] }), [[0, 2]]);
});

test('covers of random gains: layers are disjoint, and hold every group that serves', () => {
  let overlaps = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const found = bestGrouping({ gains: randomGains(7, seed), groups: 4, cover: 'cover', sizeMin: 2, sizeMax: 4 });
    const layers = layersOf(found);
    for (const layer of layers) {
      const members = layer.flatMap((index) => found.groups[index]);
      assert.equal(new Set(members).size, members.length, `seed ${seed}`);
    }
    assert.deepEqual(
      layers.flat().sort((a, b) => a - b),
      [...new Set(found.servedBy)].sort((a, b) => a - b),
    );
    overlaps += Number(layers.length > 1);
    assert.deepEqual(layersOf(groupingOf(found.groups, randomGains(7, seed))), layers);
  }
  assert.ok(overlaps > 10, `only ${overlaps} of 20 need more than one layer`);
});
