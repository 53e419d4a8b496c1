#!/usr/bin/env node
/** The command line: one file per command; this one wires them and turns failures into exit codes. */
import { Command, CommanderError } from 'commander';
import { addAgentCommand } from './agent.ts';
import { addCoordinatorCommand } from './coordinator.ts';
import { addDemoCommand } from './demo.ts';
import { addDeployCommand } from './deploy.ts';
import { addFaultCommand } from './fault.ts';
import { addLearnCommand } from './learn.ts';
import { addListCommand } from './list.ts';
import { reportError } from './report-error.ts';
import { addResumeCommand } from './resume.ts';
import { addRunCommand } from './run.ts';
import { addShowCommand } from './show.ts';
import { addSimulateCommand } from './simulate.ts';

const USAGE_EXIT = 2;

const COMMANDS = [
  addDemoCommand,
  addRunCommand,
  addResumeCommand,
  addLearnCommand,
  addListCommand,
  addShowCommand,
  addSimulateCommand,
  addFaultCommand,
  addDeployCommand,
  addCoordinatorCommand,
  addAgentCommand,
] as const;

function createProgram(): Command {
  const program = new Command('kindred')
    .description('Decentralised multitask learning over real networks, with learned task relationships.')
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of COMMANDS) add(program);
  for (const command of withSubcommands(program)) command.exitOverride();
  return program;
}

function withSubcommands(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...withSubcommands(one)]);
}

const reported = (error: unknown): number => reportError(error, { json: process.argv.includes('--json'), write: (text) => process.stderr.write(text) });

// Outside of the command itself, in an event: whoever started processes ends them on exit.
process.on('uncaughtException', (error) => process.exit(reported(error)));

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
    else process.exitCode = reported(error);
  });
