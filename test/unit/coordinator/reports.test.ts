import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reports } from '../../../coordinator/reports.ts';
import type { Values } from '../../../coordinator/script.ts';

const values = (number: number): Values => new Map([['error', Float64Array.of(number)]]);
const nobody = (): boolean => false;

test('a stage is closed with what was reported in it, by agent; the next one begins empty', () => {
  const reports = new Reports();
  reports.accept(1, values(1));
  reports.accept(0, values(0));
  assert.deepEqual(reports.close(1, nobody, []), [values(0), values(1)]);
  assert.deepEqual(reports.close(2, nobody, []), []);
});

test('who comes back brings what it told late, and what it told in time before it was lost, by stage', () => {
  const reports = new Reports();
  reports.accept(0, values(0));
  reports.accept(1, values(1));
  reports.close(1, (agent) => agent === 1, []);
  reports.keepLate(1, 2, values(2));
  reports.close(2, (agent) => agent === 1, [1, 2]);
  assert.deepEqual(
    reports.returned,
    new Map([
      [
        1,
        new Map([
          [1, values(1)],
          [2, values(2)],
        ]),
      ],
      [2, new Map()],
    ]),
  );
  reports.close(3, nobody, []);
  assert.deepEqual(reports.returned, new Map());
});
