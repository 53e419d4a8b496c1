/** Rounds of a whole Kindred run: a ring of agents as real processes, one consensus arm on the synthetic problem. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRun } from '../cli/new-run.ts';
import { runInProcesses } from '../cli/processes.ts';
import { loadExperiment } from '../config/load.ts';
import { BATCH } from './ring-processes.ts';
import type { RingSize } from './ring-processes.ts';

const FILE = fileURLToPath(new URL('../../examples/paper.yaml', import.meta.url));

export interface RingRun {
  readonly roundsPerSecond: number;
  /** All that agents sent to one another in the arm, for each vector of its rounds, beyond its parameters. */
  readonly overheadBytes: number;
}

export async function kindredRing({ agents, dimension, rounds }: Omit<RingSize, 'learn'>): Promise<RingRun> {
  const outputDirectory = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  const overrides = [
    'name=bench',
    `agents=${agents}`,
    'problem.graph=ring',
    `problem.dimension=${dimension}`,
    `problem.batch=${BATCH}`,
    'explore={ steps: 20 }',
    'relationship.estimator=cgl',
    `cooperate={ steps: ${rounds}, arms: [{ strategy: consensus }] }`,
    `output.every=${rounds}`,
  ];
  try {
    const experiment = loadExperiment(FILE, { overrides, outputDirectory, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
    const result = await runInProcesses({ experiment, run: createRun(experiment), onProgress: () => {} });
    if (result.status !== 'completed') throw new Error(result.error?.message ?? result.status);
    const [arm] = result.arms;
    return { roundsPerSecond: arm.roundsPerSecond, overheadBytes: arm.bytesSent / (2 * agents * rounds) - 8 * dimension };
  } finally {
    rmSync(outputDirectory, { recursive: true, force: true });
  }
}
