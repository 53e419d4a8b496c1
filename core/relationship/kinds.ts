/**
 * The kinds of relationship as files know them: how each is written as JSON, read again and refused, taken apart. A new
 * kind is one entry here; writer, reader, digest, `kindred relationship` and the law tests find it.
 */
import { KindredError } from '../errors.ts';
import { symmetricEigenvalues } from '../linalg/eigenvalues.ts';
import { fromRows, multiply, toRows, transpose, type Matrix } from '../linalg/matrix.ts';
import { blockLaplacian } from './groups.ts';
import type {
  CovarianceRelationship,
  GroupsRelationship,
  PrecisionRelationship,
  PriorRelationship,
  Relationship,
  SubspaceHeads,
  SubspaceRelationship,
} from './relationship.ts';

export type JsonFields = Readonly<Record<string, unknown>>;

export interface KindFormat<R extends Relationship = Relationship> {
  /** One line for people. */
  readonly meaning: string;
  /** The fields of a file that hold it. */
  toJson(relationship: R): JsonFields;
  /** From those fields; throws RELATIONSHIP_INVALID. */
  fromJson(fields: JsonFields, agents: number): R;
  /** All of its numbers: what a digest is over. */
  numbers(relationship: R): readonly Float64Array[];
  /** The symmetric matrix that stands for it: of its spectrum, differences and matrix files. Edges are those of its Laplacian, where it has one. */
  matrix(relationship: R): Matrix;
}

/** Of the largest entry: what symmetry and row sums may be off by. JSON keeps every bit, other writers may round. */
const ROUNDING_RELATIVE = 1e-9;

const precision: KindFormat<PrecisionRelationship> = {
  meaning: 'a Laplacian: minus an entry is the strength between two agents',
  toJson: ({ laplacian }) => ({ laplacian: toRows(laplacian) }),
  fromJson: ({ laplacian: rows }, agents) => {
    const laplacian = symmetricMatrix(rows, 'laplacian', agents);
    refuseRowSums(laplacian);
    return { kind: 'precision', agents, laplacian };
  },
  numbers: ({ laplacian }) => [laplacian.data],
  matrix: ({ laplacian }) => laplacian,
};

const covariance: KindFormat<CovarianceRelationship> = {
  meaning: 'a covariance between agents: of what is theirs and of what they have in common',
  toJson: ({ covariance: omega }) => ({ laplacian: null, covariance: toRows(omega) }),
  fromJson: ({ covariance: rows }, agents) => ({ kind: 'covariance', agents, covariance: semidefiniteMatrix(rows, 'covariance', agents) }),
  numbers: ({ covariance: omega }) => [omega.data],
  matrix: ({ covariance: omega }) => omega,
};

const prior: KindFormat<PriorRelationship> = {
  meaning: 'a normal distribution that the parameters of all agents are drawn from: mean and covariance; where it has a Laplacian, a graph on top',
  toJson: ({ prior: { mean, covariance }, laplacian }) => ({
    laplacian: laplacian === undefined ? null : toRows(laplacian),
    prior: { mean: Array.from(mean), covariance: toRows(covariance) },
  }),
  fromJson: ({ prior: given, laplacian: rows }, agents) => {
    if (!isFields(given)) throw invalid('prior: must have a mean and a covariance');
    const mean = numberList(given['mean'], 'prior.mean');
    const covariance = semidefiniteMatrix(given['covariance'], 'prior.covariance', mean.length);
    const prior = { mean, covariance };
    if (rows === null || rows === undefined) return { kind: 'prior', agents, prior };
    const laplacian = symmetricMatrix(rows, 'laplacian', agents);
    refuseRowSums(laplacian);
    return { kind: 'prior', agents, prior, laplacian };
  },
  numbers: ({ prior: { mean, covariance }, laplacian }) => [mean, covariance.data, ...(laplacian === undefined ? [] : [laplacian.data])],
  matrix: ({ prior: { covariance } }) => covariance,
};

const subspace: KindFormat<SubspaceRelationship> = {
  meaning: 'a linear representation that all agents share: the slopes of each are a combination of the columns of one basis',
  toJson: ({ basis, heads }) => ({
    laplacian: null,
    subspace: { rank: basis.cols, basis: toRows(basis), ...(heads && { heads: { ...heads, covariance: toRows(heads.covariance) } }) },
  }),
  fromJson: ({ subspace: given }, agents) => {
    if (!isFields(given)) throw invalid('subspace: must have a rank and a basis');
    const basis = orthonormalBasis(given['basis'], given['rank']);
    const { heads } = given;
    return { kind: 'subspace', agents, basis, ...(heads === undefined ? {} : { heads: headsOf(heads, basis.cols) }) };
  },
  numbers: ({ basis, heads }) => [basis.data, ...(heads === undefined ? [] : [heads.covariance.data, Float64Array.of(heads.ridge)])],
  // The projection: the same for every basis of one subspace.
  matrix: ({ basis }) => multiply(basis, transpose(basis)),
};

const groups: KindFormat<GroupsRelationship> = {
  meaning: 'who learns together: groups of agents, and by which of its groups an agent is served',
  toJson: ({ laplacian, groups: all, servedBy }) => ({ laplacian: toRows(laplacian), groups: all.map((one) => [...one]), servedBy: [...servedBy] }),
  fromJson: ({ groups: given, servedBy: serving }, agents) => {
    if (!Array.isArray(given)) throw invalid('groups: must be a list of lists of agents');
    const all = given.map((one, index) => memberList(one, `groups[${index}]`, agents));
    const servedBy = indexList(serving, 'servedBy', -1, all.length - 1);
    refuseServing(servedBy, all, agents);
    return { kind: 'groups', agents, groups: all, servedBy, laplacian: blockLaplacian(agents, all) };
  },
  numbers: ({ groups: all, servedBy }) => [Float64Array.from(all.flatMap((one) => [one.length, ...one])), Float64Array.from(servedBy)],
  matrix: ({ laplacian }) => laplacian,
};

const KINDS = { precision, covariance, prior, subspace, groups } as const satisfies {
  [kind in Relationship['kind']]: KindFormat<Extract<Relationship, { kind: kind }>>;
};

export const RELATIONSHIP_KINDS = Object.keys(KINDS) as readonly Relationship['kind'][];

/** A kind in a sentence: `a prior`, but `groups`. */
export function nounOf(kind: Relationship['kind']): string {
  return kind === 'groups' ? kind : `a ${kind}`;
}

/** The format of a relationship's own kind. */
export function kindFormat(kind: Relationship['kind']): KindFormat {
  return KINDS[kind];
}

export function isRelationshipKind(kind: unknown): kind is Relationship['kind'] {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

/** Ascending. */
export function spectrumOf(relationship: Relationship): number[] {
  return Array.from(symmetricEigenvalues(kindFormat(relationship.kind).matrix(relationship)));
}

const invalid = (detail: string): KindredError => new KindredError('RELATIONSHIP_INVALID', detail);

export function isFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberList(value: unknown, name: string): Float64Array {
  if (!Array.isArray(value)) throw invalid(`${name}: must be a list of numbers`);
  const bad = value.findIndex((one) => typeof one !== 'number' || !Number.isFinite(one));
  if (bad >= 0) throw invalid(`${name}[${bad}]: must be a finite number (got ${JSON.stringify(value[bad])})`);
  return Float64Array.from(value as number[]);
}

/** Whole numbers from `least` to `most`. */
function indexList(value: unknown, name: string, least: number, most: number): number[] {
  const list = Array.from(numberList(value, name));
  const bad = list.findIndex((one) => !Number.isInteger(one) || one < least || one > most);
  if (bad >= 0) throw invalid(`${name}[${bad}]: must be a whole number from ${least} to ${most} (got ${list[bad]})`);
  return list;
}

function memberList(value: unknown, name: string, agents: number): number[] {
  const list = indexList(value, name, 0, agents - 1);
  if (list.length === 0) throw invalid(`${name}: must have an agent`);
  if (new Set(list).size < list.length) throw invalid(`${name}: names an agent twice`);
  return list;
}

/** Every agent that is in a group is served by one of its own. */
function refuseServing(servedBy: readonly number[], all: readonly (readonly number[])[], agents: number): void {
  if (servedBy.length !== agents) throw invalid(`servedBy: must have ${agents} entries, one for each agent (got ${servedBy.length})`);
  servedBy.forEach((group, agent) => {
    const isServed = group >= 0 ? all[group].includes(agent) : !all.some((one) => one.includes(agent));
    if (!isServed) throw invalid(`servedBy[${agent}]: must be a group that it is in`);
  });
}

function symmetricMatrix(value: unknown, name: string, size: number): Matrix {
  if (!Array.isArray(value) || value.length !== size)
    throw invalid(`${name}: must have ${size} rows (got ${Array.isArray(value) ? value.length : typeof value})`);
  const rows = value.map((row, k) => numberList(row, `${name}[${k}]`));
  rows.forEach((row, k) => {
    if (row.length !== size) throw invalid(`${name}[${k}]: must have ${size} numbers (got ${row.length})`);
  });
  const matrix = fromRows(rows);
  const off = ROUNDING_RELATIVE * largest(matrix.data);
  for (let k = 0; k < size; k++) {
    for (let l = 0; l < k; l++) {
      const [there, back] = [matrix.data[k * size + l], matrix.data[l * size + k]];
      if (Math.abs(there - back) > off) throw invalid(`${name}[${k}][${l}]: is ${there}, but ${name}[${l}][${k}] is ${back}; it must be symmetric`);
    }
  }
  return matrix;
}

function semidefiniteMatrix(value: unknown, name: string, size: number): Matrix {
  const matrix = symmetricMatrix(value, name, size);
  if (size === 0 || smallest(matrix) < -ROUNDING_RELATIVE * largest(matrix.data)) throw invalid(`${name}: must be positive semidefinite`);
  return matrix;
}

function orthonormalBasis(value: unknown, rank: unknown): Matrix {
  if (!Array.isArray(value) || value.length === 0) throw invalid('subspace.basis: must have a row for each feature');
  const rows = value.map((row, j) => numberList(row, `subspace.basis[${j}]`));
  rows.forEach((row, j) => {
    if (row.length !== rank || row.length === 0)
      throw invalid(`subspace.basis[${j}]: must have as many numbers as the rank, ${String(rank)} (got ${row.length})`);
  });
  const basis = fromRows(rows);
  const gram = multiply(transpose(basis), basis);
  const off = gram.data.reduce((most, entry, at) => Math.max(most, Math.abs(entry - (at % (basis.cols + 1) === 0 ? 1 : 0))), 0);
  if (off > ROUNDING_RELATIVE * basis.rows) throw invalid('subspace.basis: its columns must be orthonormal');
  return basis;
}

function headsOf(value: unknown, rank: number): SubspaceHeads {
  if (!isFields(value)) throw invalid('subspace.heads: must have a covariance and a ridge');
  const [ridge] = numberList([value['ridge']], 'subspace.heads.ridge');
  if (ridge < 0) throw invalid(`subspace.heads.ridge: must be >= 0 (got ${ridge})`);
  return { covariance: semidefiniteMatrix(value['covariance'], 'subspace.heads.covariance', rank), ridge };
}

function refuseRowSums({ data, rows: size }: Matrix): void {
  const off = size * ROUNDING_RELATIVE * largest(data);
  for (let k = 0; k < size; k++) {
    const sum = data.subarray(k * size, (k + 1) * size).reduce((total, x) => total + x, 0);
    if (Math.abs(sum) > off) throw invalid(`laplacian[${k}]: must sum to 0 (got ${sum})`);
  }
}

function largest(values: Float64Array): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function smallest(matrix: Matrix): number {
  return symmetricEigenvalues(matrix)[0] ?? 0;
}
