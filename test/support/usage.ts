/** Whether a command line is one that `kindred` would take: parsed by the real program, whose actions are taken out. */
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';

/** Why not, or undefined. `words` follow `kindred`. Text that only mentions a command may leave its arguments out. */
export function usageFault(words: readonly string[], isMention = false): string | undefined {
  // It would print, and end this process.
  if (words[0] === '--version') return undefined;
  const program = createProgram();
  silence(program);
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isMissing = /^commander\.(missingArgument|missingMandatoryOptionValue|optionMissingArgument)$/.test(error.code);
    // A command with subcommands answers with its help.
    if (error.exitCode === 0 || error.code === 'commander.help' || (isMention && isMissing)) return undefined;
    return error.message;
  }
  return undefined;
}

function silence(command: Command): void {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  command.commands.forEach(silence);
}
