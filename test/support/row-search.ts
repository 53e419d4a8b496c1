/**
 * Are rows of a table among these bytes? A find is a cell as float64 of either byte order, a cell as decimal text, or two
 * neighbouring cells of a row as float32 (four bytes alone are met by chance). The cells must have eight digits or more:
 * a 0 or a 1 says nothing about where it comes from.
 */
export interface Find {
  readonly row: number;
  readonly as: string;
}

const DIGITS_MIN = 8;

type Encoding = (cells: readonly number[]) => Buffer;

const encodings: Readonly<Record<string, Encoding>> = {
  'float64 little-endian': (cells) => joined(cells, 8, (out, cell, at) => out.writeDoubleLE(cell, at)),
  'float64 big-endian': (cells) => joined(cells, 8, (out, cell, at) => out.writeDoubleBE(cell, at)),
  'float32 little-endian': (cells) => joined(cells, 4, (out, cell, at) => out.writeFloatLE(cell, at)),
  'float32 big-endian': (cells) => joined(cells, 4, (out, cell, at) => out.writeFloatBE(cell, at)),
  text: (cells) => Buffer.from(cells.join(',')),
};

/** How a row could be written: for planting one. */
export const ENCODINGS: readonly (readonly [string, Encoding])[] = Object.entries(encodings);

export function findRows(rows: readonly (readonly number[])[], bytes: Buffer): Find[] {
  return rows.flatMap((cells, row) =>
    ENCODINGS.filter(([as, encode]) => needles(cells, as, encode).some((needle) => bytes.includes(needle))).map(([as]) => ({ row, as })),
  );
}

/** Of numbers of any kind, parameters too: how many of them are there as float64. */
export function countFloat64(values: Iterable<number>, bytes: Buffer): number {
  return [...values].filter((value) => bytes.includes(encodings['float64 little-endian']([value]))).length;
}

function needles(cells: readonly number[], as: string, encode: Encoding): Buffer[] {
  if (as === 'text') return cells.map((cell) => Buffer.from(digitsOf(cell)));
  if (as.startsWith('float32')) return cells.slice(1).map((cell, i) => encode([cells[i], cell]));
  return cells.map((cell) => encode([cell]));
}

/** What every way to write the number in decimals begins with, as long as it is not rounded to fewer digits. */
function digitsOf(cell: number): string {
  const text = String(Math.abs(cell));
  if (text.includes('e') || text.replace(/^0\.0*|\./g, '').length < DIGITS_MIN) throw new Error(`${cell} is no telling cell`);
  return text.slice(0, text.length - text.replace(/^0\.0*/, '').length + DIGITS_MIN + 1);
}

function joined(cells: readonly number[], width: number, write: (out: Buffer, cell: number, at: number) => void): Buffer {
  const out = Buffer.alloc(width * cells.length);
  cells.forEach((cell, i) => write(out, cell, i * width));
  return out;
}
