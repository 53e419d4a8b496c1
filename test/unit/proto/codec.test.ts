import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, KindredError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { draw } from '../../../core/random.ts';
import { sealed } from '../../../proto/checksum.ts';
import { digest } from '../../../proto/digest.ts';
import { controlFrameBytesMax, decode, encode } from '../../../proto/codec.ts';
import { kindred } from '../../../proto/generated/wire.js';
import { type ControlMessage, type CooperateWork, type Neighbour, PROTOCOL_VERSION } from '../../../proto/messages.ts';
import { isVectorFrame, linkFrameBytesMax, readVectorFrame, readVectorHeader, VectorFrameWriter } from '../../../proto/vector-frame.ts';
import { arbitraryMessage } from './arbitrary-message.ts';

const { Frame } = kindred.wire;
const cooperate: CooperateWork = {
  kind: 'cooperate',
  arm: 1,
  epoch: 2,
  firstStep: 60,
  strategy: 'multitask',
  view: { kind: 'edges', neighbours: [1, 9], weights: [0.25, -0.5], strength: 0, hub: 0 },
  stepSize: 0.04,
  etas: [1, 2],
  noise: 0.05,
  spectrumMax: 3,
  ridge: 0,
  rounds: 'bounded',
  staleness: 2,
  heldOut: false,
  fallBack: false,
  untilIteration: 100,
  lastIteration: 300,
  every: 1,
  needs: [],
};
const neighbour: Neighbour = { agent: 1, endpoint: 'ws://127.0.0.1:4001/', ticket: '71c4e7', dial: true, incarnation: 3 };
const samples: ControlMessage[] = [
  { type: 'hello', version: PROTOCOL_VERSION, agent: 3, session: '5e55', boot: true, stage: 2, endpoint: 'ws://127.0.0.1:4000/' },
  {
    type: 'welcome',
    run: 'paper-7',
    agent: 3,
    agents: 10,
    seed: 7,
    incarnation: 2,
    session: '5e55',
    linkSecret: 'c0ffee',
    job: '{"kind":"gmrf-regression"}',
    faults: '[]',
    elapsedMs: 1_234.5,
    neighbours: [neighbour],
    paused: true,
  },
  { type: 'assign', stage: 4, abandon: true, work: cooperate },
  {
    type: 'report',
    stage: 4,
    values: new Map([
      ['iterate', Float64Array.of(1, -2, 3)],
      ['noise', Float64Array.of(0.05)],
    ]),
  },
  {
    type: 'progress',
    stage: 4,
    iteration: 12,
    bytesSent: 2 ** 40,
    waitingFor: 'agent 3',
    paused: true,
    errors: [{ arm: 1, epoch: 60, iterations: [0, 10], errors: [1, 0.5] }],
    links: [
      { agent: 3, open: true, roundTrip: { p50: 0.4, p95: 2.5 }, lost: 0.1, staleness: 1, bytes: 2 ** 40 },
      { agent: 4, open: false, lost: 0, staleness: 0, bytes: 0 },
    ],
  },
  { type: 'heartbeat', ask: 0, answer: 0 },
  { type: 'heartbeat', ask: 7, answer: 0, sent: 2 ** 40 },
  { type: 'leave', code: 'AGENT_FAILED', detail: 'why' },
  { type: 'moved', neighbour },
  { type: 'faults', plan: '[]' },
  { type: 'pause', paused: true },
  { type: 'notice', kind: 'link-lost', agent: 1, step: 90, detail: 'why' },
  { type: 'sync', step: 90, durableStep: 80, oldestStep: 79 },
  { type: 'pull', step: 89 },
];

const refuses = (action: () => unknown, code: ErrorCode): void => assert.throws(action, (error) => error instanceof KindredError && error.code === code);
const unsealed = (frame: Uint8Array): Uint8Array => frame.slice(0, -5);
const decodeWire = (body: Parameters<typeof Frame.encode>[0]): ControlMessage => decode(sealed(Frame.encode(body).finish()));

test('every message survives the wire', () => {
  fc.assert(
    fc.property(arbitraryMessage, (message) => {
      const frame = encode(message);
      assert.deepEqual(decode(frame), message);
      assert.equal(isVectorFrame(frame), false);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('a decoded report shares no memory with its frame', () => {
  const frame = encode(samples[3]);
  const report = decode(frame);
  frame.fill(0xff);
  assert.deepEqual(report, samples[3]);
});

test('fields out of range are refused with the field in the text', () => {
  const hello = { version: PROTOCOL_VERSION, agent: 0, endpoint: '' };
  const welcome = { run: 'r', agents: 2, seed: 1 };
  const assign = (change: object) => ({
    assign: { stage: 1, cooperate: { ...cooperate, rounds: 1, etas: [1], needs: ['average'], view: { kind: 1, neighbours: [1], weights: [1] }, ...change } },
  });
  const refused = [
    { hello: { ...hello, agent: LIMITS.agentsMax } },
    { hello: { ...hello, endpoint: 'x'.repeat(LIMITS.endpointCharsMax + 1) } },
    { hello: { ...hello, session: 'x'.repeat(LIMITS.secretCharsMax + 1) } },
    { welcome: { ...welcome, run: '' } },
    { welcome: { ...welcome, seed: 0.5 } },
    { welcome: { ...welcome, elapsedMs: -1 } },
    { welcome: { ...welcome, faults: 'x'.repeat(LIMITS.faultPlanCharsMax + 1) } },
    { welcome: { ...welcome, neighbours: [{ agent: LIMITS.agentsMax }] } },
    { welcome: { ...welcome, neighbours: Array.from({ length: LIMITS.agentsMax }, () => ({})) } },
    { moved: {} },
    { moved: { neighbour: { ticket: 'x'.repeat(LIMITS.secretCharsMax + 1) } } },
    { faults: { plan: 'x'.repeat(LIMITS.faultPlanCharsMax + 1) } },
    { notice: { agent: 1 } },
    { notice: { kind: 'two words' } },
    { notice: { kind: 'k', agent: LIMITS.agentsMax } },
    { assign: { stage: 1 } },
    assign({ stepSize: NaN }),
    assign({ stepSize: -1 }),
    assign({ etas: [Infinity] }),
    assign({ strategy: 'two words' }),
    assign({ view: null }),
    assign({ view: { kind: 7 } }),
    assign({ rounds: 3 }),
    assign({ view: { kind: 1, neighbours: [1, 2], weights: [1] } }),
    { report: { values: [{ name: 'a', values: new Uint8Array(9) }] } },
    { report: { values: [{ name: 'a' }, { name: 'a' }] } },
    { report: { values: Array.from({ length: LIMITS.reportVectorsMax + 1 }, (_, i) => ({ name: `v${i}` })) } },
    { progress: { bytesSent: -1 } },
    { heartbeat: { ask: 1, sent: -1 } },
    { heartbeat: { ask: 1, sent: 0.5 } },
  ];
  for (const body of refused) refuses(() => decodeWire(body as never), 'WIRE_GARBAGE');
  assert.deepEqual(decodeWire(assign({}) as never).type, 'assign');
  refuses(() => decodeWire({ hello: { ...hello, version: PROTOCOL_VERSION + 1 } }), 'WIRE_VERSION');
  refuses(() => decodeWire({ report: { values: [{ name: 'a', values: new Uint8Array(Float64Array.of(NaN).buffer) }] } }), 'PARAMETERS_NOT_FINITE');
});

test('a frame is one body and nothing else', () => {
  const heartbeat = unsealed(encode({ type: 'heartbeat', ask: 0, answer: 0 }));
  const leave = unsealed(encode({ type: 'leave', code: '', detail: 'x' }));
  const pull = unsealed(encode({ type: 'pull', step: 9 }));
  const vector = unsealed(new VectorFrameWriter(1).encode({ epoch: 1, step: 1, durableStep: 0 }, Float64Array.of(1)));
  const checksum = Frame.encode({ checksum: 1 }).finish();
  const bare = Frame.encode({ vector: new Uint8Array(8) }).finish();
  const bodies = [[], [...heartbeat, ...leave], [...heartbeat, 0], leave.subarray(0, -1), [0x4a, 0x80, 0x00], pull.subarray(0, 1)];
  for (const body of [...bodies, [...checksum, ...heartbeat], [...heartbeat, ...checksum], bare, vector]) {
    refuses(() => decode(sealed(Uint8Array.from(body))), 'WIRE_GARBAGE');
  }
});

test('a frame ends with the checksum of all before it', () => {
  for (const message of samples) {
    const frame = encode(message);
    const body = unsealed(frame);
    assert.deepEqual(Buffer.from(frame), Buffer.concat([body, Frame.encode({ checksum: digest(body, body.length) }).finish()]));
    refuses(() => decode(body), 'WIRE_CORRUPT');
    refuses(() => decode(Uint8Array.of(...frame, 0)), 'WIRE_CORRUPT');
  }
  for (const frame of [[], [0x75], [0x75, 0, 0, 0, 1]]) refuses(() => decode(Uint8Array.from(frame)), 'WIRE_CORRUPT');
});

test('every single flipped bit is refused', () => {
  const vector = new VectorFrameWriter(3).encode({ epoch: 300, step: 9, durableStep: 8 }, Float64Array.of(1, -2, 3e-9));
  const header = { epoch: 0, step: 0, durableStep: 0 };
  const receive = (frame: Uint8Array): unknown => (isVectorFrame(frame) ? readVectorHeader(frame, header) : decode(frame));
  for (const frame of [...samples.map(encode), vector]) {
    for (let bit = 0; bit < 8 * frame.length; bit++) {
      const damaged = frame.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      refuses(() => receive(damaged), 'WIRE_CORRUPT');
    }
  }
  assert.deepEqual(header, { epoch: 0, step: 0, durableStep: 0 });
});

test('the largest messages fit the frames that links let through', () => {
  const wide = '\u20ac';
  const neighbours = Array.from({ length: LIMITS.agentsMax - 1 }, () => ({
    agent: 999,
    endpoint: 'x'.repeat(LIMITS.endpointCharsMax),
    ticket: 'x'.repeat(LIMITS.secretCharsMax),
    dial: true,
    incarnation: 2 ** 32 - 1,
  }));
  const welcome: ControlMessage = {
    type: 'welcome',
    run: 'x'.repeat(LIMITS.nameCharsMax),
    agent: 999,
    agents: LIMITS.agentsMax,
    seed: 7,
    incarnation: 2 ** 32 - 1,
    session: wide.repeat(LIMITS.secretCharsMax),
    linkSecret: wide.repeat(LIMITS.secretCharsMax),
    job: wide.repeat(LIMITS.jobCharsMax),
    faults: wide.repeat(LIMITS.faultPlanCharsMax),
    elapsedMs: 1e12,
    neighbours,
    paused: false,
  };
  assert.ok(encode(welcome).length <= controlFrameBytesMax(1, LIMITS.agentsMax));
  const faults = encode({ type: 'faults', plan: wide.repeat(LIMITS.faultPlanCharsMax) });
  assert.ok(faults.length <= controlFrameBytesMax(1, LIMITS.agentsMin));
  const step = 2 ** 32 - 1;
  const leave: ControlMessage = { type: 'leave', code: wide.repeat(LIMITS.nameCharsMax), detail: wide.repeat(LIMITS.textCharsMax) };
  for (const message of [leave, { type: 'sync', step, durableStep: step, oldestStep: step }, { type: 'pull', step }] as const) {
    assert.ok(encode(message).length <= linkFrameBytesMax(0));
  }
  const hello: ControlMessage = {
    type: 'hello',
    version: PROTOCOL_VERSION,
    agent: 999,
    session: wide.repeat(LIMITS.secretCharsMax),
    boot: true,
    stage: step,
    endpoint: wide.repeat(LIMITS.endpointCharsMax),
  };
  assert.ok(encode(hello).length <= LIMITS.unauthenticatedFrameBytesMax);
});

test('text that is not UTF-8 and frames above every limit are refused', () => {
  refuses(() => decode(sealed(Uint8Array.of(0x52, 4, 0x12, 2, 0xc3, 0x28))), 'WIRE_GARBAGE');
  refuses(() => decode(new Uint8Array(200 * 2 ** 20)), 'WIRE_TOO_LARGE');
});

test('encoding refuses what the other end would refuse, and cuts text for people', () => {
  refuses(() => encode({ type: 'report', stage: 1, values: new Map([['w', Float64Array.of(Infinity)]]) }), 'PARAMETERS_NOT_FINITE');
  refuses(() => encode({ type: 'assign', stage: 1, abandon: false, work: { ...cooperate, noise: NaN } }), 'INTERNAL');
  const left = decode(encode({ type: 'leave', code: '', detail: 'x'.repeat(5_000) }));
  assert.equal(left.type === 'leave' && left.detail.length, LIMITS.textCharsMax);
  const noticed = decode(encode({ type: 'notice', kind: 'resumed', agent: 0, step: 1, detail: 'x'.repeat(5_000) }));
  assert.equal(noticed.type === 'notice' && noticed.detail.length, LIMITS.textCharsMax);
});

test('200,000 mutated frames, their checksum made good, end in a message or a KindredError', () => {
  const header = { epoch: 0, step: 0, durableStep: 0 };
  const out = new Float64Array(3);
  const vector = new VectorFrameWriter(3).encode({ epoch: 3, step: 9, durableStep: 8 }, Float64Array.of(1, 2, 3));
  const bodies = [...samples.map(encode), vector].map(unsealed);
  const read = (frame: Uint8Array): unknown => (isVectorFrame(frame) ? readVector(frame) : decode(frame));
  const readVector = (frame: Uint8Array): void => {
    readVectorHeader(frame, header);
    readVectorFrame(frame, 3, header, out);
  };
  let refused = 0;
  // Most of the time would go into stack traces that nobody reads.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (let n = 0; n < 200_000; n++) {
    const frame = sealed(mutate(bodies[n % bodies.length], n));
    try {
      read(frame);
    } catch (error) {
      if (!(error instanceof KindredError) || error.code === 'INTERNAL') assert.fail(`mutation ${n} [${frame}] threw ${String(error)}`);
      refused++;
    }
  }
  Error.stackTraceLimit = stackTraceLimit;
  assert.ok(refused > 50_000 && refused < 199_000, `${refused} refused: the mutations are too tame or too wild`);
});

/** One to three of: a byte changed, a bit flipped, a slice removed, bytes inserted, the end cut. */
function mutate(original: Uint8Array, n: number): Uint8Array {
  const random = draw(1, 0, 'fault', n);
  const bytes = [...original];
  for (let change = random.integer(3); change >= 0; change--) {
    const at = random.integer(bytes.length + 1);
    const kind = random.integer(5);
    if (kind === 0) bytes[at] = random.integer(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    else if (kind === 2) bytes.splice(at, 1 + random.integer(4));
    else if (kind === 3) bytes.splice(at, 0, ...Array.from({ length: 1 + random.integer(6) }, () => random.integer(256)));
    else bytes.length = at;
  }
  return Uint8Array.from(bytes);
}
