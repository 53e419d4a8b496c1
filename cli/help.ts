/**
 * The first help screen: six commands with what they do, all others by name in the order of their use. It fits a terminal of
 * 24 lines; `kindred help --all` tells of every command.
 */
import type { Command } from 'commander';

const FIRST = ['demo', 'run', 'learn', 'compare', 'show', 'doctor'];

/** By what a person is about to do. A command that is in none of them is listed under the last. */
const OTHERS: readonly (readonly [topic: string, names: readonly string[]])[] = [
  ['watch and steer', ['list', 'watch', 'pause', 'stop', 'resume', 'fault']],
  ['many runs', ['sweep', 'simulate', 'reproduce']],
  ['figures and files', ['plot', 'export', 'relationship', 'data', 'schema']],
  ['parts of your own', ['new', 'check']],
  ['several machines', ['coordinator', 'agent', 'deploy']],
];

const WIDTH = 18;

/** Instead of commander's list of all. */
export function addFirstScreen(program: Command): void {
  program.helpCommand(false);
  program
    .command('help', { hidden: true })
    .description('what a command does; --all: every command in one line')
    .argument('[command]', 'a command')
    .option('--all', 'every command in one line')
    .option('--json', 'with --all: as JSON')
    .addHelpText('after', '\nExample:\n  $ kindred help --all')
    .action((name: string | undefined, { all, json }: { all?: boolean; json?: boolean }) => {
      if (all === true || json === true) process.stdout.write(json === true ? `${JSON.stringify(listed(program))}\n` : `${everyCommand(program)}\n`);
      else if (name === undefined) program.outputHelp();
      else (program.commands.find((command) => command.name() === name) ?? unknown(program, name)).outputHelp();
    });
  // Last: commands that are added later would have it too.
  program.configureHelp({ formatHelp: () => firstScreen(program) });
}

function firstScreen(program: Command): string {
  const there = new Map(named(program).map((command) => [command.name(), command]));
  const first = FIRST.filter((name) => there.has(name)).map((name) => line(name, summaryOf(there.get(name)!)));
  const grouped = new Set([...FIRST, ...OTHERS.flatMap(([, names]) => names)]);
  const rest = [...there.keys()].filter((name) => !grouped.has(name));
  const others = [...OTHERS, ['more', rest] as const].map(([topic, names]) => [topic, names.filter((name) => there.has(name))] as const);
  return [
    'Usage: kindred COMMAND ...',
    '',
    program.description(),
    '',
    'Start here:',
    ...first,
    '',
    'Then:',
    ...others.filter(([, names]) => names.length > 0).map(([topic, names]) => line(topic, names.join(', '))),
    '',
    '`kindred COMMAND --help` shows options and an example, `kindred help --all` every command.',
    '',
  ].join('\n');
}

function everyCommand(program: Command): string {
  return named(program)
    .map((command) => line(command.name(), summaryOf(command)))
    .join('\n');
}

function listed(program: Command): { command: string; summary: string }[] {
  return named(program).map((command) => ({ command: command.name(), summary: summaryOf(command) }));
}

function named({ commands }: Command): Command[] {
  return commands.filter((command) => command.name() !== 'help');
}

function summaryOf(command: Command): string {
  return command.summary() || command.description();
}

function line(left: string, right: string): string {
  return `  ${left.padEnd(WIDTH)}${right}`;
}

function unknown(program: Command, name: string): Command {
  return program.error(`error: unknown command '${name}'; kindred help --all lists every command`, { code: 'commander.unknownCommand' });
}
