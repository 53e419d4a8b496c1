/** Rows at their sites give the bits of the whole table; what a site refuses has a code, and cells stay in its own log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOwnTable } from '../../../agent/own-table.ts';
import { KindredError } from '../../../core/errors.ts';
import type { TableJob } from '../../../config/job.ts';
import { jobOf } from '../../../config/job.ts';
import { digests, example, simulated } from '../../support/experiments.ts';
import { makeSites } from '../../support/sites.ts';

for (const loss of ['squared', 'logistic'] as const) {
  test(`${loss}: one file per site and the whole table end in the same bits`, () => {
    const { whole, apart } = makeSites(loss);
    const [one, other] = [simulated(whole), simulated(apart)];
    assert.equal(one.arms.length, 3);
    assert.deepEqual(digests(other), digests(one));
    assert.deepEqual(
      other.arms.map(({ steadyError, auc }) => [steadyError, auc]),
      one.arms.map(({ steadyError, auc }) => [steadyError, auc]),
    );
  });
}

test('nobody is told where the tables of the sites are', () => {
  const { apart, files } = makeSites();
  const job = jobOf(apart, undefined, { agents: 2, edges: [] });
  for (const file of files) assert.equal(job.includes(file), false);
  assert.deepEqual((JSON.parse(job) as TableJob).names, ['north', 'south', 'west']);
});

test('a site without a table fails the run, by its name', () => {
  const { error, status } = simulated(makeSites().named);
  assert.equal(status, 'failed');
  assert.equal(error?.code, 'TABLE_UNREADABLE');
  assert.match(error?.message ?? '', /agent 0 .*the table of "north"/);
});

const JOB: TableJob = {
  kind: 'csv-table',
  task: 'task',
  target: 'y',
  loss: 'squared',
  standardize: 'global',
  ridge: 'auto',
  names: ['north', 'south'],
  features: ['a'],
  split: { train: 3, test: 'rest', seed: 1, order: 'file', tooFew: 'refuse' },
};
const ROWS = ['y,a', '1,2', '3,4', '5,6', '7,8', '9,10', '11,12'];

function refusal(lines: readonly string[], job: TableJob = JOB): { code: string; told: string; logged: string } {
  let logged = '';
  const log = (message: string, fields: object): void => void (logged += `${message} ${JSON.stringify(fields)}`);
  try {
    readOwnTable(job, 1, { file: '/home/site/south.csv', readFile: () => `${lines.join('\n')}\n`, log });
  } catch (error) {
    assert.ok(error instanceof KindredError);
    return { code: error.code, told: error.message, logged };
  }
  assert.fail('nothing was refused');
}

test('a cell that is no number: its place is told, the cell is logged', () => {
  const { code, told, logged } = refusal(ROWS.with(3, '5,secret'));
  assert.equal(code, 'TABLE_INVALID');
  assert.equal(told, 'its table:4:3 its own table was refused; its log says more');
  assert.match(logged, /south\.csv:4:3 .*secret/);
});

test('a row of somebody else, and too few rows', () => {
  assert.equal(refusal(['task,y,a', 'south,1,2', 'north,3,4']).code, 'TABLE_NOT_OWN');
  assert.equal(refusal(ROWS.slice(0, 6)).code, 'TABLE_TOO_FEW_ROWS');
  const { code, logged } = refusal(ROWS, { ...JOB, split: { ...JOB.split, train: 2 } });
  assert.equal(code, 'TABLE_TOO_FEW_ROWS');
  assert.match(logged, /2 training rows: mean and spread of fewer than 3 give the rows away/);
});

test('the example runs', () => {
  assert.equal(simulated(example('sites')).status, 'completed');
});
