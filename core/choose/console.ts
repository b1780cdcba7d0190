/** The table as text for a terminal. */
import type { ChooseCell, ChooseFigure, ChooseRow, ChooseTable } from '../protocol/choose.ts';
import { escapeText } from '../report/text.ts';

/** Said of the embedded MQ wherever its figures are shown. */
export const EMBEDDED_NOTE = 'The MQ is the embedded one: its figures say nothing about Kafka, RocketMQ or RabbitMQ.';

export function figureText({ name, value, unit, note }: ChooseFigure): string {
  const shown = value === null ? 'not measured' : `${value} ${unit}`;
  return `${name}: ${shown}${note === undefined ? '' : ` (${note})`}`;
}

export function holdsText(cell: ChooseCell): string {
  if (cell.figures.length === 0) return 'not measured';
  return cell.holds === null ? 'cannot be told' : cell.holds ? 'holds' : 'does not hold';
}

export function recommendedText(row: ChooseRow): string {
  if (row.recommended === null) return 'not measured';
  return { mqtt: 'MQTT', mq: 'MQ', both: 'both, or either' }[row.recommended];
}

function rowText(row: ChooseRow): string {
  const lines = [`${row.title} (${row.id}): ${recommendedText(row)}`];
  if (row.measured !== null) lines.push(`  ${row.reason}`);
  for (const cell of [row.mqtt, row.mq]) {
    lines.push(`  ${cell.side === 'mqtt' ? 'MQTT' : 'MQ  '}  ${cell.claim}: ${holdsText(cell)}`);
    for (const one of cell.figures) lines.push(`          ${figureText(one)}`);
  }
  if (row.measured !== null) {
    const { at, engine, seconds, overloaded } = row.measured;
    lines.push(`  ${engine}, ${at}, ${seconds} s${overloaded === true ? ', on an overloaded machine' : ''}`);
  }
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

export function formatChoose(table: ChooseTable): string {
  const head = table.embedded ? `${EMBEDDED_NOTE}\n\n` : '';
  return `${head}${table.rows.map(rowText).join('\n')}`;
}
