/** The relationship learned on while agents cooperate, as the script has it: when, from what, and in which arms. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { changeSteps, isTelling, lookSteps } from '../../../coordinator/course.ts';
import type { RunRecord } from '../../../coordinator/script.ts';
import type { CooperateWork } from '../../../proto/messages.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { Scripted } from './scripted.ts';

/** A look every 50 steps: 2 / mu, mu = 0.04. */
function experiment(arms: string, more: readonly string[] = []): Experiment {
  const drift = 'problem.drift={ change: rewiring, at: 120 }';
  return smallExperiment(['relationship.estimator=recursive', 'cooperate.steps=230', drift, `cooperate.arms=[${arms}]`, ...more]);
}

const multitask = (relationship = 'learned'): string => `{ strategy: multitask, relationship: ${relationship} }`;

type Learned = Extract<RunRecord, { type: 'relationship' }>;
const versions = ({ records }: Scripted): Learned[] => records.filter((entry): entry is Learned => entry.type === 'relationship');

/** The legs of an arm: where each ends, and what is asked for. */
function legs({ stages }: Scripted, arm: number): [number, readonly string[]][] {
  const works = stages.flatMap(({ works: [work] }) => (work.kind === 'cooperate' && work.arm === arm ? [work] : []));
  return works.map(({ untilIteration, needs }) => [untilIteration, needs]);
}

/** Of all agents, leg by leg. */
const viewsOf = ({ stages }: Scripted, arm: number): CooperateWork['view'][][] =>
  stages.map(({ works }) => works.flatMap((work) => (work.kind === 'cooperate' && work.arm === arm ? [work.view] : []))).filter((views) => views.length > 0);

describe('looks', () => {
  test('a shadow has 4 / mu to settle; what it told until then does not count', () => {
    assert.deepEqual(lookSteps(0.04, 230), [100, 150, 200]);
    assert.deepEqual(
      [100, 150].map((step) => isTelling(step, 0.04)),
      [false, true],
    );
    assert.deepEqual(lookSteps(0.04, 100), []);
  });

  test('the truth changes at once, or look by look', () => {
    assert.deepEqual(changeSteps({ at: 120, over: 0 }, 0.04), [119]);
    assert.deepEqual(changeSteps({ at: 120, over: 70 }, 0.04), [119, 169, 189]);
  });
});

describe('arms', () => {
  const script = new Scripted(
    experiment(['{ strategy: non-cooperative }', multitask(), '{ strategy: filter }', multitask('known'), multitask('frozen')].join(', ')),
  ).untilOver();
  const needs = ['average', 'noise'];

  test('the first that uses the learned relationship asks, the others follow', () => {
    assert.deepEqual(legs(script, 0), [[230, []]]);
    assert.deepEqual(
      legs(script, 1),
      [100, 150, 200, 230].map((until) => [until, needs]),
    );
    assert.deepEqual(
      legs(script, 2),
      [100, 150, 200, 230].map((until) => [until, []]),
    );
    assert.deepEqual(viewsOf(script, 2), viewsOf(script, 1));
  });

  test('the oracle changes with the truth, frozen never', () => {
    assert.deepEqual(
      legs(script, 3).map(([until]) => until),
      [119, 230],
    );
    assert.notDeepEqual(viewsOf(script, 3)[0], viewsOf(script, 3)[1]);
    assert.deepEqual(legs(script, 4), [[230, []]]);
    assert.deepEqual(viewsOf(script, 4)[0], viewsOf(script, 1)[0]);
  });

  test('every look is a version, with the step it is from and the truth of that step', () => {
    const told = versions(script);
    assert.deepEqual(
      told.map(({ version, step }) => [version, step]),
      [
        [1, undefined],
        [2, 150],
        [3, 200],
      ],
    );
    assert.notDeepEqual(told[0].truth, told[1].truth);
    assert.deepEqual(told[1].truth, told[2].truth);
  });

  test('the traffic of an arm is that of all its stages', () => {
    const sent = script.records.flatMap((entry) => (entry.type === 'arm' ? [entry.arm.bytesSent] : []));
    assert.deepEqual(sent, [600, 2400, 2400, 1200, 600]);
  });
});

test('broken off in the middle, the arm and what was learned in it begin again among those who are left', () => {
  const script = new Scripted(experiment(multitask())).until(({ phase, from }) => phase === 'cooperating' && from === 150);
  assert.equal(versions(script).length, 2);
  script.lose(2).breakOff().untilOver();
  const again = versions(script).slice(2);
  assert.deepEqual(
    again.map(({ step, contributors }) => [step, contributors]),
    [150, 200].map((step) => [step, [0, 1, 3, 4, 5]]),
  );
  assert.deepEqual(
    legs(script, 0).map(([until]) => until),
    [100, 150, 200, 100, 150, 200, 230],
  );
});

test('where rounds do not wait, an arm goes on without the lost, and learning begins with what the others tell', () => {
  const script = new Scripted(experiment(multitask(), ['network.rounds=async'])).until(({ phase, from }) => phase === 'cooperating' && from === 150);
  script.lose(2).untilOver();
  assert.deepEqual(
    versions(script).map(({ step, contributors }) => [step, contributors.length]),
    [
      [undefined, 6],
      [150, 6],
      [200, 5],
    ],
  );
});
