/** `kindred run FILE`: one experiment, the same file in every mode. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { ERRORS, KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { experimentHash, loadExperiment } from '../config/load.ts';
import type { RunProgress } from '../coordinator/run-progress.ts';
import { createRunStore } from '../coordinator/run-store.ts';
import { simulate } from '../sim/simulate.ts';
import { runInContainers } from './containers.ts';
import { Engine } from './engine.ts';
import { tellPage } from './live-page.ts';
import { createRun } from './new-run.ts';
import type { NewRun } from './new-run.ts';
import { openInBrowser } from './open.ts';
import { typedProgram } from './own-package.ts';
import { writePictures } from './pictures.ts';
import { runInProcesses } from './processes.ts';
import { createProgress } from './progress.ts';
import type { Typed } from '../figures/reproduce.ts';
import { agentsPerProcessOf, refuseSharedFaults } from '../config/shared-process.ts';
import { resultTables } from './result-table.ts';
import { keepTyped } from './typed.ts';
import { describeTerminal } from './terminal.ts';

export const MODES = ['processes', 'compose', 'simulated'] as const;
export type Mode = (typeof MODES)[number];

export interface RunOutcome {
  readonly result: RunResult;
  readonly pictures: string[];
}

interface RunFlags {
  readonly set: readonly string[];
  readonly mode: string;
  readonly agentsPerProcess: string;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly open?: boolean;
}

const EXAMPLE = `
Example:
  kindred run examples/paper.yaml -c cooperate.steps=100 --mode simulated --seed 3`;

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .summary('run one experiment')
    .description('Run the experiment of FILE: agents learn alone, their relationship is learned, they cooperate over it.')
    .argument('<file>', 'experiment file (YAML)')
    .option('-c, --set <path=value>', 'override a key of the file; path=null takes it out (repeatable)', collect, [])
    .option('--mode <mode>', `one process per agent, one container per agent, or everything simulated in one process: ${MODES.join(' | ')}`, 'processes')
    .option('--agents-per-process <n>', 'in mode processes: so many agents share one process, to the same bits', '1')
    .option('--seed <n>', 'instead of the seed in the file')
    .option('--out <dir>', 'where run directories are made, instead of output.directory')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'no progress')
    .option('--open', 'open the live page in a browser; of a simulated run its report, at the end')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, flags: RunFlags) => {
      const experiment = loadExperiment(file, loadOptions(flags));
      const mode = modeOf(flags.mode);
      const { result, pictures } = await runExperiment(
        experiment,
        typedBy(file, flags),
        mode,
        flags.quiet === true,
        agentsPerProcessOf(flags.agentsPerProcess, mode),
        flags.open === true,
      );
      process.stdout.write(printed(result, pictures, flags.json === true));
      // The others had their live page.
      if (flags.open && mode === 'simulated' && result.status === 'completed') openInBrowser(`${result.directory}/report.html`);
      process.exitCode = exitCodeOf(result);
    });
}

/** Runs it in a new directory. */
export async function runExperiment(experiment: Experiment, typed: Typed, mode: Mode, quiet: boolean, agentsPerProcess = 1, open = false): Promise<RunOutcome> {
  refuseSharedFaults(experiment.faults, agentsPerProcess);
  // Without one there is no run, and no directory of it.
  if (mode === 'compose') await Engine.find();
  const run = createRun(experiment);
  keepTyped(run.directory, typed);
  return runInDirectory(experiment, run, mode, quiet, agentsPerProcess, open);
}

/** Runs it, or goes on with it, with progress on stderr; leaves figures and the report in the run directory. */
export async function runInDirectory(
  experiment: Experiment,
  { runId, directory }: NewRun,
  mode: Mode,
  quiet: boolean,
  agentsPerProcess = 1,
  open = false,
): Promise<RunOutcome> {
  const run = { runId, directory };
  const terminal = describeTerminal({ environment: process.env, stream: process.stderr, quiet });
  const progress = createProgress({ terminal, stream: process.stderr });
  const onProgress = (state: RunProgress): void => progress.show(progressEvent(state));
  try {
    const note = (line: string): void => progress.note(line);
    const onStarted = ({ url }: { readonly url: string }): void => tellPage(run, url, { note, open, isTold: terminal.interactive });
    const supervised = { experiment, run, agentsPerProcess, onProgress, onNote: note, onStarted };
    const result = mode === 'simulated' ? simulateHere(experiment, run, onProgress) : await (mode === 'compose' ? runInContainers : runInProcesses)(supervised);
    return { result, pictures: writePictures(result, experiment.faults) };
  } finally {
    progress.finish();
  }
}

/** What a command that ran something says at its end. */
export function printed(result: RunResult, pictures: readonly string[], json: boolean): string {
  if (json) return `${JSON.stringify(result)}\n`;
  const canGoOn = result.mode === 'processes' && (result.status === 'failed' || result.status === 'cancelled');
  const fromHere = relative(process.cwd(), result.directory);
  const directory = fromHere.startsWith('..') ? result.directory : fromHere;
  const files = canGoOn ? [...pictures, `go on with it: ${typedProgram()} resume ${directory}`] : pictures;
  return `${resultTables(result)}\n\n${files.join('\n')}\n`;
}

export function exitCodeOf(result: RunResult): number {
  if (result.status === 'completed') return 0;
  if (result.status === 'completed-with-missing') return 3;
  if (result.status === 'cancelled') return 130;
  return ERRORS[(result.error?.code ?? 'INTERNAL') as keyof typeof ERRORS]?.exit ?? 1;
}

function simulateHere(experiment: Experiment, run: { runId: string; directory: string }, onProgress: (state: RunProgress) => void): RunResult {
  const store = createRunStore(run.directory, experiment, experimentHash(experiment));
  const stopwatch = (): number => performance.now();
  return simulate({ experiment, runId: run.runId, store, stopwatch, readFile: (path) => readFileSync(path, 'utf8'), onProgress });
}

/** Whoever is busy is waited for all the time; who is not there is worth a word. */
const AWAY = 'to come back';

export function isWorthAWord(phase: string, waitingFor: string): boolean {
  return waitingFor !== '' && (phase === 'assembling' || waitingFor.endsWith(AWAY));
}

function progressEvent({ phase, paused, label, iteration, total, agentsUp, agents, waitingFor, waitSeconds }: RunProgress) {
  return {
    phase: `${phase}: ${paused ? 'paused' : label}`,
    step: Number.isFinite(iteration) ? iteration : 0,
    ...(total > 0 ? { steps: total } : {}),
    agentsUp,
    agents,
    ...(isWorthAWord(phase, waitingFor) ? { waitingFor: `${waitingFor} (${Math.ceil(waitSeconds)} s)` } : {}),
  };
}

/** What is kept of the command, of `run` and of `coordinator`. */
export function typedBy(file: string, { set, out }: { readonly set: readonly string[]; readonly out?: string }): Typed {
  return { file, overrides: set, ...(out !== undefined && { out }) };
}

function loadOptions(flags: RunFlags) {
  return {
    overrides: flags.set,
    ...(flags.seed === undefined ? {} : { seed: seedOf(flags.seed) }),
    ...(flags.out === undefined ? {} : { outputDirectory: flags.out }),
    environment: process.env,
    readFile: (path: string) => readFileSync(path, 'utf8'),
  };
}

function modeOf(mode: string): Mode {
  if ((MODES as readonly string[]).includes(mode)) return mode as Mode;
  throw new KindredError('USAGE', `must be one of ${MODES.join(', ')} (got "${mode}")`, { where: '--mode' });
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(seed)) return seed;
  throw new KindredError('USAGE', `must be a whole number (got "${text}")`, { where: '--seed' });
}

export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
