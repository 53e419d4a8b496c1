/** Every kind of fault is in docs/faults.md and in an example; every example does what it says. Its figures: test/process/fault-figures.test.ts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { faultKinds, kindsOf } from '../../../core/fault/describe.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { filesOf, textOf } from '../../support/documents.ts';
import { digests, example, simulated } from '../../support/experiments.ts';

const FOLDER = join('examples', 'faults');
const files = filesOf('.yaml', FOLDER).sort();
const loaded = (file: string, overrides: readonly string[] = []): Experiment => example(file.slice('examples/'.length, -'.yaml'.length), overrides);

/** Without faults, one for all that wait for everybody. */
const whole = simulated(loaded(join(FOLDER, 'messages.yaml'), ['faults=[]']));

/** What a file's example must come to. */
const OUTCOMES: Readonly<Record<string, (result: RunResult) => void>> = {
  'quorum.yaml': assertQuorum,
  'rounds-bounded.yaml': assertNear,
};

function assertSameBits(result: RunResult): void {
  assert.equal(result.status, 'completed');
  assert.deepEqual(digests(result), digests(whole));
}

function assertQuorum({ status, agents, relationship, arms }: RunResult): void {
  assert.equal(status, 'completed-with-missing');
  assert.deepEqual(agents.missing, [4, 5]);
  assert.equal(relationship?.version, 2);
  assert.deepEqual(
    arms.map(({ participants }) => participants),
    [
      [0, 1, 2, 3, 5],
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ],
  );
}

function assertNear({ status, arms }: RunResult): void {
  assert.equal(status, 'completed');
  arms.forEach(({ steadyError }, i) => assert.ok(Math.abs(steadyError / whole.arms[i].steadyError - 1) < 0.1, `${steadyError}`));
}

describe('every example of faults loads, and runs simulated', () => {
  for (const file of files) {
    const name = file.slice(FOLDER.length + 1);
    test(name, () => (OUTCOMES[name] ?? assertSameBits)(simulated(loaded(file))));
  }
});

test('every kind of fault is in an example', () => {
  const shown = new Set(files.flatMap((file) => loaded(file).faults.flatMap(kindsOf)));
  assert.deepEqual(
    faultKinds.filter((kind) => !shown.has(kind)),
    [],
  );
});

test('every kind of fault is described, and every example is named', () => {
  const text = textOf('docs/faults.md');
  const described = [...text.matchAll(/\*\*([a-zA-Z-]+)\*\*/g)].map(([, name]) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  const inWords: Readonly<Record<string, string>> = { 'one-way': 'one-way-partition' };
  const known = new Set(described.map((name) => inWords[name] ?? name));
  assert.deepEqual(
    faultKinds.filter((kind) => !known.has(kind)),
    [],
  );
  assert.deepEqual(
    files.filter((file) => !text.includes(`(../${file})`)),
    [],
  );
});
