/**
 * The cells of a sweep: every combination of the parameters' values with every seed, each an experiment with a run directory
 * that is named after it and after the contents of what it reads. The same cell has the same name whichever sweep it belongs
 * to, and however often it is started; with another table it is another cell.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../config/canonical-json.ts';
import { hasTable, type Experiment } from '../config/experiment.ts';
import { contentDigest, filesReadBy } from '../config/files-read.ts';
import { loadExperiment } from '../config/load.ts';
import { parseOverride } from '../config/overrides.ts';
import type { ReadFile } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { shortName } from './new-run.ts';

export interface Parameter {
  /** As in the experiment file: problem.dimension. */
  readonly path: string;
  readonly values: readonly unknown[];
}

export type CellSettings = Readonly<Record<string, unknown>>;

export interface Cell {
  readonly settings: CellSettings;
  readonly seed: number;
  readonly experiment: Experiment;
  readonly overrides: readonly string[];
  readonly runId: string;
}

export interface GridOptions {
  readonly file: string;
  /** As typed after -c. */
  readonly set: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly seeds: readonly number[];
  readonly mode: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly readFile: ReadFile;
}

const SPLIT_SEED = 'problem.split.seed';
const ID_DIGITS = 16;

/** `problem.dimension=50,100,200`: values are YAML, and what stands in brackets is one value. Throws USAGE and CONFIG_INVALID. */
export function parseParameters(texts: readonly string[]): Parameter[] {
  const parameters = texts.map(parseParameter);
  const paths = parameters.map(({ path }) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) throw usage(`${twice} is given twice: list its values in one`);
  if (paths.includes('seed')) throw usage('seeds are given by --seeds 1..10');
  return parameters;
}

function parseParameter(text: string): Parameter {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`must read path=a,b,c (got "${text}")`);
  const path = text.slice(0, at).trim();
  const { value } = parseOverride(`${path}=[${text.slice(at + 1)}]`);
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  if (values.length === 0) throw usage(`${path} has no values: path=a,b,c`);
  return { path, values };
}

/** Seeds within settings, in the order of the parameters. Everything is checked before anything runs. */
export function cellsOf(options: GridOptions): Cell[] {
  const grid = combinations(options.parameters);
  const count = grid.length * options.seeds.length;
  if (count > LIMITS.sweepCellsMax) throw usage(`that are ${count} runs; a sweep has at most ${LIMITS.sweepCellsMax}`);
  const digests = new Map<string, string>();
  const digestOf = (path: string): string => digests.get(path) ?? digests.set(path, contentDigest(path, options.readFile)).get(path)!;
  const cells = grid.flatMap((settings) => options.seeds.map((seed) => cellOf(settings, seed, options, digestOf)));
  const seen = new Map<string, Cell>();
  for (const cell of cells) {
    const other = seen.get(cell.runId);
    if (other !== undefined) throw usage(`${settingsText(other.settings)} and ${settingsText(cell.settings)} are the same experiment: leave one out`);
    seen.set(cell.runId, cell);
  }
  return cells;
}

function combinations(parameters: readonly Parameter[]): CellSettings[] {
  const extend = (grid: CellSettings[], { path, values }: Parameter): CellSettings[] =>
    grid.flatMap((settings) => values.map((value) => ({ ...settings, [path]: value })));
  return parameters.reduce(extend, [{}]);
}

function cellOf(settings: CellSettings, seed: number, { file, set, mode, environment, readFile }: GridOptions, digestOf: (path: string) => string): Cell {
  const given = [...set, ...Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`)];
  const load = (overrides: readonly string[]): Experiment => loadExperiment(file, { overrides, seed, environment, readFile });
  const first = load(given);
  // On a table a seed draws the split before all, which has a seed of its own.
  const isSplit = hasTable(first.problem) && !given.some((text) => text.startsWith(`${SPLIT_SEED}=`));
  const overrides = isSplit ? [...given, `${SPLIT_SEED}=${seed}`] : given;
  const experiment = isSplit ? load(overrides) : first;
  return { settings, seed, experiment, overrides, runId: cellId(experiment, mode, digestOf) };
}

/** Of everything but where it is kept. */
function cellId(whole: Experiment, mode: string, digestOf: (path: string) => string): string {
  const { output, ...experiment } = whole;
  const contents = filesReadBy(whole).map(digestOf);
  const text = canonicalJson({ ...experiment, every: output.every, mode, ...(contents.length > 0 && { contents }) });
  return `${shortName(experiment.name)}-${createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS)}`;
}

export function settingsText(settings: CellSettings): string {
  const words = Object.entries(settings).map(([path, value]) => `${path}=${valueText(value)}`);
  return words.length === 0 ? 'the experiment' : words.join(' ');
}

export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function usage(detail: string): KindredError {
  return new KindredError('USAGE', detail, { where: '--param' });
}
