/** The golden values of algorithms-3, section 5: us_productivity with 6 rows and irish_wind with 60, split 0. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hierarchicalChain, type Fit } from '../../../../core/hierarchical/chain.ts';
import { projectRoot } from '../../../support/project.ts';
import { answered, standardTable, type StandardTable } from '../../../support/standard-table.ts';

const example = (name: string): string => join(projectRoot, 'examples', 'data', `${name}.csv`);
const fitOf = (table: StandardTable): Fit => answered(hierarchicalChain({ ...table, noise: 'own', covariance: 'full' }), table);
const digits = (values: ArrayLike<number>, count: number): number[] => Array.from(values, (value) => Number(value.toFixed(count)));
const median = (values: Float64Array): number => {
  const sorted = values.toSorted();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

describe('us_productivity, 6 rows', () => {
  const table = standardTable(example('us_productivity'), 6, 0);
  const { prior, noise, posteriors, iterations } = fitOf(table);
  const diagonal = Array.from({ length: 7 }, (_, j) => prior.covariance.data[8 * j]);

  test('112 iterations with a diagonal covariance, 68 with a full one', () => assert.deepEqual(iterations, { diagonal: 112, full: 68 }));
  test('the noise: nu0 24.58, median 4.157e-4', () => {
    assert.equal(noise.shape.toFixed(2), '24.58');
    assert.equal(median(noise.byAgent).toExponential(3), '4.157e-4');
  });
  test('the prior', () => {
    assert.deepEqual(digits(prior.mean, 4), [-0.0289, 0.062, 0.0669, -0.1468, 0.2014, 0.8406, -0.0106]);
    assert.deepEqual(digits(diagonal, 5), [0.00798, 0, 0, 0.04568, 0.01886, 0.04958, 0.00037]);
  });
  test('agent 0', () => assert.deepEqual(digits(posteriors[0].mean, 4), [-0.1504, 0.062, 0.0669, -0.3039, 0.3028, 1.0692, -0.0031]));
});

test('irish_wind, 60 rows: nu0 183.3 and agent 0', () => {
  const { noise, posteriors } = fitOf(standardTable(example('irish_wind'), 60, 0));
  assert.equal(noise.shape.toFixed(1), '183.3');
  assert.deepEqual(digits(posteriors[0].mean, 4), [0.143, 0.5135, -0.102, 0.0623, 0.1083, -0.0084, 0.0986]);
});

test('the order of the agents changes the prior by rounding only', () => {
  const table = standardTable(example('us_productivity'), 6, 0);
  const reversed = { ...table, information: table.information.toReversed(), rows: table.rows.toReversed() };
  const [one, other] = [fitOf(table), fitOf(reversed)];
  one.prior.mean.forEach((value, j) => assert.ok(Math.abs(value - other.prior.mean[j]) < 1e-9));
});
