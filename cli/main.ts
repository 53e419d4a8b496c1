#!/usr/bin/env node
/** The command line: one file per command; this one wires them and turns failures into exit codes. */
import { Command, CommanderError } from 'commander';
import { addAgentCommand } from './agent.ts';
import { addCoordinatorCommand } from './coordinator.ts';
import { addDemoCommand } from './demo.ts';
import { addLearnCommand } from './learn.ts';
import { addListCommand } from './list.ts';
import { reportError } from './report-error.ts';
import { addRunCommand } from './run.ts';
import { addShowCommand } from './show.ts';

const USAGE_EXIT = 2;

function createProgram(): Command {
  const program = new Command('kindred')
    .description('Decentralised multitask learning over real networks, with learned task relationships.')
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of [addDemoCommand, addRunCommand, addLearnCommand, addListCommand, addShowCommand, addCoordinatorCommand, addAgentCommand]) add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
  else process.exitCode = reportError(error, { json: process.argv.includes('--json'), write: (text) => process.stderr.write(text) });
}
