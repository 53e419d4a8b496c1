/** `kindred export RUN...`: results, agents and curves of runs as CSV or JSON, one number a row. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { KindredError } from '../core/errors.ts';
import { chosenRuns } from './chosen-runs.ts';
import { COLUMNS, exportRows } from './export-rows.ts';
import type { ExportRow } from './export-rows.ts';
import { writing } from './run-files.ts';

const FORMATS = ['csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

interface ExportFlags {
  readonly format?: Format;
  readonly output?: string;
  readonly out: string;
  readonly json?: boolean;
}

const HELP = `
One row is one number: run, experiment, seed, splitSeed, mode, arm, strategy, relationship, agent, agentName, iteration,
metric, unit, value. Empty where it does not apply: no agent means the network's mean, no iteration the arm as a whole.

Example:
  $ kindred export runs/sweep-paper --format csv -o paper.csv`;

type Write = (text: string) => void;

export function addExportCommand(
  program: Command,
  write: Write = (text) => process.stdout.write(text),
  remark: Write = (text) => process.stderr.write(text),
): void {
  program
    .command('export')
    .summary('results, agents and curves as CSV or JSON')
    .description('Write the numbers of runs for other programs, in long form, exactly as they were computed.')
    .argument('<run...>', 'run ids, beginnings of them, run directories, or sweep directories')
    .addOption(new Option('--format <format>', 'by default what the file name ends in, else csv').choices(FORMATS))
    .option('-o, --output <file>', 'where to write it; standard output by default')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'the same as --format json')
    .addHelpText('after', HELP)
    .action((names: readonly string[], flags: ExportFlags) => {
      const { runs, notes } = chosenRuns(names, resolve(flags.out));
      notes.forEach((note) => remark(`note: ${note}\n`));
      const text = exportText(runs.flatMap(exportRows), formatOf(flags));
      if (flags.output === undefined) write(text);
      else writing(flags.output, () => writeFileSync(flags.output!, text));
    });
}

function formatOf({ format, output, json }: ExportFlags): Format {
  if (json === true && format === 'csv') throw new KindredError('USAGE', '--json is --format json: give one of them');
  if (json === true) return 'json';
  return format ?? FORMATS.find((one) => output?.toLowerCase().endsWith(`.${one}`)) ?? 'csv';
}

function exportText(rows: readonly ExportRow[], format: Format): string {
  if (format === 'json') return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\n');
}

/** RFC 4180. The shortest text that reads back as the same number is what JavaScript writes. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
