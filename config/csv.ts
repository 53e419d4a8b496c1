/**
 * CSV text to records of strings, and a place in the file for every complaint. The one owner of csv-parse.
 *
 * Reading keeps no positions: a complaint is rare, so the file is read a second time to find where its record stands.
 */
import { CsvError, parse, type Options } from 'csv-parse/sync';
import { KindredError, type ErrorCode } from '../core/errors.ts';

export interface Records {
  readonly text: string;
  readonly fileName: string;
  readonly code: ErrorCode;
  /** At least one. */
  readonly records: readonly (readonly string[])[];
}

const OPTIONS = { bom: true, relax_column_count: true, skip_empty_lines: true } as const;

export function readRecords(text: string, fileName: string, code: ErrorCode): Records {
  const records = parseRecords(text, fileName, code);
  if (records.length === 0) throw new KindredError(code, 'the file is empty', { where: fileName });
  const foreign = separatorOf(records[0]);
  if (foreign !== undefined)
    throw new KindredError(code, `columns are separated by ${foreign} here; save it with commas (and points in numbers)`, { where: `${fileName}:1` });
  return { text, fileName, code, records };
}

/** What separates the columns of a file that has one column only because nobody asked: spreadsheets write what the country writes. */
function separatorOf(header: readonly string[]): string | undefined {
  if (header.length > 1) return undefined;
  if (header[0].includes(';')) return 'semicolons';
  return header[0].trim().includes('\t') ? 'tabs' : undefined;
}

/** Each record with its text as it stands in the file, without the line's end. */
export function readRawRecords(text: string, fileName: string, code: ErrorCode): { readonly record: readonly string[]; readonly raw: string }[] {
  return parseRecords<{ record: string[]; raw: string }>(text, fileName, code, { raw: true }).map(({ record, raw }) => ({ record, raw: lineOf(raw) }));
}

function parseRecords<T = string[]>(text: string, fileName: string, code: ErrorCode, more: Options = {}): T[] {
  // Read as UTF-8, two names that differ in one letter of another encoding would become one.
  if (/[\0\uFFFD]/.test(text)) throw new KindredError(code, 'it is not text in UTF-8; save it as "CSV UTF-8"', { where: fileName });
  try {
    return parse(text, { ...OPTIONS, ...more }) as T[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new KindredError(code, cause.message, { where: fileName, cause });
  }
}

/** The error for cell (record, column), both from 0, with file:line:column; a column past the end is the line's end. */
export function refuse(table: Records, record: number, column: number, reason: string): KindredError {
  const { line, character } = locate(table.text, record, column);
  return new KindredError(table.code, reason, { where: `${table.fileName}:${line}:${character}` });
}

function locate(text: string, record: number, column: number): { line: number; character: number } {
  const found = parse(text, { ...OPTIONS, info: true, raw: true, from: record + 1, to: record + 1 }) as unknown as [{ info: { lines: number }; raw: string }];
  const [{ info, raw }] = found;
  const body = lineOf(raw);
  const start = cellStart(body, column);
  const before = body.slice(0, start).split('\n');
  const firstLine = info.lines - (body.split('\n').length - 1);
  return { line: firstLine + before.length - 1, character: before.at(-1)!.length + 1 };
}

/** Without the blank lines that csv-parse counts to the record after them, and without its own end. */
function lineOf(raw: string): string {
  return raw.replace(/^\s*[\r\n]+/, '').replace(/[\r\n]+$/, '');
}

/** Where cell `column` begins in the raw text of its record: after that many commas outside quotes. */
function cellStart(raw: string, column: number): number {
  let quoted = false;
  let cells = 0;
  for (let at = 0; at < raw.length; at++) {
    if (cells === column) return at;
    if (raw[at] === '"') quoted = !quoted;
    else if (raw[at] === ',' && !quoted) cells++;
  }
  return raw.length;
}
