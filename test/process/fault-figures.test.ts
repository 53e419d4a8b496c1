/** The figures of docs/faults.md are those that bench/fault-table.ts finds now: virtual time is exact. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULT_CASES, withFaultTable } from '../../bench/fault-table.ts';
import { textOf } from '../support/documents.ts';
import { projectRoot } from '../support/project.ts';

test('the figures of docs/faults.md are up to date, a row for every kind', () => {
  const text = textOf('docs/faults.md');
  assert.equal(text, withFaultTable(text, projectRoot), 'npm run docs');
  const rows = [...text.matchAll(/^\| ([a-z-]+) \| (message|connection|process) \|/gm)].map(([, kind]) => kind);
  assert.deepEqual(rows, Object.keys(FAULT_CASES));
});
