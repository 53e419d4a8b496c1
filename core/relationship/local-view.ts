/**
 * What ONE agent needs of a relationship: its own row, nothing of the others.
 *
 * none   no exchange.
 * edges  weights[i] = a_kl to agent neighbours[i], ascending by index (a_kl = -L_kl; a Metropolis weight for consensus).
 * mean   the complete graph with a_kl = strength / K for every l: computed as one mean gathered at agent `hub`.
 */
export interface LocalView {
  readonly kind: 'none' | 'edges' | 'mean';
  readonly neighbours: readonly number[];
  readonly weights: readonly number[];
  readonly strength: number;
  readonly hub: number;
}

export const NO_VIEW: LocalView = { kind: 'none', neighbours: [], weights: [], strength: 0, hub: 0 };
