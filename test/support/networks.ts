/** Experiments about networks with a hidden layer: a synthetic family, small enough for processes. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { output } from './experiments.ts';

/** `problem` as YAML; arms are alone and all together where nothing else is said. */
export function networks(overrides: readonly string[] = [], problem = '{ kind: mlp, family: easy }'): Experiment {
  const text = `name: networks\nproblem: ${problem}\n`;
  const readFile = (path: string): string => (path.endsWith('networks.yaml') ? text : readFileSync(path, 'utf8'));
  return loadExperiment(join(output, 'networks.yaml'), { overrides, outputDirectory: output, environment: {}, readFile });
}
