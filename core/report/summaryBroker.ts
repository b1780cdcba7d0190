/** The part of a summary about a broker outside the lab: which, and what it could not do. */
import type { RunResult } from '../protocol/result.ts';
import { heading, type Paper } from './summarySections.ts';
import { escapeText, wrap } from './text.ts';

/** Empty without a broker. */
export function brokerSection({ broker, mapping }: RunResult, paper: Paper): string[] {
  if (broker === undefined) return [];
  const how = broker.sharedSubscription ? 'shared subscription' : 'plain subscription';
  const note = `${broker.url}, MQTT ${broker.mqtt} to the bridge, ${how}, up to QoS ${broker.maximumQos}`;
  const limits = broker.limits.map((limit) => ['!', limit] as const);
  const ways = new Set(mapping.filter((cell) => cell.checked > 0).map((cell) => cell.direction));
  const unknown = mapping
    .filter((cell) => cell.unknown !== undefined && cell.checked === 0 && ways.has(cell.direction))
    .map((cell) => ['?', `${cell.property} ${cell.direction}: ${cell.unknown}`] as const);
  const lines = [...limits, ...unknown].flatMap(([mark, text]) =>
    wrap(escapeText(text), paper.width - 4).map((line, i) =>
      i === 0 ? `  ${paper.style('warn', mark)} ${line}` : `    ${line}`,
    ),
  );
  return [heading('Broker', note, paper), ...lines];
}
