/** The links of a task graph: what a Laplacian says about pairs of agents, and which of them are worth drawing. */
import { isNumber } from './format.ts';
import type { WeightedPair } from './layout.ts';

export type Rows = readonly (readonly number[])[];

/** Links weaker than this share of the strongest are not drawn ... */
const SHARE_MIN = 0.05;
/** ... nor more links per agent than this. */
const LINKS_PER_AGENT = 4;

export interface DrawnLinks {
  readonly drawn: readonly WeightedPair[];
  readonly dropped: number;
}

/** Weight -L_kl of every pair k < l, symmetrised, zero left out. Negative where L has a positive off-diagonal. */
export function linksOf(laplacian: Rows): WeightedPair[] {
  const links: WeightedPair[] = [];
  for (let i = 0; i < laplacian.length; i++) {
    for (let j = i + 1; j < laplacian.length; j++) {
      const weight = -((laplacian[i]?.[j] ?? 0) + (laplacian[j]?.[i] ?? 0)) / 2;
      if (isNumber(weight) && weight !== 0) links.push({ i, j, weight });
    }
  }
  return links;
}

export function strongest(links: readonly WeightedPair[]): number {
  return links.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
}

/** The weight below which nothing is drawn, one for all graphs of a figure. */
export function smallestDrawn(graphs: readonly (readonly WeightedPair[])[], agents: number): number {
  const byShare = SHARE_MIN * Math.max(...graphs.map(strongest));
  const byCount = graphs.map((links) => {
    const sizes = links.map(({ weight }) => Math.abs(weight)).sort((a, b) => b - a);
    return sizes[Math.max(LINKS_PER_AGENT * agents, 60) - 1] ?? 0;
  });
  return Math.max(byShare, ...byCount);
}

/** Weakest first, so that strong links lie on top. */
export function drawnLinks(links: readonly WeightedPair[], smallest: number): DrawnLinks {
  const drawn = links.filter(({ weight }) => Math.abs(weight) >= smallest);
  return { drawn: drawn.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight)), dropped: links.length - drawn.length };
}
