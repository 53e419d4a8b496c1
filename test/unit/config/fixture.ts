/** Loading experiments from text in memory. */
import assert from 'node:assert/strict';
import { loadExperiment, type LoadOptions } from '../../../config/load.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { KindredError } from '../../../core/errors.ts';

export const FILE = 'dir/experiment.yaml';

/** The first experiment of the interface, line by line: tests name its positions. */
export const PAPER = `name: paper
seed: 7
agents: 10
problem:
  kind: gmrf-regression
  graph: reference
  dimension: 200
  batch: 20
  noise: 200
explore:     { stepSize: 0.005, steps: auto }
relationship: { estimator: pinv }
cooperate:
  stepSize: 0.04
  steps: 300
  arms:
    - { strategy: non-cooperative }
    - { strategy: consensus }
    - { strategy: multitask }
    - { strategy: multitask, relationship: known }
    - { strategy: filter }
network:     { graph: problem, rounds: bsp }
faults: []
output:      { directory: runs, every: 10 }
`;

export const TABLE = `problem:
  kind: csv-table
  path: data.csv
  split: { train: 10 }
`;

/** Three tasks, 20 rows each. */
export const CSV = ['task,y,x', ...Array.from({ length: 60 }, (_, i) => `t${i % 3},${i},${i * i}`)].join('\n');

/** `files` by the end of their path. */
export function load(text: string, more: Partial<LoadOptions> = {}, files: Record<string, string> = { 'data.csv': CSV }): Experiment {
  const readFile = (path: string): string => {
    if (path === FILE) return text;
    const name = Object.keys(files).find((end) => path.endsWith(`/${end}`));
    if (name === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return files[name];
  };
  return loadExperiment(FILE, { overrides: [], environment: {}, readFile, ...more });
}

/** What a file is refused with: the code, and the text a person reads. */
export function refusal(text: string, more: Partial<LoadOptions> = {}, files?: Record<string, string>): { code: string; text: string } {
  try {
    load(text, more, files);
  } catch (error) {
    assert.ok(error instanceof KindredError, String(error));
    return { code: error.code, text: error.message };
  }
  throw new assert.AssertionError({ message: 'the file was accepted' });
}
