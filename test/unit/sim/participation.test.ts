/**
 * Runs that lose agents: they go on with a quorum, say who was missing, and take in who comes back. An arm's parameters
 * depend on who took part in it and on whose reports the relationship was learned from, and on nothing else.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { RunResult } from '../../../core/run-result.ts';
import type { Experiment } from '../../../config/experiment.ts';
import type { RunStore } from '../../../coordinator/run-store.ts';
import { Simulation } from '../../../sim/simulation.ts';
import type { SimulationOptions } from '../../../sim/simulation.ts';
import { digests, example, smallExperiment } from '../../support/experiments.ts';

const QUORUM = ['participation={quorum: 5, wait: 1s}', 'explore.steps=100', 'cooperate.steps=40'];
const ARMS = 'cooperate.arms=[{strategy: non-cooperative}, {strategy: consensus}, {strategy: multitask}, {strategy: filter}]';
const ALL = [0, 1, 2, 3, 4, 5];
const WITHOUT_3 = [0, 1, 2, 4, 5];
/** An arm of 40 rounds takes 40 times as long: agents that restart meet arms that are under way. */
const DELAY_MS = 10;
/** Virtual time after which a run hangs. */
const HORIZON_MS = 120_000;

interface Outcome {
  readonly result: RunResult;
  readonly events: readonly { readonly type: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

function run(faults: string, overrides: readonly string[] = [], rest: Partial<SimulationOptions> = {}): Outcome {
  return simulate(smallExperiment([...QUORUM, ARMS, `faults=[${faults}]`, ...overrides]), rest);
}

function simulate(experiment: Experiment, rest: Partial<SimulationOptions>): Outcome {
  const events: { type: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const nothing = (): void => {};
  const event = (type: string, fields: Readonly<Record<string, unknown>>): void => void events.push({ type, fields });
  const store: RunStore = { directory: '', event, metrics: nothing, relationship: nothing, parameters: nothing, result: nothing };
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const virtual = { stopwatch: () => 0, delayMs: () => DELAY_MS, horizonMs: HORIZON_MS };
  const simulation = new Simulation({ experiment, runId: 'lossy', store, readFile, ...virtual, ...rest });
  const result = simulation.run();
  assert.ok(result, `the run hangs: ${simulation.progress?.waitingFor}`);
  return { result, events };
}

const crews = (result: RunResult): (readonly number[])[] => result.arms.map((arm) => arm.participants);
const versions = ({ events }: Outcome): unknown[] => events.filter(({ type }) => type === 'relationship').map(({ fields }) => fields['contributors']);
const absences = (result: RunResult): string[] => result.diagnostics.filter(({ code }) => code === 'AGENT_LEFT_OUT').map(({ message }) => message);

function assertCompletedWithout3({ result }: Outcome): void {
  assert.equal(result.status, 'completed-with-missing');
  assert.deepEqual([result.agents.expected, result.agents.completed, result.agents.missing], [6, 5, [3]]);
  for (const arm of result.arms)
    assert.deepEqual(
      arm.participants,
      arm.errorByAgent.flatMap((error, agent) => (error === null ? [] : [agent])),
    );
}

describe('an agent is lost for good', () => {
  const whole = run('').result;
  const exploring = run('{at: exploring, kill: 3}');

  test('while exploring: the relationship is learned from the others', () => {
    const { result } = exploring;
    assertCompletedWithout3(exploring);
    assert.deepEqual(crews(result), [WITHOUT_3, WITHOUT_3, WITHOUT_3, WITHOUT_3]);
    assert.deepEqual(versions(exploring), [WITHOUT_3]);
    assert.deepEqual(result.relationship!.laplacian![3], [0, 0, 0, 0, 0, 0]);
    assert.equal(result.relationship!.relativeError, null);
    assert.match(absences(result).join('\n'), /^agent 3 took no part in relationship v1, non-cooperative, .*: did not come back within 1 s$/);
  });

  test('those who learn alone do as in a run where nobody is lost', () => {
    const errors = whole.arms[0].errorByAgent.map((error, agent) => (agent === 3 ? null : error));
    assert.deepEqual(exploring.result.arms[0].errorByAgent, errors);
  });

  test('while estimating: the same run', () => {
    const estimating = run('{at: estimating, kill: 3}');
    assertCompletedWithout3(estimating);
    assert.deepEqual(digests(estimating.result), digests(exploring.result));
  });

  test('in the second arm: the arm begins again without it, whenever it is lost', () => {
    const early = run('{at: 45, kill: 3}');
    const late = run('{at: 77, kill: 3}');
    assertCompletedWithout3(early);
    assert.deepEqual(crews(early.result), [ALL, WITHOUT_3, WITHOUT_3, WITHOUT_3]);
    assert.deepEqual(versions(early), [ALL]);
    assert.equal(early.result.relationship!.relativeError, whole.relationship!.relativeError);
    assert.equal(digests(early.result)[0], digests(whole)[0]);
    // The network does not depend on what was learned.
    assert.equal(digests(early.result)[1], digests(exploring.result)[1]);
    assert.deepEqual(digests(late.result), digests(early.result));
    assert.deepEqual(
      early.result.arms.map((arm) => arm.predictedError === null),
      [false, false, false, false],
    );
  });

  test('in bounded rounds: the arm goes on, and theory has no word for it', () => {
    const bounded = run('{at: 60, kill: 3}', ['network.rounds={bounded: 3}']);
    assertCompletedWithout3(bounded);
    assert.deepEqual(crews(bounded.result), [ALL, WITHOUT_3, WITHOUT_3, WITHOUT_3]);
    const stages = bounded.events.filter(({ type, fields }) => type === 'stage' && fields['phase'] === 'cooperating');
    assert.equal(stages.length, 4, 'no arm was begun twice');
    assert.equal(bounded.result.arms[1].predictedError, null);
  });

  test('the coordinator restarts after it: the same result', () => {
    const lost = run('{at: 45, kill: 3}').result;
    const restarted = run('{at: 45, kill: 3}, {at: 95, kill: coordinator, restartAfter: 300ms}');
    assert.ok(restarted.events.some(({ type }) => type === 'resumed'));
    assert.deepEqual(digests(restarted.result), digests(lost));
    assert.deepEqual(restarted.result.agents, lost.agents);
    assert.deepEqual(restarted.result.diagnostics, lost.diagnostics);
  });

  test('too many: the run fails and names them', () => {
    const { result } = run('{at: 45, kill: 3}, {at: 110, kill: 4}');
    assert.equal(result.status, 'failed');
    assert.equal(result.error?.code, 'AGENT_LOST');
    assert.match(result.error.message, /^agent 4 while cooperating: .*; left out before: agent 3$/);
    assert.deepEqual(result.agents.missing, [3, 4]);
  });
});

describe('an agent comes back too late', () => {
  const whole = digests(run('').result);

  test('for the relationship: it is learned again, with its evidence, before the next arm', () => {
    const outcome = run('{at: exploring, kill: 3, restartAfter: 1500ms}');
    assertCompletedWithout3(outcome);
    const { result } = outcome;
    const missed = crews(result).filter((crew) => crew.length < ALL.length).length;
    assert.ok(missed > 0 && missed < 4, `it missed ${missed} arms`);
    assert.deepEqual(versions(outcome), [WITHOUT_3, ALL]);
    assert.equal(result.relationship!.version, 2);
    assert.deepEqual(result.relationship!.contributors, ALL);
    assert.deepEqual(digests(result).slice(missed), whole.slice(missed), 'from then on it is the run that nobody was lost in');
    assert.match(absences(result).join('\n'), /^agent 3 took no part in relationship v1, /);
  });

  test('for an arm: it is in the next one, by the relationship that it helped to learn', () => {
    const outcome = run('{at: 45, kill: 3, restartAfter: 1500ms}');
    assertCompletedWithout3(outcome);
    const { result } = outcome;
    assert.deepEqual(crews(result).at(-1), ALL);
    assert.deepEqual(versions(outcome), [ALL], 'nothing new was told');
    const missed = crews(result).map((crew) => crew.length < ALL.length);
    digests(result).forEach((digest, arm) => assert.equal(digest === whole[arm], !missed[arm]));
  });

  test('and restarts once more as a member: it goes on from its checkpoint', () => {
    const { result } = run('{at: exploring, kill: 3, restartAfter: 1500ms}, {at: 20, kill: 3, restartAfter: 100ms}');
    assert.equal(result.status, 'completed-with-missing');
    assert.deepEqual(crews(result).at(-1), ALL);
    assert.equal(digests(result).at(-1), whole.at(-1));
  });

  test('the coordinator restarts after it: the same result', () => {
    const late = run('{at: exploring, kill: 3, restartAfter: 1500ms}').result;
    const restarted = run('{at: exploring, kill: 3, restartAfter: 1500ms}, {at: 155, kill: coordinator, restartAfter: 100ms}');
    assert.ok(restarted.events.some(({ type }) => type === 'resumed'));
    assert.deepEqual(digests(restarted.result), digests(late));
    assert.deepEqual(crews(restarted.result), crews(late));
    assert.deepEqual(restarted.result.agents, late.agents);
  });
});

describe('who restarts without a checkpoint does not go through the past with one that is lost', () => {
  const NO_CHECKPOINTS = { checkpointMs: 10 * HORIZON_MS };
  const arms = (...names: string[]): string => `cooperate.arms=[${names.map((name) => `{strategy: ${name}}`).join(', ')}]`;
  const [ALONE, TOGETHER] = [arms('non-cooperative', 'multitask'), arms('consensus', 'multitask')];
  const BETWEEN = arms('consensus', 'non-cooperative', 'multitask');

  for (const { when, overrides, lost, restarted } of [
    {
      when: 'at the same time: it is called away from there',
      overrides: [TOGETHER],
      lost: '{at: 50, kill: 3}',
      restarted: '{at: 50, kill: 2, restartAfter: 50ms}',
    },
    { when: 'later: it is led past the arm before', overrides: [TOGETHER], lost: '{at: 50, kill: 3}', restarted: '{at: 70, kill: 2, restartAfter: 50ms}' },
    { when: 'in an arm that goes on without', overrides: [ALONE], lost: '{at: 10, kill: 3}', restarted: '{at: 10, kill: 2, restartAfter: 500ms}' },
    { when: 'in such an arm after another', overrides: [BETWEEN], lost: '{at: 50, kill: 3}', restarted: '{at: 50, kill: 2, restartAfter: 50ms}' },
    {
      when: 'in bounded rounds',
      overrides: [ALONE, 'network.rounds={bounded: 3}'],
      lost: '{at: 10, kill: 3}',
      restarted: '{at: 10, kill: 2, restartAfter: 500ms}',
    },
  ]) {
    test(when, () => {
      const outcome = run(`${lost}, ${restarted}`, overrides, NO_CHECKPOINTS);
      assertCompletedWithout3(outcome);
      const expected = digests(run(lost, overrides).result);
      // Bounded rounds depend on the time.
      if (overrides.length === 1) assert.deepEqual(digests(outcome.result), expected);
    });
  }
});

test('on a table: who comes late is standardised as the others are, and its fit counts', () => {
  const table = (faults: string): Outcome =>
    simulate(
      example('irish-wind', [
        'participation={quorum: 10, wait: 1s}',
        'cooperate.steps=20',
        'cooperate.arms=[{strategy: consensus}, {strategy: multitask, eta: 2}, {strategy: multitask, relationship: complete, eta: 2}]',
        `faults=[${faults}]`,
      ]),
      {},
    );
  const lost = table('{at: exploring, kill: 3}').result;
  const late = table('{at: exploring, kill: 3, restartAfter: 1500ms}');
  assert.deepEqual(late.result.problem, lost.problem, 'ridge and deviation of the target stay');
  assert.deepEqual(
    versions(late).map((contributors) => (contributors as number[]).length),
    [11, 12],
  );
  const crew = crews(late.result).map(({ length }) => length);
  assert.deepEqual([crew[0], crew.at(-1)], [11, 12]);
  assert.deepEqual(
    lost.arms.map((arm) => arm.errorByAgent[3]),
    [null, null, null],
  );
  assert.equal(digests(late.result)[0], digests(lost)[0]);
});
