/** How like two ways of grouping the same tasks are. Labels are group indices by task. */

/** Labels of a partition. */
export function labelsOf(groups: readonly (readonly number[])[], tasks: number): number[] {
  return Array.from({ length: tasks }, (_, task) => groups.findIndex((group) => group.includes(task)));
}

/** The Rand index adjusted for chance (Hubert and Arabie 1985): 1 for equal partitions, 0 on average for random ones. */
export function adjustedRandIndex(one: readonly number[], other: readonly number[]): number {
  const [both, first, second, all] = pairCounts(one, other);
  const expected = (first * second) / all;
  const most = (first + second) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/** The share of pairs that are together in both, or apart in both. */
export function pairsRight(one: readonly number[], other: readonly number[]): number {
  const [both, first, second, all] = pairCounts(one, other);
  return 1 - (first + second - 2 * both) / all;
}

/** Pairs together in both, in the first, in the second; all pairs. */
function pairCounts(one: readonly number[], other: readonly number[]): [both: number, first: number, second: number, all: number] {
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [one[i] === one[j], other[i] === other[j]];
      both += Number(a && b);
      first += Number(a);
      second += Number(b);
    }
  }
  return [both, first, second, (one.length * (one.length - 1)) / 2];
}
