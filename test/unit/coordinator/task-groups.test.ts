/** What is left of given groups where some agents take no part. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupLayers } from '../../../coordinator/group-layers.ts';
import { groupsAmong } from '../../../coordinator/task-groups.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';
import type { GroupsRelationship } from '../../../core/relationship/relationship.ts';

function groupsOf(groups: readonly (readonly number[])[], servedBy: readonly number[]): GroupsRelationship {
  return { kind: 'groups', agents: servedBy.length, groups, servedBy, laplacian: blockLaplacian(servedBy.length, groups) };
}

const left = (all: GroupsRelationship, members: readonly number[]): Pick<GroupsRelationship, 'groups' | 'servedBy'> => {
  const { groups, servedBy, laplacian } = groupsAmong(all, members);
  assert.deepEqual(laplacian, blockLaplacian(all.agents, groups));
  return { groups, servedBy };
};

test('groups of a cover with the same members left are one, by which all of them are served', () => {
  const cover = groupsOf(
    [
      [0, 1, 2],
      [3, 1, 0],
      [4, 0],
    ],
    [0, 1, 0, 1, 2],
  );
  assert.deepEqual(left(cover, [0, 1, 4]), {
    groups: [
      [0, 1],
      [4, 0],
    ],
    servedBy: [0, 0, -1, -1, 1],
  });
  assert.equal(groupLayers(groupsAmong(cover, [0, 1, 4])).length, 2);
  // Different members, whoever of them is in several: as they were.
  assert.deepEqual(left(cover, [0, 1, 2, 3, 4]), { groups: cover.groups, servedBy: cover.servedBy });
});

test('a group of which nobody is left is none; who is in none is one by itself', () => {
  const groups = groupsOf([[0, 2], [1], [3, 4]], [0, 1, 0, 2, 2, -1]);
  assert.deepEqual(left(groups, [0, 3, 4, 5]), { groups: [[0], [3, 4], [5]], servedBy: [0, -1, -1, 1, 1, 2] });
});
