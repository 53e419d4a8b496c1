/**
 * Constrained likelihood without a coordinator: neighbours measure how far apart they are, these |E| figures are flooded
 * over the network, and every agent solves the same problem: cgl-solver.ts with edges between neighbours only. Nobody
 * but its neighbours sees an agent's average. Source: algorithms-1, section 3 (e).
 *
 * What the network does not connect is solved by itself: agents of one component hear nothing of another.
 */
import { fromRows, zeros, type Matrix } from '../linalg/matrix.ts';
import { componentsOf } from '../topology.ts';
import { allowedPairs, introduce, PAIRS_OPTION, toldBy } from './among-agents.ts';
import type { AgentHostedEstimator, Among, Conversation } from './among-agents.ts';
import { solveCgl, type CglSolution } from './cgl-solver.ts';
import { permutedLaplacian } from './controls.ts';
import type { EstimatorOptions, OptionSchema } from './estimator.ts';
import { initEvidence, observeEvidence } from './evidence.ts';
import { flood } from './flooding.ts';
import { aboutIdentical, leastDistance, measuredDistance } from './measured-distances.ts';
import type { Diagnostic } from './relationship.ts';

const KKT_DEFAULT = 1e-4;
const KKT_OPTION: OptionSchema = {
  type: 'number',
  minimum: 1e-12,
  default: KKT_DEFAULT,
  description: 'relative violation of the optimality conditions at which to stop',
};

export const flooded: AgentHostedEstimator = {
  name: 'flooded',
  summary: 'constrained likelihood with edges between neighbours only; learned by the agents, who forward measured distances',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'agent',
  cadence: 'once',
  options: { pairs: PAIRS_OPTION, kkt: KKT_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  converse,
  estimate(state) {
    const told = toldBy(state);
    const agents = told.length;
    const pairs = allowedPairs(state);
    const measured = pairs.map(([k, l]) => [keyOf(agents, k, l), measuredDistance(told[k], told[l])] as const);
    const { laplacian, diagnostics } = solve(agents, new Map(measured), state.options);
    return { relationship: { kind: 'precision', agents, laplacian }, diagnostics: [...diagnostics, ...aboutIdentical(told, pairs)] };
  },
};

function* converse({ agent, agents, neighbours, own, pairs, rounds, options }: Among): Conversation<Float64Array> {
  const told = yield* introduce(own);
  const measured = neighbours.map((l, i) => [keyOf(agents, agent, l), measuredDistance(own, told[i])] as const);
  const all = yield* flood(new Map(measured), pairs, rounds);
  const { laplacian } = solve(agents, all, options);
  return Float64Array.from(neighbours, (l) => Math.max(0, -laplacian.data[agent * agents + l]));
}

/** Ascending keys are pairs in order, smaller index first. */
function keyOf(agents: number, k: number, l: number): number {
  return Math.min(k, l) * agents + Math.max(k, l);
}

/** From distances by pair: the Laplacian of all agents. */
function solve(agents: number, distances: ReadonlyMap<number, number>, options: EstimatorOptions): { laplacian: Matrix; diagnostics: Diagnostic[] } {
  const laplacian = zeros(agents, agents);
  const diagnostics: Diagnostic[] = [];
  const edges = [...distances.keys()].map((key) => ({ source: Math.floor(key / agents), target: key % agents, weight: 1 }));
  const groups = componentsOf(agents, edges).filter((group) => group.length > 1);
  for (const group of groups) {
    const solution = solveAmong(group, agents, distances, options);
    group.forEach((k, i) => group.forEach((l, j) => (laplacian.data[k * agents + l] = solution.laplacian.data[i * group.length + j])));
    diagnostics.push(...described(solution));
  }
  return { laplacian, diagnostics };
}

/** The group's agents counted from 0. Agents in the order of their distances: the result does not depend on how they are numbered. */
function solveAmong(group: readonly number[], agents: number, distances: ReadonlyMap<number, number>, options: EstimatorOptions): CglSolution {
  const known = (k: number, l: number): number | undefined => distances.get(keyOf(agents, k, l));
  const between = (k: number): number[] => group.flatMap((l) => known(k, l) ?? []);
  const least = leastDistance(group.flatMap(between));
  const size = new Map(group.map((k) => [k, between(k).reduce((sum, distance) => sum + distance, 0)]));
  const order = [...group].sort((k, l) => size.get(k)! - size.get(l)! || k - l);
  const ordered = fromRows(order.map((k) => order.map((l) => Math.max(least, known(k, l) ?? 0))));
  const solution = solveCgl(ordered, kktOf(options), (i, j) => known(order[i], order[j]) !== undefined);
  return {
    ...solution,
    laplacian: permutedLaplacian(
      solution.laplacian,
      group.map((k) => order.indexOf(k)),
    ),
  };
}

function kktOf({ kkt }: EstimatorOptions): number {
  return typeof kkt === 'number' ? kkt : KKT_DEFAULT;
}

function described({ residual, sweeps, converged }: CglSolution): Diagnostic[] {
  if (converged) return [];
  return [{ code: 'CGL_NOT_CONVERGED', message: `the solver gave up after ${sweeps} sweeps at ${residual.toExponential(1)}`, value: residual }];
}
