/** What the learned and the true graph have in common when they are drawn: places, the widest link, the weakest that is drawn. */
import { layoutAgents, type Point, type WeightedPair } from '../../figures/layout.ts';
import { drawnLinks, linksOf, smallestDrawn, strongest } from '../../figures/links.ts';
import type { Matrix } from '../../core/run-view.ts';

export interface GraphPicture {
  readonly places: readonly Point[];
  readonly widest: number;
  readonly smallest: number;
}

/** Places come from the true graph where it is known, else from the newest learned one: no version moves an agent. */
export function graphPicture(newest: Matrix | null, truth: Matrix | null): GraphPicture {
  const graphs = [newest, truth].flatMap((matrix) => (matrix === null ? [] : [linksOf(matrix)]));
  const agents = (truth ?? newest)?.length ?? 0;
  const smallest = graphs.length === 0 ? 0 : smallestDrawn(graphs, agents);
  return { places: layoutAgents(agents, drawnLinks(graphs.at(-1) ?? [], smallest).drawn), widest: Math.max(0, ...graphs.map(strongest)), smallest };
}

export interface NamedLink {
  readonly i: number;
  readonly j: number;
  readonly learned: number;
  /** null: nobody knows. */
  readonly truth: number | null;
}

/** The strongest learned ones, with their true weights beside them. */
export function strongestLinks(learned: Matrix, truth: Matrix | null, count: number): NamedLink[] {
  const links = linksOf(learned).sort((a: WeightedPair, b: WeightedPair) => Math.abs(b.weight) - Math.abs(a.weight));
  return links.slice(0, count).map(({ i, j, weight }) => ({ i, j, learned: weight, truth: truth === null ? null : -truth[i][j] }));
}
