/** Each checker sees its own kind of mistake. The runs in which all of them look on are the swarm's: test/swarm. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunResult } from '../../../core/run-result.ts';
import { initialAgentState } from '../../../agent/agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from '../../../agent/agent-machine.ts';
import type { AgentOptions } from '../../../agent/agent.ts';
import { encodeCheckpoint } from '../../../agent/checkpoint.ts';
import type { Checkpoint } from '../../../agent/checkpoint.ts';
import type { CheckpointStore } from '../../../agent/checkpoint-store.ts';
import type { Trainer } from '../../../agent/trainer.ts';
import type { LogRecord } from '../../../coordinator/log-record.ts';
import type { RunDriverOptions } from '../../../coordinator/run-driver.ts';
import { AgentChecker } from '../../../sim/agent-checker.ts';
import { Checkers } from '../../../sim/checkers.ts';
import { CoordinatorChecker } from '../../../sim/coordinator-checker.ts';
import { difference, outcomeOf } from '../../../sim/outcome.ts';
import { Witness } from '../../../sim/witness.ts';
import { example } from '../../support/experiments.ts';

const vector = (...values: number[]): Float64Array => Float64Array.from(values);
const said = ({ violations }: Witness): string[] => violations.map(({ text }) => text);

test('the first word of an agent holds: another vector, another report, another use of it are named', () => {
  const witness = new Witness(2);
  witness.published(0, 3, vector(1, 2));
  witness.published(0, 3, vector(1, 2));
  witness.used(1, 0, 3, vector(1, 2));
  witness.reported(0, 1, new Map([['error', vector(1)]]));
  witness.reported(0, 1, new Map([['error', vector(1)]]));
  witness.counted(
    0,
    1,
    new Map([
      ['error', vector(1)],
      ['traffic', vector(9)],
      ['learning:traffic', vector(8)],
    ]),
  );
  assert.deepEqual(said(witness), []);
  witness.published(0, 3, vector(1, -2));
  witness.used(1, 0, 3, vector(0, 2));
  witness.used(1, 0, 4, vector(0, 2));
  witness.used(1, 0, 3, undefined);
  witness.reported(0, 1, new Map([['error', vector(2)]]));
  witness.counted(0, 1, new Map([['other', vector(1)]]));
  witness.exchanged(0, 5, 4);
  witness.exchanged(0, 5, 3);
  assert.equal(said(witness).length, 7);
});

/** An agent whose machine does what it is told, on a disk that is told when it is done. */
function agentUnder(witness: Witness, effects: (state: AgentState, event: AgentEvent) => AgentEffect[]) {
  let stored: { checkpoint: Checkpoint | undefined } = { checkpoint: undefined };
  let finish = (): void => {};
  const disk: CheckpointStore = {
    save: (_, done) => (finish = () => done(undefined)),
    load: () => ({ ...stored, notes: [] }),
  };
  const trainer: Trainer = {
    vectorLengthMax: 1,
    begin: () => ({ iteration: 0, advance: () => ({ kind: 'pause' }), deliver: () => {} }),
    snapshot: () => new Map(),
    restore: () => {},
  };
  const checker: AgentChecker = new AgentChecker(0, { witness, durableStepOf: () => 5, closedStage: () => 2, onMoment: () => {} });
  const start = () => {
    const options = { checkpoints: disk, faults: { step: 0 }, step: effects, createTrainer: () => trainer, onEnd: () => {} } as unknown as AgentOptions;
    const watched = checker.observe(checker.surround(options));
    watched.checkpoints.load();
    return { step: watched.step!, checkpoints: watched.checkpoints, activity: watched.createTrainer({} as never, 0, 2, 1).begin({ kind: 'moments' }) };
  };
  return { start, checker, finish: () => finish(), store: (checkpoint: Checkpoint | undefined) => (stored = { checkpoint }) };
}

const exchanging = (step: number, more: Partial<AgentState> = {}): AgentState => ({ ...initialAgentState(0, 1, step), expected: [1], ...more });
const tick: AgentEvent = { type: 'tick', now: 0 };
const deliver = (...steps: number[]): AgentEffect => ({ type: 'deliver', from: steps.map(() => 1), steps });

test('exchanges are applied in order, each once, with the vectors of their own step', () => {
  const witness = new Witness(2);
  let next = deliver(1);
  const { step, activity } = agentUnder(witness, () => [next]).start();
  const apply = (at: number, ...steps: number[]): void => {
    next = deliver(...steps);
    step(exchanging(at), tick);
    activity.deliver([vector(7)]);
  };
  for (const at of [1, 2, 3]) witness.published(1, at, vector(7));
  apply(1, 1);
  apply(2, 2);
  assert.deepEqual(said(witness), []);
  apply(2, 2);
  assert.match(said(witness).join(), /applied exchange 2 after 2/);
  apply(3, 2);
  assert.match(said(witness).join(), /used vectors of exchanges 2 at 3/);
  activity.deliver([vector(7)]);
  assert.match(said(witness).join(), /handed vectors that were not due/);
});

test('stage, exchange and epoch never go back, and a new process begins at the last durable checkpoint', () => {
  const witness = new Witness(2);
  const agent = agentUnder(witness, () => []);
  const { step, checkpoints } = agent.start();
  step(exchanging(4), tick);
  const checkpoint: Checkpoint = { run: 'r', agent: 0, incarnation: 1, session: 's', stage: 1, step: 4, cooperatingStep: 4, vectors: new Map(), history: [] };
  checkpoints.save(encodeCheckpoint(checkpoint), () => {});
  assert.equal(agent.checker.durableStep, 0);
  agent.finish();
  assert.equal(agent.checker.durableStep, 4);
  step(exchanging(3), tick);
  assert.match(said(witness).join(), /went back from stage 1, exchange 4/);
  agent.store(checkpoint);
  agent.start();
  assert.equal(witness.violations.length, 1);
  agent.store({ ...checkpoint, cooperatingStep: 3 });
  agent.start();
  assert.match(said(witness).join(), /began from another checkpoint/);
});

test('a durable step that is none, and a stage that is not in the log yet, are heard', () => {
  const witness = new Witness(2);
  const { step } = agentUnder(witness, () => []).start();
  const synced = (durableStep: number): AgentEvent => ({ type: 'synced', agent: 1, sync: { type: 'sync', step: 9, durableStep, oldestStep: 1 }, now: 0 });
  const assigned = (stage: number): AgentEvent => ({ type: 'assigned', assign: { type: 'assign', stage, work: { kind: 'moments' } } as never, now: 0 });
  step(exchanging(1), synced(5));
  step(exchanging(1), assigned(3));
  assert.deepEqual(said(witness), []);
  step(exchanging(1), synced(6));
  step(exchanging(1), assigned(4));
  assert.equal(witness.violations.length, 2);
});

test('the log: a report counts once, nobody is left out, one relationship a version, and what was flushed is there', () => {
  const witness = new Witness(2);
  const checker = new CoordinatorChecker(witness);
  const log = { append: () => {}, flush: () => {}, close: () => {} };
  const begin = (records: LogRecord[]) => checker.surround({ log, records } as unknown as RunDriverOptions).log;
  const first = begin([]);
  const report: LogRecord = { type: 'report', agent: 1, stage: 1, values: new Map() };
  const closed: LogRecord = { type: 'closed', stage: 1, brokenOff: false, excluded: [] };
  first.append(report);
  first.append(closed);
  assert.equal(checker.closedStage, 0);
  first.flush();
  assert.equal(checker.closedStage, 1);
  first.append({ type: 'relationship', version: 1, sha256: 'a' });
  // What was not flushed is gone, and may be written again.
  const second = begin([report, closed]);
  second.append({ type: 'relationship', version: 1, sha256: 'a' });
  assert.deepEqual(said(witness), []);
  second.append(report);
  second.append({ type: 'relationship', version: 1, sha256: 'b' });
  second.append({ type: 'closed', stage: 2, brokenOff: true, excluded: [] });
  second.append({ type: 'closed', stage: 2, brokenOff: false, excluded: [0] });
  assert.equal(witness.violations.length, 4);
  begin([closed]);
  assert.match(said(witness).join(), /began with 1 records of 2/);
});

const result = {
  status: 'completed',
  relationship: null,
  diagnostics: [],
  agents: { expected: 2, completed: 2, missing: [], names: ['0', '1'] },
  arms: [{ strategy: 'multitask', relationship: 'learned', parametersSha256: 'a', steadyError: 0.5, bytesSent: 10, roundsPerSecond: 3 }],
} as unknown as RunResult;

test('an outcome is everything but time and traffic', () => {
  const changed = (fields: object): string => difference(outcomeOf(result), outcomeOf({ ...result, arms: [{ ...result.arms[0], ...fields }] }));
  assert.equal(changed({ bytesSent: 11, roundsPerSecond: 9 }), '');
  assert.match(changed({ parametersSha256: 'b' }), /other parameters/);
  assert.match(changed({ steadyError: 0.6 }), /same parameters and another steadyError/);
  assert.match(difference(outcomeOf(result), outcomeOf({ ...result, arms: [] })), /missing/);
});

test('a run that does not end is lost, and it says who waits for whom', () => {
  const checkers = new Checkers(example('swarm'));
  const progress = { waitingFor: 'agent 3 to come back' } as never;
  const [first] = checkers.verdict({ progress }, undefined, outcomeOf(result));
  assert.equal(first.verdict, 'lost');
  assert.match(first.text, /the coordinator waits for agent 3 to come back; agent 0 does not run/);
});

test('a failed run is lost, with its reason', () => {
  const failed = { ...result, status: 'failed', error: { code: 'AGENT_LOST', message: 'agent 2', hint: '' } } as const;
  assert.match(new Checkers(example('swarm')).verdict({ progress: undefined }, failed, outcomeOf(result))[0].text, /failed: AGENT_LOST agent 2/);
});
