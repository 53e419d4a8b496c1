/**
 * Control messages to bytes and back; with from-wire.ts and to-wire.ts all that knows protobuf's generated code.
 *
 * Order of suspicion when decoding: length, then the checksum, then exactly one body that fills the frame, then the
 * generated decoder (it bounds every nested length by its parent's), then every field's range. Only a message that
 * passed all is returned, and nothing of it shares memory with the frame.
 */
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { checkMessage } from './check-message.ts';
import { sealed, verified } from './checksum.ts';
import { messageOf } from './from-wire.ts';
import { kindred } from './generated/wire.js';
import type { ControlMessage } from './messages.ts';
import { frameOf } from './to-wire.ts';
import { readVarint, varintBytes } from './varint.ts';

const { Frame } = kindred.wire;

/** Fields of wire.proto's Frame that hold a control message. */
const BODY_FIELDS: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 9, 10, 16, 17, 18, 19, 20, 21]);
const LENGTH_DELIMITED = 2;
/** UTF-8, per unit of a JavaScript string's length. */
const BYTES_PER_CHAR_MAX = 3;

/**
 * What a link between coordinator and agent must let through, for a problem of this size: the texts and neighbours of
 * a Welcome, the vectors of a report (more than any work holds), and room for all the rest.
 */
export function controlFrameBytesMax(dimension: number, agents: number): number {
  const texts = BYTES_PER_CHAR_MAX * (LIMITS.jobCharsMax + LIMITS.faultPlanCharsMax);
  return LIMITS.controlFrameBytesMax + texts + agents * LIMITS.neighbourBytesMax + 8 * dimension * LIMITS.reportDimensionsMax;
}

const FRAME_BYTES_MAX = controlFrameBytesMax(LIMITS.dimensionMax, LIMITS.agentsMax);

/**
 * Text for people (detail, waitingFor) is cut to its limit. Throws PARAMETERS_NOT_FINITE on a report with such values;
 * any other message that does not fit is a bug (INTERNAL).
 */
export function encode(original: ControlMessage): Uint8Array {
  const message = withShortText(original);
  try {
    checkMessage(message);
  } catch (error) {
    if (error instanceof KindredError && error.code === 'PARAMETERS_NOT_FINITE') throw error;
    throw new KindredError('INTERNAL', `a ${message.type} cannot be sent`, { cause: error });
  }
  return sealed(Frame.encode(frameOf(message)).finish());
}

function withShortText(message: ControlMessage): ControlMessage {
  const short = (text: string): string => text.slice(0, LIMITS.textCharsMax);
  if (message.type === 'progress') return { ...message, waitingFor: short(message.waitingFor) };
  if (message.type === 'leave' || message.type === 'notice') return { ...message, detail: short(message.detail) };
  if (message.type !== 'assign' || message.work.kind !== 'finish') return message;
  return { ...message, work: { ...message.work, detail: short(message.work.detail) } };
}

/** Throws KindredError WIRE_TOO_LARGE, WIRE_CORRUPT, WIRE_GARBAGE, WIRE_VERSION or PARAMETERS_NOT_FINITE, and nothing else. */
export function decode(frame: Uint8Array): ControlMessage {
  if (frame.length > FRAME_BYTES_MAX) throw new KindredError('WIRE_TOO_LARGE', `a frame of ${frame.length} bytes, the limit is ${FRAME_BYTES_MAX}`);
  const body = verified(frame);
  if (!isOneBody(body)) throw garbage('it is not one control message');
  const message = messageOf(decodeBody(body));
  checkMessage(message);
  return message;
}

/** Protobuf lets a later member of a oneof override an earlier one; here the first must be all there is. */
function isOneBody(bytes: Uint8Array): boolean {
  const tag = readVarint(bytes, 0);
  if (tag < 0 || (tag & 7) !== LENGTH_DELIMITED || !BODY_FIELDS.has(tag >>> 3)) return false;
  const start = varintBytes(tag);
  const length = readVarint(bytes, start);
  return length >= 0 && bytes.length === start + varintBytes(length) + length;
}

function decodeBody(bytes: Uint8Array): kindred.wire.Frame {
  try {
    return Frame.decode(bytes);
  } catch (cause) {
    throw garbage(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const garbage = (reason: string, cause?: unknown): KindredError => new KindredError('WIRE_GARBAGE', `a frame was refused: ${reason}`, { cause });
