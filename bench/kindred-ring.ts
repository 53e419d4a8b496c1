/**
 * Rounds of a whole Kindred run: a ring of agents as real processes, consensus on the synthetic problem. The same arm is run
 * several times in a row: the first ones are warm-up, as the programs it is compared with have one, the last one counts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRun } from '../cli/new-run.ts';
import type { NewRun } from '../cli/new-run.ts';
import { runInProcesses } from '../cli/processes.ts';
import { loadExperiment } from '../config/load.ts';
import type { RunResult } from '../core/run-result.ts';
import { BATCH } from './ring-processes.ts';
import type { RingSize } from './ring-processes.ts';

const FILE = fileURLToPath(new URL('../../examples/paper.yaml', import.meta.url));

export interface RingRun {
  readonly roundsPerSecond: number;
  /** All that agents sent to one another in the arm, for each vector of its rounds, beyond its parameters. */
  readonly overheadBytes: number;
}

/** So many arms in a row, each of `rounds`, recorded `every` so many of them. */
export interface RingArms extends Pick<RingSize, 'agents' | 'dimension' | 'rounds'> {
  readonly arms: number;
  readonly every: number;
}

export async function kindredRing({ agents, dimension, rounds, warmUp }: Omit<RingSize, 'learn'>): Promise<RingRun> {
  const result = await runRing({ agents, dimension, rounds, arms: 1 + Math.ceil(warmUp / rounds), every: rounds });
  const arm = result.arms.at(-1)!;
  return { roundsPerSecond: arm.roundsPerSecond, overheadBytes: arm.bytesSent / (2 * agents * rounds) - 8 * dimension };
}

/** `onStarted`: where the coordinator answers. Nothing of it is left on disk. Throws unless the run completes. */
export async function runRing({ agents, dimension, rounds, arms, every }: RingArms, onStarted = (_run: NewRun, _url: string): void => {}): Promise<RunResult> {
  const outputDirectory = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  const overrides = [
    'name=bench',
    `agents=${agents}`,
    'problem.graph=ring',
    `problem.dimension=${dimension}`,
    `problem.batch=${BATCH}`,
    'explore={ steps: 20 }',
    'relationship.estimator=cgl',
    `cooperate={ steps: ${rounds}, arms: [${Array(arms).fill('{ strategy: consensus }').join(', ')}] }`,
    `output.every=${every}`,
  ];
  try {
    const experiment = loadExperiment(FILE, { overrides, outputDirectory, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
    const run = createRun(experiment);
    const result = await runInProcesses({ experiment, run, onProgress: () => {}, onStarted: ({ url }) => onStarted(run, url) });
    if (result.status !== 'completed') throw new Error(result.error?.message ?? result.status);
    return result;
  } finally {
    rmSync(outputDirectory, { recursive: true, force: true });
  }
}
