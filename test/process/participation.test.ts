/** A run of real processes that loses an agent for good: it goes on with a quorum, and says so in every way that it can. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunResult } from '../../core/run-result.ts';
import { experimentFile, kindred, onlyRun } from '../support/command.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';
import { once, watchedRun } from '../support/watched-run.ts';
import type { Watched } from '../support/watched-run.ts';

const EIGHT = [
  'agents=8',
  'participation={quorum: 7, wait: 2s}',
  'explore.steps=1000',
  'cooperate.steps=100',
  'cooperate.arms=[{strategy: non-cooperative}, {strategy: consensus}, {strategy: multitask}]',
];
const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
const WITHOUT_5 = [0, 1, 2, 3, 4, 6, 7];

describe('one of eight agents is killed and not started again', () => {
  test('while exploring: the command ends with 3, and the result names it', async () => {
    const experiment = smallExperiment([...EIGHT, 'faults=[{at: exploring, kill: 5}]']);
    const { file, directory } = experimentFile(experiment);
    const { code, stdout, stderr } = await kindred('run', file, '--json').ended;
    assert.equal(code, 3, stderr);
    const result = JSON.parse(stdout) as RunResult;
    assert.equal(result.status, 'completed-with-missing');
    assert.deepEqual([result.agents.completed, result.agents.missing], [7, [5]]);
    assert.deepEqual(result.relationship!.contributors, WITHOUT_5);
    for (const arm of result.arms) assert.deepEqual([arm.participants, arm.errorByAgent[5]], [WITHOUT_5, null]);
    assert.deepEqual(
      result.diagnostics.filter(({ code: found }) => found === 'AGENT_LEFT_OUT').map(({ value }) => value),
      [5],
    );
    assert.deepEqual(digests(result), digests(simulated(experiment)), 'processes and simulator differ');
    const run = onlyRun(directory);
    assert.deepEqual(readdirSync(join(run, 'relationship')), ['v0001.json']);
    assert.match((await kindred('show', run).ended).stdout, /completed-with-missing, agents 7\/8, missing 5/);
    assert.match(readFileSync(join(run, 'report.html'), 'utf8'), /learned from the reports of 7 agents, without 5/);
  });

  test('in the second arm: that arm begins again without it', async () => {
    const experiment = smallExperiment([...EIGHT, 'faults=[{at: 150, kill: 5}]']);
    const { result, alive } = await watchedRun(experiment, {});
    assert.equal(result.status, 'completed-with-missing', result.error?.message);
    assert.deepEqual(
      result.arms.map((arm) => arm.participants),
      [ALL, WITHOUT_5, WITHOUT_5],
    );
    assert.deepEqual(result.relationship!.contributors, ALL);
    assert.deepEqual(digests(result), digests(simulated(experiment)), 'processes and simulator differ');
    assert.deepEqual(alive, []);
  });
});

test('an agent that is told to leave is missing from then on', async () => {
  const leave = once<[Watched]>(
    () => true,
    (run) => process.kill(run.pid(5), 'SIGTERM'),
  );
  const { result, alive } = await watchedRun(smallExperiment([...EIGHT, 'cooperate.steps=1000', 'cooperate.arms=[{strategy: consensus}]']), {
    progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 0 && leave(run),
  });
  assert.ok(leave.done);
  assert.equal(result.status, 'completed-with-missing', result.error?.message);
  assert.deepEqual(result.arms[0].participants, WITHOUT_5);
  assert.match(result.diagnostics.find(({ code }) => code === 'AGENT_LEFT_OUT')!.message, /^agent 5 took no part in consensus \(network\): /);
  assert.deepEqual(alive, []);
});
