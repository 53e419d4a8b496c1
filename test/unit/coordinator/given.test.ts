/** What a run takes from a given relationship, and what it finds out again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Experiment, GmrfProblem } from '../../../config/experiment.ts';
import { relationshipFile, parseRelationship, type RelationshipFile } from '../../../config/relationship-file.ts';
import { aboutNames, exploredBefore } from '../../../coordinator/given.ts';
import { givenBy, givenFile, load } from '../config/fixture.ts';

const NOISE_POWER = [10, 20, 30, 40];
const BEFORE = { kind: 'gmrf-regression', graph: 'ring', dimension: 200, batch: 20, noise: 200 };

function fileAbout(problem: { readonly kind: string }, seed = 1): RelationshipFile {
  const { file, relationship } = parseRelationship(givenFile(4));
  const { digest: _digest, ...about } = file;
  const inputs = { ...file.inputs, seed, problem, noisePower: NOISE_POWER, stepSize: 0.01, settledWindows: 5 };
  return relationshipFile(relationship, { ...about, inputs });
}

function runOn(problem: object, file: RelationshipFile): Experiment {
  const experiment = load(givenBy(), {}, { 'v0001.json': JSON.stringify(file) });
  return { ...experiment, problem: { ...BEFORE, ...problem } as GmrfProblem };
}

function noiseOf(problem: object, file = fileAbout(BEFORE)): number[] | undefined {
  const experiment = runOn(problem, file);
  const before = exploredBefore(experiment, experiment.problem as GmrfProblem);
  return before && [...before.gathered.told.values()].map(({ noisePower }) => noisePower);
}

test('noise is taken over for the same noise, and for another batch in proportion', () => {
  assert.deepEqual(noiseOf({}), NOISE_POWER);
  assert.deepEqual(noiseOf({ graph: 'star', noiseSpread: 1 }), NOISE_POWER);
  assert.deepEqual(noiseOf({ batch: 40 }), [5, 10, 15, 20]);
});

test('with another noise agents explore again', () => {
  for (const problem of [{ noise: 20 }, { dimension: 100 }, { noiseSpread: 4 }, { featureSpread: 2 }, { kind: 'other' }])
    assert.equal(noiseOf(problem), undefined, JSON.stringify(problem));
});

test('a spread is dealt out by the seed: of another one it is other agents that are noisy', () => {
  const spread = { ...BEFORE, noiseSpread: 4 };
  assert.deepEqual(noiseOf(spread, fileAbout(spread)), NOISE_POWER);
  assert.equal(noiseOf(spread, fileAbout(spread, 2)), undefined);
  assert.deepEqual(noiseOf({}, fileAbout(BEFORE, 2)), NOISE_POWER);
});

test('other names of agents are noticed, the first by name', () => {
  const file = { ...fileAbout(BEFORE), agentNames: ['0', 'north', 'south', '3'] };
  assert.deepEqual(aboutNames(file, file.agentNames), []);
  const [note] = aboutNames(file, ['0', '1', '2', '3']);
  assert.equal(note.code, 'RELATIONSHIP_NAMES_DIFFER');
  assert.equal(note.value, 2);
  assert.match(note.message, /^2 of 4 agents have another name in the given relationship, first agent 1: "north" there, "1" here/);
});
