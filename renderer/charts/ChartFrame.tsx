import { ActionIcon, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import { useFormat } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { useText } from '../text/useText.tsx';
import './ChartFrame.css';

export interface LegendEntry {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  readonly dash?: string | undefined;
}

/** The same data as the drawing: a head and rows of texts. Called only when it is shown. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows that a table draws at most. */
const TABLE_ROWS = 120;

/** Every `n`th row so that at most `most` remain, the last one always among them. */
export function evenly<T>(rows: readonly T[], most: number): readonly T[] {
  if (rows.length <= most) return rows;
  const step = (rows.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => rows[Math.round(index * step)] as T);
}

/** A chart's panel: title, legend, the drawing at a fixed height, and the same data as a table. */
export function ChartFrame({
  title,
  hint,
  legend = [],
  table,
  empty = false,
  emptyText,
  height = 200,
  actions,
  id,
  children,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly legend?: readonly LegendEntry[];
  readonly table: () => ChartTable;
  readonly empty?: boolean;
  readonly emptyText?: string;
  readonly height?: number;
  readonly actions?: ReactNode;
  readonly id?: string;
  readonly children: ReactNode;
}): ReactNode {
  const text = useText().charts;
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel
      title={title}
      hint={hint}
      {...(id === undefined ? {} : { id })}
      className="cw-chart-panel"
      actions={
        <>
          {actions}
          <TableToggle title={title} asTable={asTable} onChange={setAsTable} />
        </>
      }
    >
      {legend.length > 0 && (
        <ul className="cw-legend">
          {legend.map((entry) => (
            <li key={entry.key}>
              <svg width="18" height="8" aria-hidden="true">
                <line x1="0" x2="18" y1="4" y2="4" stroke={entry.color} strokeWidth="2.5" strokeDasharray={entry.dash} />
              </svg>
              {entry.label}
            </li>
          ))}
        </ul>
      )}
      {/* The table scrolls, so it must be reachable by keyboard. */}
      <div className="cw-chart" style={{ height }} {...(asTable ? { tabIndex: 0, role: 'region', 'aria-label': title } : {})}>
        {asTable ? (
          <DataOf title={title} table={table()} />
        ) : empty ? (
          <div className="cw-chart-empty cw-dim">{emptyText ?? text.nothingYet}</div>
        ) : (
          // The drawing says nothing to a screen reader; the table does.
          <div role="img" aria-label={`${title}. ${text.asTable}.`} style={{ height: '100%' }}>
            {children}
          </div>
        )}
      </div>
    </Panel>
  );
}

/** By itself, so that it is not drawn again with every new figure. */
const TableToggle = memo(function TableToggle({
  title,
  asTable,
  onChange,
}: {
  readonly title: string;
  readonly asTable: boolean;
  readonly onChange: (asTable: boolean) => void;
}): ReactNode {
  const text = useText().charts;
  const label = asTable ? text.asChart : text.asTable;
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={`${title}: ${label}`} aria-pressed={asTable} onClick={() => onChange(!asTable)}>
        {asTable ? <IconChartLine size={15} /> : <IconTable size={15} />}
      </ActionIcon>
    </Tooltip>
  );
});

function DataOf({ title, table }: { readonly title: string; readonly table: ChartTable }): ReactNode {
  const text = useText().charts;
  const format = useFormat();
  const rows = evenly(table.rows, TABLE_ROWS);
  return (
    <Table className="cw-table cw-chart-table" stickyHeader verticalSpacing={2}>
      <Table.Caption className="cw-table-caption">
        <VisuallyHidden>{title}</VisuallyHidden>
        {rows.length < table.rows.length && text.manyRows(format.count(rows.length), format.count(table.rows.length))}
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          {table.columns.map((column) => (
            <Table.Th key={column} scope="col">
              {column}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a chart have no other name
          <Table.Tr key={index}>
            {row.map((cell, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells are named by their column
              <Table.Td key={place} className="cw-number">
                {cell}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
