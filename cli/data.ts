/** `kindred data inspect FILE`: what is in a table, and whether multitask learning helps on it. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { inspectAll } from './inspect-all.ts';
import { inspectedAllText } from './inspect-all-text.ts';
import { inspect } from './inspect-table.ts';
import type { Inspected, InspectFlags } from './inspect-table.ts';
import { factLines, IN_WORDS, splitLines } from './inspected-text.ts';
import { collect } from './run.ts';
import { formatNumber, formatTable } from './table.ts';

const SEEDS = '0..4';
const EXAMPLE = `
Examples:
  kindred data inspect examples/us-states.yaml
  kindred data inspect sales.csv --task shop --target revenue
  kindred data inspect examples/us-states.yaml --all`;

export function addDataCommand(program: Command): void {
  program
    .command('data')
    .summary('what is in a table, and whether multitask learning helps')
    .description('Look at tables before running anything on them.')
    .command('inspect')
    .description('Tasks, rows and skew of a table; then the test errors of learning alone, together, and by a learned relationship on the same splits.')
    .argument('<file>', 'experiment file (YAML) of a csv-table problem, or the table itself (CSV)')
    .option('--all', 'every way to learn together, each a run of its own: agents gained and harmed, bytes, time, what it learned (minutes)')
    .option('--seeds <a..b>', 'split seeds', SEEDS)
    .option('-c, --set <path=value>', 'override a key of the file (repeatable)', collect, [])
    .option('--task <column>', 'of a CSV file: the column that names the task')
    .option('--target <column>', 'of a CSV file: the column to predict')
    .option('--loss <loss>', 'of a CSV file: squared or logistic (default: logistic where the target is 0 and 1 only)')
    .option('--json', 'print everything as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, flags: InspectFlags & { readonly all?: boolean; readonly json?: boolean }) => {
      const readFile = (path: string): string => readFileSync(path, 'utf8');
      const print = <T>(found: T, text: (found: T) => string): void => void process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : text(found));
      if (flags.all) print(await inspectAll(file, flags, readFile), inspectedAllText);
      else print(inspect(file, flags, readFile), inspectedText);
    });
}

export function inspectedText(found: Inspected): string {
  const { tasks, error, models, advice: sentence } = found;
  const columns = [{ title: 'model' }, ...[error, 'against alone', 'better off'].map((title) => ({ title, align: 'right' }) as const), { title: '' }];
  const lines = models.map(({ model, mean, change, standardError, betterOff: better }) => [
    model,
    formatNumber(mean),
    change === null ? '' : `${change >= 0 ? '+' : ''}${change.toFixed(1)} ${standardError === null ? '' : `+- ${standardError.toFixed(1)} `}%`,
    better === undefined ? '' : `${better.toFixed(0)}/${tasks}`,
    IN_WORDS[model],
  ]);
  return [...factLines(found), '', formatTable(columns, lines), splitLines(found).join('; '), '', sentence, ''].join('\n');
}
