/**
 * Control messages to bytes and back: the only file that knows protobuf's generated code.
 *
 * Order of suspicion when decoding: length, then exactly one body that fills the frame, then the generated decoder
 * (it bounds every nested length by its parent's), then every field's range. Only a message that passed all is returned,
 * and nothing of it shares memory with the frame.
 */
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { checkMessage } from './check-message.ts';
import { kindred } from './generated/wire.js';
import type { Assign, ControlMessage, LocalView, Report, Work } from './messages.ts';
import { readVarint, varintBytes } from './varint.ts';

const { Frame } = kindred.wire;
type WireFrame = ReturnType<typeof Frame.decode>;
type WireBody = kindred.wire.Frame.$Properties;
type WireAssign = kindred.wire.Assign.$Properties;

const VIEW_KINDS = ['none', 'edges', 'mean'] as const satisfies readonly LocalView['kind'][];
const FIRST_BODY_FIELD = 4;
const LAST_BODY_FIELD = 10;
const LENGTH_DELIMITED = 2;

/** What a link between coordinator and agent must let through, for a problem of this size. */
export function controlFrameBytesMax(dimension: number, agents: number): number {
  return LIMITS.jobCharsMax + LIMITS.controlFrameBytesMax + agents * LIMITS.neighbourBytesMax + 8 * dimension * LIMITS.reportDimensionsMax;
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
  return Frame.encode(bodyOf(message)).finish();
}

function withShortText(message: ControlMessage): ControlMessage {
  const short = (text: string): string => text.slice(0, LIMITS.textCharsMax);
  if (message.type === 'progress') return { ...message, waitingFor: short(message.waitingFor) };
  if (message.type === 'leave') return { ...message, detail: short(message.detail) };
  if (message.type !== 'assign' || message.work.kind !== 'finish') return message;
  return { ...message, work: { ...message.work, detail: short(message.work.detail) } };
}

/** Throws KindredError WIRE_GARBAGE, WIRE_TOO_LARGE, WIRE_VERSION or PARAMETERS_NOT_FINITE, and nothing else. */
export function decode(frame: Uint8Array): ControlMessage {
  if (frame.length > FRAME_BYTES_MAX) throw new KindredError('WIRE_TOO_LARGE', `a frame of ${frame.length} bytes, the limit is ${FRAME_BYTES_MAX}`);
  if (!isOneBody(frame)) throw garbage('it is not one control message');
  const message = messageOf(decodeFrame(frame));
  checkMessage(message);
  return message;
}

/** Protobuf lets a later member of a oneof override an earlier one; here the first must be all there is. */
function isOneBody(frame: Uint8Array): boolean {
  const field = frame[0] >>> 3;
  if ((frame[0] & 7) !== LENGTH_DELIMITED || field < FIRST_BODY_FIELD || field > LAST_BODY_FIELD) return false;
  const length = readVarint(frame, 1);
  return length >= 0 && frame.length === 1 + varintBytes(length) + length;
}

function decodeFrame(frame: Uint8Array): WireFrame {
  try {
    return Frame.decode(frame);
  } catch (cause) {
    throw garbage(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function messageOf(frame: WireFrame): ControlMessage {
  const { hello, welcome, assign, report, progress, leave } = frame;
  if (hello)
    return { type: 'hello', version: hello.version ?? 0, agent: hello.agent ?? 0, incarnation: hello.incarnation ?? 0, endpoint: hello.endpoint ?? '' };
  if (welcome) return welcomeOf(welcome);
  if (assign) return { type: 'assign', stage: assign.stage ?? 0, work: workOf(assign) };
  if (report) return { type: 'report', stage: report.stage ?? 0, values: vectorsOf(report) };
  if (progress)
    return {
      type: 'progress',
      stage: progress.stage ?? 0,
      iteration: progress.iteration ?? 0,
      bytesSent: progress.bytesSent ?? 0,
      waitingFor: progress.waitingFor ?? '',
    };
  if (frame.heartbeat) return { type: 'heartbeat' };
  if (leave) return { type: 'leave', code: leave.code ?? '', detail: leave.detail ?? '' };
  throw garbage('it has no body');
}

function welcomeOf(welcome: kindred.wire.Welcome.$Properties): ControlMessage {
  return {
    type: 'welcome',
    run: welcome.run ?? '',
    agent: welcome.agent ?? 0,
    agents: welcome.agents ?? 0,
    seed: welcome.seed ?? 0,
    linkSecret: welcome.linkSecret ?? '',
    job: welcome.job ?? '',
  };
}

function workOf(assign: WireAssign): Work {
  const { standardize, explore, evidence, connect, cooperate, finish } = assign;
  if (assign.moments) return { kind: 'moments' };
  if (standardize) return { kind: 'standardize', shift: standardize.shift ?? [], scale: standardize.scale ?? [], ridges: standardize.ridges ?? [] };
  if (explore)
    return {
      kind: 'explore',
      stepSize: explore.stepSize ?? 0,
      untilStep: explore.untilStep ?? 0,
      windowSteps: explore.windowSteps ?? 0,
      tailFromStep: explore.tailFromStep ?? 0,
    };
  if (evidence) return { kind: 'evidence', needs: evidence.needs ?? [], ridge: evidence.ridge ?? 0 };
  if (connect) {
    const neighbours = (connect.neighbours ?? []).map((n) => ({
      agent: n.agent ?? 0,
      endpoint: n.endpoint ?? '',
      ticket: n.ticket ?? '',
      dial: n.dial ?? false,
    }));
    return { kind: 'connect', neighbours };
  }
  if (cooperate) return cooperateOf(cooperate);
  if (finish) return { kind: 'finish', status: finish.status ?? '', code: finish.code ?? '', detail: finish.detail ?? '' };
  throw garbage('it assigns no work');
}

function cooperateOf(work: kindred.wire.Cooperate.$Properties): Work {
  return {
    kind: 'cooperate',
    arm: work.arm ?? 0,
    epoch: work.epoch ?? 0,
    strategy: work.strategy ?? '',
    view: viewOf(work.view),
    stepSize: work.stepSize ?? 0,
    etas: work.etas ?? [],
    noise: work.noise ?? 0,
    spectrumMax: work.spectrumMax ?? 0,
    ridge: work.ridge ?? 0,
    heldOut: work.heldOut ?? false,
    untilIteration: work.untilIteration ?? 0,
    lastIteration: work.lastIteration ?? 0,
    every: work.every ?? 0,
  };
}

function viewOf(view: kindred.wire.View.$Properties | null | undefined): LocalView {
  const kind = VIEW_KINDS[view?.kind ?? 0];
  if (!view || kind === undefined) throw garbage('it has no view of the relationship');
  return { kind, neighbours: view.neighbours ?? [], weights: view.weights ?? [], strength: view.strength ?? 0, hub: view.hub ?? 0 };
}

function vectorsOf(report: kindred.wire.Report.$Properties): Report['values'] {
  const values = new Map<string, Float64Array>();
  for (const { name, values: bytes } of report.values ?? []) {
    if (values.has(name ?? '')) throw garbage(`it names '${name}' twice`);
    values.set(name ?? '', vectorOf(bytes ?? new Uint8Array(0)));
  }
  return values;
}

/** A copy, because bytes of a frame are neither aligned nor ours. */
function vectorOf(bytes: Uint8Array): Float64Array {
  if (bytes.length % 8 !== 0) throw garbage('a vector is not a multiple of 8 bytes');
  const vector = new Float64Array(bytes.length / 8);
  new Uint8Array(vector.buffer).set(bytes);
  return vector;
}

function bodyOf(message: ControlMessage): WireBody {
  switch (message.type) {
    case 'hello':
      return { hello: message };
    case 'welcome':
      return { welcome: message };
    case 'assign':
      return { assign: wireAssign(message) };
    case 'report':
      return { report: wireReport(message) };
    case 'progress':
      return { progress: message };
    case 'heartbeat':
      return { heartbeat: {} };
    case 'leave':
      return { leave: message };
  }
}

function wireAssign({ stage, work }: Assign): WireAssign {
  switch (work.kind) {
    case 'moments':
      return { stage, moments: {} };
    case 'standardize':
      return { stage, standardize: { shift: [...work.shift], scale: [...work.scale], ridges: [...work.ridges] } };
    case 'explore':
      return { stage, explore: work };
    case 'evidence':
      return { stage, evidence: { ...work, needs: [...work.needs] } };
    case 'connect':
      return { stage, connect: { neighbours: [...work.neighbours] } };
    case 'cooperate':
      return { stage, cooperate: { ...work, etas: [...work.etas], view: wireView(work.view) } };
    case 'finish':
      return { stage, finish: work };
  }
}

function wireView(view: LocalView): kindred.wire.View.$Properties {
  return { kind: VIEW_KINDS.indexOf(view.kind), neighbours: [...view.neighbours], weights: [...view.weights], strength: view.strength, hub: view.hub };
}

function wireReport(report: Report): kindred.wire.Report.$Properties {
  const values = Array.from(report.values, ([name, v]) => ({ name, values: new Uint8Array(v.buffer, v.byteOffset, v.byteLength) }));
  return { stage: report.stage, values };
}

const garbage = (reason: string, cause?: unknown): KindredError => new KindredError('WIRE_GARBAGE', `a frame was refused: ${reason}`, { cause });
