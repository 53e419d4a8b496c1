/** Rows of a table by one of their columns; what is not known stands last in either direction, equal rows as they stood. */
export interface Order<Column> {
  readonly by: Column;
  readonly descending: boolean;
}

export type Cell = number | string | null;

export function sorted<Row>(rows: readonly Row[], cell: (row: Row) => Cell, descending: boolean): Row[] {
  return rows
    .map((row, place) => ({ row, place, value: cell(row) }))
    .sort((a, b) => compare(a.value, b.value, descending) || a.place - b.place)
    .map(({ row }) => row);
}

function compare(a: Cell, b: Cell, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
  return descending ? -order : order;
}

/** A click on a heading: the same column the other way round, another one as it is first wanted. */
export function reordered<Column>(order: Order<Column>, by: Column, descendingFirst: boolean): Order<Column> {
  return order.by === by ? { by, descending: !order.descending } : { by, descending: descendingFirst };
}
