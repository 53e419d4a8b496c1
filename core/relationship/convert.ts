/**
 * One kind of relationship as another. What only differences between agents tell goes both ways; what was never known, or is
 * about something else, is refused with the pairs that there are. Source: algorithms-2, its head and part A1.
 *
 * With Q = I - 11'/K, a covariance Omega and a Laplacian L say the same of differences where pinv(L) = Q (Omega + eps I) Q, that is
 *   L = Theta - Theta 1 1' Theta / 1' Theta 1,  Theta = (Omega + eps I)^-1.
 * What all agents have in common is free in L and 0 in pinv(L). eps is 0 where all eigenvalues on 1-perp are at least
 * EIGENVALUE_MIN of their mean, and otherwise what the smallest lacks of that: no difference is then certain, or boundless.
 */
import { KindredError } from '../errors.ts';
import { trace, type Matrix } from '../linalg/matrix.ts';
import { complementSpectrum, mapSpectrum } from '../linalg/ones-complement.ts';
import { laplacianEdges } from './compare.ts';
import { completeLaplacian } from './controls.ts';
import { nounOf } from './kinds.ts';
import type { CovarianceRelationship, Diagnostic, PrecisionRelationship, PriorRelationship, Relationship } from './relationship.ts';

export type RelationshipKind = Relationship['kind'];

export interface Converted {
  readonly relationship: Relationship;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Conversion<From extends RelationshipKind = RelationshipKind> {
  readonly from: From;
  readonly to: RelationshipKind;
  /** For people. */
  readonly formula: string;
  convert(relationship: Extract<Relationship, { kind: From }>): { readonly relationship: Relationship; readonly eps: number };
}

/** Of the mean eigenvalue on 1-perp. */
const EIGENVALUE_MIN = 1e-3;
/** Of the trace: a mean below it is rounding. */
const ROUNDING = 1e-12;
const INVERSE = "pinv(Q (Omega + eps I) Q), Q = I - 11'/K";
const PSEUDO_INVERSE = 'pinv(L), L + eps I between parts without an edge';

const conversion = <From extends RelationshipKind>(one: Conversion<From>): Conversion => one as unknown as Conversion;

export const CONVERSIONS: readonly Conversion[] = [
  conversion<'covariance'>({ from: 'covariance', to: 'precision', formula: INVERSE, convert: precisionOf }),
  conversion<'precision'>({ from: 'precision', to: 'covariance', formula: PSEUDO_INVERSE, convert: covarianceOf }),
  conversion<'groups'>({
    from: 'groups',
    to: 'precision',
    formula: "the sum of I - 11'/size over groups",
    convert: ({ agents, laplacian }) => ({ relationship: { kind: 'precision', agents, laplacian }, eps: 0 }),
  }),
  conversion<'groups'>({
    from: 'groups',
    to: 'covariance',
    formula: `of the sum L of I - 11'/size over groups: ${PSEUDO_INVERSE}`,
    convert: covarianceOf,
  }),
  conversion<'prior'>({
    from: 'prior',
    to: 'precision',
    formula: "its graph on top; without one (I - 11'/K) / v, v the mean variance of a parameter",
    convert: (prior) => ({ relationship: graphOf(prior), eps: 0 }),
  }),
  conversion<'prior'>({
    from: 'prior',
    to: 'covariance',
    formula: `of its graph on top, or (I - 11'/K) / v: ${PSEUDO_INVERSE}`,
    convert: (prior) => covarianceOf(graphOf(prior)),
  }),
];

/** `covariance to precision, ...` */
function conversionPairs(): string {
  return CONVERSIONS.map(({ from, to }) => `${from} to ${to}`).join(', ');
}

/** Itself where it is of that kind. Throws RELATIONSHIP_NOT_CONVERTED. */
export function convert(relationship: Relationship, to: RelationshipKind): Converted {
  const { kind: from } = relationship;
  if (from === to) return { relationship, diagnostics: [] };
  const found = CONVERSIONS.find((one) => one.from === from && one.to === to);
  if (found === undefined)
    throw new KindredError('RELATIONSHIP_NOT_CONVERTED', `no formula makes ${nounOf(to)} of ${nounOf(from)}; there are ${conversionPairs()}`);
  const { relationship: made, eps } = found.convert(relationship);
  return { relationship: made, diagnostics: [aboutConversion(found, made, eps)] };
}

function aboutConversion({ from, to, formula }: Conversion, { laplacian }: Relationship, eps: number): Diagnostic {
  const edges = laplacian === undefined ? [] : laplacianEdges(laplacian);
  const negative = edges.filter(([, , weight]) => weight < 0).length;
  const shift = eps === 0 ? '' : `; eps = ${eps.toPrecision(3)}`;
  const signs = negative === 0 ? '' : `; ${negative} of its ${edges.length} edges are negative: a precision, but no graph's Laplacian`;
  return { code: 'RELATIONSHIP_CONVERTED', message: `${nounOf(to)} made of ${nounOf(from)}: ${formula}${shift}${signs}`, value: eps };
}

function precisionOf({ agents, covariance }: CovarianceRelationship): { relationship: PrecisionRelationship; eps: number } {
  const { inverse, eps } = inverseOnDifferences(covariance, 'all agents are equal in it: their differences have no precision');
  return { relationship: { kind: 'precision', agents, laplacian: inverse }, eps };
}

function covarianceOf({ agents, laplacian }: { agents: number; laplacian: Matrix }): { relationship: CovarianceRelationship; eps: number } {
  const { inverse, eps } = inverseOnDifferences(laplacian, 'it relates nobody: differences between agents have no bound');
  return { relationship: { kind: 'covariance', agents, covariance: inverse }, eps };
}

/** sum over 1-perp of v v' / (value + eps): exactly symmetric, its rows sum to 0. */
function inverseOnDifferences(matrix: Matrix, why: string): { inverse: Matrix; eps: number } {
  const spectrum = complementSpectrum(matrix);
  const mean = spectrum.values.reduce((sum, value) => sum + value, 0) / spectrum.values.length;
  if (!(mean > ROUNDING * trace(matrix))) throw new KindredError('RELATIONSHIP_NOT_CONVERTED', why);
  const eps = Math.max(0, EIGENVALUE_MIN * mean - spectrum.values[0]);
  return { inverse: mapSpectrum(spectrum, (value) => 1 / (value + eps)), eps };
}

/** Agents are drawn from one distribution: of their differences in a parameter the covariance is v Q. */
function graphOf({ agents, prior: { mean, covariance }, laplacian }: PriorRelationship): PrecisionRelationship {
  if (laplacian !== undefined) return { kind: 'precision', agents, laplacian };
  const variance = trace(covariance) / mean.length;
  if (!(variance > 0)) throw new KindredError('RELATIONSHIP_NOT_CONVERTED', 'all agents are equal in it: their differences have no precision');
  return { kind: 'precision', agents, laplacian: completeLaplacian(agents, (agents - 1) / variance) };
}
