/** Which settings tell experiments apart: what is drawn and where output goes do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsKey, settingsLabels, settingsOf } from '../../../cli/run-settings.ts';
import type { StoredRun } from '../../../cli/stored-runs.ts';
import { loadExperiment } from '../../../config/load.ts';

const FILE = 'name: one\nagents: 4\nproblem: { kind: gmrf-regression, graph: ring, dimension: 40 }\ncooperate: { arms: [{ strategy: multitask }] }\n';

function stored(...overrides: string[]): StoredRun {
  const experiment = loadExperiment('one.yaml', { overrides, environment: {}, readFile: () => FILE });
  return { runId: 'one', directory: '/one', startedMs: 0, experiment, result: undefined };
}

test('the seed and the output are no settings; everything else is', () => {
  const key = (...overrides: string[]): string => settingsKey(settingsOf(stored(...overrides)));
  assert.equal(key('seed=2', 'output.directory=elsewhere', 'output.every=3'), key());
  for (const one of ['problem.dimension=41', 'cooperate.arms[0].eta=.1', 'agents=5', 'network.open=false', 'name=two']) assert.notEqual(key(one), key(), one);
});

test('labels: the name where it differs, else what differs, at most three of it', () => {
  const labels = (...all: readonly string[][]): string[] => settingsLabels(all.map((overrides) => settingsOf(stored(...overrides))));
  assert.deepEqual(labels([]), ['one']);
  assert.deepEqual(labels([], ['name=two', 'agents=5']), ['one', 'two']);
  assert.deepEqual(labels([], ['problem.dimension=41']), ['problem.dimension=40', 'problem.dimension=41']);
  const [first] = labels([], ['problem.dimension=41', 'problem.noise=3', 'problem.batch=7', 'network.open=false', 'cooperate.arms[0].eta=.1']);
  assert.match(first, /^problem\.dimension=40 problem\.batch=\d+ problem\.noise=\S+ and 2 more$/);
});
