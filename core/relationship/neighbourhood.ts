/**
 * Without a coordinator, and nothing is forwarded: every agent explains its own task by its neighbours', from the averages
 * and the noise that neighbours tell each other (simplex-regression.ts). The two ends of an edge tell each other what they
 * found, x_kl and x_lk, and a_kl = a_lk = (x_kl + x_lk) / 2. Source: algorithms-1, section 3 (e).
 *
 * Both noises are subtracted from a distance. Where that leaves an indefinite covariance, as much of it is given back, to
 * all alike, as lifts the spectrum to the floor of noise alone (marchenkoPasturFloor).
 */
import { cholesky } from '../linalg/cholesky.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';
import { marchenkoPasturFloor } from '../theory.ts';
import { allowedPairs, introduce, neighboursBy, PAIRS_OPTION, toldBy } from './among-agents.ts';
import type { AgentHostedEstimator, Among, Conversation } from './among-agents.ts';
import { weightedLaplacian } from './compare.ts';
import { initEvidence, observeEvidence } from './evidence.ts';
import { aboutIdentical, leastDistance, measuredDistances, type Told } from './measured-distances.ts';
import type { Diagnostic } from './relationship.ts';
import { simplexWeights } from './simplex-regression.ts';

/** Halvings of the interval that the noise to give back lies in. */
const HALVINGS = 20;

export const neighbourhood: AgentHostedEstimator = {
  name: 'neighbourhood',
  summary: 'every agent explains its task by those of its neighbours; learned by the agents, nothing is forwarded',
  needs: ['average', 'noise'],
  yields: 'precision',
  host: 'agent',
  cadence: 'once',
  options: { pairs: PAIRS_OPTION },
  init: initEvidence,
  observe: observeEvidence,
  converse,
  estimate(state) {
    const told = toldBy(state);
    const pairs = allowedPairs(state);
    const neighbours = neighboursBy(told.length, pairs);
    const found = neighbours.map((list, k) => rowOf(told.length, list, explain(told[k], select(told, list))));
    const edges = pairs.map(([k, l]) => [k, l, mean(found[k][l], found[l][k])] as const);
    const diagnostics = [...aboutIdentical(told, pairs), ...aboutResiduals(told, neighbours, found)];
    return { relationship: { kind: 'precision', agents: told.length, laplacian: weightedLaplacian(told.length, edges) }, diagnostics };
  },
};

function* converse({ agent, agents, neighbours, own }: Among): Conversation<Float64Array> {
  const told = yield* introduce(own);
  const found = explain(own, told);
  const heard = yield rowOf(agents, neighbours, found);
  return found.map((weight, i) => mean(weight, heard[i][agent]));
}

/** Addition commutes: both ends find the same bits. */
const mean = (one: number, other: number): number => (one + other) / 2;

const select = (told: readonly Told[], list: readonly number[]): Told[] => list.map((l) => told[l]);

/** x by agent (K), 0 where there is no neighbour. */
function rowOf(agents: number, neighbours: readonly number[], found: Float64Array): Float64Array {
  const row = new Float64Array(agents);
  neighbours.forEach((l, i) => (row[l] = found[i]));
  return row;
}

/** The weights of these neighbours, as this agent alone sees them. */
function explain(own: Told, neighbours: readonly Told[]): Float64Array {
  return neighbours.length === 0 ? new Float64Array(0) : simplexWeights(positiveGram([own, ...neighbours]));
}

/** G_lm = (s_l0 + s_m0 - s_lm) / 2 (d x d) of those behind the first, with eigenvalues of their covariance at the floor at least. */
function positiveGram(told: readonly Told[]): Matrix {
  const distances = measuredDistances(told);
  const floor = floorOf(told, distances);
  const isEnough = (back: number): boolean => cholesky(gram(distances, back - floor)) !== undefined;
  return gram(distances, leastEnough(isEnough, floor));
}

/** What noise alone leaves of an eigenvalue of the covariance, or the least distance that counts. */
function floorOf(told: readonly Told[], { data }: Matrix): number {
  const noise = told.reduce((sum, one) => sum + one.noise, 0) / told.length;
  const known = told.flatMap((_, k) => Array.from(data.subarray(k * told.length, k * told.length + k)));
  return Math.max(marchenkoPasturFloor(noise, told.length, told[0].average.length), leastDistance(known));
}

/** The residual is 1 / 1'x (simplex-regression.ts). The floor alone leaves floor (1 + theta'theta) of it, twice the floor at most. */
function aboutResiduals(told: readonly Told[], neighbours: readonly (readonly number[])[], found: readonly Float64Array[]): Diagnostic[] {
  const explained = found.filter((row, k) => {
    if (neighbours[k].length === 0) return false;
    const among = [told[k], ...select(told, neighbours[k])];
    return 1 <= 2 * floorOf(among, measuredDistances(among)) * row.reduce((sum, weight) => sum + weight, 0);
  }).length;
  if (explained === 0) return [];
  const message = `${explained} of ${told.length} agents are explained by their neighbours but for a residual at its floor: their weights are lower bounds`;
  return [{ code: 'RESIDUALS_AT_FLOOR', message, value: explained }];
}

/** With the variance `back` given to every agent. */
function gram({ rows, data }: Matrix, back: number): Matrix {
  const out = zeros(rows - 1, rows - 1);
  for (let l = 1; l < rows; l++) {
    for (let m = 1; m < rows; m++) {
      const shared = l === m ? 2 * data[l * rows] : data[l * rows] + data[m * rows] - data[l * rows + m];
      out.data[(l - 1) * out.cols + m - 1] = shared / 2 + (l === m ? 2 * back : back);
    }
  }
  return out;
}

/** 0 where that is enough, else about the least that is: enough stays enough when more is given. `scale` is a first guess. */
function leastEnough(isEnough: (value: number) => boolean, scale: number): number {
  if (isEnough(0)) return 0;
  let high = scale;
  while (!isEnough(high)) high *= 2;
  let low = high === scale ? 0 : high / 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
