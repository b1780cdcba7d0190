import { ScrollArea, Table, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useText } from '../text/useText.tsx';
import './DataTable.css';

export interface Column<Row> {
  readonly key: string;
  readonly label: ReactNode;
  /** What the label says, where it isn't text. */
  readonly name?: string;
  /** Right-aligned, tabular figures. */
  readonly numeric?: boolean;
  readonly render: (row: Row) => ReactNode;
  /** Makes the column sortable; nulls go last. */
  readonly sort?: (row: Row) => number | string | null;
  readonly width?: number | string;
}

interface Order {
  readonly key: string;
  readonly descending: boolean;
}

function compare(a: number | string | null, b: number | string | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}

/** A table with a caption for screen readers, sortable columns, and a height from which on it scrolls below its head. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  maxHeight,
  empty,
  initialOrder,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly maxHeight?: number;
  readonly empty?: ReactNode;
  readonly initialOrder?: Order;
}): ReactNode {
  const text = useText().shared;
  const [order, setOrder] = useState<Order | undefined>(initialOrder);
  const sorted = useMemo(() => {
    const by = columns.find(({ key }) => key === order?.key)?.sort;
    if (by === undefined || order === undefined) return rows;
    const sign = order.descending ? -1 : 1;
    return rows.toSorted((a, b) => {
      const [left, right] = [by(a), by(b)];
      if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
      return sign * compare(left, right);
    });
  }, [rows, columns, order]);
  if (rows.length === 0 && empty !== undefined) return empty;
  return (
    <ScrollArea.Autosize {...(maxHeight === undefined ? {} : { mah: maxHeight })} type="auto" viewportProps={{ tabIndex: 0 }}>
      <Table className="cw-table" stickyHeader={maxHeight !== undefined}>
        <Table.Caption className="cw-table-caption">
          <VisuallyHidden>{caption}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ key, label, name, numeric, sort, width }) => {
              const active = order?.key === key;
              const Icon = !active ? IconArrowsSort : order?.descending ? IconArrowDown : IconArrowUp;
              return (
                <Table.Th
                  key={key}
                  scope="col"
                  w={width}
                  data-numeric={numeric || undefined}
                  aria-sort={active ? (order?.descending ? 'descending' : 'ascending') : undefined}
                >
                  {sort === undefined ? (
                    label
                  ) : (
                    <UnstyledButton
                      className="cw-table-sort"
                      data-active={active || undefined}
                      aria-label={text.sortBy(name ?? String(label))}
                      onClick={() => setOrder({ key, descending: active ? !order?.descending : numeric === true })}
                    >
                      {label}
                      <Icon size={13} aria-hidden="true" />
                    </UnstyledButton>
                  )}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row, index) => (
            <Table.Tr key={rowKey(row, index)}>
              {columns.map(({ key, numeric, render }) => (
                <Table.Td key={key} data-numeric={numeric || undefined} className={numeric ? 'cw-number' : ''}>
                  {render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
