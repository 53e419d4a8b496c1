/** The guard, and a relationship that is given, over real processes: the bits of the simulator, also where somebody dies. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRelationship } from '../../config/relationship-file.ts';
import type { RunResult } from '../../core/run-result.ts';
import { digests, inProcesses, output, simulated, smallExperiment } from '../support/experiments.ts';
import { once, slowed, watchedRun, type Watched } from '../support/watched-run.ts';

const HARMFUL = '{strategy: multitask, relationship: permuted, eta: 3}';
const SETTINGS = [
  'relationship.estimator=cgl',
  'cooperate.stepSize=0.05',
  'cooperate.steps=240',
  'problem.noise=20',
  `cooperate.arms=[{strategy: non-cooperative}, {strategy: multitask}, ${HARMFUL}]`,
];
const experiment = smallExperiment(SETTINGS);
const expected = simulated(experiment);
const guards = ({ arms }: RunResult): object => arms.map(({ gain, gainByAgent, fellBack }) => ({ gain, gainByAgent, fellBack }));

test('the arm that harms falls back', () => {
  assert.ok(expected.arms[2].fellBack);
  assert.equal(digests(expected)[2], digests(expected)[0]);
});

test('processes: the same gains, the same fall, the same bits', async () => {
  const real = await inProcesses(experiment);
  assert.equal(real.status, 'completed', real.error?.message);
  assert.deepEqual(digests(real), digests(expected));
  assert.deepEqual(guards(real), guards(expected));
});

for (const party of [3, 'coordinator'] as const)
  test(`${party === 3 ? 'an agent' : 'the coordinator'} dies in the arm that falls back: the shadow comes out of its checkpoint`, async () => {
    const blow = once<[Watched]>(
      () => true,
      (run) => process.kill(run.pid(party), 'SIGKILL'),
    );
    const { result } = await watchedRun(smallExperiment([...SETTINGS, slowed(3)]), {
      progress: ({ label, iteration }, run) => label === 'multitask (permuted)' && iteration > 0 && blow(run),
    });
    assert.ok(blow.done);
    assert.equal(result.status, 'completed', result.error?.message);
    assert.deepEqual(digests(result), digests(expected));
    assert.deepEqual(guards(result), guards(expected));
  });

test('a relationship that is given: no exploring, and the file of the new run says where it is from', async () => {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const file = join(output, 'given.json');
  copyFileSync(join(expected.directory, 'relationship', 'v0001.json'), file);
  const given = smallExperiment([
    'cooperate.steps=40',
    'problem.noise=20',
    `relationship={ file: "${file}" }`,
    'cooperate.arms=[{strategy: multitask}, {strategy: filter}]',
  ]);
  const [real, virtual] = [await inProcesses(given), simulated(given)];
  assert.equal(real.status, 'completed', real.error?.message);
  assert.deepEqual(digests(real), digests(virtual));
  assert.equal(real.timings.exploreMs, 0);
  const before = readRelationship(file, readFile);
  const after = readRelationship(join(real.directory, 'relationship', 'v0001.json'), readFile);
  assert.deepEqual(after.relationship, before.relationship);
  assert.deepEqual(after.file.given, { run: before.file.inputs.run, version: 1, digest: before.file.digest });
  assert.equal(after.file.estimator, 'cgl');
});
