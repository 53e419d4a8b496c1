/** `kindred coordinator FILE`: the long-lived coordinator for agents on several machines. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { LIMITS } from '../core/limits.ts';
import { KindredError } from '../core/errors.ts';
import { experimentHash, loadExperiment } from '../config/load.ts';
import type { CoordinatorJob } from '../coordinator/main.ts';
import { newToken } from '../net/credentials.ts';
import { createRun } from './new-run.ts';
import { collect } from './run.ts';

interface CoordinatorFlags {
  readonly set: readonly string[];
  readonly tokenFile: string;
  readonly host: string;
  readonly port: string;
  readonly out?: string;
}

const COORDINATOR_MAIN = fileURLToPath(new URL('../coordinator/main.js', import.meta.url));

export function addCoordinatorCommand(program: Command): void {
  program
    .command('coordinator')
    .summary('wait for agents started elsewhere, then run')
    .description('Start the coordinator of FILE and wait for its agents (`kindred agent`). Logs one JSON line per event.')
    .argument('<file>', 'experiment file (YAML)')
    .requiredOption('--token-file <file>', 'the join token; made (mode 0600) if it does not exist')
    .option('-c, --set <path=value>', 'override a key of the file (repeatable)', collect, [])
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', '7373')
    .option('--out <dir>', 'where run directories are made, instead of output.directory')
    .option('--json', 'accepted everywhere; the log is JSON already')
    .addHelpText('after', '\nExample:\n  $ kindred coordinator examples/paper.yaml --token-file token')
    .action(startCoordinator);
}

function startCoordinator(file: string, flags: CoordinatorFlags): void {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const experiment = loadExperiment(file, {
    overrides: flags.set,
    environment: process.env,
    readFile,
    ...(flags.out === undefined ? {} : { outputDirectory: flags.out }),
  });
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new KindredError('USAGE', `must be a port number (got "${flags.port}")`, { where: '--port' });
  if (!isLoopback(flags.host)) process.stderr.write(`warning: links to ${flags.host} are authenticated but not encrypted; stay inside a network you trust\n`);
  makeToken(flags.tokenFile);
  const run = createRun(experiment);
  const job: CoordinatorJob = {
    experiment,
    hash: experimentHash(experiment),
    ...run,
    mode: 'processes',
    tokenFile: flags.tokenFile,
    host: flags.host,
    port,
    joinMs: LIMITS.joinRemoteMs,
  };
  const jobFile = join(run.directory, 'coordinator.json');
  writeFileSync(jobFile, JSON.stringify(job));
  const child = spawn(process.execPath, [COORDINATOR_MAIN, jobFile], { stdio: 'inherit' });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
}

function makeToken(file: string): void {
  if (!existsSync(file)) writeFileSync(file, `${newToken()}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
