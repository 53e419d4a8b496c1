/** csv-table end to end on the example tables: "alone" of algorithms-3, section 5, column STL. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTable } from '../../../../config/table.ts';
import { rmse } from '../../../../core/metrics.ts';
import { createTableTask, splitRows, type TableTask } from '../../../../core/problem/csv-table.ts';
import { chooseRidge, ridgeGrid } from '../../../../core/problem/ridge.ts';
import { selectTasks } from '../../../../core/problem/split.ts';
import { mergeMoments, meanFeatureVariance, moments, standardization, targetDeviation } from '../../../../core/problem/standardize.ts';
import { projectRoot } from '../../../support/project.ts';
import { relativeDifference, someRows } from './fixture.ts';

interface Network {
  readonly tasks: TableTask[];
  readonly targetSd: number;
  readonly ridge: number;
}

function network(file: string, train: number, seed: number, batch?: number): Network {
  const table = parseTable(readFileSync(join(projectRoot, 'examples/data', file), 'utf8'), file, { task: 'task', target: 'y', loss: 'squared' });
  const spec = { train, seed, order: 'random', tooFew: 'refuse' } as const;
  const { kept } = selectTasks(
    table.tasks.map(({ name, targets }) => ({ name, rows: targets.length })),
    spec,
  );
  const data = kept.map((index, agent) => {
    const { rows: x, targets: y } = table.tasks[index];
    return splitRows({ count: y.length, features: table.features.length, x, y }, agent, spec);
  });
  const merged = mergeMoments(data.map(({ training }) => moments(training)));
  const standard = standardization(merged, 'global', 'squared');
  const options = { loss: 'squared', subset: 'all', seed: 1, ...(batch === undefined ? {} : { batch }) } as const;
  const tasks = data.map((rows, agent) => createTableTask(rows, standard, { ...options, agent }));
  const grid = ridgeGrid(train, meanFeatureVariance(merged, standard.scale));
  const ridge = chooseRidge(
    tasks.map((task) => Float64Array.from(grid, (lambda) => task.leaveOneOutLoss(lambda))),
    grid,
  );
  return { tasks, targetSd: targetDeviation(merged), ridge };
}

/** RMSE of learning alone over the training sd of the target. */
function alone({ tasks, targetSd, ridge }: Network): number {
  let [squares, rows] = [0, 0];
  for (const task of tasks) {
    const w = new Float64Array(task.dimension);
    for (let pass = 1; pass <= task.passes; pass++) task.solve(ridge, new Float64Array(task.dimension - 1), pass, w);
    const result = task.evaluate(w);
    squares += result.squaredErrorSum;
    rows += result.rows;
  }
  return rmse(squares, rows) / targetSd;
}

const STL = [
  { file: 'us_productivity.csv', train: 6, column: [0.04558, 0.0448, 0.04246, 0.0436, 0.05061] },
  { file: 'us_productivity.csv', train: 10, column: [0.02825, 0.04053, 0.03339, 0.03074, 0.02797] },
  { file: 'irish_wind.csv', train: 60, column: [0.72692, 0.73473, 0.76649, 0.78715, 0.74413] },
];

for (const { file, train, column } of STL) {
  test(`alone on ${file} (${train} rows) is the study's learning alone, split by split within 1 %`, () => {
    column.forEach((expected, seed) => {
      const found = alone(network(file, train, seed));
      assert.ok(relativeDifference(found, expected) < 0.01, `split ${seed}: ${found} against ${expected}`);
    });
  });
}

test('irish_wind by local SGD with batches of 8 is within 1 % of exact solves', () => {
  const [exact, stochastic] = [alone(network('irish_wind.csv', 60, 0)), alone(network('irish_wind.csv', 60, 0, 8))];
  assert.ok(relativeDifference(exact, stochastic) < 0.01, `${stochastic} against ${exact}`);
  assert.notEqual(exact, stochastic);
});

test("errors are in the target's own units and the held-out fifth is no part of the fitting rows", () => {
  const raw = someRows(30, 2, 21);
  const rows = { ...raw, y: raw.y.map((y) => 1000 * y) };
  const data = splitRows(rows, 0, { train: 20, seed: 0, order: 'file', tooFew: 'refuse' });
  const standard = standardization(moments(data.training), 'global', 'squared');
  const task = createTableTask(data, standard, { loss: 'squared', subset: 'fitting', seed: 1, agent: 0 });
  assert.equal(task.model.rows.count, 16);
  // The constant model of the mean of the training rows, in thousands.
  const zero = new Float64Array(3);
  const mean = data.training.y.reduce((sum, y) => sum + y, 0) / 20;
  const squares = (from: number, to: number): number => rows.y.subarray(from, to).reduce((sum, y) => sum + (y - mean) ** 2, 0);
  assert.ok(relativeDifference(task.evaluate(zero).squaredErrorSum, squares(20, 30)) < 1e-9);
  assert.ok(relativeDifference(task.heldOutLoss(zero), squares(16, 20)) < 1e-9);
});

test('labels: error count, AUC, and log loss on the held-out rows', () => {
  const rows = someRows(30, 2, 22, true);
  const data = splitRows(rows, 0, { train: 20, seed: 0, order: 'file', tooFew: 'refuse' });
  const standard = standardization(moments(data.training), 'global', 'logistic');
  const task = createTableTask(data, standard, { loss: 'logistic', subset: 'all', seed: 1, agent: 0 });
  const result = task.evaluate(new Float64Array(3));
  assert.equal(result.errorCount, data.test.y.filter((y) => y === 1).length);
  assert.equal(result.auc, 0.5);
  assert.ok(relativeDifference(task.heldOutLoss(new Float64Array(3)), 4 * Math.LN2) < 1e-12);
});
