import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { initialAgentState, stalenessOf, stepAgent, waitingFor } from '../../../agent/agent-machine.ts';
import type { AgentEvent, AgentPhase, AgentState } from '../../../agent/agent-machine.ts';
import { LIMITS } from '../../../core/limits.ts';
import {
  abandoned,
  after,
  connect,
  continued,
  cooperate,
  detached,
  exchange,
  failure,
  finish,
  growingWaits,
  lost,
  moved,
  neighbour,
  open,
  paused,
  pulled,
  summary,
  synced,
  tick,
  ticksUntil,
  vector,
  welcomed,
  workDone,
} from './machine-events.ts';

const linked = [open(1), open(3)];
const effectsAfter = (...events: readonly AgentEvent[]): string[] => summary(after(...events).effects);
const assertIgnored = (...events: readonly AgentEvent[]): void => assert.match(effectsAfter(...events).join(), /^(stale|duplicate)$/);

describe('invariant 1: stages in order, each once', () => {
  test('only the stage after the last one is worked on', () => {
    assert.deepEqual(effectsAfter(cooperate(1)), ['work cooperate']);
    assert.deepEqual(effectsAfter(cooperate(1), cooperate(1)), ['stale']);
    assert.deepEqual(effectsAfter(cooperate(1), workDone(), cooperate(1)), ['stale']);
    assert.deepEqual(effectsAfter(cooperate(2)), ['ahead']);
    assert.deepEqual(effectsAfter(cooperate(1), workDone(), cooperate(2)), ['work cooperate']);
  });
  test('a stage that was broken off is left for the next one, in the middle of an exchange too', () => {
    assert.deepEqual(effectsAfter(cooperate(1), exchange(), abandoned(cooperate(2))), ['work cooperate']);
    assert.equal(after(cooperate(1), exchange(), abandoned(connect(2, neighbour(1)))).state.phase, 'connecting');
  });
  test('the next stage is not begun before this one is done: a restarted agent does again what its predecessor reported', () => {
    assert.deepEqual(effectsAfter(cooperate(1), exchange(), cooperate(2)), ['ahead']);
    assert.deepEqual(effectsAfter(cooperate(1), workDone(), cooperate(2)), ['work cooperate']);
  });
  test('work done is reported, and again with growing waits until the next stage is assigned', () => {
    const { state, effects } = after(cooperate(1), workDone(0));
    assert.deepEqual(summary(effects), ['report 1']);
    const times = ticksUntil(state, 0, 32_000);
    assert.deepEqual(
      times,
      growingWaits(LIMITS.repeatMinMs, LIMITS.repeatMaxMs, 32_000).map((now) => [now, ['report 1']]),
    );
    stepAgent(state, cooperate(2, 32_000));
    assert.deepEqual(ticksUntil(state, 32_000, 50_000), []);
  });
  test('nothing is repeated to a coordinator that is away; back, it hears at once', () => {
    const { state } = after(cooperate(1), workDone(0), detached(10));
    assert.deepEqual(ticksUntil(state, 50, 20_000), []);
    assert.deepEqual(summary(stepAgent(state, welcomed([], 20_000))), ['report 1']);
  });
  test('a restarted agent goes on after the last stage it has done', () => {
    const { state, effects } = continued(initialAgentState(2, 3, 7), welcomed());
    // Its Hello said where it stands; it has nothing to report.
    assert.deepEqual(summary(effects), []);
    assert.deepEqual(summary(stepAgent(state, cooperate(3))), ['stale']);
    assert.deepEqual(summary(stepAgent(state, cooperate(4))), ['work cooperate']);
    assert.deepEqual(summary(stepAgent(state, exchange())), ['publish 8']);
  });
  test('finish ends it, whatever the stage, without a code', () => {
    assert.deepEqual(after(cooperate(1), finish(9)).effects, [{ type: 'leave', code: '', detail: '' }]);
    assert.deepEqual(effectsAfter(finish(0)), ['leave ']);
  });
});

describe('invariant 2: links before vectors', () => {
  const plan = connect(1, neighbour(1, { dial: false }), neighbour(3));
  test('dials only where the plan says so, and reports when every link is open', () => {
    assert.deepEqual(effectsAfter(plan), ['fence 1', 'fence 3', 'dial 3']);
    assert.deepEqual(effectsAfter(plan, open(3)), ['sync 3', 'notice link-open 3']);
    assert.deepEqual(effectsAfter(plan, open(3), open(1)), ['sync 1', 'notice link-open 1', 'report 1']);
  });
  test('a link that opened before the assignment counts, one that broke again does not', () => {
    assert.deepEqual(effectsAfter(open(1), connect(1, neighbour(1, { dial: false }))), ['fence 1', 'report 1']);
    assert.deepEqual(effectsAfter(plan, open(3), lost(3), open(1)), ['sync 1', 'notice link-open 1']);
  });
  test('no links to open are open', () => {
    assert.deepEqual(effectsAfter(connect(1)), ['report 1']);
  });
  test('a link that broke is dialled again by the end that dials', () => {
    assert.deepEqual(effectsAfter(plan, ...linked, lost(3)), ['notice link-lost 3', 'dial 3']);
    assert.deepEqual(effectsAfter(plan, ...linked, lost(1)), ['notice link-lost 1']);
  });
});

describe('links: incarnations and addresses', () => {
  const met = [connect(1, neighbour(1, { incarnation: 2 })), open(1)];
  test('a later incarnation is fenced off from the older one and dialled, the same one is left alone', () => {
    assert.deepEqual(effectsAfter(...met, moved(neighbour(1, { incarnation: 3 }))), ['fence 1', 'dial 1']);
    assert.deepEqual(effectsAfter(...met, moved(neighbour(1, { incarnation: 2 }))), []);
  });
  test('an older incarnation changes nothing', () => {
    assert.deepEqual(effectsAfter(...met, moved(neighbour(1, { incarnation: 1, endpoint: 'ws://old' }))), ['stale']);
    const { effects } = after(...met, moved(neighbour(1, { incarnation: 1, endpoint: 'ws://old' })), lost(1));
    assert.deepEqual(effects.at(-1), { type: 'dial', neighbour: neighbour(1, { incarnation: 2 }) });
  });
  test('without an address nothing is dialled until it is known', () => {
    assert.deepEqual(effectsAfter(connect(1, neighbour(1, { endpoint: '' }))), ['fence 1', 'dial 1']);
    assert.deepEqual(effectsAfter(connect(1, neighbour(1, { endpoint: '' })), moved(neighbour(1))), ['dial 1']);
  });
  test('a restarted agent opens the links it is welcomed with', () => {
    assert.deepEqual(summary(continued(initialAgentState(2, 3, 7), welcomed([neighbour(1), neighbour(3, { dial: false })])).effects), [
      'fence 1',
      'dial 1',
      'fence 3',
    ]);
  });
  test('a coordinator that restarted and does not know an address yet does not make the agent forget it', () => {
    const { effects } = after(...met, welcomed([neighbour(1, { incarnation: 2, endpoint: '' })]), lost(1));
    assert.deepEqual(effects.at(-1), { type: 'dial', neighbour: neighbour(1, { incarnation: 2 }) });
  });
});

describe('invariant 3: of (source, step) the first wins', () => {
  const begun = [cooperate(1), ...linked, exchange()];
  test('steps count exchanges over all stages', () => {
    const { state } = after(...begun, vector(1, 1), vector(3, 1), workDone(), cooperate(2));
    assert.deepEqual(summary(stepAgent(state, exchange({ epoch: 2 }))), ['publish 2']);
  });
  test('a repeated one is ignored, kept or applied already', () => {
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), vector(1, 1)), ['duplicate']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), vector(3, 1), vector(1, 1)), ['duplicate']);
    assertIgnored(...begun, vector(1, 1), vector(3, 1), exchange(), vector(1, 2), vector(1, 1));
  });
  test('a restarted neighbour repeats what was applied: that changes nothing', () => {
    const applied = [...begun, vector(1, 1), vector(3, 1), exchange(), vector(1, 2), vector(3, 2), exchange()];
    const restarted = [moved(neighbour(1, { incarnation: 2 })), open(1)];
    for (const step of [1, 2, 2, 1]) assertIgnored(...applied, ...restarted, vector(1, step));
    assert.deepEqual(effectsAfter(...applied, ...restarted, vector(1, 3)), ['keep-vector 1@3']);
  });
  test('the current step and the next one are kept, whichever comes first; nothing further ahead', () => {
    assert.deepEqual(effectsAfter(...begun, vector(1, 2), vector(1, 1), vector(3, 1)), ['keep-vector 3@1', 'deliver 1,1']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), vector(1, 2), vector(3, 1), exchange(), vector(3, 2)), ['keep-vector 3@2', 'deliver 2,2']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), vector(1, 3)), ['ahead']);
  });
  test('while working, the next step and the one after it are kept', () => {
    assert.deepEqual(effectsAfter(cooperate(1), vector(1, 1)), ['keep-vector 1@1']);
    assert.deepEqual(effectsAfter(cooperate(1), vector(1, 2)), ['keep-vector 1@2']);
    assert.deepEqual(effectsAfter(cooperate(1), vector(1, 3)), ['ahead']);
    assert.deepEqual(effectsAfter(cooperate(1), vector(1, 1), vector(3, 1), exchange()), ['publish 1', 'deliver 1,1']);
  });
  test('with nobody to hear from an exchange completes at once, with nobody to tell nothing is published', () => {
    const alone = (sendTo: number[]): AgentEvent => ({ ...exchange(), sendTo, receiveFrom: [] }) as AgentEvent;
    assert.deepEqual(effectsAfter(cooperate(1), alone([0])), ['publish 1', 'deliver ']);
    assert.deepEqual(effectsAfter(cooperate(1), alone([])), ['deliver ']);
  });
});

describe('invariant 3: after a stage that was broken off', () => {
  const begun = [cooperate(1), ...linked, exchange()];
  const next = cooperate(2, 0, 101);
  test('neighbours that stood at different steps go on with the same one', () => {
    const ahead = [...begun, vector(1, 1), vector(3, 1), exchange()];
    for (const path of [begun, ahead]) assert.deepEqual(effectsAfter(...path, next, exchange({ epoch: 2 })), ['publish 101']);
  });
  test('what the old attempt still brings is stale, what the new one brings early is kept', () => {
    assert.deepEqual(effectsAfter(...begun, next, vector(1, 1)), ['stale']);
    assert.deepEqual(effectsAfter(...begun, next, vector(1, 101, 2), vector(3, 101, 2), exchange({ epoch: 2 })), ['publish 101', 'deliver 101,101']);
  });
  test('a vector of the new attempt that came before its assignment is asked for again', () => {
    assert.deepEqual(effectsAfter(...begun, vector(1, 101, 2), next, exchange({ epoch: 2 })), ['publish 101', 'pull 1@101']);
  });
  test('the stages that continue the attempt, and a restart in the middle of it, count on', () => {
    const continued2 = [next, exchange({ epoch: 2 }), vector(1, 101, 2), vector(3, 101, 2), workDone(), cooperate(3, 0, 101)];
    assert.deepEqual(effectsAfter(...begun, ...continued2, exchange({ epoch: 2 })), ['publish 102']);
    assert.deepEqual(summary(continued(initialAgentState(2, 1, 107), welcomed(), next, exchange({ epoch: 2 })).effects), ['publish 108']);
  });
});

describe('invariant 4: in bsp a missing vector is pulled until it comes', () => {
  const begun = [cooperate(1), ...linked, exchange()];
  test('of whom it is missing, with growing waits, over open links', () => {
    const { state } = after(...begun, vector(3, 1));
    assert.deepEqual(
      ticksUntil(state, 0, 5_000),
      growingWaits(LIMITS.pullMs, LIMITS.pullMaxMs, 5_000).map((now) => [now, ['pull 1@1']]),
    );
    stepAgent(state, lost(1, 5_000));
    assert.deepEqual(ticksUntil(state, 5_000, 20_000), []);
    assert.equal(state.phase, 'exchanging');
    stepAgent(state, open(1, 20_000));
    assert.deepEqual(ticksUntil(state, 20_000, 20_000 + LIMITS.pullMaxMs)[0][1], ['pull 1@1']);
  });
  test('at once of a neighbour that is known to have published it', () => {
    assert.deepEqual(effectsAfter(...begun, vector(1, 2)), ['keep-vector 1@2', 'pull 1@1']);
    assert.deepEqual(effectsAfter(...begun, vector(1, 3)), ['ahead', 'pull 1@1']);
    assert.deepEqual(effectsAfter(...begun, synced(1, 1)), ['pull 1@1']);
    assert.deepEqual(effectsAfter(...begun, synced(1, 0)), []);
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), synced(1, 1)), []);
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, synced(1, 4), exchange()), ['publish 1', 'pull 1@1']);
  });
  test('a pull is answered with what was published, and not with what was not', () => {
    assert.deepEqual(effectsAfter(...begun, pulled(1, 1)), ['resend 1@1']);
    assert.deepEqual(effectsAfter(...begun, pulled(1, 2)), []);
    assert.deepEqual(effectsAfter(cooperate(1), pulled(1, 1)), []);
  });
  test('a vector that its neighbour keeps no longer fails the agent by name', () => {
    assert.deepEqual(after(...begun, synced(1, 9, 5)).effects, [
      { type: 'leave', code: 'HISTORY_GONE', detail: 'agent 1 keeps vectors from exchange 5 on, this agent needs 1' },
    ]);
    assert.deepEqual(effectsAfter(...begun, vector(1, 1), synced(1, 9, 5)), []);
  });
  test('a broken link alone fails nothing', () => {
    const { state } = after(...begun, lost(1), lost(3), tick(1_000_000));
    assert.equal(state.phase, 'exchanging');
  });
});

describe('invariant 5: waits', () => {
  test('name for whom', () => {
    assert.equal(waitingFor(initialAgentState(2)), 'the coordinator');
    assert.equal(waitingFor(after().state), 'the coordinator');
    assert.equal(waitingFor(after(connect(1, neighbour(1), neighbour(3)), open(1)).state), 'links to agent 3');
    assert.equal(waitingFor(after(cooperate(1)).state), '');
    assert.equal(waitingFor(after(cooperate(1), paused()).state), 'the run to be resumed');
    assert.equal(waitingFor(after(cooperate(1), paused(), paused(false)).state), '');
    assert.equal(waitingFor(after(cooperate(1), exchange(), vector(1, 1)).state), 'vectors of agent 3');
    assert.equal(waitingFor(after(cooperate(1), exchange(), vector(1, 2)).state), 'vectors of agent 1, 3');
    assert.equal(waitingFor(after(finish(1)).state), '');
  });
  test('a coordinator that does not come back is given up after its time, one that does is not', () => {
    const away = [cooperate(1), detached(1_000)];
    const end = 1_000 + LIMITS.coordinatorAwayMs;
    assert.deepEqual(effectsAfter(...away, tick(end - 1)), []);
    assert.deepEqual(effectsAfter(...away, tick(end)), ['leave COORDINATOR_LOST']);
    assert.deepEqual(effectsAfter(...away, detached(2_000), tick(end)), ['leave COORDINATOR_LOST']);
    assert.deepEqual(effectsAfter(...away, welcomed([], 2_000), tick(end)), []);
    assert.deepEqual(effectsAfter(...away, welcomed([], 2_000), detached(3_000), tick(end)), []);
  });
  test('work goes on without the coordinator', () => {
    assert.deepEqual(effectsAfter(cooperate(1), ...linked, exchange(), detached(), vector(1, 1), vector(3, 1)), ['keep-vector 3@1', 'deliver 1,1']);
  });
});

/**
 * Where an event may lead besides staying where it is; done and failed absorb everything. A stage that was broken off is
 * left for the next one from anywhere; one without links to open is over at once.
 */
const LEGAL: Readonly<Record<AgentPhase, readonly AgentPhase[]>> = {
  joining: ['waiting', 'done', 'failed'],
  waiting: ['connecting', 'working', 'done', 'failed'],
  connecting: ['waiting', 'working', 'done', 'failed'],
  working: ['waiting', 'connecting', 'exchanging', 'done', 'failed'],
  exchanging: ['working', 'connecting', 'waiting', 'done', 'failed'],
  done: [],
  failed: [],
};

const PATHS: Readonly<Record<AgentPhase, readonly AgentEvent[]>> = {
  joining: [],
  waiting: [welcomed(), connect(1)],
  connecting: [welcomed(), connect(1, neighbour(1), neighbour(3))],
  working: [welcomed(), connect(1), cooperate(2)],
  exchanging: [welcomed(), connect(1), ...linked, cooperate(2), exchange()],
  done: [welcomed(), finish(1)],
  failed: [welcomed(), failure],
};

/** The driver asks for an exchange, or says that work is done, only while working; and passes nothing on before it is welcomed. */
function isPossible(phase: AgentPhase, event: AgentEvent): boolean {
  if (event.type === 'exchange-wanted' || event.type === 'work-done') return phase === 'working' || LEGAL[phase].length === 0;
  return event.type !== 'assigned' || phase !== 'joining' || event.assign.work.kind === 'finish';
}

describe('every phase takes every event', () => {
  const events: AgentEvent[] = [
    welcomed([neighbour(1), neighbour(3)]),
    detached(),
    connect(1, neighbour(1)),
    connect(2, neighbour(1)),
    connect(3),
    cooperate(1),
    cooperate(2),
    cooperate(3),
    cooperate(9),
    finish(3),
    moved(neighbour(1)),
    moved(neighbour(3, { incarnation: 7 })),
    moved(neighbour(99, { endpoint: '' })),
    ...linked,
    open(99),
    lost(1),
    lost(99),
    synced(1, 1),
    synced(1, 7, 5),
    synced(99, 1),
    pulled(1, 1),
    pulled(99, 99),
    ...[0, 1, 2, 3, 9].map((step) => vector(1, step)),
    vector(99, 1, 7),
    exchange(),
    exchange({ rounds: 'bounded', staleness: 2 }),
    exchange({ rounds: 'async' }),
    workDone(),
    failure,
    tick(0),
    tick(100),
    tick(1e9),
  ];
  const clone = (state: AgentState): AgentState => structuredClone(state);
  for (const [phase, path] of Object.entries(PATHS) as [AgentPhase, AgentEvent[]][]) {
    test(`${phase} moves along legal transitions only`, () => {
      const { state } = continued(initialAgentState(2), ...path);
      assert.equal(state.phase, phase);
      for (const event of events.filter((one) => isPossible(phase, one))) {
        const next = clone(state);
        const effects = stepAgent(next, event);
        assert.ok(next.phase === phase || LEGAL[phase].includes(next.phase), `${phase} -> ${next.phase} by ${event.type}`);
        if (LEGAL[phase].length === 0) assert.deepEqual({ effects, next }, { effects: [], next: state }, event.type);
      }
    });
  }
});

describe('what who watches is told of a neighbour', () => {
  test('how many exchanges its newest vector is old, while one of it is expected', () => {
    const waiting = [cooperate(1), exchange(), vector(1, 1), vector(3, 1), exchange()];
    assert.equal(stalenessOf(after(...waiting).state, 1), 1);
    assert.equal(stalenessOf(after(...waiting, vector(1, 2)).state, 1), 0);
    assert.equal(stalenessOf(after(...waiting).state, 7), 0);
  });
});
