import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stepRun } from '../../../coordinator/run-machine.ts';
import { initialRunState, isOver, runWaits } from '../../../coordinator/run-state.ts';
import type { RunEffect, RunEvent } from '../../../coordinator/run-machine.ts';
import type { RunPhase } from '../../../coordinator/run-state.ts';
import { LIMITS } from '../../../core/limits.ts';
import { draw } from '../../../core/random.ts';
import {
  hello,
  again,
  restarted,
  detached,
  gone,
  left,
  report,
  planned,
  progress,
  tick,
  AWAY,
  JOINED,
  QUORUM,
  after,
  withTerms,
  summary,
  effectsAfter,
  effectsWithQuorum,
} from './run-events.ts';

describe('invariant 1: one process per index', () => {
  test('the first process of an agent is incarnation 1, the next one 2', () => {
    assert.deepEqual(effectsAfter(hello(1)), ['attach 1#1 new']);
    assert.deepEqual(effectsAfter(hello(1), detached(1), restarted(1, 1)), ['attach 1#2 new']);
  });
  test('the same process on a new link keeps its incarnation, whether or not the old link was seen to break', () => {
    assert.deepEqual(effectsAfter(hello(1), detached(1), again(1, 1)), ['attach 1#1']);
    assert.deepEqual(effectsAfter(hello(1), again(1, 1)), ['attach 1#1']);
  });
  test('a restarted process takes over from one that looks alive still', () => {
    assert.deepEqual(effectsAfter(hello(1), restarted(1, 1)), ['attach 1#2 new']);
  });
  test('an older incarnation is fenced off, again and again', () => {
    const taken = [hello(1), detached(1), restarted(1, 1)];
    assert.deepEqual(effectsAfter(...taken, again(1, 1)), ['refuse 1 WIRE_FENCED']);
    assert.deepEqual(effectsAfter(...taken, detached(1), again(1, 1)), ['refuse 1 WIRE_FENCED']);
    const { state } = after(...taken, again(1, 1), again(1, 1));
    assert.equal(state.agents[1].incarnation, 2);
  });
  test('without proof an index is free only while its agent is away; then it is a new process', () => {
    assert.deepEqual(effectsAfter(hello(1), hello(1)), ['refuse 1 WIRE_DUPLICATE_AGENT']);
    assert.deepEqual(effectsAfter(hello(1), hello(1, { boot: false })), ['refuse 1 WIRE_DUPLICATE_AGENT']);
    assert.deepEqual(effectsAfter(hello(1), detached(1), hello(1)), ['attach 1#2 new']);
    assert.deepEqual(effectsAfter(hello(1), detached(1), hello(1, { boot: false, incarnation: 1 })), ['attach 1#2 new']);
  });
  test('an index that does not exist, or a stage that was never assigned, is refused', () => {
    for (const agent of [3, -1, Number.NaN]) assert.equal(effectsAfter(hello(agent))[0], `refuse ${agent} AGENT_UNKNOWN`);
    assert.deepEqual(effectsAfter(...JOINED, planned(), detached(0), restarted(0, 1, 2)), ['refuse 0 AGENT_AHEAD']);
  });
  test('a refusal changes nothing', () => {
    const { state } = after(...JOINED, planned());
    const before = structuredClone(state);
    for (const event of [hello(1), hello(9), again(2, 0, 1), again(0, 1, 5)]) {
      assert.match(summary(stepRun(state, event)).join(), /^refuse/, JSON.stringify(event));
      assert.deepEqual(state, before);
    }
  });
  test('a new process whose Welcome was lost asks again with the same session, and is let in', () => {
    const welcomeLost = [hello(1), detached(1), restarted(1, 1), detached(1)];
    assert.deepEqual(effectsAfter(...welcomeLost, restarted(1, 1)), ['attach 1#3 new']);
  });
});

describe('invariant 2: a report counts once, for the current stage', () => {
  const begun = [...JOINED, planned()];
  test('a stage ends with the last report', () => {
    assert.deepEqual(effectsAfter(...begun), ['assign-all']);
    assert.deepEqual(effectsAfter(...begun, report(0, 1), report(2, 1)), ['accept 2']);
    assert.deepEqual(effectsAfter(...begun, report(0, 1), report(2, 1), report(1, 1)), ['accept 1', 'plan']);
  });
  test('a repeated one counts once', () => {
    assert.deepEqual(effectsAfter(...begun, report(0, 1), report(0, 1)), []);
    const { state } = after(...begun, report(0, 1), report(0, 1), report(0, 1));
    assert.deepEqual(runWaits(state).for, [1, 2]);
  });
  test('an old one is answered with the stage after it, one of the future not at all', () => {
    const third = [...begun, planned(), planned()];
    assert.deepEqual(effectsAfter(...third, report(0, 0)), ['assign 0 stage 1']);
    assert.deepEqual(effectsAfter(...third, report(0, 2)), ['assign 0 stage 3']);
    assert.deepEqual(effectsAfter(...third, report(0, 4)), []);
    assert.deepEqual(effectsAfter(...begun, report(99, 1)), []);
  });
  test('an agent that comes back is told the stage it missed, or nothing when it is at work on the current one', () => {
    const second = [...begun, planned(), detached(0)];
    assert.deepEqual(effectsAfter(...second, restarted(0, 1, 0)), ['attach 0#2 new', 'assign 0 stage 1']);
    assert.deepEqual(effectsAfter(...second, restarted(0, 1, 1)), ['attach 0#2 new', 'assign 0 stage 2']);
    assert.deepEqual(effectsAfter(...second, again(0, 1, 2)), ['attach 0#1']);
  });
  test('a report that was accepted still counts when its agent restarts and reports it again', () => {
    const restartedAfter = [...begun, report(0, 1), detached(0), restarted(0, 1, 0)];
    assert.deepEqual(effectsAfter(...restartedAfter, report(0, 1)), []);
    assert.deepEqual(effectsAfter(...restartedAfter, report(1, 1), report(2, 1)), ['accept 2', 'plan']);
  });
});

describe('invariant 3: nothing is assigned before all have joined', () => {
  test('begins with the last agent, not before', () => {
    assert.deepEqual(effectsAfter(hello(0), hello(2)), ['attach 2#1 new']);
    assert.deepEqual(effectsAfter(hello(0), hello(0), again(0, 1), hello(2)), ['attach 2#1 new']);
    assert.deepEqual(effectsAfter(...JOINED), ['attach 2#1 new', 'begin']);
  });
  test('an agent that left again is waited for again', () => {
    assert.deepEqual(effectsAfter(hello(0), hello(1), detached(0), hello(2)), ['attach 2#1 new']);
    assert.deepEqual(effectsAfter(hello(0), hello(1), detached(0), hello(2), again(0, 1)), ['attach 0#1', 'begin']);
  });
  test('reports and progress count for nothing yet', () => {
    assert.deepEqual(effectsAfter(hello(0), report(0, 0)), []);
    assert.deepEqual(effectsAfter(hello(0), report(0, 1)), []);
  });
  test('when the time is over a quorum begins without the others, and fewer fail by name', () => {
    assert.deepEqual(effectsWithQuorum(hello(0), hello(2), tick(LIMITS.joinMs - 1)), []);
    assert.deepEqual(effectsWithQuorum(hello(0), hello(2), tick(LIMITS.joinMs)), ['excluded 1', 'begin']);
    assert.deepEqual(effectsWithQuorum(hello(1), tick(LIMITS.joinMs)), ['end failed']);
    assert.deepEqual(after(hello(1), tick(LIMITS.joinMs)).state.failure, {
      code: 'AGENTS_MISSING',
      detail: 'waited for agent 0, 2 to join, in vain',
    });
  });
  test('whoever joins after that is no participant: it catches up and is called returned', () => {
    const begun = [hello(0), hello(2), tick(LIMITS.joinMs), planned()];
    assert.deepEqual(effectsWithQuorum(...begun, hello(1)), ['attach 1#1 new', 'assign 1 stage 1']);
    assert.deepEqual(effectsWithQuorum(...begun, hello(1), report(1, 1)), ['keep-late-report 1 stage 1', 'returned 1']);
    assert.deepEqual(effectsWithQuorum(...begun, hello(1), report(1, 1), report(0, 1), report(2, 1)), ['accept 2', 'plan']);
  });
});

describe('the end', () => {
  test('whoever comes then is told so, and leaving is no failure', () => {
    const over = [...JOINED, planned(), { type: 'concluded' } as const];
    assert.deepEqual(effectsAfter(...over, again(0, 1, 1)), ['refuse 0 RUN_OVER']);
    assert.deepEqual(effectsAfter(...over, left(0, '')), []);
    assert.equal(after(...over, left(0, 'INTERNAL')).state.failure, undefined);
    assert.equal(after(...over, left(0, '')).state.agents[0].finished, true);
  });
  test('an interrupt cancels, a script that throws fails', () => {
    assert.deepEqual(effectsAfter(...JOINED, { type: 'interrupted' }), ['end cancelled']);
    assert.deepEqual(after(...JOINED, { type: 'broken', code: 'INTERNAL', detail: 'x' }).state.failure, { code: 'INTERNAL', detail: 'x' });
  });
});

/** Where an event may lead besides staying where it is; a stage is planned in any of the three working phases. */
const WORKING: readonly RunPhase[] = ['exploring', 'estimating', 'cooperating'];
const ENDS: readonly RunPhase[] = ['completed', 'completed-with-missing', 'failed', 'cancelled'];
const LEGAL = (phase: RunPhase): readonly RunPhase[] => (isOver(phase) ? [] : [...WORKING, ...ENDS]);

const PATHS: Readonly<Record<RunPhase, readonly RunEvent[]>> = {
  assembling: [hello(0)],
  exploring: [...JOINED, planned('exploring')],
  estimating: [...JOINED, planned('exploring'), planned('estimating')],
  cooperating: [...JOINED, planned('cooperating', false), detached(1)],
  completed: [...JOINED, planned(), { type: 'concluded' }],
  'completed-with-missing': [...JOINED, planned(), gone(1), { type: 'concluded' }],
  failed: [...JOINED, { type: 'broken', code: 'INTERNAL', detail: '' }],
  cancelled: [{ type: 'interrupted' }],
};

describe('every phase takes every event', () => {
  const events: RunEvent[] = [
    ...JOINED,
    hello(99),
    again(0, 1, 1),
    again(0, 0, 1),
    restarted(1, 1, 0),
    restarted(2, 9, 9),
    ...[0, 1, 2].map((agent) => detached(agent)),
    gone(0),
    left(0, ''),
    left(1, 'INTERNAL'),
    ...[0, 1, 2, 3].map((stage) => report(0, stage)),
    report(99, 1),
    progress(0, 1, 1),
    progress(99, 1, 1),
    planned('exploring', false),
    planned('cooperating'),
    { type: 'concluded' },
    { type: 'broken', code: 'INTERNAL', detail: '' },
    { type: 'interrupted' },
    tick(0),
    tick(1e9),
  ];
  for (const [phase, path] of Object.entries(PATHS) as [RunPhase, RunEvent[]][]) {
    test(`${phase} moves along legal transitions only`, () => {
      for (const event of events) {
        const { state } = withTerms(QUORUM, ...path);
        assert.equal(state.phase, phase);
        const { stage, failure } = state;
        stepRun(state, event);
        assert.ok(state.phase === phase || LEGAL(phase).includes(state.phase), `${phase} -> ${state.phase} by ${event.type}`);
        assert.equal(state.stage, stage + (event.type === 'planned' && !isOver(phase) ? 1 : 0), event.type);
        if (isOver(phase)) assert.deepEqual([state.phase, state.failure], [phase, failure], event.type);
      }
    });
  }
});

/** Agents that repeat themselves, over links that repeat, lose and reorder, which break; the script asks for five stages. */
function runOverBadLinks(seed: number, loss: number, duplicate: number): string[] {
  const stages = 5;
  const random = draw(seed, 0, 'fault', 0);
  const state = initialRunState(3, 0);
  const accepted: string[] = [];
  const agents = [0, 0, 0];
  const flights: RunEvent[] = [];
  const perform = (effects: readonly RunEffect[]): void => {
    for (const effect of effects) {
      if (effect.type === 'accept-report') accepted.push(`${state.stage}:${effect.agent}`);
      if (effect.type === 'begin' || effect.type === 'plan') perform(stepRun(state, state.stage < stages ? planned() : { type: 'concluded' }));
      // An assignment is worked on at once if it is the next one; the report of it is repeated below.
      if (effect.type === 'assign' && effect.stage === agents[effect.agent] + 1 && random.uniform() >= loss) agents[effect.agent]++;
      if (effect.type === 'assign-all') agents.forEach((stage, k) => (agents[k] = stage + 1 === state.stage && random.uniform() >= loss ? stage + 1 : stage));
    }
  };
  for (const agent of [0, 1, 2]) perform(stepRun(state, hello(agent)));
  for (let move = 0; move < 5_000 && !isOver(state.phase); move++) {
    const agent = random.integer(3);
    const stage = agents[agent];
    flights.push(random.uniform() < 0.1 ? again(agent, 1, stage) : random.uniform() < 0.1 ? detached(agent) : report(agent, stage));
    const at = random.integer(flights.length);
    const event = flights[at];
    if (random.uniform() >= duplicate) flights.splice(at, 1);
    if (random.uniform() >= loss) perform(stepRun(state, event));
  }
  assert.equal(state.phase, 'completed', `seed ${seed}: stage ${state.stage}`);
  return accepted;
}

test('whatever is lost, repeated or reordered: every report of every stage is accepted exactly once, stage after stage', () => {
  const expected = [1, 2, 3, 4, 5].flatMap((stage) => [0, 1, 2].map((agent) => `${stage}:${agent}`));
  for (let seed = 1; seed <= 200; seed++) {
    const accepted = runOverBadLinks(seed, 0.3, 0.4);
    assert.deepEqual(accepted.toSorted(), expected, `seed ${seed}`);
    assert.deepEqual(
      accepted.map((one) => one[0]),
      expected.map((one) => one[0]),
      `seed ${seed}`,
    );
  }
});

describe('a run that is paused', () => {
  const paused = (now: number): RunEvent => ({ type: 'paused', now });
  const unpaused = (now: number): RunEvent => ({ type: 'unpaused', now });
  const WORKING = [...JOINED, planned()];
  const LONG = 10 * LIMITS.stallMs;

  test('everybody hears of it, once', () => {
    assert.deepEqual(summary(after(...WORKING, paused(5)).effects), ['tell-paused']);
    assert.deepEqual(after(...WORKING, paused(5), paused(6)).effects, []);
    assert.deepEqual(summary(after(...WORKING, paused(5), unpaused(9)).effects), ['tell-paused']);
    assert.deepEqual(after(...WORKING, unpaused(9)).effects, []);
  });

  test('waits for nobody, and nobody is given up meanwhile', () => {
    const { state, effects } = after(...WORKING, detached(1, 3), paused(5), tick(LONG));
    assert.deepEqual(effects, []);
    assert.deepEqual(runWaits(state).for, []);
  });

  test('gives everybody as much time afterwards as was left before', () => {
    const resumed = [...WORKING, detached(1, 3), paused(5), unpaused(LONG)];
    assert.deepEqual(after(...resumed, tick(LONG + AWAY - 3)).effects, []);
    assert.equal(after(...resumed, tick(LONG + AWAY)).state.phase, 'failed');
    const stuck = [...WORKING, paused(5), unpaused(LONG)];
    assert.deepEqual(after(...stuck, tick(LONG + LIMITS.stallMs - 6)).effects, []);
    assert.equal(after(...stuck, tick(LONG + LIMITS.stallMs)).state.failure?.code, 'AGENT_STALLED');
  });

  test('who left meanwhile is away from the end of the pause on', () => {
    const resumed = [...WORKING, paused(5), detached(1, LONG - 1), unpaused(LONG)];
    assert.deepEqual(after(...resumed, tick(LONG + AWAY - 1)).effects, []);
    assert.equal(after(...resumed, tick(LONG + AWAY)).state.phase, 'failed');
  });

  test('the time for joining is longer by the pause', () => {
    const joining = [hello(0), paused(5), unpaused(LONG)];
    assert.deepEqual(after(...joining, tick(LONG + LIMITS.joinMs - 6)).effects, []);
    assert.equal(after(...joining, tick(LONG + LIMITS.joinMs)).state.failure?.code, 'AGENTS_MISSING');
  });

  test('one that is over cannot be paused', () => {
    assert.deepEqual(after(...WORKING, { type: 'interrupted' }, paused(5)).effects, []);
  });
});
