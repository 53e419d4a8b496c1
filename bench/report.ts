/** The bench's result as markdown: for the terminal, and for the README between its markers. */
import { tableLines } from '../config/markdown.ts';
import type { RoundsOver } from './rounds.ts';
import { holds } from './row.ts';
import type { Bound, Row, Skipped } from './row.ts';
import type { ScaleRow } from './scale.ts';

export interface BenchResult {
  machine?: { readonly cores: number; readonly memoryGB: number; readonly node: string };
  rows: (Row | Skipped)[];
  grid?: readonly RoundsOver[];
  scale?: readonly ScaleRow[];
}

const BEGIN = '<!-- bench: written by npm run docs from bench/result.json -->';
const END = '<!-- /bench -->';

/** `readme` with the table between its markers. */
export function withBenchTable(readme: string, result: BenchResult): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README lacks its markers ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${benchLines(result).join('\n')}\n${readme.slice(end)}`;
}

export function benchLines({ machine, rows, grid, scale }: BenchResult): string[] {
  const lines: string[] = [];
  if (machine !== undefined) lines.push(`Measured on ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}; medians of interleaved pairs.`, '');
  lines.push(...tableLines(['', 'ratio', 'median', 'range', 'promise'], rows.map(cellsOf)));
  if (grid !== undefined) lines.push(...gridLines(grid));
  if (scale !== undefined) lines.push(...scaleLines(scale));
  return lines;
}

function cellsOf(row: Row | Skipped): string[] {
  if ('skipped' in row) return [row.id, row.name, 'not measured', row.skipped, ''];
  const { median, min, max } = row.ratio;
  return [
    row.id,
    row.name,
    row.standardError === undefined ? digits(median) : `${digits(median)} ± ${digits(row.standardError)}`,
    `${digits(min)} to ${digits(max)}`,
    row.hold === undefined ? '' : `${boundText(row.hold)}${holds(row) ? '' : ': MISSED'}`,
  ];
}

const boundText = (hold: Bound): string => ('atLeast' in hold ? `at least ${hold.atLeast}` : `at most ${hold.atMost}`);
const digits = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

function gridLines(grid: readonly RoundsOver[]): string[] {
  return tableLines(
    ['agents in a ring', 'parameters', 'rounds/s'],
    grid.map(({ agents, dimension, roundsPerSecond }) => [String(agents), dimension.toLocaleString('en'), roundsPerSecond.toFixed(0)]),
  );
}

function scaleLines(scale: readonly ScaleRow[]): string[] {
  return tableLines(
    ['agents of `examples/sparse.yaml`', 'mode', 'seconds', 'memory, MB'],
    scale.map(({ agents, mode, seconds, memoryMB }) => [String(agents), mode, seconds.toFixed(0), memoryMB.toFixed(0)]),
  );
}
