/**
 * Failure signatures that the agents' estimates themselves show, whatever the estimator (algorithms-1, section 4):
 * too few coordinates per agent, noise that differs between agents, groups that have nothing in common or tasks of low
 * rank (eigenvalues at the noise edge), and relations of negative sign (z-scores of the corrected inverse's off-diagonals).
 */
import type { Matrix } from './linalg/matrix.ts';
import { invertSpectrum, type ComplementSpectrum } from './linalg/ones-complement.ts';
import { correctedSpectrum, meanOf } from './relationship/graph-chain.ts';
import { allHidden, groupsOf, noiseEigenvalueCount } from './relationship/null-space.ts';
import type { Diagnostic } from './relationship/relationship.ts';
import { percent, signsOf, STANDARD_ERRORS } from './relationship/signs.ts';

const DIMENSIONS_PER_AGENT_MIN = 3;
const DIMENSIONS_PER_AGENT_ADVISED = 10;
const NOISE_RATIO_MAX = 3;
/** By chance it is about one in a hundred. */
const SIGNIFICANT_SHARE_MAX = 0.05;

/** Which estimator is the answer to which finding: it need not be told. */
const ANSWERS: Readonly<Record<string, string>> = { SEVERAL_COMPONENTS: 'components', NEGATIVE_RELATIONS: 'signed' };

/** What the estimates `w` (K x M) with errors of variance `noise` (K) per coordinate show to who uses this estimator. */
export function evidenceDiagnostics(w: Matrix, noise: Float64Array, estimator: string): Diagnostic[] {
  const found = [...aboutDimensions(w.cols / w.rows), ...aboutNoise(noise), ...aboutStructure(w, noise)];
  return found.filter(({ code }) => ANSWERS[code] !== estimator);
}

/** What nobody said before, by code. */
export function unsaid(said: readonly Diagnostic[], more: readonly Diagnostic[]): Diagnostic[] {
  return more.filter(({ code }) => said.every((one) => one.code !== code));
}

export function aboutDimensions(perAgent: number): Diagnostic[] {
  if (perAgent >= DIMENSIONS_PER_AGENT_ADVISED) return [];
  const advice =
    perAgent < DIMENSIONS_PER_AGENT_MIN ? 'an inverse of their covariance would be ill-posed, and single weights mean little' : 'single weights are uncertain';
  return [{ code: 'FEW_DIMENSIONS', message: `${perAgent.toFixed(1)} dimensions per agent: ${advice}`, value: perAgent }];
}

export function aboutNoise(noise: Float64Array): Diagnostic[] {
  const ratio = Math.max(...noise) / Math.min(...noise);
  if (!(ratio > NOISE_RATIO_MAX)) return [];
  const message = `the noisiest agent is ${ratio.toFixed(1)} times as noisy as the quietest: correct for each agent's own noise (cgl does)`;
  return [{ code: 'NOISE_HETEROGENEOUS', message, value: ratio }];
}

function aboutStructure(w: Matrix, noise: Float64Array): Diagnostic[] {
  if (w.cols < DIMENSIONS_PER_AGENT_MIN * w.rows) return [];
  const { spectrum, floored } = correctedSpectrum(w, noise);
  const count = noiseEigenvalueCount(spectrum.values, meanOf(noise), w.cols);
  if (count > 0) return aboutNullSpace(spectrum, count);
  return floored > 0 ? [] : aboutSigns(spectrum, w.cols, noise);
}

function aboutNullSpace(spectrum: ComplementSpectrum, count: number): Diagnostic[] {
  const eigenvalues = `${count} eigenvalues of the tasks' covariance are at the noise edge`;
  const groups = groupsOf(spectrum, count);
  const hidden = allHidden(spectrum, count, groups);
  if (hidden.length > 0) return hidden;
  if (groups === undefined) {
    const message = `${eigenvalues}, and not because of groups: the tasks have a low rank (as where agents are the same), or noise hides the strongest relations; an inverse is off by about 1 / noise`;
    return [{ code: 'EIGENVALUES_AT_NOISE_EDGE', message, value: count }];
  }
  const message = `${eigenvalues}: the agents fall into ${groups.length} groups that have nothing in common; use components, an inverse is off by about 1 / noise`;
  return [{ code: 'SEVERAL_COMPONENTS', message, value: groups.length }];
}

function aboutSigns(spectrum: ComplementSpectrum, dimension: number, noise: Float64Array): Diagnostic[] {
  const { significant } = signsOf(invertSpectrum(spectrum), dimension, noise);
  if (significant < SIGNIFICANT_SHARE_MAX) return [];
  const message = `${percent(significant)} of the pairs are related negatively by more than ${STANDARD_ERRORS} standard errors: no graph can say so, signed can`;
  return [{ code: 'NEGATIVE_RELATIONS', message, value: significant }];
}
