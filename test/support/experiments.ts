/** Experiments for tests: loaded through the real loader, run in a temporary directory that goes away with the test. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunResult } from '../../core/run-result.ts';
import { createRun } from '../../cli/new-run.ts';
import { runInProcesses } from '../../cli/processes.ts';
import type { ProcessesOptions } from '../../cli/processes.ts';
import { createRunStore } from '../../coordinator/run-store.ts';
import { runDirectly } from '../../sim/direct-run.ts';
import { simulate } from '../../sim/simulate.ts';
import { projectRoot } from './project.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');

export const output = mkdtempSync(join(tmpdir(), 'kindred-test-'));
process.on('exit', () => rmSync(output, { recursive: true, force: true }));

/** An example of the project with overrides `path=value`. */
export function example(name: string, overrides: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Experiment {
  return loadExperiment(join(projectRoot, 'examples', `${name}.yaml`), { overrides, outputDirectory: output, environment, readFile });
}

/** A small paper experiment: seconds as processes, an instant simulated. */
export function smallExperiment(overrides: readonly string[] = []): Experiment {
  return example('paper', [
    'agents=6',
    'problem.graph=ring',
    'problem.dimension=24',
    'explore.stepSize=0.02',
    'explore.steps=200',
    'cooperate.steps=60',
    ...overrides,
  ]);
}

export function simulated(experiment: Experiment): RunResult {
  const { runId, directory } = createRun(experiment);
  const store = createRunStore(directory, experiment, 'test');
  return simulate({ experiment, runId, store, stopwatch: () => performance.now(), readFile });
}

/** The bits of `simulated` in a fraction of the time. */
export function direct(experiment: Experiment): RunResult {
  return runDirectly({ experiment, runId: 'direct', readFile });
}

export function inProcesses(experiment: Experiment, rest: Partial<ProcessesOptions> = {}): Promise<RunResult> {
  return runInProcesses({ experiment, run: createRun(experiment), onProgress: () => {}, ...rest });
}

export const digests = (result: RunResult): string[] => result.arms.map((arm) => arm.parametersSha256);
