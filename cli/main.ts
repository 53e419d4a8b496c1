#!/usr/bin/env node
/** The command line: runs the program, and turns failures into exit codes. */
import { CommanderError } from 'commander';
import { invokedFrom } from './invoked-from.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';

const USAGE_EXIT = 2;

const [, , command = ''] = process.argv;

function reported(error: unknown): number {
  const json = process.argv.includes('--json');
  return reportError(error, { json, write: (text) => process.stderr.write(text), ...(/^[a-z]+$/.test(command) ? { command } : {}) });
}

// Whoever read along has seen enough: `kindred export RUN | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : reported(error)));

// Outside of the command itself, in an event: whoever started processes ends them on exit.
process.on('uncaughtException', (error) => process.exit(reported(error)));

const folder = invokedFrom(process.env);
if (folder !== undefined) process.chdir(folder);

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
    else process.exitCode = reported(error);
  });
