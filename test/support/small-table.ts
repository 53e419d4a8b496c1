/** A small table of related tasks, drawn: four agents, three features, a number or a label to predict. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { draw } from '../../core/random.ts';
import { output } from './experiments.ts';

const AGENTS = 4;
const ROWS = 30;

function tableText(loss: 'squared' | 'logistic'): string {
  const lines = Array.from({ length: AGENTS * ROWS }, (_, i) => {
    const agent = i % AGENTS;
    const random = draw(5, agent, 'truth', i);
    const [a, b, c, noise] = [random.gaussian(), random.gaussian(), random.gaussian(), random.gaussian()];
    const y = 0.2 * agent + a - 0.5 * b + 0.3 * (agent % 2) * c + 0.5 * noise;
    return ['k' + String(agent), loss === 'squared' ? y : Number(y > 0.3), a, b, c].join(',');
  });
  return ['task,y,a,b,c', ...lines].join('\n');
}

/** Moments at home unless overrides say otherwise; `change` makes other lines of the table's. */
export function smallTable(loss: 'squared' | 'logistic', overrides: readonly string[] = [], change?: (line: string, i: number) => string): Experiment {
  const path = join(output, change === undefined ? `${loss}.csv` : `${loss}-changed.csv`);
  const lines = tableText(loss);
  writeFileSync(path, change === undefined ? lines : lines.split('\n').map(change).join('\n'));
  const file = join(output, 'small-table.yaml');
  const text = [
    'name: small-table',
    `problem: { kind: csv-table, path: ${path}, loss: ${loss}, split: { train: 12, seed: 0 } }`,
    'relationship: { estimator: hierarchical, moments: home }',
    'cooperate: { arms: [{ strategy: non-cooperative }, { strategy: hierarchical }] }',
  ].join('\n');
  const readFile = (name: string): string => (name === file ? text : readFileSync(name, 'utf8'));
  return loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile });
}
