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

const work: fc.Arbitrary<Work> = fc.oneof(
  record({ kind: fc.constant('moments' as const) }),
  record({ kind: fc.constant('standardize' as const), shift: numbers, scale: numbers, ridges: numbers }),
  record({ kind: fc.constant('explore' as const), stepSize: atLeastZero, untilStep: whole, windowSteps: whole, tailFromStep: whole }),
  record({ kind: fc.constant('evidence' as const), needs: fc.array(name, { maxLength: 4 }), ridge: atLeastZero }),
  record({ kind: fc.constant('connect' as const), neighbours }),
  record({
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
    untilIteration: whole,
    lastIteration: whole,
    every: whole,
  }),
  record({ kind: fc.constant('finish' as const), status: name, code: text, detail: text }),
);

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
  }),
  record({ type: fc.constant('assign' as const), stage: whole, abandon: fc.boolean(), work }),
  record({ type: fc.constant('report' as const), stage: whole, values: fc.array(fc.tuple(name, vector), { maxLength: 6 }).map((entries) => new Map(entries)) }),
  record({ type: fc.constant('progress' as const), stage: whole, iteration: whole, bytesSent: fc.maxSafeNat(), waitingFor: text }),
  record({ type: fc.constant('heartbeat' as const) }),
  record({ type: fc.constant('leave' as const), code: text, detail: text }),
  record({ type: fc.constant('moved' as const), neighbour }),
  record({ type: fc.constant('faults' as const), plan: text }),
  record({ type: fc.constant('notice' as const), kind: name, agent: anyAgent, step: whole, detail: text }),
  record({ type: fc.constant('sync' as const), step: whole, durableStep: whole, oldestStep: whole }),
  record({ type: fc.constant('pull' as const), step: whole }),
);
