/** A planted subspace learned by gossip, all agents in one process: exchanges with neighbours as a network would carry them. */
import { metropolisWeights, type Graph } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { BasisGossip, gossipStart, type OwnRows } from '../core/subspace/gossip.ts';
import { headAnswer, scatterOf, type BasisQuestion } from '../core/subspace/local.ts';
import { Mixing, mixingSteps } from '../core/subspace/mixing.ts';
import { mixingBound } from '../core/subspace/mixing-bound.ts';
import { lossOf, type Planted } from './planted-subspace.ts';

export interface GossipOptions {
  readonly rounds: number;
  /** Exchanges of a round of mixing; as many as the graph needs unless given. */
  readonly exchanges?: number;
  readonly start?: Matrix;
  /** Sees everybody's basis after every round. */
  readonly watch?: (questions: readonly BasisQuestion[]) => void;
}

export interface Gossiped {
  /** By agent. */
  readonly questions: readonly BasisQuestion[];
  readonly exchanges: number;
  /** Numbers that one agent tells each of its neighbours, in all rounds together. */
  readonly numbers: number;
}

export function learnByGossip({ rows, setting }: Planted, graph: Graph, options: GossipOptions): Gossiped {
  const about = lossOf(setting);
  const weights = metropolisWeights(graph);
  const rho = mixingBound(weights);
  const exchanges = options.exchanges ?? mixingSteps(rho);
  const start = options.start ?? gossipStart(1, setting.d, setting.k);
  const agents = rows.map((own): BasisGossip => {
    const ownRows: OwnRows = { ...about, rows: own.count, scatter: () => scatterOf(own, about.intercept), headAnswer: (q) => headAnswer(own, about, q) };
    return new BasisGossip(ownRows, start);
  });
  const mixings = agents.map(({ vector }) => new Mixing(rho, vector.length));
  const mix = (): void => {
    for (let exchange = 0; exchange < exchanges; exchange++) mixOnce(weights, agents, mixings, exchange);
  };
  for (let part = 0; part < agents[0].moments; part++) {
    for (const agent of agents) agent.tellMoment(part);
    mix();
    for (const agent of agents) agent.takeMoment(part);
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const agent of agents) agent.tellRound();
    mix();
    for (const agent of agents) agent.takeRound();
    options.watch?.(agents.map(({ question }) => question));
  }
  return { questions: agents.map(({ question }) => question), exchanges, numbers: exchanges * agents[0].vector.length * (agents[0].moments + options.rounds) };
}

/** Neighbours as agents sum them: in their order, in differences. */
function mixOnce({ cols, data }: Matrix, agents: readonly BasisGossip[], mixings: readonly Mixing[], exchange: number): void {
  const told = agents.map(({ vector }) => vector.slice());
  const difference = new Float64Array(told[0].length);
  agents.forEach(({ vector }, k) => {
    difference.fill(0);
    for (let l = 0; l < cols; l++) {
      const weight = data[k * cols + l];
      if (l !== k && weight !== 0) for (let m = 0; m < difference.length; m++) difference[m] += weight * (told[k][m] - told[l][m]);
    }
    mixings[k].mix(exchange, vector, difference);
  });
}
