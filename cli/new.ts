/** `kindred new DIR`: a small folder to begin with. The templates are folders of the package, and run as they are. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { ownFolder, typedProgram } from './own-package.ts';
import { writing } from './run-files.ts';

const TEMPLATES = {
  problem: 'a loss of your own on a table: Poisson regression of counts',
  stream: 'mini-batches of your own without end: a robust regression of readings',
  strategy: "an agent's update rule of your own",
  estimator: 'how the relationship is learned, by a rule of your own',
  experiment: 'an experiment with what is built in',
} as const;

const EXAMPLE = `
Templates:
${Object.entries(TEMPLATES)
  .map(([name, what]) => `  ${name.padEnd(12)}${what}`)
  .join('\n')}

Example:
  $ kindred new visits --template problem`;

export function addNewCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('new')
    .summary('a folder to begin with: a problem, strategy or estimator of your own')
    .description('Make the folder DIR with a file to change, an experiment that runs it, and two commands to type.')
    .argument('<dir>', 'the folder; it must not exist, or be empty')
    .option('--template <name>', Object.keys(TEMPLATES).join(' | '), 'experiment')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLE)
    .action((directory: string, { template, json }: { template: string; json?: boolean }) => {
      const files = makeFolder(directory, template);
      write(json === true ? `${JSON.stringify({ directory, template, files })}\n` : `${directory}: ${files.join(', ')}\n${next(directory)}`);
    });
}

/** The files made. Throws USAGE and OUTPUT_NOT_EMPTY. */
export function makeFolder(directory: string, template: string): string[] {
  const names = Object.keys(TEMPLATES);
  if (!names.includes(template))
    throw new KindredError('USAGE', `must be one of ${names.join(', ')} (got "${template}")${didYouMean(template, names)}`, { where: '--template' });
  if (existsSync(directory) && writing(directory, () => readdirSync(directory).length > 0))
    throw new KindredError('OUTPUT_NOT_EMPTY', 'there are files in it already; nothing was written', { where: directory });
  const from = join(ownFolder(), 'templates', template);
  writing(directory, () => cpSync(from, directory, { recursive: true, errorOnExist: true, force: false }));
  return readdirSync(directory).sort();
}

/** The commands that its README shows. */
function next(directory: string): string {
  const [, commands] = /```sh\n([\s\S]*?)```/.exec(readFileSync(join(directory, 'README.md'), 'utf8')) ?? [];
  return `Next:\n  cd ${basename(directory) === directory ? directory : JSON.stringify(directory)}\n${(commands ?? '').replaceAll(/^kindred(?= )/gm, `  ${typedProgram()}`)}`;
}
