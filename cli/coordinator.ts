/**
 * `kindred coordinator FILE`: the long-lived coordinator for agents on several machines; with --resume RUN it goes on with
 * a run that ended early. The process that coordinates is a child of this one, which ends when this one does.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { LIMITS } from '../core/limits.ts';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { experimentHash, loadExperiment } from '../config/load.ts';
import type { CoordinatorMessage } from '../coordinator/main.ts';
import { noteChangedModules } from './changed-modules.ts';
import { refuseLive } from './live-run.ts';
import { openableUrl, tellPage } from './live-page.ts';
import type { Telling } from './live-page.ts';
import { createRun } from './new-run.ts';
import type { NewRun } from './new-run.ts';
import { writePictures } from './pictures.ts';
import { noteOf } from './process-note.ts';
import { programOf } from './programs.ts';
import { resumable } from './resume.ts';
import { RunFiles } from './run-files.ts';
import { collect, exitCodeOf, typedBy } from './run.ts';
import { describeTerminal } from './terminal.ts';
import { makeToken } from './token-file.ts';
import { keepTyped } from './typed.ts';

export interface CoordinatorFlags {
  readonly set: readonly string[];
  readonly tokenFile: string;
  readonly host: string;
  readonly port: string;
  readonly resume?: string;
  readonly out?: string;
  readonly open?: boolean;
}

const EXAMPLE = `
The page's address holds a secret, so it is told to a terminal only. Elsewhere, as the same user: kindred show RUN --open

Example:
  $ kindred coordinator examples/paper.yaml --token-file token --host 192.0.2.10`;

interface Prepared {
  readonly experiment: Experiment;
  readonly run: NewRun;
}

export function addCoordinatorCommand(program: Command): void {
  program
    .command('coordinator')
    .summary('wait for agents started elsewhere, then run')
    .description(
      'Start the coordinator of FILE and wait for its agents (`kindred agent`). Logs one JSON line per event; a terminal is told the address of the live page.',
    )
    .argument('[file]', 'experiment file (YAML)')
    .requiredOption('--token-file <file>', 'the join token; made (mode 0600) if it does not exist')
    .option('-c, --set <path=value>', 'override a key of the file (repeatable)', collect, [])
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', '7373')
    .option('--resume <run>', 'instead of FILE: go on with this run; agents that still wait for it find it at its old address')
    .option('--out <dir>', 'where run directories are, instead of output.directory')
    .option('--open', 'open the live page in a browser')
    .option('--json', 'accepted everywhere; the log is JSON already')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string | undefined, flags: CoordinatorFlags) => {
      const port = portOf(flags.port);
      const prepared = flags.resume === undefined ? begin(file, flags) : await goOn(file, flags.resume, flags.out);
      if (!isLoopback(flags.host))
        process.stderr.write(`warning: links to ${flags.host} are authenticated but not encrypted; stay inside a network you trust\n`);
      makeToken(flags.tokenFile);
      const isTold = describeTerminal({ environment: process.env, stream: process.stderr, quiet: false }).interactive;
      const telling: Telling = { note: (line) => void process.stderr.write(`${line}\n`), open: flags.open === true, isTold, host: flags.host };
      const onListening = (url: string): void => tellPage(prepared.run, url, telling);
      const result = await coordinate(prepared, { tokenFile: resolve(flags.tokenFile), host: flags.host, port }, onListening);
      writePictures(result, prepared.experiment.faults);
      process.exitCode = exitCodeOf(result);
    });
}

function begin(file: string | undefined, flags: CoordinatorFlags): Prepared {
  if (file === undefined) throw new KindredError('USAGE', 'is missing: give an experiment file, or --resume RUN', { where: 'FILE' });
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const out = flags.out === undefined ? {} : { outputDirectory: flags.out };
  const experiment = loadExperiment(file, { overrides: flags.set, environment: process.env, readFile, ...out });
  const run = createRun(experiment);
  keepTyped(run.directory, typedBy(file, flags));
  return { experiment, run };
}

async function goOn(file: string | undefined, name: string, out: string = DEFAULTS.outputDirectory): Promise<Prepared> {
  if (file !== undefined) throw new KindredError('USAGE', 'a run that goes on has its experiment already: leave FILE out', { where: '--resume' });
  const { run, experiment } = resumable(name, resolve(out));
  noteChangedModules(experiment);
  await refuseLive(run);
  return { experiment, run: { runId: run.runId, directory: run.directory } };
}

/** Resolves with the result of the run, also of a failed one; rejects when the coordinator could not go on. */
function coordinate(
  { experiment, run }: Prepared,
  where: { tokenFile: string; host: string; port: number },
  onListening: (url: string) => void,
): Promise<RunResult> {
  const files = new RunFiles(run.directory);
  files.job({ experiment, hash: experimentHash(experiment), ...run, mode: 'processes', ...where, joinMs: LIMITS.joinRemoteMs, unpause: true });
  // Detached: a Ctrl-C in the terminal reaches this process alone, which passes it on.
  const child = fork(programOf('coordinator'), [files.jobFile], { stdio: 'inherit', detached: true, execArgv: [] });
  const stopListening = passSignals(child);
  const live = (url: string): void => files.live({ url, supervisor: noteOf(process.pid), processes: [noteOf(child.pid ?? 0)] });
  live('');
  return new Promise((settle, reject) => {
    let result: RunResult | undefined;
    let failure: unknown = new KindredError('COORDINATOR_LOST', `the coordinator of ${run.runId} ended without a result; its log is above`);
    child.on('message', (message: CoordinatorMessage) => {
      if (message.type === 'listening') {
        live(openableUrl(message.url, where.host));
        onListening(message.url);
      } else if (message.type === 'ended') result = message.result;
      else if (message.type === 'failed') failure = new KindredError(message.code, message.detail);
    });
    child.on('close', () => {
      stopListening();
      result ??= files.freshResult();
      files.cleanUp(result?.status === 'completed' || result?.status === 'completed-with-missing');
      if (result === undefined) reject(failure);
      else settle(result);
    });
  });
}

/** The second Ctrl-C ends it at once. */
function passSignals(child: ChildProcess): () => void {
  let signals = 0;
  const pass = (): void => void child.kill(++signals > 1 ? 'SIGKILL' : 'SIGINT');
  const end = (): void => void child.kill('SIGKILL');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  process.on('exit', end);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
    process.off('exit', end);
  };
}

export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new KindredError('USAGE', `must be a port number (got "${text}")`, { where: '--port' });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
