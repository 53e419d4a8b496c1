/** `kindred show RUN`: the results of one stored run. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { summary } from './list.ts';
import { resultTables } from './result-table.ts';
import { findRun } from './stored-runs.ts';

export function addShowCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('show')
    .description('show the results of a run')
    .argument('<run>', 'a run id, the beginning of one, or a run directory')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print the JSON that `run --json` prints')
    .addHelpText('after', '\nExample:\n  $ kindred show runs/paper-7')
    .action((run: string, options: { out: string; json?: boolean }) => write(`${showText(run, resolve(options.out), options.json === true)}\n`));
}

export function showText(name: string, directory: string, json: boolean): string {
  const run = findRun(name, directory);
  if (run.result === undefined) return unfinishedText(summary(run), json);
  return json ? JSON.stringify(run.result, null, 2) : resultTables(run.result);
}

function unfinishedText(run: ReturnType<typeof summary>, json: boolean): string {
  if (json) return JSON.stringify(run, null, 2);
  return `${run.experiment} (seed ${run.seed ?? '-'}): ${run.status}, no results yet\nrun ${run.runId} in ${run.directory}`;
}
