/** Results of runs as they stand in run.json, and directories that hold them. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ArmResult, RunResult } from '../../../core/run-result.ts';

const SHA = '0'.repeat(64);

export function arm(strategy: string, relationship: string, errorByAgent: number[], more: Partial<ArmResult> = {}): ArmResult {
  const steadyError = errorByAgent.reduce((sum, error) => sum + error, 0) / errorByAgent.length;
  const none = { auc: null, aucByAgent: null, eta: null, predictedError: null, curve: null };
  return {
    strategy,
    relationship,
    participants: errorByAgent.map((_, agent) => agent),
    steadyError,
    errorByAgent,
    rounds: 300,
    roundsPerSecond: 123.456,
    bytesSent: 0,
    parametersSha256: SHA,
    ...none,
    ...more,
  };
}

export const GMRF_RESULT: RunResult = {
  runId: 'paper-7-aaaa',
  status: 'completed',
  experiment: 'paper',
  seed: 7,
  mode: 'processes',
  agents: { expected: 2, completed: 2, missing: [], names: ['0', '1'] },
  relationship: {
    version: 1,
    kind: 'precision',
    estimator: 'pinv',
    contributors: [0, 1],
    laplacian: [
      [1, -1],
      [-1, 1],
    ],
    relativeError: 0.2219,
    diagnostics: [{ code: 'PINV_FEW_DIMENSIONS', message: 'only 9.0 dimensions per agent' }],
    truth: null,
  },
  arms: [
    arm('non-cooperative', 'none', [0.25, 0.26], { predictedError: 0.2566 }),
    arm('consensus', 'network', [0.3, 0.4], { predictedError: 0.352, bytesSent: 1_234_567 }),
    arm('multitask', 'learned', [0.2, 0.182], { predictedError: 0.1931, eta: 0.2819, bytesSent: 999 }),
  ],
  diagnostics: [],
  timings: { startMs: 1, exploreMs: 2, estimateMs: 3, cooperateMs: 4, totalMs: 10 },
  directory: '/runs/paper-7-aaaa',
};

export const TABLE_RESULT: RunResult = {
  ...GMRF_RESULT,
  runId: 'wind-1-bbbb',
  experiment: 'wind',
  agents: { expected: 3, completed: 2, missing: [2], names: ['BIR', 'BEL', 'CLA'] },
  status: 'completed-with-missing',
  relationship: null,
  arms: [arm('non-cooperative', 'none', [2, 4]), arm('multitask', 'complete', [1, 4.4]), arm('multitask', 'learned', [1.5, 3])],
  problem: { kind: 'csv-table', loss: 'squared', targetSd: 5 },
};

export const LOGISTIC_RESULT: RunResult = {
  ...GMRF_RESULT,
  arms: [
    arm('non-cooperative', 'none', [0.1, 0.2, 0.1], { auc: 0.6, aucByAgent: [0.6, 0.6, null] }),
    arm('multitask', 'learned', [0.1, 0.2, 0.1], { auc: 0.7, aucByAgent: [0.8, 0.6, null] }),
  ],
  problem: { kind: 'csv-table', loss: 'logistic' },
};

/** A directory that is removed after the test. */
export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a run directory that began `startedSeconds` after the epoch; without a result it never ended. */
export function storeRun(runs: string, runId: string, startedSeconds: number, result: RunResult | undefined): string {
  const directory = join(runs, runId);
  mkdirSync(directory, { recursive: true });
  const experiment = { name: 'paper', seed: 7, agents: 10, cooperate: { arms: [{ strategy: 'multitask' }] } };
  writeFileSync(join(directory, 'experiment.json'), JSON.stringify(experiment));
  utimesSync(join(directory, 'experiment.json'), startedSeconds, startedSeconds);
  if (result !== undefined) writeFileSync(join(directory, 'run.json'), JSON.stringify({ ...result, runId, directory }));
  return directory;
}
