/**
 * The gate of a graph on top: adopted where the held-out loss of the agents, graph against prior alone, improves by more
 * than one standard error: d_k = loss of the prior - loss with the graph, per row; mean d > sd d / sqrt(K).
 * The evidence is no judge: it always likes the learned graph (algorithms-3, section 1).
 */
export interface Gate {
  readonly gain: number;
  readonly standardError: number;
  readonly isOpen: boolean;
}

/** Mean held-out losses per row, by agent. */
export function graphGate(prior: readonly number[], graph: readonly number[]): Gate {
  const K = prior.length;
  const gains = prior.map((loss, k) => loss - graph[k]);
  const gain = gains.reduce((sum, value) => sum + value, 0) / K;
  const standardError = Math.sqrt(gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / (K - 1) / K);
  return { gain, standardError, isOpen: gain > standardError };
}
