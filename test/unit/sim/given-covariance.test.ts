/** A run that is given a covariance ends with the bits of one that is given what it is converted to, and says so. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertedFile } from '../../../config/converted-relationship.ts';
import { parseRelationship, type StoredRelationship } from '../../../config/relationship-file.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { digests, output, simulated, smallExperiment } from '../../support/experiments.ts';
import { givenFile } from '../config/fixture.ts';

function runOn(name: string, { file }: StoredRelationship): RunResult {
  const path = join(output, `${name}.json`);
  writeFileSync(path, JSON.stringify(file));
  return simulated(smallExperiment(['relationship=null', `relationship.file=${path}`, 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]']));
}

test('a covariance and its precision are the same run', () => {
  const covariance = convertedFile(parseRelationship(givenFile(6)), 'covariance');
  const precision = convertedFile(covariance, 'precision');
  assert.deepEqual([covariance.file.kind, precision.file.kind], ['covariance', 'precision']);
  const [one, other] = [runOn('covariance', covariance), runOn('precision', precision)];
  assert.equal(one.status, 'completed', one.error?.message);
  assert.deepEqual(digests(one), digests(other));
  assert.deepEqual(one.relationship, other.relationship);
  const [note] = one.relationship!.diagnostics.filter(({ code }) => code === 'RELATIONSHIP_CONVERTED').slice(-1);
  assert.match(note.message, /^a precision made of a covariance: pinv\(Q \(Omega \+ eps I\) Q\)/);
});
