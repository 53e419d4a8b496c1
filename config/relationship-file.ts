/**
 * The relationship as a file: runs/ID/relationship/v0001.json. docs/relationship.md describes every field.
 *
 * 1. What is read was written whole: `digest` is over everything else, so a changed number is found.
 * 2. The format's version is checked before anything else is believed; unknown fields of this version are kept out of it.
 * 3. Each kind (core/relationship/kinds.ts) brings its own fields and refuses its own mistakes.
 */
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { isFields, isRelationshipKind, kindFormat, RELATIONSHIP_KINDS, type JsonFields } from '../core/relationship/kinds.ts';
import type { Relationship } from '../core/relationship/relationship.ts';
import { canonicalJson } from './canonical-json.ts';
import { pathText, placed } from './complaints.ts';
import type { ReadFile } from './table-facts.ts';
import { readFailure } from './table-facts.ts';
import { complaintsAgainst } from './validate.ts';

export const RELATIONSHIP_FORMAT = 'kindred-relationship';
export const RELATIONSHIP_FORMAT_VERSION = 1;

const AGENT = Type.Integer({ minimum: 0, maximum: LIMITS.agentsMax - 1 });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const BY_AGENT = orNull(Type.Array(orNull(Type.Number({ minimum: 0 }))));
const SHARE = Type.Number({ minimum: 0 });

/** All but what the kind brings: laplacian, prior, ... */
const ENVELOPE = Type.Object({
  format: Type.Literal(RELATIONSHIP_FORMAT),
  formatVersion: Type.Literal(RELATIONSHIP_FORMAT_VERSION),
  version: Type.Integer({ minimum: 1 }),
  kind: Type.Enum([...RELATIONSHIP_KINDS]),
  agents: Type.Integer({ minimum: LIMITS.agentsMin, maximum: LIMITS.agentsMax }),
  agentNames: Type.Array(Type.String()),
  estimator: Type.String({ minLength: 1 }),
  options: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Unsafe<readonly number[]>(Type.Array(Type.Number()))])),
  contributors: Type.Array(AGENT),
  missing: Type.Array(AGENT),
  spectrum: Type.Array(Type.Number()),
  inputs: Type.Object({
    run: Type.String(),
    experiment: Type.String(),
    seed: Type.Integer({ minimum: 0 }),
    problem: Type.Unsafe<{ readonly kind: string } & JsonFields>(Type.Object({ kind: Type.String() })),
    evidence: Type.Array(Type.String()),
    dimension: orNull(Type.Integer({ minimum: 1 })),
    noise: BY_AGENT,
    noisePower: BY_AGENT,
    stepSize: orNull(Type.Number({ exclusiveMinimum: 0 })),
    settledWindows: orNull(Type.Number({ exclusiveMinimum: 0 })),
    standardization: Type.Optional(Type.Object({ shift: Type.Array(Type.Number()), scale: Type.Array(Type.Number({ exclusiveMinimum: 0 })) })),
  }),
  expectedError: orNull(Type.Object({ finiteSample: SHARE, bias: SHARE, total: SHARE })),
  relativeError: orNull(SHARE),
  truth: orNull(Type.Array(Type.Array(Type.Number()))),
  diagnostics: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), value: Type.Optional(Type.Number()) })),
  given: orNull(Type.Object({ run: Type.String(), version: Type.Integer({ minimum: 1 }), digest: Type.String() })),
  digest: Type.String({ pattern: '^[0-9a-f]{64}$', title: 'a SHA-256 in hexadecimal digits' }),
});

type Envelope = Static<typeof ENVELOPE>;

/** The fields of a file, the kind's own among them. */
export type RelationshipFile = Envelope & JsonFields;

/** A file with what it holds. */
export interface StoredRelationship {
  readonly file: RelationshipFile;
  readonly relationship: Relationship;
}

export type RelationshipAbout = Omit<Envelope, 'format' | 'formatVersion' | 'kind' | 'agents' | 'digest'>;

/** What is written: everything known about it, in the order that people read, and the digest. */
export function relationshipFile(relationship: Relationship, about: RelationshipAbout): RelationshipFile {
  const { version, agentNames, estimator, options, contributors, missing, ...rest } = about;
  const head = { format: RELATIONSHIP_FORMAT, formatVersion: RELATIONSHIP_FORMAT_VERSION, version, kind: relationship.kind } as const;
  const whom = { agents: relationship.agents, agentNames, estimator, options, contributors, missing };
  const content = { ...head, ...whom, ...kindFormat(relationship.kind).toJson(relationship), ...rest };
  // JSON has no Infinity, and forgets -0: the digest is over what a reader will find.
  const written = JSON.parse(JSON.stringify(content)) as Omit<RelationshipFile, 'digest'>;
  return { ...written, digest: digestOf(written) } as RelationshipFile;
}

/** Reads, checks and names the place of what is wrong: RELATIONSHIP_UNREADABLE, _VERSION, _INVALID or _DAMAGED. */
export function readRelationship(path: string, readFile: ReadFile): StoredRelationship {
  return placed(path, () => parseRelationship(textOf(path, readFile)));
}

export function parseRelationship(text: string): StoredRelationship {
  const value = parseJson(text);
  if (!isFields(value) || value['format'] !== RELATIONSHIP_FORMAT)
    throw new KindredError('RELATIONSHIP_INVALID', `it is no relationship: format must be "${RELATIONSHIP_FORMAT}"`);
  const { formatVersion } = value;
  if (formatVersion !== RELATIONSHIP_FORMAT_VERSION)
    throw new KindredError('RELATIONSHIP_VERSION', `formatVersion ${JSON.stringify(formatVersion)}; this version reads ${RELATIONSHIP_FORMAT_VERSION}`);
  const file = validFile(value);
  const { digest, ...content } = file;
  if (digestOf(content) !== digest) throw new KindredError('RELATIONSHIP_DAMAGED', 'its content does not match its digest');
  return { file, relationship: kindFormat(file.kind).fromJson(file, file.agents) };
}

function validFile(value: JsonFields): RelationshipFile {
  const [complaint] = complaintsAgainst(ENVELOPE, value);
  if (complaint !== undefined) throw invalid(`${pathText(complaint.path)}: ${complaint.message}`);
  const file = value as RelationshipFile;
  if (!isRelationshipKind(file.kind)) throw invalid(`kind: "${String(file.kind)}" is unknown`);
  checkAgents(file);
  // Refused before the digest is compared: what is wrong with a file that was edited by hand says more than that it was.
  kindFormat(file.kind).fromJson(file, file.agents);
  return file;
}

function checkAgents({ agents, agentNames, contributors, missing, inputs }: Envelope): void {
  const sized = { agentNames, 'inputs.noise': inputs.noise, 'inputs.noisePower': inputs.noisePower };
  for (const [name, list] of Object.entries(sized))
    if (list !== null && list.length !== agents) throw invalid(`${name}: must have ${agents} entries, one for each agent (got ${list.length})`);
  const everybody = [...contributors, ...missing].sort((a, b) => a - b);
  if (everybody.length !== agents || everybody.some((agent, k) => agent !== k))
    throw invalid(`contributors and missing: every agent from 0 to ${agents - 1} must be in one of them, once`);
}

const invalid = (detail: string): KindredError => new KindredError('RELATIONSHIP_INVALID', detail);

function digestOf(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function textOf(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (cause) {
    throw new KindredError('RELATIONSHIP_UNREADABLE', readFailure(cause), { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KindredError('RELATIONSHIP_UNREADABLE', 'it is not JSON', { cause });
  }
}
