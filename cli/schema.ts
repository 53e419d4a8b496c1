/** `kindred schema`: the JSON Schema of the experiment file, for editors and other programs. */
import type { Command } from 'commander';
import { experimentJsonSchema } from '../config/describe.ts';

const EXAMPLE = `
A first line "# yaml-language-server: $schema=experiment.schema.json" in an experiment file gives completion in editors.

Example:
  $ kindred schema > experiment.schema.json`;

export function addSchemaCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('schema')
    .summary('the JSON Schema of the experiment file')
    .description('Print the JSON Schema (draft 7) of the experiment file.')
    .option('--json', 'the same: it is JSON')
    .addHelpText('after', EXAMPLE)
    .action(() => write(`${JSON.stringify(experimentJsonSchema(), null, 2)}\n`));
}
