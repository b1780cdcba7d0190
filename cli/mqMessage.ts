/** One MQ message as text and as JSON. */
import type { MqDelivery } from '../core/mq/engine.ts';
import type { Style } from '../core/report/style.ts';
import { escapeText, utf8OrUndefined } from '../core/report/text.ts';
import { formatCount } from '../core/report/units.ts';

/** The properties that are mapped between MQTT and MQ; shown first, in this order. */
const MAPPED = ['qoslevel', 'cleansessionflag', 'mqttSecondTopic', 'mqttRealTopic', 'clientId'] as const;

/** What of a body is shown at most, bytes, unless all of it is asked for. */
const SHOWN_TEXT = 1024;
const SHOWN_HEX = 64;

function hex(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return text.replace(/(..)(?=.)/g, '$1 ');
}

function formatBody(body: Uint8Array, style: Style, full: boolean): string {
  if (body.length === 0) return style('dim', '(empty)');
  const text = utf8OrUndefined(body);
  // No text has NUL bytes; their escapes would fill the screen.
  if (text !== undefined && !body.includes(0)) {
    if (full || text.length <= SHOWN_TEXT) return escapeText(text);
    return `${escapeText(text.slice(0, SHOWN_TEXT))} ${style('dim', `... (${formatCount(body.length)} bytes in all; --full shows them)`)}`;
  }
  const shown = full ? body : body.subarray(0, SHOWN_HEX);
  const rest = shown.length < body.length ? ` ... (${formatCount(body.length)} bytes in all; --full shows them)` : '';
  return `${style('dim', 'hex')} ${hex(shown)}${style('dim', rest)}`;
}

/** The properties in the order of display: the mapped ones first, the others by name. */
export function orderedProperties(properties: Readonly<Record<string, string>>): [string, string][] {
  const mapped: readonly string[] = MAPPED;
  const others = Object.keys(properties)
    .filter((key) => !mapped.includes(key))
    .sort();
  return [...MAPPED.filter((key) => Object.hasOwn(properties, key)), ...others].map((key) => [key, String(properties[key])]);
}

/** The message over a few lines: place and key, properties, body. */
export function formatDelivery(delivery: MqDelivery, style: Style, full: boolean): string {
  const head = [`partition ${delivery.partition}`];
  if (delivery.offset >= 0) head.push(`offset ${delivery.offset}`);
  if (delivery.key !== undefined) head.push(`key ${escapeText(delivery.key)}`);
  if (delivery.tag !== undefined) head.push(`tag ${escapeText(delivery.tag)}`);
  if (delivery.deliveryCount > 1) head.push(`delivery ${delivery.deliveryCount}`);
  const lines = [`${style('bold', escapeText(delivery.topic))}  ${style('dim', head.join('  '))}`];
  for (const [key, value] of orderedProperties(delivery.properties)) {
    lines.push(`  ${style('accent', escapeText(key))} = ${escapeText(value)}`);
  }
  lines.push(`  ${formatBody(delivery.body, style, full)}`);
  return `${lines.join('\n')}\n`;
}

/** The message as one JSON object: `body` where it is UTF-8, else `bodyBase64`. */
export function deliveryJson(delivery: MqDelivery): Record<string, unknown> {
  const { topic, partition, offset, key, tag, storedAtMs, deliveryCount, body } = delivery;
  const text = utf8OrUndefined(body);
  return {
    topic,
    partition,
    offset: offset < 0 ? null : offset,
    key,
    tag,
    properties: Object.fromEntries(orderedProperties(delivery.properties)),
    storedAtMs,
    deliveryCount,
    ...(text === undefined ? { bodyBase64: Buffer.from(body).toString('base64') } : { body: text }),
  };
}
