/** Failure signatures of a shared subspace in plain words, each with its figure (algorithms-2, C4). */
import { symmetricEigenvalues } from '../linalg/eigenvalues.ts';
import type { Diagnostic } from '../relationship/relationship.ts';
import { TOLERANCE, type SubspaceFit } from './chain.ts';
import { noiseEdge, NOISE_MARGIN, rankAboveNoise } from './start.ts';

/** Second moment of the heads in its strongest direction over that in its weakest. */
const CONDITION_MAX = 100;
/** Of the largest: no figure may be infinite, which no file could hold. */
const ROUNDING = 1e-12;
/** Rounds over which what a round moves must have fallen. */
const LOOK_BACK = 5;

export function subspaceDiagnostics(fit: SubspaceFit, agents: number): Diagnostic[] {
  return [...aboutRounds(fit), ...aboutRank(fit, agents), ...aboutHeads(fit), ...aboutRows(fit)];
}

function aboutRounds({ basis, changes, rounds }: SubspaceFit): Diagnostic[] {
  const last = changes[rounds - 1];
  const text = `${basis.cols} directions of ${basis.rows}, ${rounds} rounds; the last moved ${last.toExponential(1)} of the basis`;
  if (last < TOLERANCE) return [{ code: 'SUBSPACE_LEARNED', message: text, value: rounds }];
  const isStuck = last > 0.9 * changes[Math.max(0, rounds - 1 - LOOK_BACK)];
  const why = isStuck
    ? 'and it does not fall: more directions than the rows can tell apart, or than there are; give fewer (rank)'
    : 'it was still falling: rows are few';
  return [{ code: 'SUBSPACE_NOT_SETTLED', message: `${text}, ${why}`, value: last }];
}

/** Whether the directions that are used stand out of the noise, and the others do not. */
function aboutRank({ basis: { cols: k }, start: { eigenvalues } }: SubspaceFit, agents: number): Diagnostic[] {
  const edge = Math.max(noiseEdge(eigenvalues), ROUNDING * eigenvalues[0], Number.MIN_VALUE);
  const ratio = eigenvalues[k - 1] / edge;
  const rank = rankAboveNoise(eigenvalues, agents);
  const found = (message: string): Diagnostic[] => [{ code: 'RANK_UNCERTAIN', message, value: ratio }];
  if (rank > k)
    return found(`${rank} directions stand out of the noise, ${k} ${k === 1 ? 'is' : 'are'} used: the agents have rows for no more, or no more were asked for`);
  if (ratio > NOISE_MARGIN) return [];
  return found(
    `direction ${k} does not stand out of the noise (${Math.max(ratio, 0).toPrecision(2)} times its largest eigenvalue): more agents or rows would tell, or fewer directions (rank)`,
  );
}

/** A direction that no head uses cannot be learned; nor does it matter for the errors. */
function aboutHeads({ heads }: SubspaceFit): Diagnostic[] {
  const values = symmetricEigenvalues(heads);
  const largest = values[values.length - 1];
  const condition = largest / Math.max(values[0], ROUNDING * largest, Number.MIN_VALUE);
  if (!(condition > CONDITION_MAX)) return [];
  const message = `the heads hardly use one of the directions (second moment ${condition.toPrecision(2)} times smaller than in another): it is not well determined, which the errors hardly show; fewer directions may do`;
  return [{ code: 'HEADS_NEARLY_DEPENDENT', message, value: condition }];
}

export function aboutRows({ basis, short, questions }: Pick<SubspaceFit, 'basis' | 'short' | 'questions'>): Diagnostic[] {
  if (short === 0) return [];
  const message = `${short} of ${questions.length} agents have fewer than ${2 * basis.cols + 3} rows, too few for ${basis.cols} directions: their heads were shrunk`;
  return [{ code: 'HEADS_SHRUNK', message, value: short }];
}
