/** The table as text for a terminal. */
import type { ChooseCell, ChooseFigure, ChooseRow, ChooseTable } from '../protocol/choose.ts';
import { escapeText } from '../report/text.ts';
import { valueText } from './figures.ts';
import { NAMES } from './ways.ts';

/** Said of the embedded MQ wherever its figures are shown. */
export const EMBEDDED_NOTE = 'The MQ is the embedded one: its figures say nothing about Kafka, RocketMQ or RabbitMQ.';
export const OVERLOADED_NOTE = 'other programs took the processors meanwhile: times and rates mean little';

export function figureText(figure: ChooseFigure): string {
  const { name, note } = figure;
  return `${name}: ${valueText(figure)}${note === undefined ? '' : ` (${note})`}`;
}

export function holdsText(cell: ChooseCell): string {
  if (cell.figures.length === 0) return 'not measured';
  return cell.holds === null ? 'cannot be told' : cell.holds ? 'holds' : 'does not hold';
}

export function recommendedText(row: ChooseRow): string {
  if (row.recommended === null) return row.measured === null ? 'not measured' : 'left open';
  return { mqtt: 'MQTT', mq: 'MQ', both: 'both, or either' }[row.recommended];
}

/** `2026-03-01 14:05 UTC` */
export const timeText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

function rowText(row: ChooseRow): string {
  const { measured } = row;
  const lines = [`${row.title} (${row.id}): ${recommendedText(row)}`];
  if (measured !== null) lines.push(`  ${row.reason}`);
  for (const cell of [row.mqtt, row.mq]) {
    lines.push(`  ${NAMES[cell.side].padEnd(4)}  ${cell.claim}: ${holdsText(cell)}`);
    if (cell.note !== '') lines.push(`          ${cell.note}`);
    for (const one of cell.figures) lines.push(`          ${figureText(one)}`);
  }
  if (measured !== null) {
    lines.push(`  How   ${row.method}`);
    const busy = measured.overloaded === true ? `; ${OVERLOADED_NOTE}` : '';
    lines.push(`        ${measured.engine}; ${timeText(measured.at)}, ${measured.seconds} s${busy}`);
  }
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

/** A line for each row: what holds of either side, and what is recommended. */
function summaryText(rows: readonly ChooseRow[]): string {
  const lines = rows.map((row) => [row.title, holdsText(row.mqtt), holdsText(row.mq), recommendedText(row)]);
  const table = [['', 'MQTT as claimed', 'MQ as claimed', 'recommended'], ...lines];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((line) => line[column]!.length)));
  const text = (line: readonly string[]): string => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return table.map((line) => `${escapeText(text(line)).trimEnd()}\n`).join('');
}

export function formatChoose(table: ChooseTable): string {
  const head = table.embedded ? `${EMBEDDED_NOTE}\n\n` : '';
  const end = table.rows.length > 1 ? `\n${summaryText(table.rows)}` : '';
  return `${head}${table.rows.map(rowText).join('\n')}${end}`;
}
