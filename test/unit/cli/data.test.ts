import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { inspectedText } from '../../../cli/data.ts';
import { inspect } from '../../../cli/inspect-table.ts';
import { inspectedExperiment } from '../../../cli/inspected-experiment.ts';
import { KindredError } from '../../../core/errors.ts';
import { Random } from '../../../core/random.ts';
import { output } from '../../support/experiments.ts';
import { projectRoot } from '../../support/project.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');
const flags = { seeds: '0..1', set: [], quiet: true };

/** Eight shops whose slopes are nearly the same, the last with five times the rows. */
function table(labels = false): string {
  const file = join(output, labels ? 'labels.csv' : 'shops.csv');
  const random = new Random().rekey(1, 0, 'batch', 0);
  const rows = Array.from({ length: 8 }, (_, shop) => shop).flatMap((shop) =>
    Array.from({ length: shop === 7 ? 60 : 12 }, () => {
      const [a, b, c] = [random.gaussian(), random.gaussian(), random.gaussian()];
      const z = shop + 2 * a - b + 0.1 * random.gaussian() * a + 0.5 * random.gaussian();
      return [`shop${shop}`, a, b, c, labels ? Number(z + 1.5 * random.gaussian() > shop) : z].join(',');
    }),
  );
  writeFileSync(file, ['shop,a,b,c,y', ...rows].join('\n'));
  return file;
}

describe('kindred data inspect', () => {
  test('a CSV file: tasks, rows, skew, errors and advice', () => {
    const found = inspect(table(), { ...flags, task: 'shop', target: 'y' }, readFile);
    assert.deepEqual([found.tasks, found.rows, found.skew, found.features], [8, { total: 144, min: 12, median: 12, max: 60 }, 5, ['a', 'b', 'c']]);
    assert.deepEqual(
      found.models.map(({ model }) => model),
      ['alone', 'pooled', 'complete', 'hierarchical', 'learned', 'permuted'],
    );
    const change = (name: string): number => found.models.find(({ model }) => model === name)!.change!;
    assert.ok(change('pooled') < -5 && change('hierarchical') < -5, `${change('pooled')} ${change('hierarchical')}`);
    const text = inspectedText(found);
    assert.match(text, /^8 tasks, 144 rows: 12 to 60 a task, median 12; the largest has 5\.0 times the median\n/);
    assert.match(text, /hierarchical +0\.\d+ +-\d+\.\d \+- \d+\.\d % +\d\/8/);
  });

  test('labels are compared by AUC', () => {
    const found = inspect(table(true), { ...flags, seeds: '0..0', task: 'shop', target: 'y' }, readFile);
    assert.equal(found.error, '1 - AUC');
    assert.ok(found.models.every(({ mean }) => mean > 0 && mean < 0.5));
    const text = inspectedText(found);
    assert.match(text, /% of the labels are 1/);
    assert.match(text, /72 rows to learn from, 72 to test; one split\n/);
    assert.doesNotMatch(text, /learned graph adds nothing|only\)/);
  });

  test('an experiment file with its own split', () => {
    const file = join(projectRoot, 'examples', 'us-states.yaml');
    const found = inspect(file, { ...flags, seeds: '0..0', set: ['cooperate.steps=3'] }, readFile);
    assert.equal(found.tasks, 48);
    // algorithms-3, section 5: alone and the full hierarchical chain on split 0.
    assert.ok(Math.abs(found.models[0].mean - 0.04558) < 0.0005, `${found.models[0].mean}`);
    assert.ok(Math.abs(found.models[3].mean - 0.03215) < 0.0005, `${found.models[3].mean}`);
  });

  const refused = (act: () => unknown, code: string, says: RegExp): void =>
    assert.throws(act, (error) => error instanceof KindredError && error.code === code && says.test(error.message));
  test('a file named from where one is: the same experiment', () => {
    const [file, of] = [table(), { ...flags, task: 'shop', target: 'y' }];
    const here = inspectedExperiment(relative(process.cwd(), file), of, readFile)(undefined);
    assert.deepEqual(here.problem, inspectedExperiment(file, of, readFile)(undefined).problem);
  });

  test('refuses a CSV file whose columns are not named', () =>
    refused(() => inspect(table(), flags, readFile), 'USAGE', /--task COLUMN and --target COLUMN; its columns are shop, a, b, c, y/));
  test('refuses what an experiment file says itself', () =>
    refused(() => inspect(join(projectRoot, 'examples', 'us-states.yaml'), { ...flags, target: 'unemp' }, readFile), 'USAGE', /--target is for CSV files/));
  test('refuses a loss that is none', () =>
    refused(() => inspect(table(), { ...flags, task: 'shop', target: 'y', loss: 'foo' }, readFile), 'USAGE', /--loss must be squared or logistic/));
  test('refuses a file that is not there before it asks for columns', () =>
    refused(() => inspect(join(output, 'nowhere.csv'), flags, readFile), 'TABLE_UNREADABLE', /nowhere\.csv/));
  test('refuses a column that is not there', () =>
    refused(() => inspect(table(), { ...flags, task: 'store', target: 'y' }, readFile), 'TABLE_INVALID', /store/));
  test('refuses a synthetic problem', () => refused(() => inspect(join(projectRoot, 'examples', 'paper.yaml'), flags, readFile), 'USAGE', /there is no table/));
});
