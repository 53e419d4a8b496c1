/** `kindred demo`, what `npm start` runs: the paper's experiment with ten processes, then a real table with twelve. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { loadExperiment } from '../config/load.ts';
import { typedProgram } from './own-package.ts';
import { resultTables } from './result-table.ts';
import { exitCodeOf, runExperiment } from './run.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);

const ACTS = [
  { file: 'paper.yaml', says: 'Ten agents, one process each: they learn alone, the coordinator learns how their tasks are related, they cooperate.' },
  { file: 'irish-wind.yaml', says: 'Now a real table: twelve weather stations, one process each, 60 training rows per station.' },
] as const;

/** Asked for only in the end: the program starts without its package around it. */
function whatNext(): string {
  if (existsSync('examples/paper.yaml')) return `Next: change a number in examples/paper.yaml and run it:\n  ${typedProgram()} run examples/paper.yaml`;
  return `Next: an experiment of your own:\n  ${typedProgram()} new first`;
}

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('ten agents on this machine, end to end; then a real table')
    .description("Run the paper's experiment and a real table as real processes on this machine. What `npm start` runs.")
    .option('--out <dir>', 'where the run directories are made', 'runs')
    .option('--json', 'print the results as JSON, one line each')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  $ kindred demo')
    .action(async (flags: { out: string; json?: boolean; quiet?: boolean }) => {
      for (const { file, says } of ACTS) {
        if (!flags.json) process.stdout.write(`\n${says}\n\n`);
        process.exitCode = await playAct(file, flags);
        if (process.exitCode !== 0) return;
      }
      if (!flags.json) process.stdout.write(`\n${whatNext()}\n`);
    });
}

async function playAct(name: string, { out, json, quiet }: { out: string; json?: boolean; quiet?: boolean }): Promise<number> {
  const file = fileURLToPath(new URL(name, EXAMPLES));
  const experiment = loadExperiment(file, { overrides: [], outputDirectory: out, environment: process.env, readFile: (path) => readFileSync(path, 'utf8') });
  const { result, pictures } = await runExperiment(experiment, { file: relative(process.cwd(), file), overrides: [], out }, 'processes', quiet === true);
  process.stdout.write(
    json ? `${JSON.stringify(result)}\n` : `${resultTables(result)}\n\n${pictures.map((path) => `  ${relative(process.cwd(), path)}\n`).join('')}`,
  );
  return exitCodeOf(result);
}
