/**
 * A message of the lab as an AMQP message, and back: the key is the routing key, properties are headers, the tag is the
 * `type`. The `messageId` names sender, number and time, which RabbitMQ itself keeps no account of.
 */
import type { Message, Options } from 'amqplib';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqDelivery, MqMessage } from '../engine.ts';
import { MAX_NAME } from './names.ts';

/** Routing keys of messages without key: numbered, so that they go to all partitions in turn, more or less. */
const NO_KEY = 'causeway.nokey.';
/** Of the client library's encoder, less what else it has to hold. */
const MAX_HEADERS = 60_000;

/** @throws CausewayError input.argument for what AMQP has no room for */
export function checkForAmqp({ key, tag, properties }: MqMessage): void {
  const bad = (argument: string, value: string, reason: string, expected: string): never => {
    throw new CausewayError('input.argument', { argument: `message ${argument}`, value, reason, expected });
  };
  const short = (argument: string, text: string | undefined): void => {
    // A character takes at most three bytes.
    if (text === undefined || text.length <= MAX_NAME / 3 || Buffer.byteLength(text) <= MAX_NAME) return;
    bad(argument, `${text.slice(0, 40)}...`, 'too long for RabbitMQ', `at most ${MAX_NAME} bytes of UTF-8`);
  };
  short('key', key);
  short('tag', tag);
  if (key?.startsWith(NO_KEY)) bad('key', key, 'it says that there is no key', `a key that does not begin with ${NO_KEY}`);
  let size = 0;
  for (const name in properties) {
    short(`property ${name.slice(0, 40)}`, name);
    size += Buffer.byteLength(name) + Buffer.byteLength(properties[name]!) + 6;
  }
  if (size > MAX_HEADERS) bad('properties', `${size} bytes`, 'too large for RabbitMQ', `at most ${MAX_HEADERS} bytes together`);
}

/** `number`: of the message among those of its sender. */
export function routingKey(message: MqMessage, number: number): string {
  // The empty key is one, but as a routing key it is what others write who have none.
  return message.key === undefined || message.key === '' ? `${NO_KEY}${number}` : message.key;
}

export function toPublish(message: MqMessage, sender: string, number: number, sentAtMs: number): Options.Publish {
  const options: Options.Publish = {
    deliveryMode: 2,
    messageId: `${sender}/${number}/${sentAtMs}`,
    timestamp: Math.floor(sentAtMs / 1000),
    // Copied: the library may encode it later.
    headers: { ...message.properties },
  };
  if (message.tag !== undefined) options.type = message.tag;
  return options;
}

const MESSAGE_ID = /^[0-9a-f]{12}\/(\d{1,15})\/(\d{1,15})$/;

/** Added by queues on a message's way. */
const BROKERS_OWN = /^x-(?:death|delivery-count|acquired-count|opt-.*|(?:first|last)-death-(?:exchange|queue|reason))$/;

type Writable = { -readonly [K in keyof MqDelivery]: MqDelivery[K] };

export function toDelivery(topic: string, partition: number, message: Message): MqDelivery {
  const { properties: amqp, fields, content } = message;
  const properties: Record<string, string> = {};
  const headers: Record<string, unknown> = amqp.headers ?? {};
  for (const name in headers) {
    if (!(name.startsWith('x-') && BROKERS_OWN.test(name))) properties[name] = toText(headers[name]);
  }
  const id = typeof amqp.messageId === 'string' ? MESSAGE_ID.exec(amqp.messageId) : null;
  const delivery: Writable = {
    topic,
    partition,
    offset: id === null ? -1 : Number(id[1]),
    properties,
    body: content,
    storedAtMs: id === null ? foreignTime(amqp.timestamp) : Number(id[2]),
    deliveryCount: 1,
  };
  const key = fields.routingKey;
  if (key !== '' && !key.startsWith(NO_KEY)) delivery.key = key;
  if (typeof amqp.type === 'string') delivery.tag = amqp.type;
  return delivery;
}

/** Programs of others send seconds, as the protocol says, or leave it out. */
const foreignTime = (timestamp: unknown): number => (typeof timestamp === 'number' ? timestamp * 1000 : Date.now());

/** Programs of others send headers of any type: the number 2 and the text "2" mean the same. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (typeof value !== 'object') return String(value);
  // The library wraps what JavaScript has no type for: timestamps, decimals.
  const { '!': type, value: inner } = value as { '!'?: unknown; value?: unknown };
  if (typeof type === 'string' && typeof inner !== 'object') return String(inner);
  return JSON.stringify(value);
}
