/** A table whose headings sort it. */
import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { reordered, sorted, type Cell, type Order } from '../model/sorting.ts';

export interface Column<Row> {
  readonly name: string;
  /** Of the whole column, where its name is short. */
  readonly hint?: string;
  readonly value: (row: Row) => Cell;
  readonly show: (row: Row) => ComponentChildren;
  /** The first click shows the greatest first. */
  readonly descendingFirst?: boolean;
  readonly text?: boolean;
}

interface SortableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly first: Order<string>;
}

/** The first column names the row. */
export function Sortable<Row>({ label, columns, rows, rowKey, first }: SortableProps<Row>) {
  const [order, setOrder] = useState(first);
  const column = columns.find(({ name }) => name === order.by) ?? columns[0];
  const sort = ({ name, descendingFirst = false }: Column<Row>): void => setOrder(reordered(order, name, descendingFirst));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((one) => (
              <Heading key={one.name} column={one} order={one === column ? order : null} sort={() => sort(one)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, column.value, order.descending).map((row) => (
            <tr key={rowKey(row)}>
              <th scope="row">{columns[0].show(row)}</th>
              {columns.slice(1).map((one) => (
                <td key={one.name} class={one.text ? undefined : 'number'}>
                  {one.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  /** null: the table is sorted by another one. */
  readonly order: Order<string> | null;
  readonly sort: () => void;
}

function Heading<Row>({ column: { name, hint, text }, order, sort }: HeadingProps<Row>) {
  const direction = order === null ? undefined : order.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={direction} class={text ? undefined : 'number'}>
      <button type="button" class="sort" onClick={sort} title={hint}>
        {name}
        <span aria-hidden="true">{order === null ? '' : order.descending ? ' ↓' : ' ↑'}</span>
      </button>
    </th>
  );
}
