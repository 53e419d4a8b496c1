/** A table with planted groups: task j is of cluster j modulo 3, with the cluster's slopes and an intercept of its own; the last may be strangers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { draw } from '../../core/random.ts';
import { output } from './experiments.ts';

export const CLUSTERS = 3;
const ROWS = 200;

export interface GroupedSetting {
  readonly loss?: 'squared' | 'logistic';
  readonly seed?: number;
  readonly tasks?: number;
  readonly features?: number;
  /** Training rows of a task. */
  readonly train?: number;
  /** Standard deviation, of numbers. */
  readonly noise?: number;
  /** How many of the tasks have slopes of their own. */
  readonly strangers?: number;
}

/** Where learning in groups harms, and most groups are found wrong. */
export const TEN_ROWS = { train: 10, features: 4, noise: 0.5 };

export function groupedExperiment(setting: GroupedSetting, overrides: readonly string[] = []): Experiment {
  const { loss = 'squared', train = 40 } = setting;
  const path = writtenTable(setting);
  const arms = '[{ strategy: non-cooperative }, { strategy: grouped }]';
  const text = `name: grouped\nproblem: { kind: csv-table, path: "${path}", loss: ${loss}, split: { train: ${train} } }\ncooperate: { arms: ${arms} }\n`;
  const file = join(output, 'grouped.yaml');
  const readFile = (name: string): string => (name === file ? text : readFileSync(name, 'utf8'));
  return loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile });
}

function writtenTable({ loss = 'squared', seed = 1, tasks = 9, features = 6, noise = 1, strangers = 0 }: GroupedSetting): string {
  const lines = [['task', ...Array.from({ length: features }, (_, m) => `x${m}`), 'y'].join(',')];
  for (let task = 0; task < tasks; task++) {
    const truth = draw(seed, task < tasks - strangers ? task % CLUSTERS : CLUSTERS + task, 'truth', 0);
    const slopes = Array.from({ length: features }, () => truth.gaussian());
    const random = draw(seed, task, 'batch', 0);
    const intercept = random.gaussian();
    for (let row = 0; row < ROWS; row++) {
      const x = Array.from({ length: features }, () => random.gaussian());
      const z = x.reduce((sum, value, m) => sum + slopes[m] * value, intercept);
      const y = loss === 'squared' ? z + noise * random.gaussian() : Number(random.uniform() < 1 / (1 + Math.exp(-z)));
      lines.push([`t${task}`, ...x, y].join(','));
    }
  }
  const path = join(output, `groups-${[loss, seed, tasks, features, noise, strangers].join('-')}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
