/** Aligned text tables: every cell is escaped here, once, so that no caller can forget it. */
import type { Style, StyleName } from './style.ts';
import { displayWidth, escapeText, truncate } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Narrowed first (and cut with an ellipsis) when the table is wider than the terminal. */
  readonly shrink?: boolean;
}

export type Cell = string | { readonly text: string; readonly style: StyleName };

export interface TableOptions {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly width: number;
  readonly style: Style;
  /** Columns of blanks before each line. Default 2. */
  readonly indent?: number;
  /** Without the line of titles. */
  readonly headless?: boolean;
}

const MIN_SHRUNK = 8;

/** The table as lines, none wider than `width` as long as its shrinkable columns allow. */
export function tableLines(options: TableOptions): string[] {
  const { columns, style } = options;
  const indent = ' '.repeat(options.indent ?? 2);
  const titles = columns.map((column) => escapeText(column.title));
  const rows = options.rows.map((row) =>
    columns.map((_, i) => {
      const cell = row[i] ?? '';
      return typeof cell === 'string'
        ? { text: escapeText(cell), style: 'plain' as const }
        : { text: escapeText(cell.text), style: cell.style };
    }),
  );
  const widths = columns.map((_, i) =>
    Math.max(options.headless === true ? 0 : displayWidth(titles[i]!), ...rows.map((row) => displayWidth(row[i]!.text))),
  );
  const total = (): number => indent.length + widths.reduce((sum, w) => sum + w, 0) + 2 * (columns.length - 1);
  // The widest shrinkable column gives first, so that two long ones share the loss.
  for (let excess = total() - options.width; excess > 0; excess = total() - options.width) {
    let widest = -1;
    columns.forEach((column, i) => {
      if (column.shrink === true && widths[i]! > MIN_SHRUNK && (widest < 0 || widths[i]! > widths[widest]!)) widest = i;
    });
    if (widest < 0) break;
    widths[widest] = widths[widest]! - 1;
  }
  const line = (cells: readonly { text: string; style: StyleName }[]): string =>
    (
      indent +
      cells
        .map((cell, i) => {
          const text = truncate(cell.text, widths[i]!);
          const blanks = ' '.repeat(widths[i]! - displayWidth(text));
          const styled = style(cell.style, text);
          return columns[i]!.align === 'right' ? blanks + styled : styled + blanks;
        })
        .join('  ')
    ).trimEnd();
  const lines = options.headless === true ? [] : [line(titles.map((text) => ({ text, style: 'dim' as const })))];
  for (const row of rows) lines.push(line(row));
  return lines;
}
