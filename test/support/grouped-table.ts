/** A table with planted groups: task j is of cluster j modulo 3, with the cluster's slopes and an intercept of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { draw } from '../../core/random.ts';
import { output } from './experiments.ts';

export const CLUSTERS = 3;
const [FEATURES, ROWS] = [6, 200];

export interface GroupedSetting {
  readonly loss?: 'squared' | 'logistic';
  readonly seed?: number;
  readonly tasks?: number;
}

export function groupedExperiment({ loss = 'squared', seed = 1, tasks = 9 }: GroupedSetting, overrides: readonly string[] = []): Experiment {
  const path = writtenTable(loss, seed, tasks);
  const arms = '[{ strategy: non-cooperative }, { strategy: grouped }]';
  const text = `name: grouped\nproblem: { kind: csv-table, path: "${path}", loss: ${loss}, split: { train: 40 } }\ncooperate: { arms: ${arms} }\n`;
  const file = join(output, 'grouped.yaml');
  const readFile = (name: string): string => (name === file ? text : readFileSync(name, 'utf8'));
  return loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile });
}

function writtenTable(loss: 'squared' | 'logistic', seed: number, tasks: number): string {
  const lines = [['task', ...Array.from({ length: FEATURES }, (_, m) => `x${m}`), 'y'].join(',')];
  for (let task = 0; task < tasks; task++) {
    const truth = draw(seed, task % CLUSTERS, 'truth', 0);
    const slopes = Array.from({ length: FEATURES }, () => truth.gaussian());
    const random = draw(seed, task, 'batch', 0);
    const intercept = random.gaussian();
    for (let row = 0; row < ROWS; row++) {
      const x = Array.from({ length: FEATURES }, () => random.gaussian());
      const z = x.reduce((sum, value, m) => sum + slopes[m] * value, intercept);
      const y = loss === 'squared' ? z + random.gaussian() : Number(random.uniform() < 1 / (1 + Math.exp(-z)));
      lines.push([`t${task}`, ...x, y].join(','));
    }
  }
  const path = join(output, `groups-${loss}-${seed}-${tasks}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
