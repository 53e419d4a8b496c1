/**
 * A subspace that a table's agents learn among themselves: where they begin, how they mix, and what they have found, which the
 * coordinator sees by their models when the arm is over. It takes the agents' word for it.
 */
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { zeros, type Matrix } from '../core/linalg/matrix.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { gossipLength, gossipStart } from '../core/subspace/gossip.ts';
import { mixingBound, mixingParts } from '../core/subspace/mixing-bound.ts';
import { mixingSteps } from '../core/subspace/mixing.ts';
import { orthonormal } from '../core/subspace/orthonormal.ts';
import { assert } from '../core/errors.ts';
import type { LocalBasis } from '../proto/messages.ts';
import { optionsOf, type ArmPlan } from './relate.ts';
import type { RunRecord, ScriptContext } from './script.ts';

/** Where the members begin, and how they mix. */
export interface Gossip {
  readonly start: LocalBasis;
  /** rho of their network. */
  readonly bound: number;
  /** Exchanges of one iteration at most, one by way of a hub counted twice. */
  readonly exchangesMax: number;
}

/** `d` features. */
export function gossipOf({ averaging }: ArmPlan, { experiment }: ScriptContext, d: number): Gossip {
  const rank = optionsOf(experiment, sharedSubspace.name)['rank'];
  assert(averaging !== undefined && typeof rank === 'number', 'a gossip without a network or a rank');
  const bound = mixingBound(averaging);
  const moments = Math.ceil(((d * (d + 1)) / 2 + 1) / gossipLength(d, rank));
  const start = { values: Array.from(gossipStart(experiment.seed, d, rank).data), rank, ridge: 0 };
  return { start, bound, exchangesMax: 2 * mixingSteps(bound) * (moments + 1) };
}

/** What their slopes span. */
export function gossipedRecord(
  { members, averaging }: ArmPlan,
  agents: number,
  slopes: readonly Float64Array[],
  { start: { rank }, bound }: Gossip,
  rounds: number,
): Omit<Extract<RunRecord, { type: 'relationship' }>, 'version'> {
  const { basis, outside } = spanOf(slopes, rank);
  const how = `${rounds} rounds of ${mixingSteps(bound)} exchanges with neighbours`;
  const message = `the agents learned it themselves: ${rank} directions of ${basis.rows}, ${how}; ${outside.toExponential(1)} of their slopes' squares lies outside of it`;
  const parts = mixingParts(averaging!).length;
  return {
    type: 'relationship',
    relationship: { kind: 'subspace', agents, basis },
    contributors: members,
    diagnostics: [{ code: 'LEARNED_BY_AGENTS', message, value: rounds }, ...aboutParts(parts)],
    relativeError: null,
    truth: null,
    estimator: sharedSubspace.name,
  };
}

function aboutParts(parts: number): Diagnostic[] {
  if (parts === 1) return [];
  return [
    { code: 'NETWORK_DISCONNECTED', message: `the network falls into ${parts} parts, which learned by themselves, each a subspace of its own`, value: parts },
  ];
}

/** The leading k directions of sum w w', and which share of it lies outside of them: rounding, where all agents agree. */
function spanOf(slopes: readonly Float64Array[], k: number): { readonly basis: Matrix; readonly outside: number } {
  const d = slopes[0].length;
  const sum = zeros(d, d);
  for (const w of slopes) for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sum.data[i * d + j] += w[i] * w[j];
  const { values, vectors } = symmetricEigen(sum);
  const leading = zeros(d, k);
  for (let i = 0; i < d; i++) for (let c = 0; c < k; c++) leading.data[i * k + c] = vectors.data[i * d + d - 1 - c];
  const total = values.reduce((all, value) => all + value, 0);
  const rest = values.subarray(0, d - k).reduce((all, value) => all + Math.max(0, value), 0);
  return { basis: orthonormal(leading), outside: total > 0 ? rest / total : 0 };
}
