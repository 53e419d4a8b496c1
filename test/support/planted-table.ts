/** A table whose tasks share a planted linear representation, with fewer training rows per agent than features, and an intercept each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { createTableTask, splitRows } from '../../core/problem/csv-table.ts';
import type { Rows } from '../../core/problem/rows.ts';
import type { Matrix } from '../../core/linalg/matrix.ts';
import { plant, type Planted, type PlantedSetting } from '../../study/planted-subspace.ts';
import { output } from './experiments.ts';

export interface PlantedTable {
  readonly planted: Planted;
  readonly experiment: Experiment;
}

/** Setting's N counts training and test rows. */
export function plantedTable(setting: PlantedSetting, train: number, seed = 1, overrides: readonly string[] = []): PlantedTable {
  const planted = plant(setting, seed);
  const shifted = planted.rows.map((own, t) => (setting.labels === true ? own : { ...own, y: own.y.map((y) => y + (t % 5) - 2) }));
  const name = `planted-${Object.values(setting).join('-')}-${seed}`;
  const path = join(output, `${name}.csv`);
  writeFileSync(path, textOf(shifted));
  const file = join(output, 'planted.yaml');
  const text = [
    `problem: { kind: csv-table, path: ${path}, loss: ${setting.labels === true ? 'logistic' : 'squared'}, split: { train: ${train}, seed: 0 } }`,
    'relationship: { estimator: shared-subspace }',
    'cooperate: { arms: [{ strategy: non-cooperative }, { strategy: shared-representation }] }',
  ].join('\n');
  const readFile = (asked: string): string => (asked === file ? text : readFileSync(asked, 'utf8'));
  return { planted: { ...planted, rows: shifted }, experiment: loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile }) };
}

function textOf(tables: readonly Rows[]): string {
  const head = ['task', 'y', ...Array.from({ length: tables[0].features }, (_, j) => `x${j}`)].join(',');
  const lines = tables.flatMap(({ count, features, x, y }, t) =>
    Array.from({ length: count }, (_, i) => [`t${t}`, y[i], ...x.subarray(i * features, (i + 1) * features)].join(',')),
  );
  return [head, ...lines].join('\n');
}

/** Root mean squared error on the test rows of heads and intercepts fitted in this basis to the training rows of the same split. */
export function errorInBasis({ planted, experiment }: PlantedTable, basis: Matrix): number {
  const { problem } = experiment;
  if (problem.kind !== 'csv-table') throw new Error('a table was planted');
  const scale = new Float64Array(basis.rows + 1).fill(1);
  const sums = planted.rows.map((own, agent) => {
    const task = createTableTask(
      splitRows(own, agent, problem.split),
      { shift: new Float64Array(basis.rows + 1), scale },
      { loss: 'squared', subset: 'all', seed: 1, agent },
    );
    return task.evaluate(task.modelIn({ basis, ridge: 0 }));
  });
  const [squares, rows] = sums.reduce(([sum, count], one) => [sum + one.squaredErrorSum, count + one.rows], [0, 0]);
  return Math.sqrt(squares / rows);
}
