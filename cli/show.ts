/** `kindred show RUN`: the results of one stored run; with --open its live page, or that of all runs. */
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { pageAddress } from '../coordinator/access.ts';
import { KindredError } from '../core/errors.ts';
import { portOf } from './coordinator.ts';
import { summary } from './list.ts';
import { liveRun } from './live-run.ts';
import { openInBrowser } from './open.ts';
import { resultTables } from './result-table.ts';
import { serveRuns } from './run-server.ts';
import { findRun } from './stored-runs.ts';

interface ShowOptions {
  readonly out: string;
  readonly open?: boolean;
  readonly port: string;
  readonly json?: boolean;
}

export function addShowCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('show')
    .description('show the results of a run; with --open on its page, or on that of all runs')
    .argument('[run]', 'a run id, the beginning of one, or a run directory')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--open', 'serve the page on this machine and open it in a browser, until Ctrl-C')
    .option('--port <n>', 'with --open: port to listen on; 0 takes a free one', '0')
    .option('--json', 'print the JSON that `run --json` prints; with --open only { "url" }, and no browser')
    .addHelpText('after', '\nExamples:\n  $ kindred show runs/paper-7\n  $ kindred show --open')
    .action((run: string | undefined, options: ShowOptions) => {
      if (options.open === true) return openPage(run, options, write);
      if (run === undefined) throw new KindredError('USAGE', 'is missing; without one there is only --open', { where: 'RUN' });
      return write(`${showText(run, resolve(options.out), options.json === true)}\n`);
    });
}

/** Until a signal ends it. */
async function openPage(name: string | undefined, options: ShowOptions, write: (text: string) => void): Promise<void> {
  const run = name === undefined ? undefined : findRun(name, resolve(options.out));
  const server = await serveRuns(run === undefined ? resolve(options.out) : dirname(run.directory), portOf(options.port));
  const url = pageAddress(server.url, server.tokens.operate, run?.runId);
  write(options.json === true ? `${JSON.stringify({ url })}\n` : `${url}\nCtrl-C ends it\n`);
  if (options.json !== true) openInBrowser(url);
  await new Promise<void>((settle) => (['SIGINT', 'SIGTERM'] as const).forEach((signal) => process.once(signal, () => settle())));
  await server.close();
}

export function showText(name: string, directory: string, json: boolean): string {
  const run = findRun(name, directory);
  // What an earlier try came to is no result of a run that goes on.
  if (run.result === undefined || liveRun(run.directory) !== undefined) return unfinishedText(summary(run), json);
  return json ? JSON.stringify(run.result, null, 2) : resultTables(run.result);
}

function unfinishedText(run: ReturnType<typeof summary>, json: boolean): string {
  if (json) return JSON.stringify(run, null, 2);
  return `${run.experiment} (seed ${run.seed ?? '-'}): ${run.status}, no results yet\nrun ${run.runId} in ${run.directory}`;
}
