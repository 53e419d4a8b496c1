/** `kindred pause RUN` and `kindred stop RUN`: hold a run that goes on, or end it in order. `kindred resume RUN` goes on with either. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { askCoordinator, notLive } from './ask-coordinator.ts';
import { readEvents } from './fault-record.ts';
import { liveRun } from './live-run.ts';
import { typedProgram } from './own-package.ts';
import { isAlive } from './process-note.ts';
import { findRun } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';

type Write = (text: string) => void;
type Flags = { readonly out: string; readonly json?: boolean };

const RUN = 'a run id, the beginning of one, or a run directory';
const LOOK_EVERY_MS = 100;
/** The coordinator waits for its agents, then the supervisor for whoever is left; figures and the report are written last. */
const STOP_MS = 3 * LIMITS.shutdownMs;

export function addPauseCommand(program: Command, write: Write = (text) => process.stdout.write(text)): void {
  program
    .command('pause')
    .summary('hold a run that goes on')
    .description('Every agent finishes its iteration and holds, until `kindred resume RUN`. Nobody is given up meanwhile, and the result stays the same.')
    .argument('<run>', RUN)
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ kindred pause runs/paper-20260101-120000-a1b2')
    .action(async (name: string, flags: Flags) => {
      const run = findRun(name, resolve(flags.out));
      await askCoordinator(run, { method: 'POST', path: 'pause' });
      write(flags.json === true ? `${JSON.stringify({ runId: run.runId, paused: true })}\n` : `${run.runId} is paused; go on: ${resumeCommand(name)}\n`);
    });
}

export function addStopCommand(program: Command, write: Write = (text) => process.stdout.write(text)): void {
  program
    .command('stop')
    .summary('end a run that goes on, to be resumed')
    .description('End a run as one Ctrl-C would: agents write down where they are and leave. Asked again meanwhile, it ends at once.')
    .argument('<run>', RUN)
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ kindred stop runs/paper-20260101-120000-a1b2')
    .action(async (name: string, flags: Flags) => {
      const directory = resolve(flags.out);
      await stop(findRun(name, directory));
      const { runId, result } = findRun(name, directory);
      const status = result?.status ?? 'unfinished';
      // In containers the checkpoints of its agents went with them.
      const goOn = result?.mode === 'processes' ? `; go on with it: ${resumeCommand(name)}` : '';
      write(flags.json === true ? `${JSON.stringify({ runId, status })}\n` : `${runId} is ${status}${goOn}\n`);
    });
}

/** Whether the last that was recorded about it is a pause. */
export function isPaused(directory: string): boolean {
  const last = readEvents(directory).findLast(({ type }) => type === 'paused' || type === 'unpaused');
  return last?.type === 'paused';
}

/** Throws RUN_NOT_LIVE, and RUN_LIVE when it does not end. */
async function stop(run: StoredRun): Promise<void> {
  const live = liveRun(run.directory);
  if (live === undefined) throw notLive(run);
  process.kill(live.supervisor.pid, 'SIGINT');
  const deadline = performance.now() + STOP_MS;
  while (isAlive(live.supervisor)) {
    if (performance.now() > deadline) throw new KindredError('RUN_LIVE', `${run.runId} was asked to stop and still goes on after ${STOP_MS / 1000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}

const resumeCommand = (name: string): string => `${typedProgram()} resume ${name}`;
