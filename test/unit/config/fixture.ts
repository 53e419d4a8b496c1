/** Loading experiments from text in memory. */
import assert from 'node:assert/strict';
import { loadExperiment, type LoadOptions } from '../../../config/load.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { relationshipFile } from '../../../config/relationship-file.ts';
import { KindredError } from '../../../core/errors.ts';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { identity } from '../../../core/linalg/matrix.ts';

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

/** An experiment of four agents that is given the relationship of a file beside it. */
export const givenBy = (relationship = '{ file: v0001.json }'): string =>
  `problem: { kind: gmrf-regression, graph: ring }\nagents: 4\nrelationship: ${relationship}\ncooperate: { arms: [{ strategy: multitask }] }\n`;

/** The text of a relationship file about a ring, of a prior, or of a subspace. */
export function givenFile(agents: number, kind: 'precision' | 'prior' | 'subspace' = 'precision', spectrum: number[] = []): string {
  const relationship = {
    precision: { kind: 'precision', agents, laplacian: laplacian(buildGraph('ring', agents, 1)) },
    prior: { kind: 'prior', agents, prior: { mean: Float64Array.of(0), covariance: identity(1) } },
    subspace: { kind: 'subspace', agents, basis: identity(1) },
  } as const;
  const everybody = Array.from({ length: agents }, (_, k) => k);
  const inputs = { run: 'r', experiment: 'e', seed: 1, problem: { kind: 'gmrf-regression' }, evidence: [], dimension: null, noise: null, noisePower: null };
  const file = relationshipFile(relationship[kind], {
    version: 1,
    agentNames: everybody.map(String),
    estimator: 'cgl',
    options: {},
    contributors: everybody,
    missing: [],
    spectrum,
    inputs: { ...inputs, stepSize: null, settledWindows: null },
    expectedError: null,
    relativeError: null,
    truth: null,
    diagnostics: [],
    given: null,
  });
  return JSON.stringify(file);
}
