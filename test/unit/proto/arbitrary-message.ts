/** Arbitrary control messages for fast-check: every message, every kind of work, every field over its whole range. */
import fc from 'fast-check';
import { ANY_AGENT, type ControlMessage, PROTOCOL_VERSION, type Work } from '../../../proto/messages.ts';

const record: typeof fc.record = (model: object) => fc.record(model, { noNullPrototype: true }) as never;
const whole = fc.nat(2 ** 31 - 1).chain((n) => fc.constantFrom(n, n * 2, 0, 2 ** 32 - 1));
const agent = fc.nat(999);
// -0 is left out: protobuf does not send a scalar that equals its default, and 0 is what arrives.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const atLeastZero = finite.map(Math.abs);
const name = fc.stringMatching(/^[!-~]{1,20}$/);
const text = fc.string({ maxLength: 30, unit: 'grapheme' });
const numbers = fc.array(finite, { maxLength: 9 });
const anyAgent = fc.oneof(agent, fc.constant(ANY_AGENT));
const neighbour = record({ agent, endpoint: text, ticket: text, dial: fc.boolean(), incarnation: whole });
const neighbours = fc.array(neighbour, { maxLength: 5 });
const vector = fc.float64Array({ maxLength: 20, noNaN: true, noDefaultInfinity: true });

const view = fc.oneof(
  record({
    kind: fc.constantFrom('none' as const, 'mean' as const),
    neighbours: fc.array(agent, { maxLength: 3 }),
    weights: numbers,
    strength: finite,
    hub: agent,
  }),
  fc.array(fc.tuple(agent, finite), { maxLength: 9 }).chain((edges) =>
    record({
      kind: fc.constant('edges' as const),
      neighbours: fc.constant(edges.map(([neighbour]) => neighbour)),
      weights: fc.constant(edges.map(([, weight]) => weight)),
      strength: finite,
      hub: agent,
    }),
  ),
);

const prior = fc.nat(4).chain((dimension) => {
  const triangle = (dimension * (dimension + 1)) / 2;
  const exactly = (length: number) => fc.array(finite, { minLength: length, maxLength: length });
  return record({
    mean: exactly(dimension),
    precision: exactly(triangle),
    noise: atLeastZero,
    start: fc.oneof(exactly(dimension), exactly(0)),
    steps: fc.nat(100),
  });
});

const basis = fc
  .integer({ min: 1, max: 4 })
  .chain((rank) =>
    fc
      .integer({ min: rank, max: 5 })
      .chain((rows) => record({ values: fc.array(finite, { minLength: rank * rows, maxLength: rank * rows }), rank: fc.constant(rank), ridge: atLeastZero })),
  );

const cooperate = record({
  kind: fc.constant('cooperate' as const),
  arm: whole,
  epoch: whole,
  firstStep: whole,
  strategy: name,
  view,
  stepSize: atLeastZero,
  etas: numbers,
  noise: atLeastZero,
  spectrumMax: atLeastZero,
  ridge: atLeastZero,
  rounds: fc.constantFrom('bsp' as const, 'bounded' as const, 'async' as const),
  staleness: whole,
  heldOut: fc.boolean(),
  fallBack: fc.boolean(),
  untilIteration: whole,
  lastIteration: whole,
  every: whole,
  needs: fc.array(name, { maxLength: 4 }),
});

const work: fc.Arbitrary<Work> = fc.oneof(
  record({ kind: fc.constant('moments' as const) }),
  record({ kind: fc.constant('standardize' as const), shift: numbers, scale: numbers, ridges: numbers }),
  record({ kind: fc.constant('explore' as const), stepSize: atLeastZero, untilStep: whole, windowSteps: whole, tailFromStep: whole }),
  record({ kind: fc.constant('evidence' as const), needs: fc.array(name, { maxLength: 4 }), ridge: atLeastZero }),
  record({ kind: fc.constant('posterior' as const), prior, heldOut: fc.boolean(), ridge: atLeastZero, tell: fc.array(name, { maxLength: 3 }) }),
  record({ kind: fc.constant('heads' as const), basis }),
  record({ kind: fc.constant('heads' as const), basis, aloneRidge: atLeastZero }),
  record({ kind: fc.constant('connect' as const), neighbours }),
  cooperate,
  record({
    kind: fc.constant('autonomous' as const),
    estimator: name,
    options: text,
    epoch: whole,
    firstStep: whole,
    neighbours: fc.array(agent, { maxLength: 5 }),
    pairs: whole,
    rounds: whole,
    arms: fc.array(record({ learned: fc.boolean(), work: cooperate }), { maxLength: 3 }),
  }),
  record({ kind: fc.constant('finish' as const), status: name, code: text, detail: text }),
);

const errors = fc.array(fc.tuple(whole, atLeastZero), { maxLength: 9 }).chain((points) =>
  record({
    arm: whole,
    epoch: whole,
    iterations: fc.constant(points.map(([iteration]) => iteration)),
    errors: fc.constant(points.map(([, error]) => error)),
  }),
);

const health = { agent, open: fc.boolean(), lost: atLeastZero, staleness: whole, bytes: fc.maxSafeNat() };
const link = fc.oneof(record(health), record({ ...health, roundTrip: record({ p50: atLeastZero, p95: atLeastZero }) }));

export const arbitraryMessage: fc.Arbitrary<ControlMessage> = fc.oneof(
  record({
    type: fc.constant('hello' as const),
    version: fc.constant(PROTOCOL_VERSION),
    agent: anyAgent,
    session: text,
    boot: fc.boolean(),
    stage: whole,
    endpoint: text,
  }),
  record({
    type: fc.constant('welcome' as const),
    run: name,
    agent,
    agents: agent,
    seed: fc.maxSafeInteger(),
    incarnation: whole,
    session: text,
    linkSecret: text,
    job: text,
    faults: text,
    elapsedMs: atLeastZero,
    neighbours,
    paused: fc.boolean(),
  }),
  record({ type: fc.constant('assign' as const), stage: whole, abandon: fc.boolean(), work }),
  record({ type: fc.constant('report' as const), stage: whole, values: fc.array(fc.tuple(name, vector), { maxLength: 6 }).map((entries) => new Map(entries)) }),
  record({
    type: fc.constant('progress' as const),
    stage: whole,
    iteration: whole,
    bytesSent: fc.maxSafeNat(),
    waitingFor: text,
    paused: fc.boolean(),
    errors: fc.array(errors, { maxLength: 2 }),
    links: fc.array(link, { maxLength: 4 }),
  }),
  record({ type: fc.constant('heartbeat' as const), ask: whole, answer: whole }),
  record({ type: fc.constant('pause' as const), paused: fc.boolean() }),
  record({ type: fc.constant('leave' as const), code: text, detail: text }),
  record({ type: fc.constant('moved' as const), neighbour }),
  record({ type: fc.constant('faults' as const), plan: text }),
  record({ type: fc.constant('notice' as const), kind: name, agent: anyAgent, step: whole, detail: text }),
  record({ type: fc.constant('sync' as const), step: whole, durableStep: whole, oldestStep: whole }),
  record({ type: fc.constant('pull' as const), step: whole }),
);
