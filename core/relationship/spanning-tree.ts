/** The heaviest edges that connect all agents (Kruskal): what must stay when weak edges go. */

type WeightedEdge = readonly [number, number, number];

/** A maximum spanning tree of a connected graph, a forest of one that is not: [k, l, weight], heaviest first. */
export function spanningTree(agents: number, edges: readonly WeightedEdge[]): WeightedEdge[] {
  const label = Int32Array.from({ length: agents }, (_, k) => k);
  const root = (k: number): number => {
    while (label[k] !== k) k = label[k] = label[label[k]];
    return k;
  };
  const joins = ([k, l]: WeightedEdge): boolean => {
    const [a, b] = [root(k), root(l)];
    label[a] = b;
    return a !== b;
  };
  return [...edges].sort((a, b) => b[2] - a[2]).filter(joins);
}
