/** `kindred resume RUN`: goes on with a run that crashed, was stopped or failed, in its own directory, to the same bits; or with one that is paused, where it is. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { experimentHash } from '../config/load.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { askCoordinator } from './ask-coordinator.ts';
import { recordedMode } from './fault-record.ts';
import { noteChangedModules } from './changed-modules.ts';
import { liveRun, refuseLive } from './live-run.ts';
import { isPaused } from './pause.ts';
import { agentsPerProcessOf, refuseSharedFaults } from '../config/shared-process.ts';
import { exitCodeOf, printed, runInDirectory } from './run.ts';
import { EXPERIMENT_FILE, findRun } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';

interface ResumeFlags {
  readonly out: string;
  readonly agentsPerProcess: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Resumable {
  readonly run: StoredRun;
  readonly experiment: Experiment;
}

export function addResumeCommand(program: Command): void {
  program
    .command('resume')
    .summary('go on with a run that was paused or ended early')
    .description(
      'Continue a run that crashed, was stopped or failed: in its own directory, from what it wrote down, to the same result. One that is paused goes on where it is.',
    )
    .argument('<run>', 'a run id, the beginning of one, or a run directory')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--agents-per-process <n>', 'so many agents share one process', '1')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  $ kindred resume runs/paper-20260101-120000-a1b2')
    .action(async (name: string, flags: ResumeFlags) => {
      const found = findRun(name, resolve(flags.out));
      if (liveRun(found.directory) !== undefined && isPaused(found.directory)) return goOn(found, flags.json === true);
      const { run, experiment } = resumable(name, resolve(flags.out));
      const perProcess = agentsPerProcessOf(flags.agentsPerProcess, 'processes');
      refuseSharedFaults(experiment.faults, perProcess);
      await refuseLive(run);
      noteChangedModules(experiment);
      const { result, pictures } = await runInDirectory(experiment, run, 'processes', flags.quiet === true, perProcess);
      process.stdout.write(printed(result, pictures, flags.json === true));
      process.exitCode = exitCodeOf(result);
    });
}

/** Its processes are there, and hold: whoever started it will show its result. */
async function goOn(run: StoredRun, json: boolean): Promise<void> {
  await askCoordinator(run, { method: 'POST', path: 'resume' });
  process.stdout.write(json ? `${JSON.stringify({ runId: run.runId, paused: false })}\n` : `${run.runId} goes on\n`);
}

/** The run and its experiment. Throws RUN_UNKNOWN, RUN_COMPLETED and RUN_NOT_RESUMABLE. */
export function resumable(name: string, directory: string): Resumable {
  const run = findRun(name, directory);
  const { runId, result } = run;
  if (result?.status === 'completed' || result?.status === 'completed-with-missing') throw new KindredError('RUN_COMPLETED', runId);
  const mode = result?.mode ?? recordedMode(run.directory) ?? 'processes';
  if (mode === 'simulated') throw new KindredError('RUN_NOT_RESUMABLE', `${runId} was simulated: it wrote down nothing to go on from`);
  if (mode !== 'processes') throw new KindredError('RUN_NOT_RESUMABLE', `${runId} ran in containers: the checkpoints of its agents went with them`);
  return { run, experiment: storedExperiment(run) };
}

/** As it was resolved when the run began: its log fits no other. */
export function storedExperiment({ runId, directory, experiment: stored }: StoredRun): Experiment {
  const where = join(directory, EXPERIMENT_FILE);
  if (stored === undefined || !existsSync(where)) throw new KindredError('RUN_NOT_RESUMABLE', `${runId} has no ${EXPERIMENT_FILE}`, { where });
  const { hash, ...experiment } = stored as Experiment & { readonly hash?: string };
  if (hash !== experimentHash(experiment)) throw new KindredError('RUN_NOT_RESUMABLE', 'it was changed, or is of another version', { where });
  return experiment;
}
