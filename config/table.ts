/**
 * Strict reading of tables: a cell is a finite number, or the file is refused with file:line:column and the reason.
 * The only owner of csv-parse. Pure functions of text; whoever calls them reads the file.
 *
 * Columns but the task and the target are the features, in the header's order. Agents are numbered in order of the
 * first appearance of their task; rows keep the file's order. Blank lines are skipped, spaces around a cell too.
 * Labels of the logistic loss are 0 and 1, or throughout -1 and 1 (read as 0 and 1).
 */
import { KindredError } from '../core/errors.ts';
import { readRecords, refuse, type Records } from './csv.ts';
import { didYouMean } from './did-you-mean.ts';

export interface TableSpec {
  readonly task: string;
  readonly target: string;
  readonly loss?: 'squared' | 'logistic' | 'own';
  /** The columns to learn from; all but the task and the target if it is left out. */
  readonly features?: readonly string[];
}

export interface TaskRows {
  readonly name: string;
  /** N x d, row-major. */
  readonly rows: Float64Array;
  readonly targets: Float64Array;
}

export interface Table {
  /** Names of the tasks, in agent order. */
  readonly names: readonly string[];
  readonly features: readonly string[];
  readonly tasks: readonly TaskRows[];
}

interface Columns {
  /** -1: none, in an agent's own table. */
  readonly task: number;
  readonly target: number;
  readonly features: readonly number[];
}

export function parseTable(text: string, fileName: string, spec: TableSpec): Table {
  const table = readRecords(text, fileName, 'TABLE_INVALID');
  const header = readHeader(table);
  const columns = findColumns(table, header, spec, findColumn(table, header, spec.task, 'task'));
  checkRows(table, header);
  const byTask = groupRecords(table, header, columns.task);
  if (byTask.size < 2) throw onlyOneTask(byTask, spec.task, fileName);
  const lowLabel = spec.loss === 'logistic' ? findLowLabel(table, columns.target) : undefined;
  const tasks = [...byTask].map(([name, rows]) => readTask(table, header, columns, name, rows, lowLabel));
  return { names: tasks.map((task) => task.name), features: columns.features.map((c) => header[c]), tasks };
}

/**
 * A table with the rows of one agent only, `name`. It may do without the task column; where it has one, every row must say
 * `name` there (TABLE_NOT_OWN). Labels are read as in the whole table: 1 is 1, and what else there is is the other class.
 */
export function parseOwnTable(text: string, fileName: string, spec: TableSpec, name: string): TaskRows {
  const table = readRecords(text, fileName, 'TABLE_INVALID');
  const header = readHeader(table);
  const columns = findColumns(table, header, spec, header.indexOf(spec.task));
  checkRows(table, header);
  const records = table.records.slice(1).map((_, r) => r + 1);
  const foreign = columns.task < 0 ? undefined : records.find((r) => table.records[r][columns.task].trim() !== name);
  if (foreign !== undefined) throw refuse({ ...table, code: 'TABLE_NOT_OWN' }, foreign, columns.task, `the row is not of "${name}", whose table this is`);
  return readTask(table, header, columns, name, records, spec.loss === 'logistic' ? findLowLabel(table, columns.target) : undefined);
}

function readHeader(table: Records): string[] {
  const header = table.records[0].map((name) => name.trim());
  header.forEach((name, c) => {
    if (name === '') throw refuse(table, 0, c, 'a column without a name');
    if (header.indexOf(name) !== c) throw refuse(table, 0, c, `column "${name}" appears twice`);
  });
  return header;
}

function findColumns(table: Records, header: string[], spec: TableSpec, task: number): Columns {
  const target = findColumn(table, header, spec.target, 'target');
  if (task === target) throw refuse(table, 0, task, `column "${spec.task}" cannot be both the task and the target`);
  const given = spec.features?.map((name) => findColumn(table, header, name, 'features'));
  const features = given ?? header.map((_, c) => c).filter((c) => c !== task && c !== target);
  if (features.length === 0) throw refuse(table, 0, 0, 'no column is left to be a feature');
  return { task, target, features };
}

function findColumn(table: Records, header: string[], name: string, role: string): number {
  const at = header.indexOf(name);
  if (at < 0) throw refuse(table, 0, 0, `no column "${name}" (problem.${role})${didYouMean(name, header) || `; there are ${header.join(', ')}`}`);
  return at;
}

function checkRows(table: Records, header: string[]): void {
  if (table.records.length < 2) throw new KindredError('TABLE_INVALID', 'the table has a header but no rows', { where: table.fileName });
  table.records.forEach((record, r) => {
    if (record.length !== header.length) throw raggedRow(table, header, r);
  });
}

/** Record numbers by task, in order of first appearance. */
function groupRecords(table: Records, header: string[], taskColumn: number): Map<string, number[]> {
  const byTask = new Map<string, number[]>();
  for (let r = 1; r < table.records.length; r++) {
    const name = table.records[r][taskColumn].trim();
    if (name === '') throw refuse(table, r, taskColumn, `column "${header[taskColumn]}": the cell is empty`);
    // A terminal would obey them.
    if (/[^\P{Cc}\t\r\n]|\p{Bidi_Control}/u.test(name)) throw refuse(table, r, taskColumn, `column "${header[taskColumn]}": a name has no control characters`);
    const rows = byTask.get(name);
    if (rows === undefined) byTask.set(name, [r]);
    else rows.push(r);
  }
  return byTask;
}

function raggedRow(table: Records, header: string[], r: number): KindredError {
  const width = table.records[r].length;
  const missing = width < header.length ? `; column "${header[width]}" is missing` : '';
  return refuse(table, r, Math.min(width, header.length), `the row has ${width} cells, the header ${header.length}${missing}`);
}

function onlyOneTask(byTask: Map<string, number[]>, column: string, where: string): KindredError {
  const name = [...byTask.keys()][0];
  return new KindredError('TABLE_INVALID', `column "${column}": every row belongs to the task "${name}"; at least 2 tasks are needed`, { where });
}

/** -1 if any label is -1, else 0: what stands for class 0 in this file. */
function findLowLabel(table: Records, target: number): -1 | 0 {
  for (let r = 1; r < table.records.length; r++) if (Number(table.records[r][target]) === -1) return -1;
  return 0;
}

function readTask(table: Records, header: string[], columns: Columns, name: string, records: number[], lowLabel: -1 | 0 | undefined): TaskRows {
  const d = columns.features.length;
  const rows = new Float64Array(records.length * d);
  const targets = new Float64Array(records.length);
  records.forEach((r, i) => {
    columns.features.forEach((c, j) => (rows[i * d + j] = readCell(table, header, r, c)));
    const target = readCell(table, header, r, columns.target);
    targets[i] = lowLabel === undefined ? target : readLabel(table, header, r, columns.target, target, lowLabel);
  });
  return { name, rows, targets };
}

function readCell(table: Records, header: string[], r: number, c: number): number {
  const value = readNumber(table.records[r][c]);
  if (typeof value === 'string') throw refuse(table, r, c, `column "${header[c]}": ${value}`);
  return value;
}

function readLabel(table: Records, header: string[], r: number, c: number, value: number, low: -1 | 0): number {
  if (value !== 1 && value !== low) {
    throw refuse(table, r, c, `column "${header[c]}": a label must be 0 or 1, or throughout -1 or 1 (got ${value})`);
  }
  return value === 1 ? 1 : 0;
}

/** Decimal numbers only: no hexadecimal, no NA, no decimal comma. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number in a cell, or the reason why there is none. */
function readNumber(cell: string): number | string {
  const text = cell.trim();
  if (text === '') return 'the cell is empty';
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const what = /^[+-]?(nan|inf|infinity)$/i.test(text) || NUMBER.test(text) ? 'not a finite number' : 'not a number';
  return `${what} (got "${text.length > 40 ? `${text.slice(0, 40)}...` : text}")`;
}

/** A K x M table of parameters without a header, one agent per row. Throws ESTIMATES_INVALID. */
export function readEstimates(text: string, fileName: string): number[][] {
  const table = readRecords(text, fileName, 'ESTIMATES_INVALID');
  const width = table.records[0].length;
  const rows = table.records.map((record, r) => {
    if (record.length !== width) throw refuse(table, r, Math.min(record.length, width), `the row has ${record.length} numbers, the first ${width}`);
    return record.map((cell, c) => {
      const value = readNumber(cell);
      if (typeof value === 'string') throw refuse(table, r, c, value);
      return value;
    });
  });
  if (rows.length < 2) throw new KindredError('ESTIMATES_INVALID', 'one row only; at least 2 agents are needed', { where: fileName });
  return rows;
}
