/**
 * Everything an agent must remember to go on with the same bits after it was killed, as bytes.
 *
 *   'kindred checkpoint 1\n' | packed header, vectors, frames (core/packed.ts) | sha256 of all before it
 *
 * Nothing is parsed before the checksum was found right. Another version is refused like damage: nothing is guessed.
 */
import { createHash } from 'node:crypto';
import { assert, KindredError } from '../core/errors.ts';
import { bytesOf, isStrings, joined, namedVectors, pack, type Packed, unpack } from '../core/packed.ts';
import type { Published } from './history.ts';
import type { Snapshot } from './trainer.ts';

export interface Checkpoint {
  readonly run: string;
  readonly agent: number;
  readonly incarnation: number;
  readonly session: string;
  /** The last stage that is fully done. */
  readonly stage: number;
  /** Exchanges done. */
  readonly step: number;
  readonly cooperatingStep: number;
  /** The trainer's snapshot. */
  readonly vectors: Snapshot;
  /** Own vectors that neighbours may still ask for. */
  readonly history: readonly Published[];
}

type Scalars = Omit<Checkpoint, 'vectors' | 'history'>;

interface Header {
  readonly scalars: Scalars;
  readonly names: readonly string[];
  readonly published: readonly Omit<Published, 'frame'>[];
}

/** The number is the schema's version. */
const PREAMBLE = new TextEncoder().encode('kindred checkpoint 1\n');
const DIGEST_BYTES = 32;

/** New bytes that share nothing with the checkpoint. */
export function encodeCheckpoint({ vectors, history, ...scalars }: Checkpoint): Uint8Array {
  const published = history.map(({ step, to }) => ({ step, to }));
  const header: Header = { scalars: scalarsOf(scalars), names: [...vectors.keys()], published };
  assert(isHeader(header), 'a checkpoint holds what JSON cannot keep');
  const parts = [...[...vectors.values()].map(bytesOf), ...history.map(({ frame }) => frame)];
  const chunks = [PREAMBLE, ...pack(header, parts)];
  return joined([...chunks, digestOf(chunks)]);
}

/** Shares nothing with `bytes`. Throws CHECKPOINT_DAMAGED. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const end = bytes.length - DIGEST_BYTES;
  if (end < PREAMBLE.length) throw damaged(`it is only ${bytes.length} bytes long`);
  if (!isEqual(digestOf([bytes.subarray(0, end)]), bytes.subarray(end))) throw damaged('its checksum is wrong');
  if (!isEqual(bytes.subarray(0, PREAMBLE.length), PREAMBLE)) throw damaged('it is not a checkpoint of this version');
  const packed = unpack(bytes.subarray(PREAMBLE.length, end));
  if (packed === undefined) throw damaged('its lengths do not add up');
  return checkpointOf(packed);
}

function checkpointOf({ header, parts }: Packed): Checkpoint {
  if (!isHeader(header) || parts.length !== header.names.length + header.published.length) throw damaged('its header is malformed');
  const { scalars, names, published } = header;
  const vectors = namedVectors(names, parts.slice(0, names.length));
  if (vectors === undefined) throw damaged('its vectors are malformed');
  const history = published.map(({ step, to }, i) => ({ step, to, frame: new Uint8Array(parts[names.length + i]) }));
  return { ...scalarsOf(scalars), vectors, history };
}

/** Exactly these, whatever else the object carries. */
function scalarsOf({ run, agent, incarnation, session, stage, step, cooperatingStep }: Scalars): Scalars {
  return { run, agent, incarnation, session, stage, step, cooperatingStep };
}

function isHeader(value: unknown): value is Header {
  const { scalars, names, published } = (value ?? {}) as Partial<Header>;
  return isScalars(scalars) && isStrings(names) && Array.isArray(published) && published.every(isPublished);
}

function isScalars(value: Partial<Scalars> | undefined): boolean {
  const { run, session, agent, incarnation, stage, step, cooperatingStep } = value ?? {};
  return [run, session].every((text) => typeof text === 'string') && isIntegers([agent, incarnation, stage, step, cooperatingStep]);
}

function isPublished(value: unknown): boolean {
  const { step, to } = (value ?? {}) as Partial<Published>;
  return isIntegers([step]) && isIntegers(to);
}

const isIntegers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isSafeInteger);

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

function digestOf(chunks: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

const damaged = (reason: string): KindredError => new KindredError('CHECKPOINT_DAMAGED', `a checkpoint was refused: ${reason}`);
