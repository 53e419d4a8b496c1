/** What came out of a sweep: sweep.json, and its table for people. Both say the same however often the sweep was cut off. */
import { mean, standardError } from '../core/statistics.ts';
import type { RunResult } from '../core/run-result.ts';
import { armLabels, comparedError, comparesByAuc, errorName } from '../figures/arms.ts';
import { settingsText, valueText } from './sweep-grid.ts';
import type { Cell, Parameter } from './sweep-grid.ts';
import type { SweepArm, SweepCell, SweepRecord, SweepRow } from './sweep-record.ts';
import { formatNumber, formatTable } from './table.ts';

export interface SweepOutcome {
  readonly file: string;
  readonly mode: string;
  readonly parameters: readonly Parameter[];
  readonly seeds: readonly number[];
  readonly cells: readonly CellOutcome[];
}

export interface CellOutcome {
  readonly cell: Cell;
  readonly result: RunResult | undefined;
  /** How it ended this time, where it did not complete. */
  readonly failure?: { readonly status: string; readonly error?: string };
}

export function sweepRecord({ file, mode, parameters, seeds, cells }: SweepOutcome): SweepRecord {
  const known = cells.find(({ result }) => result !== undefined)?.result;
  const told = cells.map(cellRecord);
  return {
    file,
    mode,
    parameters: Object.fromEntries(parameters.map(({ path, values }) => [path, values])),
    seeds,
    errorName: known === undefined ? '' : errorName(known),
    cells: told,
    table: tableOf(told),
  };
}

function cellRecord({ cell: { settings, seed, runId }, result, failure }: CellOutcome): SweepCell {
  const which = { settings, seed, directory: runId };
  if (result !== undefined) return { ...which, status: result.status, arms: armsOf(result) };
  return { ...which, status: failure?.status ?? 'unfinished', ...(failure?.error !== undefined && { error: failure.error }), arms: [] };
}

function armsOf(result: RunResult): SweepArm[] {
  const byAuc = comparesByAuc(result);
  const labels = armLabels(result.arms);
  return result.arms.map((arm, i) => ({ arm: labels[i], error: comparedError(arm, byAuc), parametersSha256: arm.parametersSha256 }));
}

function tableOf(cells: readonly SweepCell[]): SweepRow[] {
  const groups = new Map<string, SweepCell[]>();
  for (const cell of cells) groups.set(JSON.stringify(cell.settings), [...(groups.get(JSON.stringify(cell.settings)) ?? []), cell]);
  return [...groups.values()].flatMap((group) => {
    const labels = [...new Set(group.flatMap(({ arms }) => arms.map(({ arm }) => arm)))];
    return labels.map((label) => rowOf(group, label));
  });
}

function rowOf(group: readonly SweepCell[], label: string): SweepRow {
  const errors = group.flatMap(({ arms }) => arms.filter(({ arm }) => arm === label).flatMap(({ error }) => (error === null ? [] : [error])));
  const centre = errors.length === 0 ? null : mean(errors);
  return { settings: group[0].settings, arm: label, n: errors.length, mean: centre, standardError: standardError(errors) };
}

/** `directory` as a person may type it. */
export function sweepText(record: SweepRecord, directory: string): string {
  const paths = Object.keys(record.parameters);
  const columns = [...paths.map((title) => ({ title })), { title: 'arm' }, ...['error', '+- s.e.', 'n'].map((title) => ({ title, align: 'right' as const }))];
  const rows = record.table.map(({ settings, arm, n, mean: centre, standardError: error }) => [
    ...paths.map((path) => valueText(settings[path])),
    arm,
    formatNumber(centre),
    formatNumber(error, 2),
    String(n),
  ]);
  const done = record.cells.filter(({ arms }) => arms.length > 0).length;
  const table = rows.length === 0 ? [] : [`error: ${record.errorName}, mean over seeds`, '', formatTable(columns, rows), ''];
  return [`${done} of ${record.cells.length} cells have results`, ...table, ...failureLines(record), `compare them: kindred compare ${directory}`].join('\n');
}

function failureLines({ cells }: SweepRecord): string[] {
  const failed = cells.filter(({ arms }) => arms.length === 0);
  const partly = cells.filter(({ status }) => status === 'completed-with-missing').length;
  return [
    ...failed.map(({ settings, seed, status, error = '' }) => `${status}: ${settingsText(settings)}, seed ${seed} ${error}`.trim()),
    ...(failed.length > 0 ? ['the same command runs these again, and no other'] : []),
    ...(partly > 0 ? [`note: ${partly} cells completed with missing agents`] : []),
  ];
}
