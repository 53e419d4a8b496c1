/**
 * How many unconnected groups of tasks there are, and who is in which.
 *
 * Where each of c groups has tasks that sum to zero, pinv(L) has c - 1 zero eigenvalues on 1-perp and noise is all that
 * is left there: the centred covariance has c - 1 eigenvalues at most 1.15 n (1 + sqrt(c / M))^2, or, once every agent's
 * noise is subtracted, at most n (1.15 (1 + sqrt(c / M))^2 - 1). The projector on that null space and on ones is
 * 1 / |group| within a group and 0 between groups. Source: algorithms-1, section 3 (g).
 */
import type { ComplementSpectrum } from '../linalg/ones-complement.ts';
import { componentsOf } from '../topology.ts';
import { recompose } from '../linalg/eigen.ts';
import type { Diagnostic } from './relationship.ts';

const EDGE_FACTOR = 1.15;
/** What rounding leaves of an eigenvalue that is zero, relative to the largest. */
const ZERO_RELATIVE = 1e-10;
/** How much of the null space the groups must explain: trace(P P_groups) / c. Chance finds groups, but hardly any that do. */
const EXPLAINED_MIN = 0.9;
/** Agents are of one group where the projector's normalised entry, 1 within and 0 between groups, is above this. */
const SAME_GROUP = 0.5;

/** How many of the ascending, noise-corrected eigenvalues on 1-perp are no more than `noise` leaves of nothing (M = `dimension`). */
export function noiseEigenvalueCount(values: Float64Array, noise: number, dimension: number): number {
  const rounding = ZERO_RELATIVE * values[values.length - 1];
  const edge = (components: number): number => noise * (EDGE_FACTOR * (1 + Math.sqrt(components / dimension)) ** 2 - 1);
  let count = 0;
  while (count < values.length && values[count] <= Math.max(edge(count + 2), rounding)) count++;
  return count;
}

/** The groups that a null space of `count` directions beside ones divides the agents into; undefined where it is none of groups. */
export function groupsOf(spectrum: ComplementSpectrum, count: number): number[][] | undefined {
  const agents = spectrum.vectors.rows;
  const projector = recompose(
    spectrum.values.map((_, j) => (j < count ? 1 : 0)),
    spectrum.vectors,
  );
  const entry = (k: number, l: number): number => projector.data[k * agents + l] + 1 / agents;
  const together = Array.from({ length: agents }, (_, k) => k).flatMap((k) =>
    Array.from({ length: k }, (_, l) => ({ source: l, target: k, weight: 1 })).filter(
      ({ source: l }) => entry(k, l) > SAME_GROUP * Math.sqrt(entry(k, k) * entry(l, l)),
    ),
  );
  const groups = componentsOf(agents, together);
  const within = groups.map((group) => group.reduce((sum, k) => sum + group.reduce((row, l) => row + entry(k, l), 0), 0) / group.length);
  const explained = within.reduce((sum, x) => sum + x, 0) / (count + 1);
  return groups.length === count + 1 && explained >= EXPLAINED_MIN ? groups : undefined;
}

/**
 * Said where so many eigenvalues are at the noise edge that groups in them are noise as well: all of them, or all but
 * one while the rest looks like groups (of three agents that may be a pair and somebody else).
 */
export function allHidden({ values }: ComplementSpectrum, count: number, groups: number[][] | undefined): Diagnostic[] {
  const visible = values.length - count;
  const isHidden = visible === 0 || (visible === 1 && values.length > 2 && groups !== undefined);
  if (!isHidden) return [];
  const message = `${count} of ${values.length} eigenvalues of the tasks' covariance are at the noise edge: noise hides all relations, and what is learned of them means nothing; lower the noise`;
  return [{ code: 'NOISE_HIDES_RELATIONS', message, value: count }];
}
