/**
 * Overlapping groups as layers of disjoint ones, for those who can learn in one group at a time: a greedy colouring of the graph in
 * which groups with a task in common are neighbours, in the order of the groups, so that of equal groups come equal layers. It
 * takes at most one layer more than a group has neighbours. A partition is one layer.
 */
import type { Grouping } from './grouping.ts';

/** Indices of groups by layer; a group that serves nobody is in none: nobody uses what it would learn. */
export function layersOf({ groups, servedBy }: Pick<Grouping, 'groups' | 'servedBy'>): number[][] {
  const layers: { readonly tasks: Set<number>; readonly groups: number[] }[] = [];
  groups.forEach((group, index) => {
    if (!servedBy.includes(index)) return;
    let layer = layers.find(({ tasks }) => group.every((task) => !tasks.has(task)));
    if (layer === undefined) layers.push((layer = { tasks: new Set(), groups: [] }));
    for (const task of group) layer.tasks.add(task);
    layer.groups.push(index);
  });
  return layers.map((layer) => layer.groups);
}
