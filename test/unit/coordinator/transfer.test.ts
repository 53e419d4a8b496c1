/** What an arm does with the gains of its agents: the alarm, and the network's gate. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArmResult } from '../../../core/run-result.ts';
import type { Diagnostic } from '../../../core/relationship/relationship.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { Scripted } from './scripted.ts';

const HELPED = Float64Array.of(1, 1.1, 1.2, 0.9);
const HARMED = Float64Array.of(-1, -1.1, -1.2, -0.9);
const RUINED = Float64Array.of(-100, -110, -120, -90);

function script(arm: string, gains: (agent: number) => Float64Array): Scripted {
  const one = new Scripted(smallExperiment([`cooperate.arms=[{strategy: non-cooperative}, ${arm}]`]));
  one.gains = gains;
  return one;
}

function outcome(arm: string, gains: (agent: number) => Float64Array): { arm: ArmResult; notes: Diagnostic[]; labels: string[] } {
  const done = script(arm, gains).untilOver();
  const arms = done.records.flatMap((entry) => (entry.type === 'arm' ? [entry.arm] : []));
  const notes = done.records.flatMap((entry) => (entry.type === 'diagnostics' ? entry.diagnostics : []));
  assert.equal(arms[0].gainByAgent, undefined);
  return { arm: arms[1], notes: notes.filter(({ code }) => /TRANSFER|GUARD|HARMED/.test(code)), labels: done.stages.map(({ label }) => label) };
}

test('gains and intervals are by agent and for the network', () => {
  const { arm, notes, labels } = outcome('{strategy: multitask}', () => HELPED);
  assert.equal(arm.gainByAgent!.length, 6);
  assert.ok(arm.gainByAgent!.every((one) => Math.abs(one!.gain - 1.05) < 1e-12 && one!.low! > 0));
  assert.ok(Math.abs(arm.gain!.gain - 6.3) < 1e-12);
  assert.equal(arm.fellBack, null);
  assert.deepEqual(notes, []);
  assert.ok(!labels.some((label) => label.includes('falling back')));
});

test('one agent that is harmed is named with its interval; the network goes on', () => {
  const { arm, notes } = outcome('{strategy: multitask}', (agent) => (agent === 4 ? HARMED : HELPED));
  assert.deepEqual(
    notes.map(({ code, value }) => [code, value]),
    [['NEGATIVE_TRANSFER', 1]],
  );
  assert.match(notes[0].message, /^multitask \(learned\): on fresh batches agent 4 \(loss \+1\.1, between \+0\.\d+ and \+1\.\d\) would do better alone$/);
  assert.equal(arm.fellBack, null);
  assert.equal(arm.steadyError, 3.5);
});

describe('a network that is harmed', () => {
  const oneRuined = (agent: number): Float64Array => (agent === 4 ? RUINED : HELPED);

  test('falls back as a whole, also those who gained', () => {
    const { arm, notes, labels } = outcome('{strategy: multitask}', oneRuined);
    assert.deepEqual(arm.fellBack, { steadyError: 3.5 });
    assert.equal(arm.steadyError, 0.5);
    assert.deepEqual(arm.errorByAgent, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    assert.equal(labels.at(-1), 'multitask (learned): falling back');
    assert.deepEqual(
      notes.map(({ code }) => code),
      ['NEGATIVE_TRANSFER', 'GUARD_FELL_BACK'],
    );
    assert.match(notes[1].message, /every agent delivers what it learned alone; the cooperating models had the error 3\.50$/);
  });
  test('is only told so where the guard is off', () => {
    const { arm, notes, labels } = outcome('{strategy: multitask, guard: false}', oneRuined);
    assert.equal(arm.fellBack, null);
    assert.equal(arm.steadyError, 3.5);
    assert.deepEqual(
      notes.map(({ code }) => code),
      ['NEGATIVE_TRANSFER', 'NETWORK_HARMED'],
    );
    assert.ok(!labels.some((label) => label.includes('falling back')));
  });
  test('begins the arm again when somebody is lost while it falls back', () => {
    const one = script('{strategy: multitask}', oneRuined).until(({ label }) => label.endsWith('falling back'));
    const before = one.arm[0].epoch;
    one.lose(2).breakOff();
    one.until(({ works }) => works.some((work) => work.kind === 'cooperate' && work.strategy === 'multitask'));
    assert.notEqual(one.arm[0].epoch, before);
    assert.equal(one.arm[0].fallBack, false);
  });
});
