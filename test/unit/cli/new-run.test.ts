import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRun } from '../../../cli/new-run.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { KindredError } from '../../../core/errors.ts';

const inside = (directory: string, name = 'Très long name & more'): Experiment => ({ name, output: { directory, every: 1 } }) as unknown as Experiment;

test('a run id is safe as a path and a log line, and its directory exists', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-new-run-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['paper', 'Très long name & more', '///', 'a-very-long-experiment-name']) {
    const { runId, directory } = createRun(inside(folder, name));
    assert.match(runId, /^[a-z0-9-]{1,32}$/);
    assert.ok(statSync(directory).isDirectory());
  }
});

test('a directory that cannot be made is refused by name', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-new-run-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => createRun(inside(join(folder, 'file'))),
    (error) => error instanceof KindredError && error.code === 'OUTPUT_UNWRITABLE',
  );
});
