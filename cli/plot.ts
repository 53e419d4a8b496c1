/** `kindred plot RUN...`: a figure for print, one column wide, as SVG or PNG; of several seeds their mean and its interval. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { KindredError } from '../core/errors.ts';
import { COLUMN } from '../figures/frame.ts';
import { FIGURE_KINDS, drawFigure, hasFigure, type FigureKind, type RunRecord } from '../figures/run-figures.ts';
import { chosenRuns, type FinishedRun } from './chosen-runs.ts';
import { checkOneExperiment } from './one-experiment.ts';
import { pngOf } from './png.ts';
import { writing } from './run-files.ts';
import { runRecord } from './run-record.ts';
import { findRun } from './stored-runs.ts';

const LACKS: Readonly<Record<FigureKind, string>> = {
  curves: 'no arm of it has an error curve (on held-out rows errors are known at its end: see gain)',
  graph: 'it has learned no graph of tasks',
  spectrum: 'no relationship of it is stored',
  gain: 'it needs an arm that learns alone (non-cooperative) and one that cooperates',
  timeline: 'its events are not stored',
};

interface PlotOptions {
  readonly kind: FigureKind;
  readonly output: string;
  readonly out: string;
  readonly json?: boolean;
}

interface Plotted {
  readonly file: string;
  readonly format: 'svg' | 'png';
  readonly kind: FigureKind;
  readonly runs: readonly string[];
  readonly seeds: readonly number[];
  /** Of the drawing in pixels. */
  readonly width: number;
  readonly height: number;
}

export function addPlotCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('plot')
    .description('draw a figure for print as SVG or PNG: of a run, or of one experiment over several seeds')
    .argument('<run...>', 'run ids, beginnings of them, run or sweep directories; several runs must differ in their seed only')
    .addOption(new Option('--kind <kind>', 'what to draw').choices(FIGURE_KINDS).makeOptionMandatory())
    .requiredOption('-o, --output <file>', 'where to write it; its name ends in .svg or .png')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', '\nExample:\n  $ kindred plot runs/paper-1 runs/paper-2 runs/paper-3 --kind curves -o curves.png')
    .action(async (names: string[], options: PlotOptions) => {
      const plotted = await plot(names, options);
      write(options.json === true ? `${JSON.stringify(plotted)}\n` : `${plotted.file}: ${plotted.kind}, ${plotted.width} x ${plotted.height} px\n`);
    });
}

async function plot(names: readonly string[], { kind, output, out }: PlotOptions): Promise<Plotted> {
  const format = formatOf(output);
  const runs = kind === 'timeline' ? [ended(names, resolve(out))] : chosenRuns(names, resolve(out)).runs;
  if (runs.length === 0) throw new KindredError('RUN_UNFINISHED', 'no cell of the sweep has results');
  checkOneExperiment(runs);
  const records = runs.map(({ result, directory, experiment }) => runRecord(result, directory, experiment?.faults ?? [], [kind]));
  records.forEach((record) => checkShows(kind, record));
  const svg = drawFigure(kind, records, COLUMN);
  const file = resolve(output);
  const size = format === 'png' ? await writePng(file, svg) : writeSvg(file, svg);
  return { file, format, kind, runs: runs.map(({ runId }) => runId), seeds: records.map(({ result }) => result.seed), ...size };
}

/** A timeline is of one run, however that ended. */
function ended(names: readonly string[], directory: string): FinishedRun {
  if (names.length > 1) throw new KindredError('USAGE', 'a timeline is of one run: give one');
  const run = findRun(names[0], directory);
  if (run.result === undefined) throw new KindredError('RUN_UNFINISHED', `${run.runId} has no results yet`, { where: run.directory });
  return { ...run, result: run.result };
}

/** By the end of the file's name. */
function formatOf(output: string): 'svg' | 'png' {
  const format = /\.(svg|png)$/i.exec(output)?.[1].toLowerCase();
  if (format === undefined) throw new KindredError('USAGE', `the name must end in .svg or .png (got "${output}")`, { where: '-o' });
  return format as 'svg' | 'png';
}

function checkShows(kind: FigureKind, record: RunRecord): void {
  if (!hasFigure(kind, record)) throw new KindredError('USAGE', `there is no ${kind} figure: ${LACKS[kind]}`, { where: record.result.runId });
}

async function writePng(file: string, svg: string): Promise<{ width: number; height: number }> {
  const { bytes, width, height } = await pngOf(svg);
  writing(file, () => writeFileSync(file, bytes));
  return { width, height };
}

function writeSvg(file: string, svg: string): { width: number; height: number } {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
  writing(file, () => writeFileSync(file, svg));
  return { width, height };
}
